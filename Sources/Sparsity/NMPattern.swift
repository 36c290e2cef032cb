/// A pattern of sparsity: in each group of `size` neighbours along a row, at most `kept` are not 0.
///
/// Written `2:4`. The last group of a row may be partial.
public struct NMPattern: Sendable, Hashable, CustomStringConvertible {
  /// Values stored for each group, 1...`size`.
  public let kept: Int
  /// Columns of a group, 1...16.
  public let size: Int

  /// - Precondition: 1 <= kept <= size <= 16.
  public init(kept: Int, size: Int) {
    precondition(1 <= kept && kept <= size && size <= 16, "no pattern \(kept):\(size)")
    self.kept = kept
    self.size = size
  }

  /// Reads `2:4`; nil for anything else than two numbers in range.
  public init?(_ text: some StringProtocol) {
    let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let kept = numbers[0], let size = numbers[1],
      1 <= kept, kept <= size, size <= 16
    else { return nil }
    self.init(kept: kept, size: size)
  }

  public var description: String { "\(kept):\(size)" }

  /// Groups in a row of so many columns.
  public func groups(columns: Int) -> Int { (columns + size - 1) / size }

  /// Values stored for a row of so many columns.
  public func stored(columns: Int) -> Int { groups(columns: columns) * kept }

  /// Which columns of a group are stored, given the ones that must be: these, filled up to `kept` with
  /// the lowest free ones from `kept` on, then with the lowest free ones. For 2:4 this is CUTLASS's
  /// choice.
  ///
  /// - Precondition: `needed` increases and has at most `kept` elements.
  func columns(holding needed: [Int]) -> [Int] {
    var chosen = needed
    for column in Array(kept..<size) + Array(0..<kept) where chosen.count < kept {
      if !needed.contains(column) { chosen.append(column) }
    }
    return chosen.sorted()
  }
}
