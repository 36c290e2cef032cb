public import Signals

/// A piecewise-linear function of int16 codes on segments of equal width.
public struct PWLUnit {
  public let name = "pwl_unit"
  public let summary = "A piecewise-linear function of int16 codes on equal segments"
  public let formula = """
    i = clamp(floor((x - low) / 2^segment_shift), 0...Segments - 1)
    y = sat16(halfUp((slope[i] * x + intercept[i]) / 2^shift))
    The sum is kept whole (37 bits).
    """
  public let source =
    "Chords between neighbouring segment ends; the definition is this project's own"
  public let parameters = [
    Parameter.lanes,
    Parameter("Segments", 1...256, default: 16, "Entries of the tables"),
  ]

  public init() {}

  /// `x` and `y` carry data; low and both shifts are settings, slopes and intercepts are loaded.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let x = ArraySpecification("x", .input, axes: ["N"], .signed(16), "Codes")
    let y = ArraySpecification("y", .output, axes: ["N"], .signed(16), "Codes of the function")
    let settings = [
      ArraySpecification("low", .input, axes: [], .signed(16), "Lower end of the first segment"),
      ArraySpecification(
        "segment_shift", .input, axes: [], .unsigned(5), range: 0...16,
        "Width of a segment, binary logarithm"),
      ArraySpecification(
        "shift", .input, axes: [], .unsigned(5), "Fraction bits of slope and intercept"),
    ]
    let tables = [
      ArraySpecification("slope", .input, axes: ["K"], .signed(20), "Segments entries"),
      ArraySpecification(
        "intercept", .input, axes: ["K"], .signed(36), "Segments entries, at x = 0"),
    ]
    return Interface(
      arrays: [x] + settings + tables + [y],
      batching: .chunks("N", size: 256),
      settings: settings.map { .setting($0.name, $0.format) },
      streams: tables.map { .table($0.name, $0.format) } + [
        .elements("x", .input, x.format, lanes: lanes),
        .elements("y", .output, y.format, lanes: lanes),
      ])
  }
}
