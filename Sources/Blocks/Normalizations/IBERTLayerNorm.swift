public import Signals

/// I-BERT's integer LayerNorm.
///
/// `x` [R, L] and `bias` [L] to `y` [R, L], unit sqrt(L) / 2^30 times the weight of the channel,
/// which stays real. The mean is rounded to an integer; squares are taken of the centred values
/// shifted right by `shift`, so that their sum stays below 2^VarianceBits (2^32 in the source).
///
/// - Edge cases: a row whose standard deviation is 0 gives the bias alone, with factor 0. A sum of
///   squares of 2^VarianceBits and more is an error: `shift` is too small.
/// - Source: Kim et al., I-BERT (arXiv 2101.01321), `IntLayerNorm` in huggingface/transformers
///   `ibert/quant_modules.py`, in exact integers.
public struct IBERTLayerNorm: Block {
  public let name = "ibert_layernorm"
  public let family: Family? = .normalisation
  public let summary = "I-BERT LayerNorm: integer mean, square root and reciprocal."
  public let formula = """
    m   = rhe(sum(x) / L)
    d   = x - m
    V   = sum(floor(d / 2^shift)^2)                 below 2^VarianceBits
    std = floor(sqrt(V)) * 2^shift
    F   = floor(2^31 / std), 0 where std is 0
    y   = floor(d * F / 2) + bias
    """
  public let source = "I-BERT, IntLayerNorm (huggingface/transformers, ibert/quant_modules.py)"
  public let parameters = [
    .lanes,
    Parameter("InputBits", 2...24, default: 24, "width of x, bits"),
    .maxLength(),
    Parameter("VarianceBits", 32...48, default: 32, "width of the sum of squares, bits"),
  ]

  public init() {}

  /// Pins and arrays: rows `x` and, replayed for each row, `bias` in; rows `y` out; setting
  /// `shift`.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let input = IntegerFormat.signed(configuration["InputBits"])
    let varianceBits = configuration["VarianceBits"]
    return Interface(
      arrays: [
        ArraySpecification("x", .input, axes: ["R", "L"], input, "unit S"),
        ArraySpecification("bias", .input, axes: ["L"], .signed(32), "bias, unit of y"),
        ArraySpecification(
          "shift", .input, axes: [], .unsigned(4), "bits dropped before squaring"),
        // |floor(d F / 2)| < 2^31 for every shift, and the bias adds one bit.
        ArraySpecification(
          "y", .output, axes: ["R", "L"], .signed(33), "unit sqrt(L) / 2^30 times the weight"),
        ArraySpecification("mean", .tap, axes: ["R"], input, "rounded mean, unit S"),
        ArraySpecification(
          "variance", .tap, axes: ["R"], .unsigned(varianceBits), "sum of squares V"),
        ArraySpecification(
          "std", .tap, axes: ["R"], .unsigned((varianceBits + 1) / 2 + 15),
          "sqrt(L) standard deviations"),
        ArraySpecification("factor", .tap, axes: ["R"], .unsigned(32), "floor(2^31 / std)"),
      ],
      batching: .leading("R"),
      settings: [.setting("shift", .unsigned(4))],
      streams: [
        .rows("x", .input, format: input, lanes: lanes),
        .rows("bias", .input, format: .signed(32), lanes: lanes),
        .rows("y", .output, format: .signed(33), lanes: lanes),
      ])
  }
}
