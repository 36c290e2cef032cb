import Signals

/// What the cycles showed, put into words that a person can act on.
extension Simulation {
  /// Records what the per-cycle loop saw on an output in `cycle`.
  func record(_ attention: Attention, of output: Channel, at cycle: Int) {
    if attention.contains(.validWithdrawn) { recordRule(.validWithdrawn, output, at: cycle) }
    if attention.contains(.payloadChanged) { recordRule(.payloadChanged, output, at: cycle) }
    if attention.contains(.creditsExceeded) { recordRule(.creditsExceeded, output, at: cycle) }
    if attention.contains(.mismatch) { recordMismatch(output, at: cycle) }
    if attention.contains(.unexpected) { recordUnexpected(output, at: cycle) }
  }

  private func recordRule(_ kind: StreamRuleBreak.Kind, _ output: Channel, at cycle: Int) {
    result.add(
      .streamRule(
        StreamRuleBreak(
          kind: kind, stream: interface.outputs[output.index].name, cycle: cycle,
          transaction: place(output, at: cycle))))
  }

  private func recordMismatch(_ output: Channel, at cycle: Int) {
    guard let chunk = held[output.chunk] else { return }
    let beats = chunk.response.outputs[output.index]
    let position = beats.count - output.left - 1
    if result.allows(output.scratch, for: beats, at: position, output: output.index) { return }
    result.addMismatch(
      Difference(
        beats: beats, position: position, observed: output.scratch,
        stream: output.index, chunk: chunk.index, cycle: cycle, shard: shard,
        firstTransaction: firstTransaction(chunk.index), labels: chunk.batch.labels))
  }

  /// A beat that nothing accounts for: what comes after it cannot be compared with anything.
  func recordUnexpected(_ output: Channel, at cycle: Int) {
    let isFirst = output.firstTransfer < 0
    end(
      .unexpectedBeat(
        stream: interface.outputs[output.index].name, cycle: cycle,
        afterTransaction: isFirst ? firstTransaction(output.chunk) - 1 : place(output, at: cycle)))
  }

  func recordFailure(at cycle: Int) {
    if let failure = pins.takeFailure() {
      end(.deviceFailure(failure, cycle: cycle, shard: shard))
    }
  }

  func recordHang() {
    let waiting =
      zip(interface.outputs, outputs).filter { !$1.isClosed }
      + zip(interface.streams(.data) + interface.streams(.table), drivers).filter { !$1.isClosed }
    guard let (stream, channel) = waiting.first else { return }
    end(
      .hang(
        Hang(
          cycle: loop.cycle, waited: loop.waited, waiting: waiting.map(sentence) + tapSentences(),
          stream: stream.name, transaction: place(channel, at: -1))))
    // With every input consumed, what is due cannot come for want of stimulus.
    guard drivers.allSatisfy(\.isClosed) else { return }
    for (stream, output) in waiting {
      result.add(.vacuous(.expectationNeverMet(stream: stream.name, missing: due(output))))
    }
  }

  /// What a stream that is not finished waits for, and since when.
  private func sentence(_ stream: Stream, _ channel: Channel) -> String {
    let beats = due(channel)
    let count = "\(beats) \(beats == 1 ? "beat" : "beats")"
    let since =
      channel.lastTransfer < 0 ? "since reset" : "since cycle \(channel.lastTransfer)"
    switch channel.role {
    case .output:
      let state = channel.valid.pointee != 0 ? "valid but not taken" : "not valid"
      return "output '\(stream.name)' owes \(count), \(state) \(since)"
    case .data:
      return "input '\(stream.name)' has \(count) to give, not taken \(since)"
    case .table:
      return "table '\(stream.name)' has \(count) to give, not taken \(since)"
    }
  }

  /// Beats that are still to be transferred, as far ahead as the group is known.
  private func due(_ channel: Channel) -> Int {
    guard channel.role != .table else { return channel.left }
    return held.values.filter { $0.index > channel.chunk }
      .reduce(channel.left) { $0 + $1.run(channel.role, channel.index).count }
  }

  /// The transaction that a stream was at in `cycle`.
  private func place(_ channel: Channel, at cycle: Int) -> Int {
    let first = firstTransaction(channel.chunk)
    guard let beats = held[channel.chunk]?.beats(channel.role, channel.index) else { return first }
    // The beat that transferred in this cycle has been counted already.
    let left = channel.left + (channel.lastTransfer == cycle ? 1 : 0)
    return first + beats.transaction(ofBeat: min(beats.count - left, beats.count - 1))
  }
}
