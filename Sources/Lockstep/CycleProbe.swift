/// Watches the cycles of a simulation.
protocol CycleProbe {
  /// Combinational logic has settled with the clock low: what valid and ready say now decides on the
  /// transfers of `cycle`.
  func settled(in cycle: Int)
  /// The clock has risen at the end of `cycle`.
  func risen(in cycle: Int)
}

/// Nobody watches. Specialised away, so that an unwatched cycle costs nothing.
struct NoProbe: CycleProbe {
  @inline(__always) func settled(in cycle: Int) {}
  @inline(__always) func risen(in cycle: Int) {}
}

/// Some probes, one after the other.
struct CycleProbes: CycleProbe {
  var probes: [any CycleProbe]

  func settled(in cycle: Int) {
    for probe in probes { probe.settled(in: cycle) }
  }

  func risen(in cycle: Int) {
    for probe in probes { probe.risen(in: cycle) }
  }
}

/// How the two halves of a cycle are run.
protocol CycleSteps {
  func settle(_ pins: Pins)
  func rise(_ pins: Pins)
}

/// Channels look at the pins themselves.
struct PlainSteps: CycleSteps {
  @inline(__always) func settle(_ pins: Pins) { pins.settlePins() }
  @inline(__always) func rise(_ pins: Pins) { pins.risePins() }
}

/// Agents stand between channels and pins.
struct AgentSteps: CycleSteps {
  let agents: Agents

  func settle(_ pins: Pins) {
    agents.drive()
    agents.settle(pins)
  }

  func rise(_ pins: Pins) { agents.rise(pins) }
}
