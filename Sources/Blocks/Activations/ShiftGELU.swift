public import Signals

/// I-ViT's integer GELU: x times a shift-based sigmoid of 1.702 x.
///
/// `x` [R, L] to `y` [R, L], unit S / 128. The sigmoid is normalised by the maximum of the *row*,
/// so that an element's result depends on its row.
///
/// - Edge cases: an exponential of minus the maximum beyond 2^31 - 1 saturates there, which no
///   result can tell from its value.
/// - Source: Li and Gu, I-ViT (arXiv 2207.01405), `IntGELU` in zkkli/I-ViT
///   `models/quantization_utils/quant_modules.py`, in exact integers.
public struct ShiftGELU: Block {
  public let name = "shift_gelu"
  public let family: Family? = .activation
  public let summary = "I-ViT ShiftGELU: x times a sigmoid made of shifts, per row."
  public let formula = """
    exp(p): v = max(p + floor(p / 2) - floor(p / 16), Octaves * x0)
            q = floor(v / x0),  r = v - x0 * q      q < 0 where p > 0
            E = floor((r - 2 * x0) * 2^(Octaves - q) / 2)
    m  = max(row),  e1 = exp(x - m),  e2 = exp(-m)
    s  = min(e1 + e2, 2^31 - 1),  F = floor((2^31 - 1) / s)
    g  = floor(e1 * F / 2^24)                       0...127
    y  = x * g                                      unit S / 128
    """
  public let source = "I-ViT, IntGELU (zkkli/I-ViT, models/quantization_utils/quant_modules.py)"
  public let parameters = [
    .lanes,
    Parameter("InputBits", 2...16, default: 8, "width of x, bits"),
    .maxLength(),
    Parameter("Octaves", 1...29, default: 23, "halvings after which the exponential is cut off"),
  ]

  public init() {}

  /// Pins and arrays: rows `x` in, rows `y` of InputBits + 8 bits out, setting `x0`.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let input = IntegerFormat.signed(configuration["InputBits"])
    let output = IntegerFormat.signed(configuration["InputBits"] + 8)
    let x0 = ShiftExponential.x0(octaves: configuration["Octaves"])
    return Interface(
      arrays: [
        ArraySpecification("x", .input, axes: ["R", "L"], input, "unit S"),
        ArraySpecification(
          "x0", .input, axes: [], x0, range: (x0.range.lowerBound + 1) ... -1,
          "floor(-1 / (1.702 S)); |x0| 2^Octaves < 2^31"),
        ArraySpecification("y", .output, axes: ["R", "L"], output, "unit S / 128"),
        ArraySpecification(
          "exp", .tap, axes: ["R", "L"], .unsigned(31), "exponentials under the row's maximum"),
        ArraySpecification(
          "sigmoid", .tap, axes: ["R", "L"], .unsigned(7), "sigmoid of 1.702 x, unit 1/128"),
      ],
      batching: .leading("R"),
      settings: [.setting("x0", x0)],
      streams: [
        .rows("x", .input, format: input, lanes: lanes),
        .rows("y", .output, format: output, lanes: lanes),
      ])
  }
}
