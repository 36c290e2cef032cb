public import Signals

/// I-BERT's integer GELU: a clipped quadratic for the error function.
///
/// `x` [N] of `InputBits` to `y` [N], whose unit is negative: S * -0.2888 * s^2 * 2^ErfShift / 2
/// with s = S / 1.4142. `ErfShift` 14 is the published code, 0 the published paper; the former
/// destroys the function for S above about 1e-3, the latter is for 8-bit scales.
///
/// - Edge cases: every input has an answer: `y` is as wide as the widest product.
/// - Source: Kim et al., I-BERT (arXiv 2101.01321), `IntGELU` in huggingface/transformers
///   `ibert/quant_modules.py`, in exact integers.
public struct IBERTGELU: Block {
  public let name = "ibert_gelu"
  public let family: Family? = .activation
  public let summary = "I-BERT GELU: x times a shifted quadratic error function."
  public let formula = """
    u   = min(|x|, -b)
    e   = sign(x) * ((u + b)^2 + c)                 sign(0) = 0
    erf = floor(e / 2^ErfShift)
    k   = floor(c / 2^ErfShift)
    y   = x * (erf + k)                             the unit of y is negative
    """
  public let source = "I-BERT, IntGELU (huggingface/transformers, ibert/quant_modules.py)"
  public let parameters = [
    Parameter("InputBits", 2...24, default: 24, "width of x, bits"),
    Parameter("ErfShift", 0...14, default: 14, "bits dropped from erf", choices: [0, 14]),
    .lanes,
  ]

  public init() {}

  /// Pins and arrays: stream `x`, stream `y` of InputBits + 38 - ErfShift bits, settings `b` and
  /// `c`.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let input = IntegerFormat.signed(configuration["InputBits"])
    // |e| <= 2^37 and -2^37 <= c, so x > 0 meets erf + k >= -2^(38 - ErfShift), and x < 0 less.
    let output = IntegerFormat.signed(configuration["InputBits"] + 38 - configuration["ErfShift"])
    let b = IntegerFormat.signed(19)
    let c = IntegerFormat.signed(38)
    return Interface(
      arrays: [
        ArraySpecification("x", .input, axes: ["N"], input, "unit S"),
        ArraySpecification(
          "b", .input, axes: [], b, range: b.range.lowerBound ... -1,
          "floor(-1.769 / s), s = S / 1.4142"),
        ArraySpecification(
          "c", .input, axes: [], c, range: c.range.lowerBound ... -1, "floor(-3.46260 / s^2)"),
        ArraySpecification(
          "y", .output, axes: ["N"], output, "unit -0.2888 S s^2 2^ErfShift / 2 (negative)"),
        ArraySpecification(
          "erf", .tap, axes: ["N"], .signed(39 - configuration["ErfShift"]),
          "error function, unit -0.2888 s^2 2^ErfShift"),
      ],
      batching: .chunks("N", size: 256),
      settings: [.setting("b", b), .setting("c", c)],
      streams: [
        Stream("x", .input, fields: [Field("data", input, lanes: lanes, content: .array("x"))]),
        Stream("y", .output, fields: [Field("data", output, lanes: lanes, content: .array("y"))]),
      ])
  }
}
