public import Signals

extension DyadicRequantizer {
  /// What is lost of a product, by exponent; beyond 63 bits of product nothing is looked at.
  public func binGroups(in configuration: Configuration) -> [Bins.Group] {
    [Bins.Group("exponent with rest: none, below half, a tie, above half", count: 4 * 128)]
  }

  public func fillBins(
    _ bins: inout Bins, for batch: Batch, answer: Batch, in configuration: Configuration
  ) {
    let x = batch.item("x").values
    let multiplier = Operand("multiplier", of: batch, count: x.count)
    let exponent = Operand("exponent", of: batch, count: x.count)
    for element in x.indices {
      let shift = exponent[element]
      let (product, isOver) = x[element].multipliedReportingOverflow(by: multiplier[element])
      guard !isOver, (1...62).contains(shift) else { continue }
      let rest = product & (1 << shift - 1)
      let half: Int64 = 1 << (shift - 1)
      bins.fill(0, Int(shift) * 4 + (rest == 0 ? 0 : rest < half ? 1 : rest == half ? 2 : 3))
    }
  }
}
