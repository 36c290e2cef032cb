public import Signals

/// I-BERT's integer softmax with 8-bit probabilities.
///
/// `scores` [R, L] to `probs` [R, L] in units of 1/256, 0...256 (256 needs the ninth bit). The
/// exponential is a quadratic polynomial on (-ln 2, 0] shifted by whole octaves; it is requantised
/// to 16 bits before the division by the row's sum.
///
/// - Edge cases: a row whose sum is 0 gives 0 everywhere, with factor 0.
/// - Source: Kim et al., I-BERT (arXiv 2101.01321), `IntSoftmax` in huggingface/transformers
///   `ibert/quant_modules.py`, in exact integers.
public struct IBERTSoftmax: Block {
  public let name = "ibert_softmax"
  public let family: Family? = .softmax
  public let summary = "I-BERT softmax: polynomial exponential, 16-bit requantiser, 8-bit output."
  public let formula = """
    d   = max(score - max(row), Octaves * x0)
    q   = floor(d / x0),  r = d - x0 * q            0 <= q <= Octaves,  x0 < r <= 0
    E   = max(0, ((r + b) * r + c) << (Octaves - q))
    q16 = min(32767, rhe(E * exp_multiplier / 2^exp_exponent))
    F   = floor(2^32 / sum(q16)), 0 where the sum is 0
    p   = floor(q16 * F / 2^24)                     0...256, unit 1/256
    """
  public let source = "I-BERT, IntSoftmax (huggingface/transformers, ibert/quant_modules.py)"
  public let parameters = [
    .lanes,
    Parameter("ScoreBits", 2...32, default: 8, "width of a score, bits"),
    .maxLength(),
    Parameter("Octaves", 1...31, default: 30, "halvings after which the exponential is cut off"),
  ]

  public init() {}

  /// Pins and arrays: rows of `scores` in, rows of `probs` out, five settings.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let score = IntegerFormat.signed(configuration["ScoreBits"])
    return Interface(
      arrays: [
        ArraySpecification("scores", .input, axes: ["R", "L"], score, "logits, unit S"),
        ArraySpecification(
          "x0", .input, axes: [], .signed(18), range: -131071 ... -1, "floor(-0.6931 / S)"),
        ArraySpecification("b", .input, axes: [], .unsigned(20), "floor(2.70732 / S)"),
        ArraySpecification("c", .input, axes: [], .unsigned(33), "floor(2.79211 / S^2)"),
        ArraySpecification(
          "exp_multiplier", .input, axes: [], .unsigned(32), "numerator of the 16-bit requantiser"),
        ArraySpecification(
          "exp_exponent", .input, axes: [], .unsigned(7),
          "binary logarithm of the requantiser's denominator"),
        ArraySpecification(
          "probs", .output, axes: ["R", "L"], .unsigned(9), "probabilities, unit 1/256"),
        ArraySpecification(
          "exp", .tap, axes: ["R", "L"], .unsigned(63),
          "exponentials E, unit 0.35815147 S^2 / 2^Octaves"),
        ArraySpecification(
          "exp16", .tap, axes: ["R", "L"], .unsigned(15), "exponentials after the requantiser"),
        ArraySpecification("sum", .tap, axes: ["R"], .unsigned(31), "sum of a row's exp16"),
        ArraySpecification("factor", .tap, axes: ["R"], .unsigned(33), "floor(2^32 / sum)"),
      ],
      batching: .leading("R"),
      settings: [
        .setting("x0", .signed(18)), .setting("b", .unsigned(20)), .setting("c", .unsigned(33)),
        .setting("exp_multiplier", .unsigned(32)), .setting("exp_exponent", .unsigned(7)),
      ],
      streams: [
        .rows("scores", .input, format: score, lanes: lanes),
        .rows("probs", .output, format: .unsigned(9), lanes: lanes),
      ])
  }
}
