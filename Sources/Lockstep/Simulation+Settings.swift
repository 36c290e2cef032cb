import Signals

/// Settings, and how they change.
extension Simulation {
  /// Sets what a group of chunks shares, before any of its beats is offered.
  ///
  /// A host writes one register after the other, so that a device which prepares anything for its
  /// settings sees them change while it does. Without stalls, where cycles are compared, and before the
  /// first group they come at once.
  func applySettings(of chunk: Chunk) throws {
    let wanted = chunk.stimulus.settings
    var present = appliedSettings
    appliedSettings = wanted
    if stalls.profile != .none, pins.agents == nil, present.count == wanted.count {
      let changing = wanted.indices.filter { present[$0] != wanted[$0] }
      for (number, index) in changing.dropLast().enumerated() {
        present[index] = wanted[index]
        try pins.apply(present)
        rest(for: 1 + (7 * groups + 5 * number) % 24)
      }
    }
    try pins.apply(wanted)
  }

  /// Lets some cycles pass in which nothing is on its way and nothing may come.
  private func rest(for cycles: Int) {
    for _ in 0..<cycles where !result.isFinal {
      let offering = loop.quietCycle(pins, loop.cycle, nil)
      result.asideCycles += 1
      attendQuietTaps(at: loop.cycle)
      if pins.hasFailed { recordFailure(at: loop.cycle) }
      if let offering { recordUnexpected(outputs[offering], at: loop.cycle) }
    }
  }
}
