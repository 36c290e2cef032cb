public import Signals

/// I-ViT's integer LayerNorm: ten Newton steps for the standard deviation.
///
/// `x` [R, L] and `bias` [L] to `y` [R, L], unit sqrt(L) / 2^30 times the weight of the channel,
/// which stays real. The ten steps start from 2^16 and do not converge for small rows: the
/// deviation is never below 64.
///
/// - Edge cases: a constant row has deviation 64 and gives the bias alone.
/// - Source: Li and Gu, I-ViT (arXiv 2207.01405), `IntLayerNorm` in zkkli/I-ViT
///   `models/quantization_utils/quant_modules.py`, in exact integers.
public struct IViTLayerNorm: Block {
  public let name = "ivit_layernorm"
  public let family: Family? = .normalisation
  public let summary = "I-ViT LayerNorm: integer mean and ten Newton steps of the square root."
  public let formula = """
    m   = rhe(sum(x) / L)
    d   = x - m
    V   = sum(d^2)
    std = 2^16, then ten times std <- floor((std + floor(V / std)) / 2)
    F   = floor((2^31 - 1) / std)
    y   = floor(d * F / 2) + bias
    """
  public let source =
    "I-ViT, IntLayerNorm (zkkli/I-ViT, models/quantization_utils/quant_modules.py)"
  public let parameters = [
    .lanes,
    Parameter("InputBits", 2...24, default: 16, "width of x, bits"),
    .maxLength(),
  ]

  public init() {}

  /// Pins and arrays: rows `x` and, replayed for each row, `bias` in; rows `y` out; no settings.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let input = IntegerFormat.signed(configuration["InputBits"])
    return Interface(
      arrays: [
        ArraySpecification("x", .input, axes: ["R", "L"], input, "unit S"),
        ArraySpecification("bias", .input, axes: ["L"], .signed(32), "bias, unit of y"),
        // |d F / 2| stays below 3 * 2^30 where the steps have not converged, and 2^30 elsewhere.
        ArraySpecification(
          "y", .output, axes: ["R", "L"], .signed(34), "unit sqrt(L) / 2^30 times the weight"),
        ArraySpecification("mean", .tap, axes: ["R"], input, "rounded mean, unit S"),
        ArraySpecification("variance", .tap, axes: ["R"], .unsigned(63), "sum of squares V"),
        ArraySpecification("std", .tap, axes: ["R"], .unsigned(47), "after ten steps"),
        ArraySpecification("factor", .tap, axes: ["R"], .unsigned(25), "floor((2^31 - 1) / std)"),
      ],
      batching: .leading("R"),
      streams: [
        .rows("x", .input, format: input, lanes: lanes),
        .rows("bias", .input, format: .signed(32), lanes: lanes),
        .rows("y", .output, format: .signed(34), lanes: lanes),
      ])
  }
}
