/// What a sample of the mutants says about all of them.
extension MutationOutcome {
  /// Where the score of all mutants lies with 95 % confidence; nil where none was left out, or nothing could
  /// be noticed.
  public var scoreInterval: ClosedRange<Double>? {
    drawnFrom == nil ? nil : MutationOutcome.interval(of: killed, in: killed + unexplained)
  }

  /// The share of `count` in `all` as it is where these were drawn from, with 95 % confidence; nil for none.
  ///
  /// Holds for draws from any number, and is wider than need be where many of them were drawn.
  /// Source: Wilson, "Probable inference, the law of succession, and statistical inference" (JASA, 1927).
  public static func interval(of count: Int, in all: Int) -> ClosedRange<Double>? {
    guard all > 0, 0...all ~= count else { return nil }
    let (size, share) = (Double(all), Double(count) / Double(all))
    // Of a normal distribution, 95 % lie so many deviations around the mean.
    let z = 1.959_963_984_540_054
    let centre = share + z * z / (2 * size)
    let spread = z * (share * (1 - share) / size + z * z / (4 * size * size)).squareRoot()
    let scale = 1 + z * z / size
    return max(0, (centre - spread) / scale)...min(1, (centre + spread) / scale)
  }
}
