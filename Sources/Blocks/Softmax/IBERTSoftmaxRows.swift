import FixedPoint
import Signals

/// I-BERT's softmax of one row after another, elements of which may be left out.
struct IBERTSoftmaxRows {
  private let exponential: PolynomialExponential
  private let requantiser: DyadicScale
  /// E and its 16 bits by difference from the maximum; empty where computing them does not pay.
  private var table: [Entry] = []

  private struct Entry {
    var exp: Int64
    var exp16: Int64
  }

  /// What is set for each element of a row.
  struct Columns {
    var exp: Filled.Output
    var exp16: Filled.Output
    var probs: Filled.Output
  }

  /// Rows with the settings `x0`, `b`, `c`, `exp_multiplier` and `exp_exponent` of a batch.
  ///
  /// - Parameters:
  ///   - scoreBits: width of a score.
  ///   - elements: how many there will be in all rows.
  /// - Throws: ``BlockError/outsideDomain(block:transaction:limit:found:)`` for settings that give
  ///   exponentials too wide.
  init(
    _ batch: Batch, octaves: Int, scoreBits: Int, elements: Int, block: String
  ) throws(BlockError) {
    // Below 2^33 the port of c holds it, and E stays below 2^63.
    exponential = try PolynomialExponential(
      batch, octaves: octaves, bits: min(33, 63 - octaves), block: block)
    requantiser = DyadicScale(
      multiplier: UInt32(batch.scalar("exp_multiplier")),
      exponent: Int(batch.scalar("exp_exponent")))
    let differences = 1 << scoreBits
    if differences <= 4096 && elements >= differences {
      table = (0..<Int64(differences)).map { compute($0) }
    }
  }

  private func compute(_ drop: Int64) -> Entry {
    let exp = exponential(drop)
    return Entry(
      exp: exp, exp16: requantiser.requantise(exp, rounding: .halfToEven, to: .signed(16)))
  }

  /// Sets exponentials and probabilities of the row `range`, and returns the sum of its `exp16` and
  /// floor(2^32 / sum), 0 for sum 0.
  ///
  /// - Parameter isPresent: whether an element counts; one that does not has 0 everywhere, and no part in
  ///   the maximum and the sum.
  @inline(__always)
  func fill(
    _ range: Range<Int>, of scores: UnsafeBufferPointer<Int64>, _ columns: Columns,
    where isPresent: (Int) -> Bool
  ) -> (sum: Int64, factor: Int64) {
    var maximum = Int64.min
    for index in range where isPresent(index) { maximum = max(maximum, scores[index]) }
    var sum: Int64 = 0
    table.withUnsafeBufferPointer { table in
      for index in range {
        var entry = Entry(exp: 0, exp16: 0)
        if isPresent(index) {
          let drop = maximum &- scores[index]
          entry = table.isEmpty ? compute(drop) : table[Int(drop)]
        }
        columns.exp[index] = entry.exp
        columns.exp16[index] = entry.exp16
        sum &+= entry.exp16
      }
    }
    let factor = sum == 0 ? 0 : Int64(1 << 32).divided(by: sum, rounding: .floor)
    for index in range {
      columns.probs[index] = (columns.exp16[index] &* factor)
        .shiftedRight(by: 24, rounding: .floor)
    }
    return (sum, factor)
  }
}
