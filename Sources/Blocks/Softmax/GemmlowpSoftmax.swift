import FixedPoint
public import Signals

/// TensorFlow Lite's reference int8 softmax in gemmlowp fixed point.
///
/// `scores` [R, L] int8 to `probs` [R, L] int8 in units of 1/256, zero point -128.
///
/// - Edge cases: the final shift k + 23 must be 0...31, that is, the sum of a row's exponentials below
///   512; the source aborts elsewhere, and such a row is outside the domain. So is a difference not
///   below `diff_min` whose `d * 2^left_shift` does not fit 32 bits; derived settings have none.
/// - Source: tensorflow/tflite-micro, `kernels/internal/reference/softmax.h`; google/gemmlowp,
///   `fixedpoint/fixedpoint.h`.
public struct GemmlowpSoftmax: Block {
  public let name = "gemmlowp_softmax"
  public let family: Family? = .softmax
  public let summary =
    "TensorFlow Lite's fixed-point int8 softmax: gemmlowp exponential and reciprocal."
  public let formula = """
    d = x - max(row); where d < diff_min: nothing is added, p is -128
    e = exp_Q5.26(halfUp((d * 2^left_shift) * multiplier / 2^31))               Q0.31
    s = sum(halfAway(e / 2^12))                                                 Q12.19
    (r, k) = reciprocal(s, 12)                    1/s = r / 2^31 / 2^k, k + 23 in 0...31
    p = minimum(127, halfAway(halfUp(r * e / 2^31) / 2^(k + 23)) - 128)         unit 1/256
    """
  public let source = "tensorflow/tflite-micro, reference/softmax.h: Softmax; google/gemmlowp"
  public let parameters = [Parameter.lanes, .maxLength(1...4096)]

  public init() {}

  /// Rows in and out, `Lanes` a beat; the three constants are settings.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let settings = [
      ArraySpecification(
        "multiplier", .input, axes: [], .signed(32), range: 0...0x7FFF_FFFF,
        "mantissa of beta * S * 2^26, unit 2^-31"),
      ArraySpecification(
        "left_shift", .input, axes: [], .unsigned(5), "exponent of beta * S * 2^26"),
      ArraySpecification(
        "diff_min", .input, axes: [], .signed(32), range: -0x8000_0000...0,
        "-floor(31 * 2^26 / 2^left_shift): smaller differences count as 0"),
    ]
    return Interface(
      arrays: [
        ArraySpecification("scores", .input, axes: ["R", "L"], .signed(8), "logits, unit S")
      ]
        + settings + [
          ArraySpecification(
            "probs", .output, axes: ["R", "L"], .signed(8),
            "probabilities, unit 1/256, zero point -128"),
          ArraySpecification(
            "exp", .tap, axes: ["R", "L"], .unsigned(31), "exponentials, unit 2^-31"),
          ArraySpecification(
            "sum", .tap, axes: ["R"], .unsigned(28), "sum of a row's exponentials, unit 2^-19"),
          ArraySpecification(
            "reciprocal", .tap, axes: ["R"], .unsigned(31),
            "r of 1/s = r / 2^31 / 2^k, unit 2^-31"),
        ],
      batching: .leading("R"),
      settings: settings.map { .setting($0.name, $0.format) },
      streams: [
        .rows("scores", .input, format: .signed(8), lanes: lanes),
        .rows("probs", .output, format: .signed(8), lanes: lanes),
      ])
  }

  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let scores = batch.item("scores")
    try scores.checkRows(maxLength: configuration["MaxLength"], block: name)
    let table = GemmlowpExponentialTable(batch)
    var probs = [Int64](repeating: -128, count: scores.values.count)
    var exponentials = [Int64](repeating: 0, count: scores.values.count)
    var sums = [Int64](repeating: 0, count: scores.count)
    var reciprocals = sums
    for index in 0..<scores.count {
      let row = scores.range(of: index)
      var maximum: Int64 = -128
      for i in row { maximum = max(maximum, scores.values[i]) }
      try table.check(scores.values, row, maximum: maximum, transaction: index, block: name)
      var sum: Int64 = 0
      for i in row { sum += table.addend(maximum - scores.values[i]) }
      sums[index] = sum
      let (mantissa, shift) = try reciprocal(of: sum, transaction: index)
      reciprocals[index] = Int64(mantissa)
      for i in row where maximum - scores.values[i] <= table.deepest {
        let exponential = table.exponential(maximum - scores.values[i])
        exponentials[i] = Int64(exponential)
        let product = Gemmlowp.saturatingRoundingDoublingHighMultiply(mantissa, exponential)
        let code = Gemmlowp.roundingDivideByPowerOfTwo(product, exponent: shift)
        probs[i] = min(Int64(code) - 128, 127)
      }
    }
    return batch.answer([
      "probs": scores.with(probs), "exp": scores.with(exponentials),
      "sum": RaggedTensor(scalars: sums), "reciprocal": RaggedTensor(scalars: reciprocals),
    ])
  }

  /// 1/sum, Q12.19, as a mantissa and the right shift that brings a product with it to 8 bits.
  private func reciprocal(
    of sum: Int64, transaction: Int
  ) throws(BlockError) -> (mantissa: Int32, shift: Int) {
    // The largest exponential is 2^31 - 1, so that the sum is never 0.
    guard let sum = Int32(exactly: sum), sum < 1 << 28 else {
      throw .outsideDomain(
        block: name, transaction: transaction,
        limit: "the final shift k + 23 must be 0...31, that is, the sum of exponentials below 512",
        found: "a sum of \(Double(sum) / 0x1p19)")
    }
    let (mantissa, bits) = Gemmlowp.reciprocal(of: sum, integerBits: 12)
    return (mantissa, bits + 23)
  }

  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    guard let scale = batch.scales["scores"] else { return nil }
    return RealSoftmax.probabilities(
      of: batch.item("scores"), scale: scale * (batch.scales["beta"] ?? 1))
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(
      array: "probs", unit: 1.0 / 256, zeroPoint: -128, element: 0.0040, rowSum: 0.8...1.2,
      domain: Domain(
        scale: 0x1p-7...1, length: 1...128, deviation: 1...4,
        conditions: "a probability of 1 reads 255/256"),
      command: "cosim accuracy gemmlowp_softmax --check")
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.item("scores").values.count, .elements, peakPerCycle: configuration["Lanes"])
  }

  /// `multiplier`, `left_shift` and `diff_min` from the scale of `scores` and `beta` (1 where it is left
  /// out), both rounded to single precision first, as the source keeps them.
  public func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    guard let scale = scales["scores"] else { throw .missingScale(block: name, name: "scores") }
    let product = Double(Float(scales["beta"] ?? 1)) * Double(Float(scale))
    let real = min(product * 0x1p26, 0x1p31 - 1)
    // A NaN is not above 1 either.
    guard real > 1 else {
      throw .scaleOutOfRange(
        block: name, limit: "beta times the scale of scores must be above 2^-26",
        found: "\(product)")
    }
    let quantised = QuantisedMultiplier(nearest: real)
    let radius = (31 * 0x1p26 / Double(sign: .plus, exponent: quantised.shift, significand: 1))
      .rounded(.down)
    return [
      "multiplier": Tensor(Int64(quantised.mantissa)),
      "left_shift": Tensor(Int64(quantised.shift)), "diff_min": Tensor(-Int64(radius)),
    ]
  }
}

/// The exponentials of every depth of a score below its row's maximum, 0...255, for one batch.
struct GemmlowpExponentialTable {
  /// The largest depth that counts.
  let deepest: Int64
  /// The largest depth whose shifted value fits 32 bits.
  private let representable: Int64
  private let leftShift: Int64
  private let exponentials: [Int32]
  private let addends: [Int64]

  init(_ batch: Batch) {
    let shift = batch.scalar("left_shift")
    let multiplier = Int32(batch.scalar("multiplier"))
    leftShift = shift
    deepest = min(255, -batch.scalar("diff_min"))
    representable = (1 << 31) >> shift
    exponentials = (0...min(deepest, representable)).map { depth in
      let scaled = Gemmlowp.saturatingRoundingDoublingHighMultiply(
        Int32(-depth << shift), multiplier)
      return Gemmlowp.exponential(ofNegative: scaled, integerBits: 5)
    }
    addends = exponentials.map { Int64(Gemmlowp.roundingDivideByPowerOfTwo($0, exponent: 12)) }
  }

  func exponential(_ depth: Int64) -> Int32 { exponentials[Int(depth)] }

  /// What a score adds to the sum, Q12.19.
  func addend(_ depth: Int64) -> Int64 { depth <= deepest ? addends[Int(depth)] : 0 }

  /// The number of elements from the start of a row whose exponentials sum to less than 512.
  func admissible(_ row: [Int64]) -> Int {
    var length = row.count
    // Each exponential is at most 1, so that 511 elements are always admissible.
    while length > 511 {
      let maximum = row.prefix(length).max() ?? 0
      let sum = row.prefix(length).reduce(Int64(0)) { $0 + addend(maximum - $1) }
      if sum < 1 << 28 { return length }
      length = max(511, length - 128)
    }
    return length
  }

  /// - Throws: ``BlockError/outsideDomain(block:transaction:limit:found:)`` for a depth that counts and
  ///   whose shifted value does not fit 32 bits.
  func check(
    _ values: [Int64], _ row: Range<Int>, maximum: Int64, transaction: Int, block: String
  ) throws(BlockError) {
    guard deepest > representable else { return }
    for i in row where (representable + 1...deepest).contains(maximum - values[i]) {
      throw .outsideDomain(
        block: block, transaction: transaction,
        limit: "d * 2^left_shift must fit 32 bits where d is not below diff_min",
        found: "\(values[i] - maximum) * 2^\(leftShift)")
    }
  }
}
