public import Signals

/// TensorFlow Lite's reference int8 softmax in gemmlowp fixed point.
public struct GemmlowpSoftmax {
  public let name = "gemmlowp_softmax"
  public let summary = "Softmax of int8 rows as TensorFlow Lite's fixed-point reference computes it"
  public let formula = """
    d = x - maximum(row); where d < diff_min the element adds nothing and probs is -128
    e = exp_Q5.26(halfUp((d * 2^left_shift) * multiplier / 2^31)), Q0.31
    s = sum of halfAwayFromZero(e / 2^12), Q12.19
    (r, k) = reciprocal(s, 12): 1/s = r / 2^31 / 2^k, r in Q0.31
    probs = sat8(halfAwayFromZero(halfUp(r * e / 2^31) / 2^(k + 23)) - 128), scale 1/256
    The shift k + 23 must be 0...31, that is, the sum of exponentials below 512.
    """
  public let source = """
    tensorflow/tflite-micro, kernels/internal/reference/softmax.h: Softmax; google/gemmlowp, \
    fixedpoint/fixedpoint.h
    """
  public let parameters = [Parameter.lanes, Parameter.maxLength(1...4096)]

  public init() {}

  /// Rows in and out, `Lanes` a beat; the three constants are settings.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let scores = ArraySpecification("scores", .input, axes: ["R", "L"], .signed(8), "Logits")
    let probs = ArraySpecification(
      "probs", .output, axes: ["R", "L"], .signed(8), "Probabilities, scale 1/256, zero point -128")
    let settings = [
      ArraySpecification(
        "multiplier", .input, axes: [], .signed(32), range: 0...0x7FFF_FFFF,
        "Mantissa of beta * S * 2^26, Q0.31"),
      ArraySpecification(
        "left_shift", .input, axes: [], .unsigned(5), "Exponent of beta * S * 2^26"),
      ArraySpecification(
        "diff_min", .input, axes: [], .signed(32), range: -0x8000_0000...0,
        "-floor(31 * 2^26 / 2^left_shift): smaller differences count as 0"),
    ]
    return Interface(
      arrays: [scores] + settings + [probs], batching: .leading("R"),
      settings: settings.map { .setting($0.name, $0.format) },
      streams: [
        .rows("scores", .input, format: scores.format, lanes: lanes),
        .rows("probs", .output, format: probs.format, lanes: lanes),
      ])
  }
}
