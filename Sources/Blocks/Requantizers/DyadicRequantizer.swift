public import Signals

/// Rescales integers by a dyadic rational, optionally with a residual, and saturates.
///
/// `x` [N] of `InputBits`, `y` [N] of `OutputBits`; multiplier and exponent may vary by element (a
/// channel each) or be scalars. Both roundings are half to even; the sum saturates once.
///
/// - Edge cases: every input has an answer; products of up to 96 bits are never cut.
/// - Source: Kim et al., I-BERT (arXiv 2101.01321), `FixedPointMul` in
///   huggingface/transformers `ibert/quant_modules.py`.
public struct DyadicRequantizer: Block {
  public let name = "dyadic_requantizer"
  public let family: Family? = .requantisation
  public let summary =
    "Rescales integers by multiplier / 2^exponent, adds a rescaled residual and saturates."
  public let formula = """
    y = sat(rhe(x * multiplier / 2^exponent)
            + rhe(identity * identity_multiplier / 2^identity_exponent))
    rhe: to nearest, ties to even, each product on its own; sat: to OutputBits, two's complement
    """
  public let source = "I-BERT, FixedPointMul (huggingface/transformers, ibert/quant_modules.py)"
  public let parameters = [
    Parameter("OutputBits", 2...32, default: 8, "width of y, bits"),
    Parameter("InputBits", 2...64, default: 32, "width of x and identity, bits"),
    .lanes,
  ]

  public init() {}

  /// Pins and arrays: stream `x` with the residual and both scales beside the data, stream `y`.
  public func interface(in configuration: Configuration) -> Interface {
    let input = IntegerFormat.signed(configuration["InputBits"])
    let output = IntegerFormat.signed(configuration["OutputBits"])
    let scaled = IntegerFormat.signed(min(configuration["InputBits"] + 32, 64))
    let lanes = configuration["Lanes"]
    let operands: [ArraySpecification] = [
      ArraySpecification("x", .input, axes: ["N"], input, "integers to rescale"),
      ArraySpecification(
        "multiplier", .input, axes: ["N"], .unsigned(32), allowsScalar: true,
        "numerator of the scale of x"),
      ArraySpecification(
        "exponent", .input, axes: ["N"], .unsigned(7), allowsScalar: true,
        "binary logarithm of the denominator of the scale of x"),
      ArraySpecification(
        "identity", .input, axes: ["N"], input, allowsScalar: true, default: 0,
        "residual, added after its own rescaling"),
      ArraySpecification(
        "identity_multiplier", .input, axes: ["N"], .unsigned(32), allowsScalar: true, default: 0,
        "numerator of the scale of identity"),
      ArraySpecification(
        "identity_exponent", .input, axes: ["N"], .unsigned(7), allowsScalar: true, default: 0,
        "binary logarithm of the denominator of the scale of identity"),
    ]
    return Interface(
      arrays: operands + [
        ArraySpecification("y", .output, axes: ["N"], output, "rescaled and saturated integers"),
        ArraySpecification(
          "scaled", .tap, axes: ["N"], scaled, "x rescaled and rounded, its lowest 64 bits"),
        ArraySpecification(
          "scaled_identity", .tap, axes: ["N"], scaled,
          "identity rescaled and rounded, its lowest 64 bits"),
      ],
      batching: .chunks("N", size: 256),
      streams: [
        Stream(
          "x", .input,
          fields: operands.map {
            Field(
              $0.name == "x" ? "data" : $0.name, $0.format, lanes: lanes,
              content: .array($0.name))
          }),
        Stream(
          "y", .output, fields: [Field("data", output, lanes: lanes, content: .array("y"))]),
      ])
  }
}
