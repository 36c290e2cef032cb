import FixedPoint
public import Signals

/// TensorFlow Lite's requantiser: `MultiplyByQuantizedMultiplier`, zero point, saturation.
///
/// `x` [N] int32 to `y` [N] of `OutputBits`; multiplier and shift may vary by element or be scalars.
///
/// - Edge cases: where Rounding is 0, `x * 2^shift` of a positive shift must fit 32 bits; where it is
///   1, the scaled value must, before the zero point is added. The source leaves both undefined; here
///   they are outside the domain.
/// - Source: tensorflow/tflite-micro, `kernels/internal/common.cc`, with and without
///   `TFLITE_SINGLE_ROUNDING`.
public struct GemmlowpRequantizer: Block {
  public let name = "gemmlowp_requantizer"
  public let family: Family? = .requantisation
  public let summary =
    "Rescales int32 accumulators as TensorFlow Lite does, rounding twice or once, and saturates."
  public let formula = """
    Rounding 0 (double): v = halfAway(halfUp((x * 2^left) * multiplier / 2^31) / 2^right)
                         left = maximum(shift, 0), right = maximum(-shift, 0)
    Rounding 1 (single): v = halfUp(x * multiplier / 2^(31 - shift))
    y = sat(v + zero_point), to OutputBits
    """
  public let source = "tensorflow/tflite-micro, common.cc: MultiplyByQuantizedMultiplier"
  public let parameters = [
    .lanes,
    Parameter("OutputBits", 2...32, default: 8, "width of y, bits"),
    Parameter(
      "Rounding", 0...1, default: 0, "0 rounds twice (double), 1 once (single)", choices: [0, 1]),
  ]

  public init() {}

  /// `x` carries data, multiplier and shift, a value a lane; `y` carries data.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let output = IntegerFormat.signed(configuration["OutputBits"])
    let operands = [
      ArraySpecification(
        "multiplier", .input, axes: ["N"], .signed(32), range: 0...0x7FFF_FFFF, allowsScalar: true,
        "mantissa of the scale of x, unit 2^-31"),
      ArraySpecification(
        "shift", .input, axes: ["N"], .signed(6), range: -31...30, allowsScalar: true,
        "exponent of the scale of x: positive shifts left"),
    ]
    return Interface(
      arrays: [ArraySpecification("x", .input, axes: ["N"], .signed(32), "accumulators")]
        + operands + [
          ArraySpecification("zero_point", .input, axes: [], output, "zero point of y"),
          ArraySpecification("y", .output, axes: ["N"], output, "requantised codes"),
          ArraySpecification(
            "scaled", .tap, axes: ["N"], .signed(32), "v: x rescaled and rounded, no zero point"),
        ],
      batching: .chunks("N", size: 256),
      settings: [.setting("zero_point", output)],
      streams: [
        .elements("x", .input, .signed(32), lanes: lanes, with: operands),
        .elements("y", .output, output, lanes: lanes),
      ])
  }

  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let x = batch.item("x")
    let count = x.values.count
    let multiplier = Operand("multiplier", of: batch, count: count)
    let shift = Operand("shift", of: batch, count: count)
    let zeroPoint = batch.scalar("zero_point")
    let format = IntegerWidth.signed(configuration["OutputBits"])
    let roundsOnce = configuration["Rounding"] == 1
    var y = [Int64](repeating: 0, count: count)
    var values = y
    for i in 0..<count {
      let value = x.values[i]
      let scale = QuantisedMultiplier(mantissa: Int32(multiplier[i]), shift: Int(shift[i]))
      let scaled: Int64
      if roundsOnce {
        scaled = scale.scaledOnce(Int32(value))
        guard scaled.fits(.signed(32)) else {
          throw outside(x, i, "the scaled value must fit 32 bits", "\(scaled)")
        }
      } else {
        let shifted = value << max(shift[i], 0)
        guard shifted.fits(.signed(32)) else {
          throw outside(x, i, "x * 2^shift must fit 32 bits", "\(value) * 2^\(shift[i])")
        }
        scaled = Int64(scale.scaled(Int32(value)))
      }
      y[i] = (scaled + zeroPoint).saturated(to: format)
      values[i] = scaled
    }
    return batch.answer(["y": x.with(y), "scaled": x.with(values)])
  }

  private func outside(
    _ x: RaggedTensor, _ element: Int, _ limit: String, _ found: String
  ) -> BlockError {
    let transaction = (0..<x.count).first { x.range(of: $0).contains(element) } ?? 0
    let position = element - x.range(of: transaction).lowerBound
    return .outsideDomain(
      block: name, transaction: transaction, limit: limit, found: "\(found) at element \(position)")
  }

  /// `x * multiplier * 2^(shift - 31) + zero_point`, clamped to the codes of `y`; in codes.
  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    let x = batch.item("x")
    let count = x.values.count
    let multiplier = Operand("multiplier", of: batch, count: count)
    let shift = Operand("shift", of: batch, count: count)
    let zeroPoint = Double(batch.scalar("zero_point"))
    let range = IntegerFormat.signed(configuration["OutputBits"]).range
    return x.values.enumerated().map { i, value in
      let product = Double(value) * Double(multiplier[i])
      let scaled = product * Double(sign: .plus, exponent: Int(shift[i]) - 31, significand: 1)
      return min(max(scaled + zeroPoint, Double(range.lowerBound)), Double(range.upperBound))
    }
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(
      array: "y", unit: 1, element: configuration["Rounding"] == 1 ? 0.5 : 0.75,
      domain: Domain(
        conditions: "every input; the first of two roundings adds at most a quarter to the half"),
      command: "cosim accuracy gemmlowp_requantizer --check")
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.item("x").values.count, .elements, peakPerCycle: configuration["Lanes"])
  }

  /// `multiplier` and `shift` from the scales of `x` and `y`.
  public func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    guard let x = scales["x"] else { throw .missingScale(block: name, name: "x") }
    guard let y = scales["y"] else { throw .missingScale(block: name, name: "y") }
    let ratio = x / y
    guard ratio > 0, ratio < 0x1p29 else {
      throw .scaleOutOfRange(
        block: name, limit: "the ratio of the scales must be positive and below 2^29",
        found: "\(ratio)")
    }
    let scale = QuantisedMultiplier(nearest: ratio)
    return ["multiplier": Tensor(Int64(scale.mantissa)), "shift": Tensor(Int64(scale.shift))]
  }
}

// MARK: - Accuracy

extension GemmlowpRequantizer {
  /// The multiplier of the ratio `scale`.
  public func batch(
    of codes: RaggedTensor, scale: Double, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    try batch(
      of: codes, scales: ["x": scale, "y": 1], shared: ["zero_point": Tensor(0)], in: configuration)
  }

  /// Codes of `y` beside the integers times the ratio of the scales `x` and `y`, clamped to the codes
  /// of `y`: the error of the multiplier included, which ``ideal(_:in:)`` takes as given.
  public func readings(
    of answer: Batch, to batch: Batch, in configuration: Configuration
  ) -> Readings? {
    Readings(requantised: answer, from: batch, to: interface(in: configuration).array("y"))
  }
}
