import Signals

/// Fewer stalls.
extension Minimiser {
  /// One stall of a plan: a gap before a beat of an input, or a cycle in which an output is not ready.
  private struct Stall: Hashable {
    var stream: String
    /// Inputs: the run of stalls. Outputs: the decision.
    var place: Int
  }

  /// Takes stalls away one by one, then makes those that are left shorter.
  func thinStalls() {
    simplifyProfile()
    guard let record = best.stalls.recorded, record.stalls > 0 else { return }
    let stalls = record.streams.sorted { $0.key < $1.key }.flatMap { stream, runs in
      (isOutput(stream)
        ? StallRecord.decisions(runs).enumerated().filter { !$0.element }.map(\.offset)
        : Array(stride(from: 1, to: runs.count, by: 2))).map { Stall(stream: stream, place: $0) }
    }
    _ = deltaDebug(stalls) { kept in
      let places = Dictionary(grouping: kept, by: \.stream).mapValues { Set($0.map(\.place)) }
      var thinned = record
      for (stream, runs) in record.streams {
        thinned.streams[stream] = thin(runs, of: stream, to: places[stream] ?? [])
      }
      return attempt(thinned)
    }
    for stream in best.stalls.recorded?.streams.keys.sorted() ?? [] where !isOutput(stream) {
      shortenGaps(of: stream)
    }
  }

  private func isOutput(_ stream: String) -> Bool {
    interface.outputs.contains { $0.name == stream }
  }

  /// An output moves in the cycles in which it no longer stalls, so that the other stalls stay where they
  /// are; a gap of an input goes, so that what follows comes sooner.
  private func thin(_ runs: [Int], of stream: String, to places: Set<Int>) -> [Int] {
    if isOutput(stream) {
      return StallRecord.runs(
        StallRecord.decisions(runs).enumerated().map { $1 || !places.contains($0) })
    }
    return runs.enumerated().map { $0 % 2 == 0 || places.contains($0) ? $1 : 0 }
  }

  private func shortenGaps(of stream: String) {
    var index = 1
    while let runs = best.stalls.recorded?.streams[stream], index < runs.count {
      for shorter in [1, runs[index] / 2, runs[index] - 1]
      where shorter > 0 && shorter < runs[index] {
        var record = best.stalls.recorded ?? StallRecord()
        record.streams[stream]?[index] = shorter
        if attempt(record) { break }
      }
      if best.stalls.recorded?.streams[stream] == runs { index += 2 }
    }
  }

  private func attempt(_ record: StallRecord) -> Bool {
    var candidate = best
    candidate.stalls = StallPlan(
      best.stalls.profile, seed: 0, recorded: StallRecord(record.streams))
    return attempt(candidate, exactly: true)
  }
}
