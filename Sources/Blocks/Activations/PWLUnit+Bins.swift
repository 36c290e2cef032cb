import FixedPoint
public import Signals

extension PWLUnit {
  /// The segments, and where in one of them a code lies.
  public func binGroups(in configuration: Configuration) -> [Bins.Group] {
    [
      Bins.Group("segment", count: configuration["Segments"]),
      Bins.Group("place in segment: first, inside, last, below all, above all", count: 5),
    ]
  }

  public func fillBins(
    _ bins: inout Bins, for batch: Batch, answer: Batch, in configuration: Configuration
  ) {
    let (low, width) = (batch.scalar("low"), Int(batch.scalar("segment_shift")))
    let last = Int64(configuration["Segments"] - 1)
    let mask: Int64 = 1 << Int64(width) - 1
    for value in batch.item("x").values {
      let segment = (value - low).shiftedRight(by: width, rounding: .floor)
      bins.fill(0, Int(segment))
      let rest = (value - low) & mask
      let place = segment < 0 ? 3 : segment > last ? 4 : rest == mask ? 2 : rest == 0 ? 0 : 1
      bins.fill(1, place)
    }
  }
}
