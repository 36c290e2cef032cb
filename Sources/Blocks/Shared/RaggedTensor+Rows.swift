import Signals

extension RaggedTensor {
  /// The number of elements of each row.
  var lengths: [Int] { (0..<count).map { range(of: $0).count } }

  /// One scalar a transaction.
  init(scalars: [Int64]) { self.init(count: scalars.count, shape: [], values: scalars) }

  /// - Throws: ``BlockError/outsideDomain(block:transaction:limit:found:)`` for the first row that
  ///   is empty or longer than `maxLength`.
  func checkRows(maxLength: Int, block: String) throws(BlockError) {
    for row in 0..<count where !(1...maxLength).contains(range(of: row).count) {
      throw .outsideDomain(
        block: block, transaction: row, limit: "a row has 1 to MaxLength = \(maxLength) elements",
        found: "\(range(of: row).count)")
    }
  }
}

/// Arrays of one length, filled in place: golden models write each element once.
enum Filled {
  typealias Output = UnsafeMutableBufferPointer<Int64>

  /// Two arrays of `count` elements, every one of which `body` sets.
  static func two(count: Int, _ body: (Output, Output) -> Void) -> ([Int64], [Int64]) {
    var second: [Int64] = []
    let first = [Int64](unsafeUninitializedCapacity: count) { first, initialized in
      second = [Int64](unsafeUninitializedCapacity: count) { second, initialized in
        body(first, second)
        initialized = count
      }
      initialized = count
    }
    return (first, second)
  }

  /// Three arrays of `count` elements, every one of which `body` sets.
  static func three(
    count: Int, _ body: (Output, Output, Output) -> Void
  ) -> ([Int64], [Int64], [Int64]) {
    var third: [Int64] = []
    let (first, second) = two(count: count) { first, second in
      third = [Int64](unsafeUninitializedCapacity: count) { third, initialized in
        body(first, second, third)
        initialized = count
      }
    }
    return (first, second, third)
  }
}
