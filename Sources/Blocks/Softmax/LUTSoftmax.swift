import FixedPoint
public import Signals

/// TensorFlow Lite's int16 softmax: two interpolated tables, for exp and for the reciprocal.
///
/// `scores` [R, L] int16 to `probs` [R, L] in units of 2^-15, 0...32767. Both tables have 513 entries
/// and seven bits of interpolation between neighbours.
///
/// - Edge cases: a sum of 0, possible with tables of zeros only, gives 0 everywhere; a sum of 1 is not
///   shifted. Differences below -10 read the first entry of `exp_table`, which is not 0.
/// - Source: tensorflow/tflite-micro, `kernels/internal/reference/softmax.h` and
///   `kernels/internal/common.h`; LiteRT fills the tables in double precision.
public struct LUTSoftmax: Block {
  public let name = "lut_softmax"
  public let family: Family? = .softmax
  public let summary =
    "TensorFlow Lite's int16 softmax: interpolated tables for exp and reciprocal."
  public let formula = """
    lookup(t, v) = t[i] + halfUp((t[i + 1] - t[i]) * (v mod 128) / 128), i = 256 + floor(v / 128)
    v = sat16(MBQM(x - max(row), multiplier, shift) + 32767)
    e = lookup(exp_table, v)                                                    Q0.15
    s = sum(e), z leading zeros of s in 32 bits                                 Q16.15
    n = halfUp(s * 2^(z - 1) / 2^14)                                            65536...131072
    r = lookup(reciprocal_table, sat16(n - 98304))                              Q0.15
    p = clamp(halfUp(e * r / 2^(31 - z)), 0...32767), 0 where s is 0            unit 2^-15
    MBQM(x, m, s) = halfAway(halfUp((x * 2^max(s, 0)) * m / 2^31) / 2^max(-s, 0))
    """
  public let source = "tensorflow/tflite-micro, reference/softmax.h: SoftmaxInt16"
  public let parameters = [Parameter.lanes, .maxLength()]

  /// Entries of each table.
  static let tableLength = 513

  public init() {}

  /// Rows in and out, `Lanes` a beat; multiplier and shift are settings, the tables are loaded.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let settings = [
      ArraySpecification(
        "multiplier", .input, axes: [], .signed(32), range: 0...0x7FFF_FFFF,
        "mantissa of beta * S * 6553.5, unit 2^-31"),
      ArraySpecification(
        "shift", .input, axes: [], .signed(6), range: -31...15,
        "exponent of beta * S * 6553.5: positive shifts left"),
    ]
    let tables = [
      ArraySpecification(
        "exp_table", .input, axes: ["T"], .signed(16), range: 0...32767,
        "513 entries: exp on [-10, 0], unit 2^-15"),
      ArraySpecification(
        "reciprocal_table", .input, axes: ["T"], .signed(16), range: 0...32767,
        "513 entries: 1 / (1 + v) on [0, 1], unit 2^-15"),
    ]
    return Interface(
      arrays: [
        ArraySpecification("scores", .input, axes: ["R", "L"], .signed(16), "logits, unit S")
      ]
        + settings + tables + [
          ArraySpecification(
            "probs", .output, axes: ["R", "L"], .signed(16), range: 0...32767,
            "probabilities, unit 2^-15"),
          ArraySpecification(
            "exp", .tap, axes: ["R", "L"], .unsigned(15), "exponentials, unit 2^-15"),
          ArraySpecification(
            "sum", .tap, axes: ["R"], .unsigned(31), "sum of a row's exponentials"),
        ],
      batching: .leading("R"),
      settings: settings.map { .setting($0.name, $0.format) },
      streams: tables.map { .table($0.name, $0.format) } + [
        .rows("scores", .input, format: .signed(16), lanes: lanes),
        .rows("probs", .output, format: .signed(16), lanes: lanes),
      ], tablesWait: true)
  }

  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let scores = batch.item("scores")
    try scores.checkRows(maxLength: configuration["MaxLength"], block: name)
    let scale = QuantisedMultiplier(
      mantissa: Int32(batch.scalar("multiplier")), shift: Int(batch.scalar("shift")))
    let exponential = try InterpolatedTable("exp_table", of: batch, block: name)
    let reciprocal = try InterpolatedTable("reciprocal_table", of: batch, block: name)
    var probs = [Int64](repeating: 0, count: scores.values.count)
    var exponentials = probs
    var sums = [Int64](repeating: 0, count: scores.count)
    for index in 0..<scores.count {
      let row = scores.range(of: index)
      var maximum: Int64 = -32768
      for i in row { maximum = max(maximum, scores.values[i]) }
      var sum: Int64 = 0
      for i in row {
        let scaled = Int64(scale.scaled(Int32(scores.values[i] - maximum)))
        exponentials[i] = exponential[(scaled + 32767).saturated(to: .signed(16))]
        sum += exponentials[i]
      }
      sums[index] = sum
      guard sum > 0 else { continue }
      let zeros = Int32(sum).leadingZeroBitCount
      let normalised = (sum << Int64(zeros - 1)).shiftedRight(by: 14, rounding: .halfUp)
      let inverse = reciprocal[(normalised - 98304).saturated(to: .signed(16))]
      for i in row {
        let product = (exponentials[i] * inverse).shiftedRight(by: 31 - zeros, rounding: .halfUp)
        probs[i] = min(product, 32767)
      }
    }
    return batch.answer([
      "probs": scores.with(probs), "exp": scores.with(exponentials),
      "sum": RaggedTensor(scalars: sums),
    ])
  }

  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    guard let scale = batch.scales["scores"] else { return nil }
    return RealSoftmax.probabilities(
      of: batch.item("scores"), scale: scale * (batch.scales["beta"] ?? 1))
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(
      array: "probs", unit: 0x1p-15, element: 0.008, rowSum: 0.998...1.002,
      domain: Domain(scale: 0x1p-12...0x1p-10, length: 1...128, deviation: 1...4),
      command: "cosim accuracy lut_softmax --check")
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.item("scores").values.count, .elements, peakPerCycle: configuration["Lanes"])
  }
}

/// A table of 513 entries over the 16-bit codes, with seven bits of interpolation.
package struct InterpolatedTable {
  private let entries: [Int64]

  /// - Throws: ``BlockError/outsideDomain(block:transaction:limit:found:)`` for a table of another
  ///   length.
  package init(_ name: String, of batch: Batch, block: String) throws(BlockError) {
    entries = try batch.table(name, length: LUTSoftmax.tableLength, of: block)
  }

  /// The entry at `code`, -32768...32767, and its share of the next one.
  package subscript(code: Int64) -> Int64 {
    let index = 256 + Int(code.shiftedRight(by: 7, rounding: .floor))
    let slope = entries[index + 1] - entries[index]
    return entries[index] + (slope * (code & 127)).shiftedRight(by: 7, rounding: .halfUp)
  }
}
