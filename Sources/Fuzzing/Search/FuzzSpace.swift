package import Blocks
package import Devices
import Lockstep
package import Signals

/// What there is to choose from for one block in one configuration, and what choices stand for.
///
/// A case begins with batches of the block itself, corners and random ones, which are valid, and changes them:
/// settings, extents of axes, values. What the golden model refuses is left out step by step.
package final class FuzzSpace: @unchecked Sendable {
  // @unchecked: constant after `init`.
  let block: any Block
  let configuration: Configuration
  package let interface: Interface
  package let corners: [Batch]
  /// Numbers of manifest and RTL.
  let constants: [Int64]
  /// These, and the limits of arrays: what comes to the limit of another array may saturate there.
  let numbers: [Int64]
  /// The limits of outputs and intermediates.
  let limits: [Int64]
  /// The longest extent of each axis in the block's own batches, and the shortest one that is allowed.
  let longest: [String: Int]
  let shortest: [String: Int]
  /// Extents about which something may happen: parameters, doubled or not.
  let extents: [Int]
  /// Input arrays by what their values are read from.
  let itemArrays: [ArraySpecification]
  let sharedArrays: [ArraySpecification]
  let hangLimit: Int
  /// Arrays of transactions that may hold any values: the others are valid only as a whole, as the indices of a
  /// sparse matrix are, and are changed more seldom.
  package private(set) var looseArrays: [ArraySpecification] = []
  /// Those of them whose zeros are structure, as what pads blocks is: they stay.
  private(set) var sparseArrays: Set<String> = []
  /// What takes uniform values, if inputs are made of such.
  private(set) var uniform: UniformArrays?
  /// Asking the golden model costs more than the answer does: a program gives it.
  let isAskedOutside: Bool
  let keepsAnswers: Bool
  /// Settings hold tables that take longer to load than most transactions take.
  let loadsLong: Bool
  /// Random batches of the block that cases mostly begin with, and that are kept.
  static let randomBatches = 64
  /// Those among which the others are drawn: structure that is valid only as a whole, such as the indices of
  /// a sparse matrix, comes from there alone.
  static let rareBatches = 1 << 16
  /// Elements of shared arrays from which on a configuration loads long.
  private static let longLoad = 128
  /// The most transactions of a case.
  static let mostTransactions = 24
  /// Elements after which a case gets no further transaction.
  static let enoughElements = 6144
  /// Elements of the largest corner that a search begins with.
  static let cornerElements = 4 * enoughElements

  /// - Throws: ``BlockError`` for a configuration that does not go together.
  package init(
    _ block: any Block, in configuration: Configuration, manifest: Manifest, hangLimit: Int,
    generator: FuzzGenerator = .structured, keepsAnswers: Bool = false
  ) throws {
    self.block = block
    self.configuration = configuration
    self.hangLimit = hangLimit
    let interface = try block.interface(in: configuration)
    self.interface = interface
    corners = block.corners(in: configuration).filter { $0.count > 0 }
    constants = SourceConstants.all(in: manifest, parameters: configuration.values)
    numbers =
      constants
      + Set(interface.arrays.flatMap { [$0.range.lowerBound, $0.range.upperBound &+ 1] }).sorted()
    limits = interface.arrays.filter { $0.role != .input }
      .flatMap { [$0.range.lowerBound, $0.range.upperBound] }
    let samples =
      corners
      + (0..<8).map { block.stimulus(seed: FuzzSpace.seed, index: $0, in: configuration) }
    var (longest, shortest): ([String: Int], [String: Int]) = ([:], [:])
    var (isItem, isShared): (Set<String>, Set<String>) = ([], [])
    for batch in samples {
      for specification in interface.arrays where specification.role == .input {
        if let item = batch.items[specification.name] {
          isItem.insert(specification.name)
          for (position, axis) in specification.axes.suffix(item.rank).enumerated() {
            for index in 0..<item.count {
              let extent = item.extents[index * item.rank + position]
              longest[axis] = max(longest[axis] ?? 0, extent)
              shortest[axis] = min(shortest[axis] ?? .max, extent)
            }
          }
        } else if batch.shared[specification.name] != nil {
          isShared.insert(specification.name)
        }
      }
    }
    self.longest = longest
    self.keepsAnswers = keepsAnswers
    isAskedOutside = block.goldenVersion != nil && !keepsAnswers
    // The corners of a design that a manifest describes have the shortest ones; others may take less.
    self.shortest = block.goldenVersion == nil ? [:] : shortest
    itemArrays = interface.arrays.filter { isItem.contains($0.name) }
    sharedArrays = interface.arrays.filter { isShared.contains($0.name) }
    var extents: Set<Int> = [1, 2, 3]
    for number in configuration.values.values where number > 0 && number <= 65536 {
      for near in -1...1 { extents.formUnion([number + near, 2 * number + near]) }
    }
    self.extents = extents.filter { $0 > 0 }.sorted()
    let loads = samples.map { $0.shared.values.reduce(0) { $0 + $1.values.count } }
    loadsLong = generator != .uniform && (loads.max() ?? 0) >= FuzzSpace.longLoad
    let loose = UniformArrays(self)
    looseArrays = loose.items + loose.sparse
    sparseArrays = Set(loose.sparse.map(\.name))
    if generator == .uniform { uniform = loose }
  }

  /// The same batches in every search, so that an input means the same whatever the seed.
  private static let seed: UInt64 = 1

  /// The batch that a part begins with.
  func base(_ choices: inout Choices) -> Base {
    if let uniform {
      // What uniform values would make invalid is random in a baseline, too.
      let isWhole =
        uniform.items.count + uniform.shared.count == itemArrays.count + sharedArrays.count
      return .random(choices.below(isWhole ? FuzzSpace.randomBatches : FuzzSpace.rareBatches))
    }
    if !corners.isEmpty, choices.below(3) == 0 { return .corner(choices.below(corners.count)) }
    let isRare = choices.oneIn(3)
    return .random(choices.below(isRare ? FuzzSpace.rareBatches : FuzzSpace.randomBatches))
  }

  /// One of the block's own batches.
  enum Base: Hashable {
    case corner(Int)
    case random(Int)

    /// Whether it is met so often that it is worth keeping.
    var isFrequent: Bool {
      if case .random(let index) = self { index < FuzzSpace.randomBatches } else { true }
    }
  }

  func batch(_ base: Base) -> Batch {
    switch base {
    case .corner(let index): corners[index]
    case .random(let index):
      block.stimulus(seed: FuzzSpace.seed, index: index, in: configuration)
    }
  }
}
