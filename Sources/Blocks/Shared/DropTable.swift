/// An exponential by the difference from the row's maximum: looked up where there are enough
/// elements to pay for a table, computed otherwise.
struct DropTable {
  private let compute: (Int64) -> Int64
  private var entries: [Int64] = []

  /// - Parameters:
  ///   - bits: width of a score; the difference of two is below 2^`bits`.
  ///   - elements: how many will be looked up.
  ///   - compute: the exponential of a score that is so far, 0 or more, below the maximum.
  init(bits: Int, elements: Int, _ compute: @escaping (Int64) -> Int64) {
    self.compute = compute
    let differences = 1 << bits
    if differences <= 4096 && elements >= differences {
      entries = (0..<Int64(differences)).map(compute)
    }
  }

  /// Sets the exponentials of the row `range` and returns their sum.
  ///
  /// - Precondition: the sum fits 63 bits.
  func fill(
    _ range: Range<Int>, of scores: UnsafeBufferPointer<Int64>, maximum: Int64,
    _ exp: UnsafeMutableBufferPointer<Int64>
  ) -> Int64 {
    var sum: Int64 = 0
    if entries.isEmpty {
      for index in range {
        exp[index] = compute(maximum - scores[index])
        sum += exp[index]
      }
    } else {
      entries.withUnsafeBufferPointer { entries in
        for index in range {
          let value = entries[Int(maximum &- scores[index])]
          exp[index] = value
          sum &+= value
        }
      }
    }
    return sum
  }
}

extension UnsafeBufferPointer where Element == Int64 {
  /// The largest element of a row that is not empty.
  func maximum(of range: Range<Int>) -> Int64 {
    var result = self[range.lowerBound]
    for index in range { result = Swift.max(result, self[index]) }
    return result
  }
}
