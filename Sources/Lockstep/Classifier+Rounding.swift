import Signals

/// Values that are off by one.
extension Classifier {
  /// All wrong elements are off by one step, the same way: as much as can be said where nobody knows what they
  /// were before they were rounded, for a reciprocal or an addend that is one too large looks the same.
  func offByOne() -> Classification? {
    guard wrong.count >= 16, Set(wrong.map(\.expected)).count >= 5,
      // Of a mark or a short code it says nothing.
      array.range.upperBound.subtractingReportingOverflow(array.range.lowerBound).overflow
        || array.range.upperBound - array.range.lowerBound >= 15,
      let direction
    else { return nil }
    return Classification(
      .offByOne,
      evidence: "all \(wrong.count) wrong elements of \(elements.count) are \(direction)")
  }

  /// The same step everywhere: up or down, or away from 0 or towards it.
  private var direction: String? {
    guard wrong.allSatisfy({ $0.step.magnitude == 1 }) else { return nil }
    let steps = Set(wrong.map(\.step))
    if steps.count == 1, let step = steps.first { return "off by \(step > 0 ? "+1" : "-1")" }
    // The sign of what is halfway between the two, which is not 0.
    let outwards = Set(
      wrong.map { $0.step * ($0.expected.signum() + $0.observed.signum()).signum() })
    guard outwards.count == 1, let step = outwards.first else { return nil }
    return "one \(step > 0 ? "further from" : "nearer to") 0"
  }
}
