public import Signals

/// ITA's GELU: I-BERT's polynomial in 16-bit constants, requantised to int8.
public struct ITAGELU {
  public let name = "ita_gelu"
  public let summary = "GELU of int8 codes as ITA does it, requantised to int8"
  public let formula = """
    u    = minimum(|x|, -b)
    L    = (u + b)^2 + c
    erf  = x < 0 ? -L : L
    gelu = x * (erf + c), 26 bits; its scale is negative
    y    = sat8(halfUp(gelu * multiplier / 2^shift) + add), so y is -GELU in the output scale
    """
  public let source = "pulp-platform/ITA, src/ita_gelu.sv and src/ita_requantizer.sv"
  public let parameters = [Parameter.lanes]

  public init() {}

  /// `x` and `y` carry data only; the five constants are settings.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let x = ArraySpecification("x", .input, axes: ["N"], .signed(8), "Codes")
    let y = ArraySpecification("y", .output, axes: ["N"], .signed(8), "-GELU, requantised")
    let settings = [
      ArraySpecification(
        "b", .input, axes: [], .signed(16), range: -181...0,
        "halfUp(-1.769 / s), s = S / sqrt 2; its square fits 16 bits from -181 on"),
      ArraySpecification("c", .input, axes: [], .signed(16), "halfUp(1 / (-0.2888 s^2))"),
      ArraySpecification("multiplier", .input, axes: [], .unsigned(8), "Scale, numerator"),
      ArraySpecification(
        "shift", .input, axes: [], .unsigned(8), "Scale, binary logarithm of the denominator"),
      ArraySpecification("add", .input, axes: [], .signed(8), "Zero point of y"),
    ]
    return Interface(
      arrays: [x] + settings + [
        y, ArraySpecification("gelu", .tap, axes: ["N"], .signed(26), "Before requantisation"),
      ],
      batching: .chunks("N", size: 256),
      settings: settings.map { .setting($0.name, $0.format) },
      streams: [
        .elements("x", .input, x.format, lanes: lanes),
        .elements("y", .output, y.format, lanes: lanes),
      ])
  }
}
