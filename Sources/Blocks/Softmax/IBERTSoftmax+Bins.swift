public import Signals

extension IBERTSoftmax {
  /// Whole octaves below the maximum, and where in one of them a score lies.
  public func binGroups(in configuration: Configuration) -> [Bins.Group] {
    [
      Bins.Group("octaves below the maximum", count: configuration["Octaves"] + 1),
      Bins.Group("place in octave: first, inside, last", count: 3),
    ]
  }

  public func fillBins(
    _ bins: inout Bins, for batch: Batch, answer: Batch, in configuration: Configuration
  ) {
    let octave = -batch.scalar("x0")
    let scores = batch.item("scores")
    for index in 0..<scores.count {
      let row = scores.values[scores.range(of: index)]
      guard let top = row.max() else { continue }
      for score in row {
        let (whole, rest) = (top - score).quotientAndRemainder(dividingBy: octave)
        bins.fill(0, Int(whole))
        bins.fill(1, rest == 0 ? 0 : rest == octave - 1 ? 2 : 1)
      }
    }
  }
}
