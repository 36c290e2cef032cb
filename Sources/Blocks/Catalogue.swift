/// The blocks that a program knows. A package of one's own makes its own catalogue from these and more.
public struct Catalogue: Sendable {
  /// In the order of listing.
  public let blocks: [any Block]

  /// - Precondition: no two blocks have the same name.
  public init(_ blocks: [any Block]) {
    precondition(Set(blocks.map(\.name)).count == blocks.count, "two blocks of one name")
    self.blocks = blocks
  }

  public subscript(name: String) -> (any Block)? { blocks.first { $0.name == name } }

  /// Every block of this package. The only list of them: a new block adds its line here.
  public static let standard = Catalogue([
    DyadicRequantizer(),
    IBERTSoftmax(),
    Shiftmax(),
    Log2Softmax(),
    IBERTGELU(),
    ShiftGELU(),
    IBERTLayerNorm(),
    IViTLayerNorm(),
    ITARequantizer(),
    ITASoftmax(),
    ITAGELU(),
    GemmlowpRequantizer(),
    GemmlowpSoftmax(),
    LUTSoftmax(),
    LUTActivation(),
    PWLUnit(),
    Softermax(),
    TFLiteLayerNorm(),
    Int8GEMM(),
    ITAAttention(),
    IBERTAttention(),
    NMSpMM(),
    BlockSpMM(),
    BitmapSpMM(),
  ])
}
