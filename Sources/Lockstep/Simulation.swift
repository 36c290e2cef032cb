import Devices
import Signals

/// When a simulation gives up.
struct SimulationLimits {
  /// Cycles without any transfer after which the run hangs.
  var hang: Int
  /// Cycles after the last expected beat in which no further one may appear, besides twice the latency
  /// of the device.
  var quiet = 64
  /// The most cycles of traffic before the reset in mid-flight, should the device stop before.
  var rehearsal = 4096
  /// Cycles of a run after which it hangs even if something still moves.
  var cycles = Int.max
  /// Differing beats after which nothing more is learnt.
  var differences = 64
  /// Every cycle by the general loop.
  var isGeneral = false
  /// The first finding says enough.
  var endsAtFirstFinding = false
  var isCancelled: @Sendable () -> Bool
}

/// One shard in one device: what to drive and expect, and what the cycles show.
final class Simulation {
  let pins: Pins
  let interface: Interface
  let queue: ChunkQueue
  let chunkRange: Range<Int>
  private let limits: SimulationLimits
  /// Keeps the tapes that channels read and write.
  let stalls: StallSource
  let shard: Int

  var loop: CycleLoop
  /// Channels of the data streams, then of the tables.
  let drivers: UnsafeMutableBufferPointer<Channel>
  let outputs: UnsafeMutableBufferPointer<Channel>
  let tapPlans: [TapPlan]
  let taps: UnsafeMutableBufferPointer<TapChannel>
  private let stagePlans: [Stage]
  private let stages: UnsafeMutableBufferPointer<StageCounter>
  let data: Range<Int>
  let tables: Range<Int>
  /// Chunks that a channel may still point into.
  var held: [Int: Chunk] = [:]
  /// Transactions of the workload before a chunk.
  let firstTransaction: (Int) -> Int
  var groupEnd = 0
  var openChannels = 0
  /// Groups of chunks with equal settings that have begun.
  private(set) var groups = 0
  /// Of the group before; none behind a reset.
  var appliedSettings: [[UInt8]] = []
  /// The chunk whose tables crossed while data of the one before was on its way.
  var loadedChunk: Int?
  var result: ShardResult
  /// Watch every cycle; nobody does as a rule.
  var probes: CycleProbes?
  /// Notes stalls and occupancy, where nobody watches.
  var occupancy: OccupancyProbe?
  /// Beats of the first data stream that crossed before the reset in mid-flight.
  private(set) var rehearsedBeats: Int?

  /// - Throws: ``DeviceError`` if a port is missing or of another width.
  init(
    pins: Pins, interface: Interface, queue: ChunkQueue, chunks: Range<Int>, stalls: StallSource,
    taps plans: [TapPlan] = [], stages stagePlans: [Stage] = [], shard: Int,
    limits: SimulationLimits,
    firstTransaction: @escaping (Int) -> Int
  ) throws {
    self.pins = pins
    self.interface = interface
    self.queue = queue
    self.limits = limits
    self.stalls = stalls
    self.shard = shard
    self.firstTransaction = firstTransaction
    chunkRange = chunks
    data = 0..<interface.streams(.data).count
    tables = data.upperBound..<interface.inputs.count
    drivers = try pins.channels([.data, .table], interface, stalls, shard: shard)
    outputs = try pins.channels([.output], interface, stalls, shard: shard)
    pins.agents?.connect(drivers, outputs, stalls, shard: shard)
    tapPlans = plans
    self.stagePlans = stagePlans
    var watched = WatchedBits()
    taps = try pins.tapChannels(plans, &watched)
    stages = try pins.stageCounters(stagePlans, &watched)
    loop = CycleLoop(
      drivers: drivers, outputs: outputs, taps: taps, stages: stages,
      levels: LevelReader(watched), hangLimit: limits.hang)
    loop.isGeneral = limits.isGeneral
    result = ShardResult(outputs: outputs.count, enough: limits.differences)
    result.leeways = [Leeway](interface)
    pins.agents?.follow { [unowned self] role, index, chunk in
      guard let held = self.held[chunk] else { return ([0], 0) }
      return (held.beats(role, index).starts, firstTransaction(chunk))
    }
  }

  deinit {
    for set in [drivers, outputs] {
      for channel in set { channel.deallocate() }
      set.deallocate()
    }
    for tap in taps { tap.deallocate() }
    taps.deallocate()
    for stage in stages { stage.deallocate() }
    stages.deallocate()
    loop.levels.deallocate()
  }

  // MARK: - Phases

  /// Runs the shard to its end, to a finding that ends it, or to cancellation.
  ///
  /// - Parameter rehearsal: how many beats cross before a reset in the middle of traffic; without it,
  ///   there is no such reset.
  func run(rehearsal: Rehearsal?) throws {
    if let failure = pins.initialFailure { end(.deviceFailure(failure, cycle: 0, shard: shard)) }
    if let rehearsal, !result.isFinal { try rehearse(rehearsal) }
    restart()
    var first = chunkRange.lowerBound
    while first < chunkRange.upperBound, !result.isFinal {
      first = try runGroup(from: first)
    }
    finish()
    if !result.isFinal { watchQuiet() }
    result.concludeTaps(tapPlans, transfers: taps.map(\.transfers))
  }

  /// Drives the beginning of the shard without looking at the answers, so that the reset which follows
  /// meets a device full of work.
  private func rehearse(_ rehearsal: Rehearsal) throws {
    restart()
    guard let chunk = try queue.chunk(chunkRange.lowerBound), !data.isEmpty else { return }
    // Nobody watches: these cycles have the numbers of those that come behind the reset.
    let watching = probes
    probes = nil
    defer { probes = watching }
    try pins.apply(chunk.stimulus.settings)
    // A device that should wait for its tables behind the reset would find the same ones.
    try loadTables(chunk, isTurned: mixesTables)
    result.asideCycles += loop.cycle
    // Else the last entry would be sent again and again, which holds data up.
    for index in tables where drivers[index].valid.pointee != 0 { drivers[index].withdraw() }
    held = [chunk.index: chunk]
    for index in data { drivers[index].open(chunk) }
    let beats = rehearsal.beats(of: drivers[0].left)
    rehearsedBeats = beats
    let end = drivers[0].left - beats
    // A stream that waits for answers waits for ever: nobody takes them here.
    var patience = 1024
    for cycle in 0..<limits.rehearsal
    where !result.isFinal && drivers[0].left > end && patience > 0 {
      patience -= 1
      result.asideCycles += 1
      for index in data where !drivers[index].isHolding && drivers[index].left > 0 {
        drivers[index].present()
      }
      for index in outputs.indices { outputs[index].ready.pointee = UInt8(cycle >> 3 & 1) }
      pins.settle()
      for index in data where drivers[index].isHolding && drivers[index].ready.pointee != 0 {
        drivers[index].consume(at: cycle)
        patience = 1024
      }
      pins.rise()
      // Not before the edge at which the last beat crosses.
      for index in data where drivers[index].left == 0 && !drivers[index].isHolding {
        if drivers[index].valid.pointee != 0 { drivers[index].withdraw() }
      }
      if pins.hasFailed { recordFailure(at: cycle) }
    }
    for index in data where drivers[index].isHolding { drivers[index].withdraw() }
  }

  /// Resets the device, and everything that is known about its streams.
  private func restart() {
    for index in drivers.indices {
      drivers[index].restart(at: chunkRange.lowerBound)
      drivers[index].valid.pointee = 0
    }
    for index in outputs.indices {
      outputs[index].restart(at: chunkRange.lowerBound)
      outputs[index].ready.pointee = 0
    }
    for index in taps.indices { taps[index].restart(at: chunkRange.lowerBound) }
    for index in stages.indices { stages[index].restart() }
    pins.reset()
    loop.restart()
    loadedChunk = nil
    appliedSettings = []
  }

  /// Runs the chunks that share their settings, beginning with `first`.
  /// - Returns: the first chunk after them.
  private func runGroup(from first: Int) throws -> Int {
    guard let chunk = try queue.chunk(first) else { return chunkRange.upperBound }
    groups += 1
    try applySettings(of: chunk)
    guard !result.isFinal else { return first }
    // A device that holds no table yet makes data wait; one with an old table would take it with that until
    // the next one has begun.
    let isJoined = mixesTables && loadedChunk != first
    let isFirst = first == chunkRange.lowerBound
    if isJoined && !isFirst { try beginTables(chunk) }
    if !mixesTables { try loadTables(chunk) }
    guard !result.isFinal else { return first }
    groupEnd = chunkRange.upperBound
    openChannels = data.count + outputs.count
    held = [first: chunk]
    if isJoined { isFirst ? openTables(chunk) : continueTables(chunk) }
    for index in data { drivers[index].open(chunk) }
    for index in outputs.indices { outputs[index].open(chunk) }
    for index in data { try skipEmpty(drivers, index) }
    for index in outputs.indices { try skipEmpty(outputs, index) }
    for index in taps.indices { try openTap(index, chunk) }
    loop.expectMove()
    while openChannels > 0 && !result.isFinal {
      advanceCycles()
      try attend()
      if mixesTables && openChannels > 0 && !result.isFinal { try loadAhead(of: chunk) }
    }
    if !result.isFinal { drainTaps() }
    return groupEnd
  }

  /// Cycles to wait for what should not come, or come late.
  var quietCycles: Int { min(limits.hang, limits.quiet + 2 * (result.latency ?? 0)) }

  /// After the last expected beat nothing more may come.
  private func watchQuiet() {
    for _ in 0..<quietCycles where !result.isFinal { passQuietly() }
  }

  /// Lets a cycle pass in which nothing may come.
  func passQuietly() {
    let cycle = loop.cycle
    let offering = loop.quietCycle(pins, probes)
    result.asideCycles += 1
    attendQuietTaps(at: cycle)
    if pins.hasFailed { recordFailure(at: cycle) }
    if let offering { recordUnexpected(outputs[offering], at: cycle) }
  }

  private func finish() {
    result.cycles = loop.cycle - loop.quietCycles
    for index in outputs.indices where !outputs[index].isClosed {
      guard let chunk = held[outputs[index].chunk] else { continue }
      let beats = chunk.response.outputs[index].count - outputs[index].left
      result.retire(chunk, output: index, beats: beats)
    }
    let inputs = data.map { drivers[$0].firstTransfer }.filter { $0 >= 0 }
    let answers = outputs.map(\.firstTransfer).filter { $0 >= 0 }
    if let input = inputs.min(), let output = answers.min() { result.latency = output - input }
    result.taps = zip(tapPlans, taps).map {
      TapActivity(tap: $0.tap.name, signal: $0.tap.signal, values: $1.transfers)
    }
    result.stages = zip(stagePlans, stages).map {
      StageActivity(stage: $0.name, cycles: $1.cycles)
    }
    let streams = interface.streams(.data) + interface.streams(.table)
    result.streams =
      zip(streams, drivers).map { $1.activity($0) }
      + zip(interface.outputs, outputs).map { $1.activity($0) }
  }

  /// Runs cycles until something needs attention.
  func advanceCycles() {
    if let agents = pins.agents {
      loop.run(pins, probes ?? CycleProbes(probes: occupancy.map { [$0] } ?? []), agents)
    } else if let probes {
      loop.run(pins, probes)
    } else if let occupancy {
      loop.run(pins, occupancy)
    } else {
      loop.run(pins)
    }
  }

  // MARK: - Between cycles

  /// Deals with what ended a run of cycles.
  func attend() throws {
    let cycle = loop.cycle - 1
    for index in drivers.indices where !drivers[index].attention.isEmpty {
      drivers[index].attention = []
      try advance(drivers, index)
    }
    for index in outputs.indices where !outputs[index].attention.isEmpty {
      let attention = outputs[index].attention
      outputs[index].attention = []
      record(attention, of: outputs[index], at: cycle)
      if attention.contains(.exhausted) {
        if let chunk = held[outputs[index].chunk] { result.retire(chunk, output: index) }
        try advance(outputs, index)
      }
    }
    try attendTaps(at: cycle)
    if pins.hasFailed { recordFailure(at: cycle) }
    // What was recorded in this cycle may be all that there is; a hang needs something still due.
    if openChannels > 0 && (loop.isHanging || loop.cycle >= limits.cycles) { recordHang() }
    if limits.endsAtFirstFinding && !result.findings.isEmpty { result.isFinal = true }
    if !result.isFinal && limits.isCancelled() {
      result.wasInterrupted = true
      result.isFinal = true
    }
  }

  /// Moves a channel on to the next chunk of the group, or closes it.
  private func advance(
    _ channels: UnsafeMutableBufferPointer<Channel>, _ index: Int
  ) throws {
    let isTable = channels[index].role == .table
    let following = channels[index].chunk + 1
    if !isTable, following < groupEnd, let chunk = try member(following) {
      channels[index].open(chunk)
      try skipEmpty(channels, index)
    } else {
      channels[index].isClosed = true
      openChannels -= 1
    }
    guard !isTable else { return }
    let oldest = min(
      data.map { drivers[$0].chunk }.min() ?? following, outputs.map(\.chunk).min() ?? following,
      taps.filter { !$0.isDone }.map(\.chunk).min() ?? following)
    for index in held.keys where index < oldest { held[index] = nil }
    queue.release(below: oldest)
  }

  /// Moves a channel past a chunk in which it has no beats.
  private func skipEmpty(
    _ channels: UnsafeMutableBufferPointer<Channel>, _ index: Int
  ) throws {
    guard channels[index].left == 0, let chunk = held[channels[index].chunk] else { return }
    if channels[index].role == .output { result.retire(chunk, output: index) }
    try advance(channels, index)
  }

  /// The chunk after `index`, if there is one in this group.
  func followingChunk(_ index: Int) throws -> Chunk? {
    index + 1 < groupEnd ? try member(index + 1) : nil
  }

  /// Chunk `index` if it belongs to the present group.
  private func member(_ index: Int) throws -> Chunk? {
    if let known = held[index] { return known }
    guard let chunk = try queue.chunk(index), let previous = held[index - 1] else { return nil }
    guard chunk.hasSettings(of: previous) else {
      groupEnd = index
      return nil
    }
    held[index] = chunk
    return chunk
  }

  /// Adds a finding that ends the shard.
  func end(_ finding: Finding) {
    result.add(finding)
    result.isFinal = true
  }
}
