import FixedPoint
import Signals

/// ITA's softmax of one row after another, elements of which may be left out.
///
/// With the rounded shifts and the powers of two of all differences that int8 codes can have.
struct ITASoftmaxRows {
  private let shifts: [Int]
  private let powers: [Int64]
  private let group: Int

  /// What is found of a row: its maximum (-128 without elements), the wrapped sum of its powers, and
  /// floor(65280 / sum), 0 for sum 0.
  struct Row {
    var maximum: Int64
    var sum: Int64
    var inverse: Int64
  }

  /// Rows with the parameters `EpsilonShift` and `Group`.
  init(in configuration: Configuration) {
    let epsilonShift = configuration["EpsilonShift"]
    shifts = (0...255).map {
      Int(Int64($0).shiftedRight(by: epsilonShift, rounding: .halfUp))
    }
    powers = shifts.map { Int64(256).shiftedRight(by: $0, rounding: .floor) }
    group = configuration["Group"]
  }

  /// Sets the probabilities of the row `range`.
  ///
  /// Groups are counted from the beginning of the row, whatever is left out of them.
  ///
  /// - Parameter isPresent: whether an element counts; one that does not has probability 0, and no part
  ///   in the maximum and the sum.
  @inline(__always)
  func fill(
    _ range: Range<Int>, of scores: UnsafeBufferPointer<Int64>,
    probs: UnsafeMutableBufferPointer<Int64>, where isPresent: (Int) -> Bool
  ) -> Row {
    let (maximum, sum) = accumulate(scores, range, where: isPresent)
    let inverse = sum == 0 ? 0 : Int64(65280).divided(by: sum, rounding: .floor)
    for index in range {
      guard isPresent(index) else {
        probs[index] = 0
        continue
      }
      probs[index] = inverse.shiftedRight(
        by: shifts[Int(maximum &- scores[index])], rounding: .floor
      ).wrapped(to: .unsigned(8))
    }
    return Row(maximum: maximum, sum: sum, inverse: inverse)
  }

  /// The maximum and the wrapped sum of one row, group after group.
  @inline(__always)
  private func accumulate(
    _ scores: UnsafeBufferPointer<Int64>, _ row: Range<Int>, where isPresent: (Int) -> Bool
  ) -> (maximum: Int64, sum: Int64) {
    var maximum: Int64 = -128
    var sum: Int64 = 0
    var start = row.lowerBound
    while start < row.upperBound {
      let end = min(start + group, row.upperBound)
      var raised = maximum
      for index in start..<end where isPresent(index) { raised = max(raised, scores[index]) }
      // Without effect before the first element, when the sum is 0.
      sum = sum.shiftedRight(by: shifts[Int(raised &- maximum)], rounding: .floor)
      maximum = raised
      for index in start..<end where isPresent(index) {
        sum += powers[Int(maximum &- scores[index])]
      }
      sum = sum.wrapped(to: .unsigned(19))
      start = end
    }
    return (maximum, sum)
  }
}
