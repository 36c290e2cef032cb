public import Signals

/// I-ViT's integer softmax: an exponential made of shifts, 8-bit probabilities.
///
/// `scores` [R, L] to `probs` [R, L] in units of 1/128, 0...127.
///
/// - Edge cases: where the sum of a row reaches 2^31 - 1 it saturates, the factor is 1 and the
///   probabilities no longer add up.
/// - Source: Li and Gu, I-ViT (arXiv 2207.01405), `IntSoftmax` in zkkli/I-ViT
///   `models/quantization_utils/quant_modules.py`, in exact integers.
public struct Shiftmax: Block {
  public let name = "shiftmax"
  public let family: Family? = .softmax
  public let summary = "I-ViT Shiftmax: exponential by shifts, 8-bit output."
  public let formula = """
    p = score - max(row)
    v = max(p + floor(p / 2) - floor(p / 16), Octaves * x0)
    q = floor(v / x0),  r = v - x0 * q              0 <= q <= Octaves,  x0 < r <= 0
    E = floor((r - 2 * x0) * 2^(Octaves - q) / 2)
    s = min(sum(E), 2^31 - 1),  F = floor((2^31 - 1) / s)
    y = floor(E * F / 2^24)                         0...127, unit 1/128
    """
  public let source = "I-ViT, IntSoftmax (zkkli/I-ViT, models/quantization_utils/quant_modules.py)"
  public let parameters = [
    .lanes,
    Parameter("ScoreBits", 2...16, default: 8, "width of a score, bits"),
    .maxLength(),
    Parameter("Octaves", 1...29, default: 15, "halvings after which the exponential is cut off"),
  ]

  public init() {}

  /// Pins and arrays: rows of `scores` in, rows of `probs` out, setting `x0`.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let score = IntegerFormat.signed(configuration["ScoreBits"])
    let x0 = ShiftExponential.x0(octaves: configuration["Octaves"])
    return Interface(
      arrays: [
        ArraySpecification("scores", .input, axes: ["R", "L"], score, "logits, unit S"),
        ArraySpecification(
          "x0", .input, axes: [], x0, range: (x0.range.lowerBound + 1) ... -1,
          "floor(-1 / S); |x0| 2^Octaves < 2^31"),
        ArraySpecification(
          "probs", .output, axes: ["R", "L"], .signed(8), "probabilities 0...127, unit 1/128"),
        ArraySpecification(
          "exp", .tap, axes: ["R", "L"], .unsigned(31), "exponentials, unit S / 2^Octaves"),
        ArraySpecification(
          "sum", .tap, axes: ["R"], .unsigned(31), "sum of a row's exponentials, saturated"),
        ArraySpecification("factor", .tap, axes: ["R"], .unsigned(31), "floor((2^31 - 1) / sum)"),
      ],
      batching: .leading("R"),
      settings: [.setting("x0", x0)],
      streams: [
        .rows("scores", .input, format: score, lanes: lanes),
        .rows("probs", .output, format: .signed(8), lanes: lanes),
      ])
  }
}
