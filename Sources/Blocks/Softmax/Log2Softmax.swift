public import Signals

/// FQ-ViT's log-integer softmax: probabilities as powers of two.
///
/// `scores` [R, L] to `codes` and `zero` [R, L]: the probability is 2^-code, or 0 where `zero` is 1
/// (the code is then the largest). The exponential is I-BERT's.
///
/// - Edge cases: an exponential of 0, and so every element of a row whose sum is 0, gives `zero`.
/// - Source: Lin et al., FQ-ViT (arXiv 2111.13824), `log_int_softmax` in megvii-research/FQ-ViT
///   `models/ptq/layers.py`, in exact integers.
public struct Log2Softmax: Block {
  public let name = "log2_softmax"
  public let family: Family? = .softmax
  public let summary = "FQ-ViT log-int-softmax: probabilities as negative powers of two."
  public let formula = """
    d    = max(score - max(row), Octaves * x0)
    q    = floor(d / x0),  r = d - x0 * q           0 <= q <= Octaves,  x0 < r <= 0
    E    = max(0, ((r + b) * r + c) << (Octaves - q))
    R    = rhe(sum(E) / E)
    f    = floor(log2(R))
    k    = f + (2 * (R - 2^f) >= 2^f ? 1 : 0)       linear midpoint
    zero = E = 0 or k >= 2^CodeBits,  code = zero ? 2^CodeBits - 1 : k
    """
  public let source = "FQ-ViT, log_int_softmax (megvii-research/FQ-ViT, models/ptq/layers.py)"
  public let parameters = [
    .lanes,
    Parameter("ScoreBits", 2...12, default: 8, "width of a score, bits"),
    // With E below 2^53 and rows of at most 1024, no sum leaves 63 bits.
    .maxLength(1...1024),
    Parameter("Octaves", 1...31, default: 30, "halvings after which the exponential is cut off"),
    Parameter("CodeBits", 2...5, default: 4, "width of a code, bits"),
  ]

  public init() {}

  /// Pins and arrays: rows of `scores` in, rows of `codes` with a `zero` bit a lane out, settings
  /// `x0`, `b` and `c`.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let score = IntegerFormat.signed(configuration["ScoreBits"])
    let code = IntegerFormat.unsigned(configuration["CodeBits"])
    return Interface(
      arrays: [
        ArraySpecification("scores", .input, axes: ["R", "L"], score, "logits, unit S"),
        ArraySpecification(
          "x0", .input, axes: [], .signed(11), range: -1023 ... -1, "floor(-0.6931 / S)"),
        ArraySpecification("b", .input, axes: [], .unsigned(12), "floor(2.70732 / S)"),
        ArraySpecification("c", .input, axes: [], .unsigned(22), "floor(2.79211 / S^2)"),
        ArraySpecification(
          "codes", .output, axes: ["R", "L"], code, "negative binary logarithm of the probability"),
        ArraySpecification(
          "zero", .output, axes: ["R", "L"], .unsigned(1), "1 where the probability is 0"),
        ArraySpecification(
          "exp", .tap, axes: ["R", "L"], .unsigned(22 + configuration["Octaves"]),
          "exponentials E, unit 0.35815147 S^2 / 2^Octaves"),
        ArraySpecification("sum", .tap, axes: ["R"], .unsigned(63), "sum of a row's E"),
      ],
      batching: .leading("R"),
      settings: [
        .setting("x0", .signed(11)), .setting("b", .unsigned(12)), .setting("c", .unsigned(22)),
      ],
      streams: [
        .rows("scores", .input, format: score, lanes: lanes),
        Stream(
          "codes", .output,
          fields: [
            Field("data", code, lanes: lanes, content: .array("codes")),
            Field("zero", .unsigned(1), lanes: lanes, content: .array("zero")),
            Field("keep", .unsigned(1), lanes: lanes, content: .keep),
            Field("last", .unsigned(1), content: .last),
          ]),
      ])
  }
}
