package import Signals

/// How the harness withholds `valid` on inputs and `ready` on outputs.
public enum StallProfile: String, Sendable, Codable, CaseIterable {
  /// Never: inputs always valid, outputs always ready.
  case none
  /// Every stream at its own probability, drawn anew every few dozen cycles; most simulations begin
  /// with outputs all but blocked until the device is full.
  case random
  /// Long runs of stalls and long runs without.
  case bursts
  /// Inputs arrive rarely; outputs are always ready.
  case starved
  /// Outputs are rarely ready; inputs are always valid.
  case throttled
  /// Outputs are ready only after valid was seen, and drop ready again; inputs come in short gaps.
  case adversarial
}

/// Who decides on each cycle whether a stream may move: a profile and a seed, or decisions that were
/// recorded.
public struct StallPlan: Sendable, Hashable, Codable {
  public var profile: StallProfile
  public var seed: UInt64
  /// Decisions to repeat, in place of the profile's.
  public var recorded: StallRecord?

  public init(_ profile: StallProfile, seed: UInt64, recorded: StallRecord? = nil) {
    self.profile = profile
    self.seed = seed
    self.recorded = recorded
  }

  /// The decisions for one stream of one simulation.
  package func decisions(stream: Int, direction: Stream.Direction, shard: Int) -> StallDecisions {
    var generator = CounterGenerator(
      seed: seed, stream: RandomUse.stalls, index: UInt64(shard) << 8 | UInt64(stream))
    return StallDecisions(profile, direction: direction, state: generator.next() | 1)
  }
}

/// The independent uses of one seed.
package enum RandomUse {
  package static let stimulus: UInt32 = 1
  package static let stalls: UInt32 = 2
  package static let initialState: UInt32 = 3
  package static let filler: UInt32 = 4
  package static let rehearsal: UInt32 = 5
  package static let minimising: UInt32 = 6
}

/// A stream of decisions, one a cycle: may the stream move?
///
/// Trivially copyable, no allocation: it runs in the per-cycle path.
package struct StallDecisions {
  private enum Kind: UInt8 { case always, probability, bursts, rare, afterValid, replayed }
  private let kind: Kind
  private var state: UInt64
  /// Cycles left in the present phase.
  private var left: Int32 = 0
  /// Threshold of 256 below which the stream moves.
  private var threshold: UInt8 = 0
  private var isMoving = false
  /// The next decisions, the first one lowest, below a one that ends them. They are made in advance
  /// because a loop makes them faster; not on a tape.
  private var ahead: UInt64 = 1
  /// Where decisions are written down, if anywhere, or read from.
  private var tape: Unmanaged<StallTape>?

  init(_ profile: StallProfile, direction: Stream.Direction, state: UInt64) {
    self.state = state
    switch (profile, direction) {
    case (.none, _), (.starved, .output), (.throttled, .input): kind = .always
    case (.random, _), (.adversarial, .input): kind = .probability
    case (.bursts, _): kind = .bursts
    case (.starved, .input), (.throttled, .output): kind = .rare
    case (.adversarial, .output): kind = .afterValid
    }
    if profile == .random && direction == .output && state >> 62 != 0 {
      (left, threshold) = (512, 15)
    }
  }

  /// Repeats what is on a tape, which the caller keeps alive; moves always after its end.
  init(replaying tape: StallTape) {
    kind = tape.runs.contains { $0 > 0 } ? .replayed : .always
    state = 1
    self.tape = Unmanaged.passUnretained(tape)
  }

  /// Writes every decision on a tape, which the caller keeps alive.
  mutating func record(on tape: StallTape) {
    if kind != .replayed { self.tape = Unmanaged.passUnretained(tape) }
  }

  /// 24, 64, 128, 192, 230 and 255, a byte each.
  private static let thresholds: UInt64 = 0xFFE6_C080_4018

  /// xorshift64*: good enough for gaps, one multiplication.
  private mutating func draw() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return (state &* 0x2545_F491_4F6C_DD1D) >> 32
  }

  /// - Parameter sawValid: the output was valid on the cycle before and was not taken.
  @inline(__always)
  package mutating func mayMove(sawValid: Bool) -> Bool {
    if ahead == 1 {
      if tape != nil { return decide(sawValid: sawValid) }
      refill()
    }
    let moves = ahead & 1 != 0
    ahead >>= 1
    return moves && (sawValid || kind != .afterValid)
  }

  private mutating func refill() {
    guard kind != .always else {
      ahead = .max
      return
    }
    var bits: UInt64 = 1 << 63
    for place in 0..<63 as Range<UInt64> { bits |= (choose(sawValid: true) ? 1 : 0) &<< place }
    ahead = bits
  }

  /// A decision that is written on a tape, or read from one.
  private mutating func decide(sawValid: Bool) -> Bool {
    guard let tape, kind != .always else { return true }
    if kind == .replayed { return tape._withUnsafeGuaranteedRef { $0.read() } }
    let moves = choose(sawValid: sawValid)
    tape._withUnsafeGuaranteedRef { $0.write(moves) }
    return moves
  }

  @inline(__always)
  private mutating func choose(sawValid: Bool) -> Bool {
    let word = draw()
    switch kind {
    case .always, .replayed:
      return true
    case .afterValid:
      return sawValid && word & 3 != 0
    case .rare:
      return word & 7 == 0
    case .probability:
      if left == 0 {
        left = Int32(16 + (word >> 8) & 63)
        threshold = UInt8(truncatingIfNeeded: StallDecisions.thresholds >> ((word >> 16) % 6 * 8))
      }
      left &-= 1
      return UInt8(truncatingIfNeeded: word) <= threshold
    case .bursts:
      if left == 0 {
        isMoving.toggle()
        left = Int32(1 + (word >> 8) & (isMoving ? 63 : 31))
      }
      left -= 1
      return isMoving
    }
  }
}
