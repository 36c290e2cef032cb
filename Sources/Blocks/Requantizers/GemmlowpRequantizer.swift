public import Signals

/// TensorFlow Lite's requantiser: `MultiplyByQuantizedMultiplier`, zero point, saturation.
public struct GemmlowpRequantizer {
  public let name = "gemmlowp_requantizer"
  public let summary =
    "Requantises int32 accumulators as TensorFlow Lite does, with one or two roundings"
  public let formula = """
    Rounding 0 (double): v = halfAwayFromZero(halfUp((x * 2^left) * multiplier / 2^31) / 2^right),
                         left = maximum(shift, 0), right = maximum(-shift, 0)
    Rounding 1 (single): v = halfUp(x * multiplier / 2^(31 - shift))
    y = saturate(v + zero_point) to OutputBits
    x * 2^left (double) and v (single) must fit 32 bits.
    """
  public let source = """
    tensorflow/tflite-micro, kernels/internal/common.cc: MultiplyByQuantizedMultiplier, with and \
    without TFLITE_SINGLE_ROUNDING
    """
  public let parameters = [
    Parameter.lanes,
    Parameter("OutputBits", 2...32, default: 8, "Width of y, signed"),
    Parameter(
      "Rounding", 0...1, default: 0, "0 rounds twice (double), 1 rounds once, half up (single)"),
  ]

  public init() {}

  /// `x` carries data, multiplier and shift, a value a lane; `y` carries data.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let bits = configuration["OutputBits"]
    let x = ArraySpecification("x", .input, axes: ["N"], .signed(32), "Accumulators")
    let operands = [
      ArraySpecification(
        "multiplier", .input, axes: ["N"], .signed(32), range: 0...0x7FFF_FFFF, allowsScalar: true,
        "Mantissa of the scale, Q0.31"),
      ArraySpecification(
        "shift", .input, axes: ["N"], .signed(6), range: -31...30, allowsScalar: true,
        "Exponent of the scale: positive shifts left"),
    ]
    let zeroPoint = ArraySpecification(
      "zero_point", .input, axes: [], .signed(bits), "Zero point of y")
    let y = ArraySpecification("y", .output, axes: ["N"], .signed(bits), "Requantised codes")
    return Interface(
      arrays: [x] + operands + [zeroPoint, y],
      batching: .chunks("N", size: 256),
      settings: [.setting("zero_point", zeroPoint.format)],
      streams: [
        .elements("x", .input, x.format, lanes: lanes, with: operands),
        .elements("y", .output, y.format, lanes: lanes),
      ])
  }
}
