import FixedPoint
public import Signals

/// A piecewise-linear function of int16 codes on segments of equal width.
///
/// `x` [N] int16 to `y` [N] int16. Codes below the first segment use the first, codes above the last
/// use the last. Tables of other codes than int16 work too: `y` saturates to 16 bits only.
///
/// - Edge cases: every input has an answer; the sum of product and intercept has 37 bits and is
///   rounded once.
/// - Source: chords of the function between segment ends; the definition is this project's own.
public struct PWLUnit: Block {
  public let name = "pwl_unit"
  public let family: Family? = .activation
  public let summary = "A piecewise-linear function of int16 codes on segments of equal width."
  public let formula = """
    i = clamp(floor((x - low) / 2^segment_shift), 0...Segments - 1)
    y = sat16(halfUp((slope[i] * x + intercept[i]) / 2^shift))
    """
  public let source = "chords between segment ends, rounded to fixed point"
  public let parameters = [
    .lanes,
    Parameter("Segments", 1...256, default: 16, "entries of slope and intercept"),
  ]

  public init() {}

  /// `x` and `y` carry data; low and both shifts are settings, slopes and intercepts are loaded.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let segment = IntegerFormat.unsigned(
      max(1, Int.bitWidth - (configuration["Segments"] - 1).leadingZeroBitCount))
    let settings = [
      ArraySpecification("low", .input, axes: [], .signed(16), "lower end of the first segment"),
      ArraySpecification(
        "segment_shift", .input, axes: [], .unsigned(5), range: 0...16,
        "binary logarithm of the width of a segment"),
      ArraySpecification(
        "shift", .input, axes: [], .unsigned(5), "fraction bits of slope and intercept"),
    ]
    let tables = [
      ArraySpecification(
        "slope", .input, axes: ["K"], .signed(20), "Segments entries, unit 2^-shift"),
      ArraySpecification(
        "intercept", .input, axes: ["K"], .signed(36),
        "Segments entries, unit 2^-shift: the chord at x = 0"),
    ]
    return Interface(
      arrays: [ArraySpecification("x", .input, axes: ["N"], .signed(16), "codes")] + settings
        + tables
        + [ArraySpecification("y", .output, axes: ["N"], .signed(16), "codes of the function")]
        + [ArraySpecification("segment", .tap, axes: ["N"], segment, "index of the chord")],
      batching: .chunks("N", size: 256),
      settings: settings.map { .setting($0.name, $0.format) },
      streams: tables.map { .table($0.name, $0.format) } + [
        .elements("x", .input, .signed(16), lanes: lanes),
        .elements("y", .output, .signed(16), lanes: lanes),
      ], tablesWait: true)
  }

  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let segments = configuration["Segments"]
    let slope = try batch.table("slope", length: segments, of: name)
    let intercept = try batch.table("intercept", length: segments, of: name)
    let low = batch.scalar("low")
    let width = Int(batch.scalar("segment_shift"))
    let shift = Int(batch.scalar("shift"))
    let x = batch.item("x")
    var y = [Int64](repeating: 0, count: x.values.count)
    var chosen = y
    for (i, value) in x.values.enumerated() {
      let position = (value - low).shiftedRight(by: width, rounding: .floor)
      let segment = Int(min(max(position, 0), Int64(segments - 1)))
      chosen[i] = Int64(segment)
      y[i] = (slope[segment] * value + intercept[segment])
        .shiftedRight(by: shift, rounding: .halfUp).saturated(to: .signed(16))
    }
    return batch.answer(["y": x.with(y), "segment": x.with(chosen)])
  }

  /// The function that `scales["function"]` numbers (see ``ActivationFunction``) of the code's real
  /// value, clamped to the codes of `y`; in real units.
  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    guard let quantisation = ActivationQuantisation(batch.scales) else { return nil }
    return batch.item("x").values.map {
      min(max(quantisation.code(of: Double($0)), -32768), 32767) * quantisation.y
    }
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    // A chord over the width h is off by at most h^2 / 8 of the second derivative, here below 0.8.
    let width = Double(sign: .plus, exponent: 4 - PWLUnit.depth(configuration), significand: 1)
    return Tolerance(
      array: "y", unit: 1, scaleKey: "y", element: width * width / 10 + 0.001,
      domain: Domain(
        magnitude: 8,
        conditions: """
          chords of GELU, the logistic function and tanh on codes of 16 bits, with zero points of 0 \
          and no saturation
          """),
      command: "cosim accuracy pwl_unit --check")
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.item("x").values.count, .elements, peakPerCycle: configuration["Lanes"])
  }

  /// How often the range of codes is halved to get segments.
  static func depth(_ configuration: Configuration) -> Int {
    let segments = configuration["Segments"]
    return Int.bitWidth - 1 - segments.leadingZeroBitCount
  }
}
