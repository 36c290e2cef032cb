import Signals

/// Settings, and how they change.
extension Simulation {
  /// Sets what a group of chunks shares, before any of its beats is offered.
  ///
  /// A host writes one register after the other, so that a device which prepares anything for its
  /// settings sees them change while it does. Without stalls, where cycles are compared, before the first
  /// group, and where the manifest says so they come at once.
  func applySettings(of chunk: Chunk) throws {
    let wanted = chunk.stimulus.settings
    var present = appliedSettings
    appliedSettings = wanted
    if stalls.profile != .none, !pins.settingsTogether, present.count == wanted.count {
      let changing = wanted.indices.filter { present[$0] != wanted[$0] }
      for (number, index) in changing.dropLast().enumerated() {
        present[index] = wanted[index]
        try pins.apply(present)
        for _ in 0..<1 + (7 * groups + 5 * number) % 24 where !result.isFinal { passQuietly() }
      }
    }
    try pins.apply(wanted)
  }
}
