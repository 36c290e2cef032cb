public import Signals

/// ITA's streaming softmax: powers of two of int8 logits, summed group by group under a running
/// maximum, normalised by one division a row.
public struct ITASoftmax {
  public let name = "ita_softmax"
  public let summary =
    "Softmax of int8 rows as ITA streams it: shifts, a running maximum, one division"
  public let formula = """
    R(d) = halfUp(d / 2^EpsilonShift)
    max = -128; for each group of Group elements, in order:
      max' = maximum(max, group)
      sum  = [first group: 0, otherwise floor(sum / 2^R(max' - max))] + sum of floor(256 / 2^R(max' - x))
      sum is kept in 19 bits and wraps: 2048 equal elements give 0
    inverse = floor(65280 / sum), 65280 = 255 * 256; 0 where sum is 0
    probs   = floor(inverse / 2^R(max - x)), the low 8 bits; scale 1/256
    The last group of a row may be partial: absent elements are no maximum and add nothing.
    """
  public let source =
    "pulp-platform/ITA, src/ita_softmax.sv (EpsilonShift 5 as published, 0 since November 2024)"
  public let parameters = [
    Parameter(
      "EpsilonShift", 0...5, default: 0, "Logit steps in an octave, binary logarithm",
      choices: [0, 5]),
    Parameter("Group", 1...64, default: 16, "Elements that share a maximum, the lanes of a beat"),
    Parameter.maxLength(),
  ]

  public init() {}

  /// Rows in and out, `Group` lanes a beat.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Group"]
    let scores = ArraySpecification("scores", .input, axes: ["R", "L"], .signed(8), "Logits")
    let probs = ArraySpecification(
      "probs", .output, axes: ["R", "L"], .unsigned(8), "Probabilities, scale 1/256")
    return Interface(
      arrays: [
        scores, probs,
        ArraySpecification("max", .tap, axes: ["R"], .signed(8), "Maximum of the row"),
        ArraySpecification("sum", .tap, axes: ["R"], .unsigned(19), "Sum of powers, scale 1/256"),
        ArraySpecification("inverse", .tap, axes: ["R"], .unsigned(16), "floor(65280 / sum)"),
      ],
      batching: .leading("R"),
      streams: [
        .rows("scores", .input, format: scores.format, lanes: lanes),
        .rows("probs", .output, format: probs.format, lanes: lanes),
      ])
  }
}
