import FixedPoint
public import Signals

extension PWLUnit {
  /// Slopes and intercepts of the chords of a function from codes to codes.
  ///
  /// Segment i reaches from `low + i · 2^segmentShift` to the start of the next. Slope and intercept
  /// are computed in double precision, multiplied by 2^shift and rounded half away from zero, each on
  /// its own.
  public static func chords(
    of function: (Double) -> Double, low: Int64, segmentShift: Int, shift: Int, segments: Int
  ) -> (slope: Tensor, intercept: Tensor) {
    let width = Double(sign: .plus, exponent: segmentShift, significand: 1)
    let unit = Double(sign: .plus, exponent: shift, significand: 1)
    var (slopes, intercepts): ([Int64], [Int64]) = ([], [])
    for segment in 0..<segments {
      let start = Double(low) + Double(segment) * width
      let value = function(start)
      let slope = (function(start + width) - value) / width
      slopes.append(rounded(slope * unit))
      intercepts.append(rounded((value - slope * start) * unit))
    }
    return (Tensor(slopes), Tensor(intercepts))
  }

  private static func rounded(_ value: Double) -> Int64 {
    Int64(min(max(value.rounded(.toNearestOrAwayFromZero), -0x1p62), 0x1p62))
  }

  /// `low`, `segment_shift`, `shift` and both tables for a function.
  ///
  /// The segments cover all codes of `x_bits` bits as evenly as powers of two allow; `shift` is 12 for
  /// codes of 8 bits and 14 for codes of 16, unless given.
  ///
  /// - Parameter scales: `x` and `y`; `x_zero_point` and `y_zero_point`, 0 where left out; `function`,
  ///   the number of an ``ActivationFunction``, GELU where left out; `x_bits`, 16 where left out;
  ///   `shift`.
  public func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    for key in ["x", "y"] where scales[key] == nil { throw .missingScale(block: name, name: key) }
    let bits = Int(exactly: scales["x_bits"] ?? 16) ?? 0
    let shift = Int(exactly: scales["shift"] ?? (bits <= 8 ? 12 : 14)) ?? -1
    guard let quantisation = ActivationQuantisation(scales), (2...16).contains(bits),
      (0...31).contains(shift)
    else {
      throw .scaleOutOfRange(
        block: name, limit: ActivationQuantisation.limit + ", x_bits 2...16, shift 0...31",
        found: "\(scales.sorted { $0.key < $1.key })")
    }
    let low = -(Int64(1) << (bits - 1))
    let segmentShift = max(0, bits - PWLUnit.depth(configuration))
    let (slope, intercept) = PWLUnit.chords(
      of: quantisation.code, low: low, segmentShift: segmentShift, shift: shift,
      segments: configuration["Segments"])
    let settings = [
      "low": Tensor(low), "segment_shift": Tensor(Int64(segmentShift)),
      "shift": Tensor(Int64(shift)), "slope": slope, "intercept": intercept,
    ]
    for specification in interface(in: configuration).arrays {
      let values = settings[specification.name]?.values ?? []
      if let bad = values.first(where: { !specification.range.contains($0) }) {
        throw .scaleOutOfRange(
          block: name, limit: "\(specification.name) must fit \(specification.format)",
          found: "\(bad)")
      }
    }
    return settings
  }
}

extension PWLUnit {
  /// Chords of GELU on 8 bits where the codes fit them, otherwise on 16; `y` has the scale of `x`.
  public func batch(
    of codes: RaggedTensor, scale: Double, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    let isNarrow = codes.values.allSatisfy { (-128...127).contains($0) }
    return try batch(
      of: codes, scales: ["x": scale, "y": scale, "x_bits": isNarrow ? 8 : 16], in: configuration)
  }
}
