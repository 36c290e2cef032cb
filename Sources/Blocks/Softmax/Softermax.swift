public import Signals

/// NVIDIA's Softermax, base 2 with an online integer maximum, in a fixed bit-exact reading.
public struct Softermax {
  public let name = "softermax"
  public let summary = "Base-2 softmax of Q(6,2) rows with an online integer maximum (Softermax)"
  public let formula = """
    chord(f) = (slope[f] * f * 2^-16 + intercept[f] * 2^-16), f = 0...3 quarters:
      slope = 12400 14746 17536 20854 (Q14 a quarter is Q16), intercept = 65536 63190 57610 47656
    intmax(x) = floor(x / 4) where MaxRounding is 0, ceil(x / 4) where it is 1
    for each window of Window elements, in order:
      M'  = maximum(M, intmax(maximum(window)))
      p   = floor(chord(x mod 4) * 2^15 * 2^(floor(x / 4) - M')), UQ(1,15)
      sum = minimum(65535, floor(sum / 2^(M' - M)) + floor(sum of p / 2^9)), UQ(10,6)
    n = bits of sum; r = floor(2^(14 + n) / sum), UQ(1,15): the reciprocal of sum / 2^(n - 1)
    probs = floor(p * r / 2^(16 + n)), p with the final M; UQ(1,7), at most 132
    The last window of a row may be partial: absent elements are no maximum and add nothing.
    """
  public let source = """
    Stevens et al., Softermax (arXiv 2103.09301). No public code is bit-exact; formats are the \
    paper's, roundings are fixed here
    """
  public let parameters = [
    Parameter(
      "MaxRounding", 0...1, default: 0, "Integer maximum: 0 rounds down (floor), 1 up (ceil)"),
    Parameter("Window", 1...64, default: 16, "Elements that share a maximum, the lanes of a beat"),
    Parameter.maxLength(),
  ]

  public init() {}

  /// Rows in and out, `Window` lanes a beat.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Window"]
    let scores = ArraySpecification(
      "scores", .input, axes: ["R", "L"], .signed(8), "Logits, Q(6,2): scale 1/4")
    let probs = ArraySpecification(
      "probs", .output, axes: ["R", "L"], .unsigned(8), "Probabilities, UQ(1,7): scale 1/128")
    return Interface(
      arrays: [
        scores, probs,
        ArraySpecification(
          "sum", .tap, axes: ["R"], .unsigned(16),
          "Sum of powers, UQ(10,6), under the final maximum"),
      ],
      batching: .leading("R"),
      streams: [
        .rows("scores", .input, format: scores.format, lanes: lanes),
        .rows("probs", .output, format: probs.format, lanes: lanes),
      ])
  }
}
