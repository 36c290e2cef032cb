import Lockstep
import Signals

// MARK: - Stalls

extension FuzzDecoder {
  /// Runs of stalls on some streams, each after so many moves.
  func bursts(_ choices: inout Choices) -> StallRecord {
    let streams = space.interface.streams.map(\.name)
    var runs: [String: [Int]] = [:]
    var length = 0
    for _ in 0..<1 + choices.below(6) {
      let stream = choices.pick(streams) ?? ""
      // One at least, so that what repeats is no stall without end.
      let moves = 1 + (choices.oneIn(2) ? choices.below(4) : choices.below(64))
      let stalls: Int =
        switch choices.below(3) {
        case 0: 1 + choices.below(24)
        case 1: 1 + choices.below(200)
        default: 1 + Int(choices.octave(upTo: 10))
        }
      // What the harness holds up must not look like a device that hangs.
      let kept = min(stalls, max(1, space.hangLimit / 8))
      runs[stream, default: []] += [moves, kept]
      length += moves + kept
    }
    // A pattern that repeats is said once.
    let most = min(32, max(1, 2048 / length))
    let repeats = 1 + (choices.oneIn(2) ? choices.below(most) : 0)
    return StallRecord(
      runs.mapValues { pattern in (0..<repeats).flatMap { _ in pattern } })
  }

  /// An output stands still while an input comes a few beats at a time: queues fill slowly, so that what waits
  /// for long is met at every fill level, and what comes last at every time.
  func trickle(_ choices: inout Choices) -> StallRecord {
    let streams = space.interface.streams
    let output = choices.pick(streams.filter { $0.direction == .output }.map(\.name)) ?? ""
    let input = choices.pick(streams.filter { $0.direction == .input }.map(\.name)) ?? ""
    let limit = max(1, space.hangLimit / 8)
    let still = min(limit, 16 + Int(choices.octave(upTo: 10)))
    let gap = min(limit, 1 + choices.below([32, 32, 200, 200, 600][choices.below(5)]))
    let before = choices.below(64)
    // Mostly just short of what fits, so that the last places are taken while time goes by.
    let room = space.capacity[input] ?? 0
    let (nearly, free) = (choices.below(4), choices.below(64))
    let lead = room > 0 && nearly > 0 ? max(0, room - choices.below(4)) : free
    let beats = 1 + choices.below(3)
    let repeats = 1 + choices.below(4)
    var gaps = [lead, gap]
    for _ in 0..<min(64, repeats * (1 + still / (gap + beats))) { gaps += [beats, gap] }
    // Beats that come out before would make room again.
    let first = nearly > 0 && room > 0 ? 0 : 1 + before
    return StallRecord([
      output: (0..<repeats).flatMap { [$0 == 0 ? first : 1 + before, still] }, input: gaps,
    ])
  }
}
