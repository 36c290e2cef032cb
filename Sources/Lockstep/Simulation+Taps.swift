import Devices
import Signals

/// What taps showed, compared with the golden model's intermediate values.
extension Simulation {
  /// Points a tap at a chunk, or at the next one of the group in which it has values.
  func openTap(_ index: Int, _ chunk: Chunk) throws {
    guard !taps[index].isDone else { return }
    taps[index].open(chunk)
    while taps[index].left == 0, let next = try followingChunk(taps[index].chunk) {
      taps[index].open(next)
    }
  }

  /// Deals with what the per-cycle loop saw on taps in `cycle`.
  func attendTaps(at cycle: Int) throws {
    for index in taps.indices where !taps[index].attention.isEmpty {
      let attention = taps[index].attention
      taps[index].attention = []
      if attention.contains(.unexpected) { recordUnexpectedTap(index, at: cycle) }
      if attention.contains(.mismatch) { recordTapMismatch(index, at: cycle) }
      guard attention.contains(.exhausted), !taps[index].isDone else { continue }
      if let chunk = try followingChunk(taps[index].chunk) { try openTap(index, chunk) }
    }
  }

  /// At the end of a group: what is still due may come a little later than the outputs, or never.
  func drainTaps() {
    let end = loop.cycle + quietCycles
    while loop.cycle < end, taps.contains(where: { !$0.isDone && $0.left > 0 }) {
      let cycle = loop.cycle
      _ = loop.quietCycle(pins, probes)
      result.asideCycles += 1
      attendQuietTaps(at: cycle)
    }
    for index in taps.indices where !taps[index].isDone && taps[index].left > 0 {
      recordMissingTap(index, at: loop.cycle)
    }
  }

  /// Deals with what taps saw in a cycle behind the last one of a group.
  func attendQuietTaps(at cycle: Int) {
    for index in taps.indices where !taps[index].attention.isEmpty {
      let attention = taps[index].attention
      taps[index].attention = []
      if attention.contains(.unexpected) { recordUnexpectedTap(index, at: cycle) }
      if attention.contains(.mismatch) { recordTapMismatch(index, at: cycle) }
    }
  }

  // MARK: - Differences

  private func recordUnexpectedTap(_ index: Int, at cycle: Int) {
    let plan = tapPlans[index]
    let seen = UnsafeRawBufferPointer(start: taps[index].scratch, count: taps[index].stride)
    let slot = BeatLayout(plan.stream.fields).slots[0]
    let observed = Beats.lanes(plan.stream.fields[0], slot: slot, beat: seen)[0]
    // After the last transaction of the chunk, which no longer need be there.
    let transaction = held[taps[index].chunk].map {
      firstTransaction($0.index) + $0.batch.count - 1
    }
    difference(
      index, .value, transaction: transaction ?? firstTransaction(taps[index].chunk), beat: 0,
      lane: 0, element: nil, expected: nil, observed: observed, label: nil, at: cycle)
  }

  private func recordMissingTap(_ index: Int, at cycle: Int) {
    guard let chunk = held[taps[index].chunk] else { return }
    let beats = chunk.taps[index]
    let position = beats.count - taps[index].left
    compare(index, chunk, beats, position, seen: nil, at: cycle)
  }

  private func recordTapMismatch(_ index: Int, at cycle: Int) {
    guard let chunk = held[taps[index].chunk] else { return }
    let beats = chunk.taps[index]
    let seen = UnsafeRawBufferPointer(start: taps[index].scratch, count: taps[index].stride)
    compare(index, chunk, beats, beats.count - taps[index].left - 1, seen: seen, at: cycle)
  }

  /// Compares lane by lane: lanes without an element hold anything, and a value may not fit its signal.
  private func compare(
    _ index: Int, _ chunk: Chunk, _ beats: Beats, _ position: Int,
    seen: UnsafeRawBufferPointer?, at cycle: Int
  ) {
    let transaction = beats.transaction(ofBeat: position)
    let beat = position - beats.starts[transaction]
    let golden = chunk.tapValues(index, transaction: transaction)
    let absentIsZero = tapPlans[index].tap.absentIsZero
    for (number, field) in beats.stream.fields.enumerated() {
      let part = TapDifference.Part(rawValue: field.name) ?? .value
      let marks = part == .value ? [] : beats.lanes(ofField: number, beat: position)
      let observed = seen.map { Beats.lanes(field, slot: beats.layout.slots[number], beat: $0) }
      for lane in 0..<field.lanes {
        var element: Int?
        if part == .value {
          element = beats.element(ofField: number, transaction: transaction, beat: beat, lane: lane)
            .flatMap { golden.indices.contains(golden.startIndex + $0) ? $0 : nil }
          if element == nil && !absentIsZero { continue }
        }
        let expected =
          element.map { golden[golden.startIndex + $0] } ?? (part == .value ? 0 : marks[lane])
        if observed?[lane] == expected { continue }
        difference(
          index, part, transaction: firstTransaction(chunk.index) + transaction, beat: beat,
          lane: lane, element: element, expected: expected, observed: observed?[lane],
          label: chunk.batch.labels.isEmpty ? nil : chunk.batch.labels[transaction], at: cycle)
        return
      }
    }
  }

  private func difference(
    _ index: Int, _ part: TapDifference.Part, transaction: Int, beat: Int, lane: Int,
    element: Int?, expected: Int64?, observed: Int64?, label: String?, at cycle: Int
  ) {
    taps[index].isDone = true
    let tap = tapPlans[index].tap
    let mark = part == .keep ? tap.keep : part == .last ? tap.last : nil
    result.tapDifferences[index] = TapDifference(
      tap: tap.name, signal: mark ?? tap.signal, part: part, transaction: transaction,
      label: label, beat: beat, lane: lane, element: element, expected: expected,
      observed: observed, cycle: cycle, shard: shard)
  }

  /// What a tap that does not move has done so far, for a hang.
  func tapSentences() -> [String] {
    zip(tapPlans, taps).filter { !$1.isDone && $1.left > 0 }.map { plan, tap in
      let since = tap.lastTransfer < 0 ? "since reset" : "since cycle \(tap.lastTransfer)"
      return "tap '\(plan.tap.name)' (\(plan.tap.signal)) has \(tap.left) values due, none \(since)"
    }
  }
}
