import FixedPoint
public import Signals

/// TensorFlow Lite's int16 layer normalisation, the helper of its integer LSTM.
///
/// `x` [R, L] int16 to `y` [R, L] int16 in units of 2^-12, with `weight` and `bias` [L].
///
/// - Edge cases: floor(2^20 / L) makes the variance inaccurate where L is no power of two, as in the
///   source; it may come out below 1, 0 and negative included, and is then `variance_limit`. A row of
///   equal elements gives the bias alone. The normalised value times its weight plus the bias, and
///   what the last multiplier shifts left, must fit 32 bits, where the source overflows; such rows are
///   outside the domain.
/// - Source: tensorflow/tflite-micro, `kernels/internal/reference/portable_tensor_utils.cc`:
///   `PortableApplyLayerNorm`; `kernels/internal/quantization_util.cc`.
public struct TFLiteLayerNorm: Block {
  public let name = "tflite_layernorm"
  public let family: Family? = .normalisation
  public let summary = "TensorFlow Lite's int16 layer normalisation, from its integer LSTM."
  public let formula = """
    mean     = truncate(1024 * sum(x) / L)                                      unit 2^-10
    variance = truncate((sum(x^2) * floor(2^20 / L) - mean^2) / 2^20), variance_limit where below 1
    (m, s)   = inverse square root of variance
    v        = MBQM(1024 * x - mean, m, s) * weight + bias
    w        = truncate((v > 0 ? v + 512 : v - 512) / 1024)
    y        = sat16(MBQM(w, multiplier, shift + 12))                           unit 2^-12
    MBQM(x, m, s) = halfAway(halfUp((x * 2^max(s, 0)) * m / 2^31) / 2^max(-s, 0))
    """
  public let source = "tensorflow/tflite-micro, portable_tensor_utils.cc: PortableApplyLayerNorm"
  public let parameters = [Parameter.lanes, .maxLength()]

  public init() {}

  /// Rows in and out, `Lanes` a beat. `affine` brings weight and bias of a row's elements, beat for
  /// beat as `x`, again for each row.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let affine = [
      ArraySpecification("weight", .input, axes: ["L"], .signed(16), "weights, unit Sw"),
      ArraySpecification("bias", .input, axes: ["L"], .signed(32), "biases, unit Sw / 1024"),
    ]
    let settings = [
      ArraySpecification(
        "multiplier", .input, axes: [], .signed(32), range: 0...0x7FFF_FFFF,
        "mantissa of Sw, unit 2^-31"),
      ArraySpecification(
        "shift", .input, axes: [], .signed(7), range: -43...18, "exponent of Sw"),
      ArraySpecification(
        "variance_limit", .input, axes: [], .signed(32), range: 1...0x7FFF_FFFF,
        "the variance of rows whose variance is below 1"),
    ]
    let lastFields = [
      Field("keep", .unsigned(1), lanes: lanes, content: .keep),
      Field("last", .unsigned(1), content: .last),
    ]
    return Interface(
      arrays: [ArraySpecification("x", .input, axes: ["R", "L"], .signed(16), "codes")] + affine
        + settings + [
          ArraySpecification(
            "y", .output, axes: ["R", "L"], .signed(16), "normalised codes, unit 2^-12"),
          ArraySpecification("mean", .tap, axes: ["R"], .signed(26), "mean, unit 2^-10"),
          ArraySpecification("variance", .tap, axes: ["R"], .unsigned(31), "variance, 1 or more"),
          ArraySpecification(
            "mantissa", .tap, axes: ["R"], .unsigned(31), "m, unit 2^-31"),
        ],
      batching: .leading("R"), settings: settings.map { .setting($0.name, $0.format) },
      streams: [
        .rows("x", .input, format: .signed(16), lanes: lanes),
        Stream(
          "affine", .input,
          fields: affine.map { Field($0.name, $0.format, lanes: lanes, content: .array($0.name)) }
            + lastFields),
        .rows("y", .output, format: .signed(16), lanes: lanes),
      ])
  }

  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let x = batch.item("x")
    try x.checkRows(maxLength: configuration["MaxLength"], block: name)
    let affine = try TFLiteAffine(batch, block: name)
    let limit = batch.scalar("variance_limit")
    var y = [Int64](repeating: 0, count: x.values.count)
    var means = [Int64](repeating: 0, count: x.count)
    var (variances, mantissas) = (means, means)
    for index in 0..<x.count {
      (means[index], variances[index], mantissas[index]) = try golden(
        x, index, affine, limit, into: &y)
    }
    return batch.answer([
      "y": x.with(y), "mean": RaggedTensor(scalars: means),
      "variance": RaggedTensor(scalars: variances), "mantissa": RaggedTensor(scalars: mantissas),
    ])
  }

  /// One row: writes its `y` and returns its mean, its variance, and the mantissa of 1 / sqrt(variance).
  func golden(
    _ x: RaggedTensor, _ index: Int, _ affine: TFLiteAffine, _ limit: Int64, into y: inout [Int64]
  ) throws(BlockError) -> (mean: Int64, variance: Int64, mantissa: Int64) {
    let row = x.range(of: index)
    let (mean, computed) = TFLiteLayerNorm.statistics(x.values, row)
    let variance = computed < 1 ? limit : computed
    let inverse = Gemmlowp.inverseSquareRoot(of: Int32(variance))
    try affine.normalise(
      x.values, row, mean: mean, inverse: inverse, into: &y, transaction: index)
    return (mean, variance, Int64(inverse.mantissa))
  }

  /// Mean in units of 2^-10 and variance of a row, the latter before its limit.
  private static func statistics(_ values: [Int64], _ row: Range<Int>) -> (Int64, Int64) {
    let length = Int64(row.count)
    var (sum, squares): (Int64, Int64) = (0, 0)
    for i in row {
      sum += values[i]
      squares += values[i] * values[i]
    }
    let mean = (sum * 1024).divided(by: length, rounding: .truncate)
    let share = Int64(1 << 20).divided(by: length, rounding: .floor)
    return (mean, (squares * share - mean * mean).shiftedRight(by: 20, rounding: .truncate))
  }

  /// `(x - mean) / deviation * weight * Sw + bias * Sw / 1024`, clamped to the codes of `y`.
  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    guard let scale = batch.scales["weight"], let weight = batch.shared["weight"]?.values,
      let bias = batch.shared["bias"]?.values
    else { return nil }
    let x = batch.item("x")
    return (0..<x.count).flatMap { index -> [Double] in
      let row = x.values[x.range(of: index)].map { Double($0) }
      let mean = row.reduce(0, +) / Double(row.count)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
      let deviation = variance > 0 ? variance.squareRoot() : 1
      return row.enumerated().map { i, value in
        let normalised = (value - mean) / deviation
        let real = (normalised * Double(weight[i]) + Double(bias[i]) / 1024) * scale
        return min(max(real, -8), 32767.0 / 4096)
      }
    }
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(
      array: "y", unit: 0x1p-12, element: 0.004,
      domain: Domain(
        length: 16...2048, isPowerOfTwoLong: true, deviation: 40...4000,
        conditions: "weights of at most 1"),
      command: "cosim accuracy tflite_layernorm --check")
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.item("x").values.count, .elements, peakPerCycle: configuration["Lanes"])
  }

  /// `multiplier`, `shift` and `variance_limit` from the scale of `weight`, as the source's LSTM does.
  public func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    guard let scale = scales["weight"] else { throw .missingScale(block: name, name: "weight") }
    guard scale > 0, scale < 0x1p17 else {
      throw .scaleOutOfRange(
        block: name, limit: "the scale of weight must be positive and below 2^17",
        found: "\(scale)")
    }
    let quantised = QuantisedMultiplier(nearest: scale)
    return [
      "multiplier": Tensor(Int64(quantised.mantissa)), "shift": Tensor(Int64(quantised.shift)),
      "variance_limit": Tensor(max(1, Int64(10000 * scale))),
    ]
  }
}

/// The second pass over a row: what weight, bias and the last multiplier make of it.
struct TFLiteAffine {
  private let block: String
  private let weight: [Int64]
  private let bias: [Int64]
  private let output: QuantisedMultiplier

  init(_ batch: Batch, block: String) throws(BlockError) {
    self.block = block
    weight = batch.shared["weight"]?.values ?? []
    bias = try batch.table("bias", length: weight.count, of: block)
    output = QuantisedMultiplier(
      mantissa: Int32(batch.scalar("multiplier")), shift: Int(batch.scalar("shift")) + 12)
  }

  func normalise(
    _ values: [Int64], _ row: Range<Int>, mean: Int64, inverse: QuantisedMultiplier,
    into y: inout [Int64], transaction: Int
  ) throws(BlockError) {
    guard row.count == weight.count else {
      throw .outsideDomain(
        block: block, transaction: transaction, limit: "a row has as many elements as weight",
        found: "\(row.count) elements for \(weight.count) weights")
    }
    let left = Int64(max(output.shift, 0))
    for (i, position) in row.enumerated() {
      let normalised = Int64(inverse.scaled(Int32(1024 * values[position] - mean)))
      let value = normalised * weight[i] + bias[i]
      guard value.fits(.signed(32)) else {
        throw .outsideDomain(
          block: block, transaction: transaction,
          limit: "the normalised value times weight plus bias must fit 32 bits",
          found: "\(normalised) * \(weight[i]) + \(bias[i]) at element \(i)")
      }
      let code = (value > 0 ? value + 512 : value - 512).shiftedRight(by: 10, rounding: .truncate)
      guard (code << left).fits(.signed(32)) else {
        throw .outsideDomain(
          block: block, transaction: transaction,
          limit: "what multiplier and shift scale must fit 32 bits after its left shift",
          found: "\(code) * 2^\(left) at element \(i)")
      }
      y[position] = Int64(output.scaled(Int32(code))).saturated(to: .signed(16))
    }
  }
}

// MARK: - Accuracy

extension TFLiteLayerNorm {
  /// Weights of 2^14 in units of 2^-14, no bias; the scale of `x` does not matter.
  public func batch(
    of codes: RaggedTensor, scale: Double, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    let length = try codes.commonLength(array: "x")
    return try batch(
      of: codes, scales: ["weight": 0x1p-14],
      shared: [
        "weight": Tensor([Int64](repeating: 1 << 14, count: length)),
        "bias": Tensor([Int64](repeating: 0, count: length)),
      ], in: configuration)
  }
}
