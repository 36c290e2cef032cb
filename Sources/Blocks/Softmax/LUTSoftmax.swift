public import Signals

/// TensorFlow Lite's int16 softmax: two interpolated tables, for exp and for the reciprocal.
public struct LUTSoftmax {
  public let name = "lut_softmax"
  public let summary =
    "Softmax of int16 rows from interpolated tables, as TensorFlow Lite computes it"
  public let formula = """
    lookup(t, v) = t[i] + halfUp((t[i + 1] - t[i]) * (v mod 128) / 128), i = 256 + floor(v / 128)
    v = sat16(MBQM(x - maximum(row), multiplier, shift) + 32767)
    e = lookup(exp_table, v), Q0.15
    s = sum of e, Q16.15; z leading zeros of s in 32 bits
    n = halfUp(s * 2^(z - 1) / 2^14), 65536 to 131072
    r = lookup(reciprocal_table, sat16(n - 98304)), Q0.15
    probs = clamp(halfUp(e * r / 2^(31 - z)), 0...32767), scale 1/32768; 0 where s is 0
    MBQM is the double rounding of gemmlowp_requantizer.
    """
  public let source = """
    tensorflow/tflite-micro, kernels/internal/reference/softmax.h: SoftmaxInt16; \
    kernels/internal/common.h: LUTLookup
    """
  public let parameters = [Parameter.lanes, Parameter.maxLength()]

  /// Entries of each table.
  static let tableLength = 513

  public init() {}

  /// Rows in and out, `Lanes` a beat; multiplier and shift are settings, the tables are loaded.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let scores = ArraySpecification("scores", .input, axes: ["R", "L"], .signed(16), "Logits")
    let probs = ArraySpecification(
      "probs", .output, axes: ["R", "L"], .signed(16), range: 0...32767,
      "Probabilities, scale 1/32768")
    let settings = [
      ArraySpecification(
        "multiplier", .input, axes: [], .signed(32), range: 0...0x7FFF_FFFF,
        "Mantissa of beta * S * 6553.5, Q0.31"),
      ArraySpecification(
        "shift", .input, axes: [], .signed(6), range: -31...15,
        "Exponent of beta * S * 6553.5: positive shifts left"),
    ]
    let tables = [
      ArraySpecification(
        "exp_table", .input, axes: ["T"], .signed(16), range: 0...32767,
        "513 entries: exp on [-10, 0], Q0.15"),
      ArraySpecification(
        "reciprocal_table", .input, axes: ["T"], .signed(16), range: 0...32767,
        "513 entries: 1 / (1 + x) on [0, 1], Q0.15"),
    ]
    return Interface(
      arrays: [scores] + settings + tables + [probs], batching: .leading("R"),
      settings: settings.map { .setting($0.name, $0.format) },
      streams: tables.map { .table($0.name, $0.format) } + [
        .rows("scores", .input, format: scores.format, lanes: lanes),
        .rows("probs", .output, format: probs.format, lanes: lanes),
      ])
  }
}
