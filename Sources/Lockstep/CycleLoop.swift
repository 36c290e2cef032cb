/// The per-cycle path: drives, evaluates, compares and counts until something needs more than that.
///
/// A cycle: inputs and readies are driven with the clock low and the device is evaluated; transfers are
/// decided, compared and counted; the clock rises and the device is evaluated again. Raw storage only: no
/// reference counting, no exclusivity check, no error in here.
struct CycleLoop {
  /// Every input channel: data, then tables.
  let drivers: UnsafeMutableBufferPointer<Channel>
  let outputs: UnsafeMutableBufferPointer<Channel>
  /// Signals inside the device that are compared as they pass.
  let taps: UnsafeMutableBufferPointer<TapChannel>
  /// Parts of the device whose working cycles are counted.
  let stages: UnsafeMutableBufferPointer<StageCounter>
  /// What both of them wait for.
  let levels: LevelReader
  let hangLimit: Int
  /// Never that of one input and one output.
  var isGeneral = false
  /// Cycles since the end of reset.
  var cycle = 0
  /// Those of them in which nothing was due.
  private(set) var quietCycles = 0
  /// Cycles when the last beat of any stream had moved, or waiting for one began.
  var lastMove = 0

  /// Cycles between polls for cancellation, a power of 2.
  static let period = 4096

  init(
    drivers: UnsafeMutableBufferPointer<Channel>, outputs: UnsafeMutableBufferPointer<Channel>,
    taps: UnsafeMutableBufferPointer<TapChannel>,
    stages: UnsafeMutableBufferPointer<StageCounter>, levels: LevelReader, hangLimit: Int
  ) {
    self.drivers = drivers
    self.outputs = outputs
    self.taps = taps
    self.stages = stages
    self.levels = levels
    self.hangLimit = hangLimit
  }

  /// Cycles without any transfer.
  var waited: Int { cycle &- lastMove }

  var isHanging: Bool { waited >= hangLimit }

  /// Counts cycles from 0.
  mutating func restart() {
    cycle = 0
    quietCycles = 0
    lastMove = 0
  }

  /// Begins to wait now.
  mutating func expectMove() { lastMove = cycle }

  /// Runs cycles, one at least, until a channel needs attention, the device has failed, nothing has moved
  /// for too long, or cancellation should be polled.
  @inline(never)
  mutating func run(_ pins: Pins) {
    if isPair && !isGeneral { runPair(pins) } else { loop(pins, NoProbe(), PlainSteps()) }
  }

  /// The same, watched.
  @inline(never)
  mutating func run(_ pins: Pins, _ probes: CycleProbes) { loop(pins, probes, PlainSteps()) }

  /// The same, with agents between channels and pins.
  @inline(never)
  mutating func run(_ pins: Pins, _ probes: CycleProbes?, _ agents: Agents) {
    loop(pins, probes ?? CycleProbes(probes: []), AgentSteps(agents: agents))
  }

  /// The same, with stalls and occupancy noted.
  @inline(never)
  mutating func run(_ pins: Pins, _ probe: OccupancyProbe) { loop(pins, probe, PlainSteps()) }

  @inline(__always)
  mutating func loop<Probe: CycleProbe, Steps: CycleSteps>(
    _ pins: Pins, _ probe: Probe, _ steps: Steps
  ) {
    // A copy is known not to be among what pins and channels point to, and stays in registers.
    var loop = self
    repeat {
      if loop.step(pins, probe, steps) || pins.hasFailed || loop.isHanging { break }
    } while loop.cycle & (CycleLoop.period - 1) != 0
    self = loop
  }

  /// One cycle.
  /// - Returns: whether a channel needs attention.
  @inline(__always)
  private mutating func step<Probe: CycleProbe, Steps: CycleSteps>(
    _ pins: Pins, _ probe: Probe, _ steps: Steps
  ) -> Bool {
    CycleLoop.forEach(drivers) { $0.pointee.drive() }
    CycleLoop.forEach(outputs) {
      let mayMove = $0.pointee.decisions.mayMove(sawValid: $0.pointee.isHolding)
      $0.pointee.ready.pointee = mayMove ? 1 : 0
    }
    steps.settle(pins)
    probe.settled(in: cycle)
    var seen: Attention = []
    CycleLoop.forEach(drivers) { seen.formUnion($0.pointee.conclude(at: cycle)) }
    CycleLoop.forEach(outputs) { seen.formUnion($0.pointee.observe(at: cycle)) }
    let levels = levels.read()
    CycleLoop.forEach(taps) { seen.formUnion($0.pointee.observe(levels, at: cycle)) }
    CycleLoop.forEach(stages) { $0.pointee.observe(levels) }
    steps.rise(pins)
    probe.risen(in: cycle)
    cycle &+= 1
    if seen.contains(.transferred) { lastMove = cycle }
    return !seen.isSubset(of: .transferred)
  }

  @inline(__always)
  static func forEach<Each>(
    _ channels: UnsafeMutableBufferPointer<Each>, _ body: (UnsafeMutablePointer<Each>) -> Void
  ) {
    guard var channel = channels.baseAddress else { return }
    let end = channel + channels.count
    while channel < end {
      body(channel)
      channel += 1
    }
  }

  /// One cycle in which no beat is due, with every output ready.
  /// - Returns: the first output that offers a beat.
  mutating func quietCycle(_ pins: Pins, _ probes: CycleProbes?) -> Int? {
    for index in drivers.indices { drivers[index].drive() }
    for index in outputs.indices { outputs[index].ready.pointee = 1 }
    pins.settle()
    probes?.settled(in: cycle)
    let offering = outputs.indices.first { outputs[$0].valid.pointee != 0 }
    let levels = levels.read()
    CycleLoop.forEach(taps) { _ = $0.pointee.observe(levels, at: cycle) }
    pins.rise()
    probes?.risen(in: cycle)
    cycle &+= 1
    quietCycles += 1
    return offering
  }
}
