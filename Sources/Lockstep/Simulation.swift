import Signals

/// When a simulation gives up.
struct SimulationLimits {
  /// Cycles without any transfer after which the run hangs.
  var hang: Int
  /// Differing beats after which the shard ends.
  var mismatches = 64
  /// Cycles after the last expected beat in which no further one may appear.
  var quiet = 64
  /// Cycles of traffic before the reset in mid-flight.
  var rehearsal = 200
  var isCancelled: @Sendable () -> Bool
}

/// One shard in one device, cycle by cycle.
///
/// A cycle: inputs and readies are driven with the clock low and the device is evaluated; transfers are
/// decided, compared and counted; the clock rises and the device is evaluated again.
final class Simulation {
  private let pins: Pins
  private let interface: Interface
  private let queue: ChunkQueue
  private let chunkRange: Range<Int>
  private let limits: SimulationLimits
  private let shard: Int

  private let inputs: UnsafeMutableBufferPointer<Channel>
  private let tables: UnsafeMutableBufferPointer<Channel>
  private let outputs: UnsafeMutableBufferPointer<Channel>
  /// Chunks that a channel may still point into.
  private var held: [Int: Chunk] = [:]
  /// Transactions before each chunk of the shard, and of the workload before the shard.
  private let firstTransaction: (Int) -> Int
  private var groupEnd = 0
  private var openChannels = 0

  private(set) var cycle = 0
  private var lastMove = 0
  private var firstInput: Int?
  private var firstOutput: Int?
  private(set) var result: ShardResult

  init(
    pins: Pins, interface: Interface, queue: ChunkQueue, chunks: Range<Int>, stalls: StallPlan,
    shard: Int, limits: SimulationLimits, firstTransaction: @escaping (Int) -> Int
  ) throws {
    self.pins = pins
    self.interface = interface
    self.queue = queue
    self.limits = limits
    self.shard = shard
    self.firstTransaction = firstTransaction
    chunkRange = chunks
    inputs = try pins.channels(.data, interface, stalls, shard: shard)
    outputs = try pins.channels(.output, interface, stalls, shard: shard)
    tables = try pins.channels(.table, interface, stalls, shard: shard)
    result = ShardResult(outputs: interface.outputs.count)
  }

  deinit {
    for set in [inputs, outputs, tables] {
      for channel in set {
        channel.ports.deallocate()
        channel.scratch.deallocate()
      }
      set.deallocate()
    }
  }

  // MARK: - Phases

  /// Runs the shard to its end, to a finding that ends it, or to cancellation.
  func run(resettingInFlight: Bool) throws {
    if resettingInFlight { try rehearse() }
    reset()
    cycle = 0
    lastMove = 0
    for index in 0..<inputs.count { inputs[index].clearCounts() }
    for index in 0..<outputs.count { outputs[index].clearCounts() }
    var first = chunkRange.lowerBound
    while first < chunkRange.upperBound, !result.isFinal {
      first = try runGroup(from: first)
    }
    if !result.isFinal { watchQuiet() }
    finish()
  }

  /// Drives the beginning of the shard without looking at the answers, so that the reset which follows
  /// meets a device full of work.
  private func rehearse() throws {
    reset()
    guard let chunk = try queue.chunk(chunkRange.lowerBound) else { return }
    apply(chunk)
    for index in 0..<inputs.count { inputs[index].open(chunk) }
    for _ in 0..<limits.rehearsal {
      for index in 0..<inputs.count {
        if !inputs[index].isHolding && inputs[index].left > 0 { inputs[index].present() }
      }
      for index in 0..<outputs.count { outputs[index].ready.pointee = UInt8(cycle >> 3 & 1) }
      pins.settle()
      for index in 0..<inputs.count where inputs[index].isHolding {
        if inputs[index].ready.pointee != 0 { consume(&inputs[index]) }
      }
      pins.rise()
      cycle += 1
      if pins.hasFailed { return recordFailure() }
    }
    for index in 0..<inputs.count {
      inputs[index].withdraw()
      inputs[index].isHolding = false
      inputs[index].left = 0
    }
  }

  private func reset() {
    for index in 0..<inputs.count { inputs[index].valid.pointee = 0 }
    for index in 0..<tables.count { tables[index].valid.pointee = 0 }
    for index in 0..<outputs.count { outputs[index].ready.pointee = 0 }
    pins.reset()
    if pins.hasFailed { recordFailure() }
  }

  /// Runs the chunks that share their settings, beginning with `first`.
  /// - Returns: the first chunk after them.
  private func runGroup(from first: Int) throws -> Int {
    guard let chunk = try queue.chunk(first) else { return chunkRange.upperBound }
    apply(chunk)
    try loadTables(chunk)
    guard !result.isFinal else { return first }
    groupEnd = chunkRange.upperBound
    openChannels = inputs.count + outputs.count
    held = [first: chunk]
    for index in 0..<inputs.count { inputs[index].open(chunk) }
    for index in 0..<outputs.count { outputs[index].open(chunk) }
    lastMove = cycle
    while openChannels > 0 {
      try step()
      if result.isFinal { break }
    }
    return groupEnd
  }

  /// Puts the settings of a chunk on their pins.
  private func apply(_ chunk: Chunk) {
    for (setting, bytes) in zip(pins.settings, chunk.stimulus.settings) {
      bytes.withUnsafeBytes { raw in
        if let base = raw.baseAddress { setting.drive(base) }
      }
    }
  }

  /// Sends the configuration streams, with data held back.
  private func loadTables(_ chunk: Chunk) throws {
    guard !tables.isEmpty else { return }
    for index in 0..<tables.count { tables[index].open(chunk) }
    lastMove = cycle
    while tables.contains(where: { $0.left > 0 }) && !result.isFinal {
      for index in 0..<tables.count { drive(&tables[index]) }
      pins.settle()
      for index in 0..<tables.count where tables[index].isHolding {
        let isReady = tables[index].ready.pointee != 0
        tables[index].count(valid: true, ready: isReady)
        if isReady { consume(&tables[index]) }
      }
      try endCycle()
    }
  }

  /// After the last expected beat nothing more may come.
  private func watchQuiet() {
    let end = cycle
    for index in 0..<outputs.count { outputs[index].ready.pointee = 1 }
    for _ in 0..<limits.quiet {
      pins.settle()
      for index in 0..<outputs.count where outputs[index].valid.pointee != 0 {
        result.add(
          .unexpectedBeat(
            stream: interface.outputs[index].name, cycle: cycle,
            afterTransaction: firstTransaction(chunkRange.upperBound) - 1))
        result.isFinal = true
      }
      pins.rise()
      cycle += 1
      if pins.hasFailed { recordFailure() }
      if result.isFinal { break }
    }
    cycle = end
  }

  private func finish() {
    result.cycles = lastMove
    result.latency = firstInput.flatMap { first in firstOutput.map { $0 - first } }
    let inputStreams = interface.streams(.data)
    result.streams =
      zip(inputStreams, inputs).map { $1.activity($0) }
      + zip(interface.outputs, outputs).map { $1.activity($0) }
  }

  // MARK: - One cycle

  @inline(__always)
  private func step() throws {
    for index in 0..<inputs.count {
      drive(&inputs[index])
    }
    for index in 0..<outputs.count {
      let waits = outputs[index].isHolding
      outputs[index].ready.pointee = outputs[index].decisions.mayMove(sawValid: waits) ? 1 : 0
    }
    pins.settle()
    for index in 0..<inputs.count {
      let isValid = inputs[index].isHolding
      let isReady = inputs[index].ready.pointee != 0
      inputs[index].count(valid: isValid, ready: isReady)
      if isValid && isReady { try takeInput(index) }
    }
    for index in 0..<outputs.count { try observe(index) }
    try endCycle()
  }

  @inline(__always)
  private func drive(_ channel: inout Channel) {
    if !channel.isHolding {
      if channel.left > 0 && channel.decisions.mayMove(sawValid: false) {
        channel.present()
      } else if channel.valid.pointee != 0 {
        channel.withdraw()
      }
    }
  }

  @inline(__always)
  private func consume(_ channel: inout Channel) {
    channel.next += channel.stride
    channel.left -= 1
    channel.isHolding = false
    lastMove = cycle
    channel.lastTransfer = cycle
  }

  @inline(__always)
  private func takeInput(_ index: Int) throws {
    consume(&inputs[index])
    if firstInput == nil { firstInput = cycle }
    if inputs[index].left == 0 {
      try advance(&inputs[index])
    }
  }

  @inline(__always)
  private func observe(_ index: Int) throws {
    let isValid = outputs[index].valid.pointee != 0
    let isReady = outputs[index].ready.pointee != 0
    outputs[index].count(valid: isValid, ready: isReady)
    if outputs[index].isHolding { checkHolding(index, isValid: isValid) }
    guard isValid else {
      outputs[index].isHolding = false
      return
    }
    if isReady {
      try takeOutput(index)
    } else {
      if !outputs[index].isHolding { outputs[index].sample(into: outputs[index].scratch) }
      outputs[index].isHolding = true
    }
  }

  @inline(__always)
  private func checkHolding(_ index: Int, isValid: Bool) {
    if isValid && outputs[index].matches(outputs[index].scratch) { return }
    let place = self.place(outputs[index])
    result.add(
      .streamRule(
        StreamRuleBreak(
          kind: isValid ? .payloadChanged : .validWithdrawn, stream: interface.outputs[index].name,
          cycle: cycle, transaction: place)))
    if isValid { outputs[index].sample(into: outputs[index].scratch) }
  }

  @inline(__always)
  private func takeOutput(_ index: Int) throws {
    outputs[index].isHolding = false
    guard outputs[index].left > 0 else {
      result.add(
        .unexpectedBeat(
          stream: interface.outputs[index].name, cycle: cycle,
          afterTransaction: place(outputs[index])))
      result.isFinal = true
      return
    }
    if firstOutput == nil { firstOutput = cycle }
    if !outputs[index].matches(outputs[index].next) { recordMismatch(index) }
    consume(&outputs[index])
    if outputs[index].left == 0 {
      if let chunk = held[outputs[index].chunk] { result.retire(chunk, output: index) }
      try advance(&outputs[index])
    }
  }

  @inline(__always)
  private func endCycle() throws {
    pins.rise()
    cycle += 1
    if pins.hasFailed { recordFailure() }
    if cycle - lastMove > limits.hang { recordHang() }
    if cycle & 0xFFF == 0 && limits.isCancelled() {
      result.wasInterrupted = true
      result.isFinal = true
    }
  }

  // MARK: - Chunks

  /// Moves a channel on to the next chunk of the group, or closes it.
  private func advance(_ channel: inout Channel) throws {
    let following = channel.chunk + 1
    if following < groupEnd, let chunk = try member(following) {
      channel.open(chunk)
    } else {
      channel.isClosed = true
      openChannels -= 1
    }
    let oldest = min(
      inputs.map(\.chunk).min() ?? following, outputs.map(\.chunk).min() ?? following)
    for index in held.keys where index < oldest { held[index] = nil }
    queue.release(below: oldest)
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

  // MARK: - Findings

  /// The transaction that a stream is at.
  private func place(_ channel: Channel) -> Int {
    let first = firstTransaction(channel.chunk)
    guard let beats = held[channel.chunk]?.beats(channel.role, channel.index) else { return first }
    return first + beats.transaction(ofBeat: min(beats.count - channel.left, beats.count - 1))
  }

  private func recordMismatch(_ index: Int) {
    guard let chunk = held[outputs[index].chunk] else { return }
    outputs[index].sample(into: outputs[index].scratch)
    let beats = chunk.response.outputs[index]
    let position = beats.count - outputs[index].left
    result.addMismatch(
      Difference(
        beats: beats, position: position, observed: outputs[index].scratch, stream: index,
        cycle: cycle, shard: shard, firstTransaction: firstTransaction(chunk.index),
        labels: chunk.batch.labels), limit: limits.mismatches)
  }

  private func recordFailure() {
    if let failure = pins.takeFailure() {
      result.add(.deviceFailure(failure, cycle: cycle, shard: shard))
      result.isFinal = true
    }
  }

  private func recordHang() {
    var waiting: [String] = []
    var culprit: (stream: String, transaction: Int)?
    for (stream, channel) in zip(interface.outputs, outputs) where !channel.isClosed {
      let state = channel.valid.pointee != 0 ? "valid but never ready" : "never valid"
      waiting.append(
        "output '\(stream.name)' still owes \(channel.left) beats, \(state) since cycle "
          + "\(channel.lastTransfer)")
      culprit = culprit ?? (stream.name, place(channel))
    }
    for (stream, channel) in zip(interface.streams(.data), inputs) where !channel.isClosed {
      waiting.append(
        "input '\(stream.name)' has \(channel.left) beats to give, not ready since cycle "
          + "\(channel.lastTransfer)")
      culprit = culprit ?? (stream.name, place(channel))
    }
    for (stream, channel) in zip(interface.streams(.table), tables) where channel.left > 0 {
      waiting.append(
        "table '\(stream.name)' has \(channel.left) beats to give, not ready since cycle "
          + "\(channel.lastTransfer)")
      culprit = culprit ?? (stream.name, place(channel))
    }
    result.add(
      .hang(
        Hang(
          cycle: cycle, waited: cycle - lastMove, waiting: waiting, stream: culprit?.stream ?? "",
          transaction: culprit?.transaction ?? 0)))
    result.isFinal = true
  }
}
