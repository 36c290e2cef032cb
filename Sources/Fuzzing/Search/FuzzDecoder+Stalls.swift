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
  ///
  /// - Parameter lead: says which input, and after how many beats, see ``FuzzDecoder/lead(input:beats:inputs:)``.
  func trickle(_ choices: inout Choices, lead word: UInt32) -> StallRecord {
    let streams = space.interface.streams
    let output = choices.pick(streams.filter { $0.direction == .output }.map(\.name)) ?? ""
    let inputs = streams.filter { $0.direction == .input }.map(\.name)
    let isMeasured = word > 0 && word <= FuzzDecoder.mostLead
    let place = Int(isMeasured ? word - 1 : word)
    let input = inputs.isEmpty ? "" : inputs[place % inputs.count]
    let lead = isMeasured ? place / inputs.count : place / max(1, inputs.count) % 64
    let limit = max(1, space.hangLimit / 8)
    let still = min(limit, 16 + Int(choices.octave(upTo: 10)))
    let gap = min(limit, 1 + choices.below([32, 32, 200, 200, 600][choices.below(5)]))
    let before = choices.below(64)
    let beats = 1 + choices.below(3)
    let repeats = 1 + choices.below(4)
    var gaps = [lead, gap]
    for _ in 0..<min(64, repeats * (1 + still / (gap + beats))) { gaps += [beats, gap] }
    // Beats that come out before would make room again.
    let first = isMeasured ? 0 : 1 + before
    return StallRecord([
      output: (0..<repeats).flatMap { [$0 == 0 ? first : 1 + before, still] }, input: gaps,
    ])
  }

  /// Leads beyond this many say nothing about a device: they are drawn.
  private static let mostLead: UInt32 = 1 << 20

  /// The choice that lets an input trickle after so many beats, about as many as the device takes while an output
  /// stands still. It holds the number itself, so that an input means the same on every device.
  ///
  /// - Parameters:
  ///   - input: number of the stream among those that go in, 0 ..< `inputs`.
  ///   - beats: 0 or more; beyond 2^20 / `inputs` the choice means another number.
  package static func lead(input: Int, beats: Int, inputs: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: 1 + input + inputs * beats)
  }

  /// Where that choice stands in the first segment: the last of a new one.
  package static let leadPlace = FuzzMutator.length - 1
}
