import Signals

/// The values that a sweep drives, in order.
struct SweepValues: Sendable {
  let count: Int
  let isExhaustive: Bool
  let range: ClosedRange<Int64>
  private let seed: UInt64

  /// Equal parts of the range where not every value is driven.
  private let strata: Int
  private static let perStratum = 16

  init(_ range: ClosedRange<Int64>, limit: Int, seed: UInt64) {
    self.range = range
    self.seed = seed
    let size = UInt64(bitPattern: range.upperBound &- range.lowerBound)
    isExhaustive = limit >= 64 || size < (1 << UInt64(limit))
    strata = Int(max(1, min(1 << 16, size / UInt64(SweepValues.perStratum))))
    count = isExhaustive ? Int(size) + 1 : strata * SweepValues.perStratum
  }

  /// Values in a row.
  func values(_ indices: Range<Int>) -> [Int64] {
    guard isExhaustive else { return indices.map(value) }
    let first = range.lowerBound + Int64(indices.lowerBound)
    return [Int64](first..<first + Int64(indices.count))
  }

  /// Value `index`: all of them in order, or of each stratum its ends and others drawn from the seed.
  func value(_ index: Int) -> Int64 {
    if isExhaustive { return range.lowerBound + Int64(index) }
    let size = UInt64(bitPattern: range.upperBound &- range.lowerBound)
    let stratum = UInt64(index / SweepValues.perStratum)
    // The last stratum takes what is left over.
    let step = max(1, size / UInt64(strata))
    let first = stratum * step
    let last = stratum == UInt64(strata - 1) ? size : first + step - 1
    let offset: UInt64
    switch index % SweepValues.perStratum {
    case 0: offset = first
    case 1: offset = last
    default:
      var generator = CounterGenerator(seed: seed, stream: 10, index: UInt64(index))
      offset = first + generator.next() % (last - first + 1)
    }
    return range.lowerBound &+ Int64(bitPattern: offset)
  }
}
