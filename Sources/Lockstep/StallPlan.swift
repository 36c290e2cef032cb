package import Signals

/// How the harness withholds `valid` on inputs and `ready` on outputs.
public enum StallProfile: String, Sendable, Codable, CaseIterable {
  /// Never: inputs always valid, outputs always ready.
  case none
  /// Every stream at its own probability, drawn anew every few dozen cycles; most simulations begin
  /// with outputs all but blocked until the device is full, and in some a stream then stands still for
  /// hundreds of cycles.
  case random
  /// Long runs of stalls and long runs without.
  case bursts
  /// Inputs arrive rarely; outputs are always ready.
  case starved
  /// Outputs are rarely ready; inputs are always valid.
  case throttled
  /// Outputs are ready only after valid was seen, and drop ready again; inputs come in short gaps.
  case adversarial

  /// Whether it ever keeps streams of a direction waiting.
  func stalls(_ direction: Signals.Stream.Direction) -> Bool {
    switch (self, direction) {
    case (.none, _), (.starved, .output), (.throttled, .input): false
    default: true
    }
  }
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
  ///
  /// - Parameter patience: cycles without any transfer that a stream may cause.
  package func decisions(
    stream: Int, direction: Stream.Direction, shard: Int, patience: Int = .max
  ) -> StallDecisions {
    var generator = CounterGenerator(
      seed: seed, stream: RandomUse.stalls, index: UInt64(shard) << 8 | UInt64(stream))
    return StallDecisions(
      profile, direction: direction, state: generator.next() | 1, patience: patience)
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
/// Trivially copyable, no allocation: it runs in the per-cycle path. Decisions are drawn many at a time, as
/// the bits of a word.
package struct StallDecisions {
  private enum Kind: UInt8 { case always, probability, bursts, rare, afterValid, replayed }
  private let kind: Kind
  private var state: UInt64
  /// The next decisions, the first one lowest, below a one that ends them.
  private var ahead: UInt64 = 1
  /// Bursts begin with stalls, so that even the shortest run has some.
  private var isMoving = true
  /// Words of decisions left in which the stream seldom moves, so that everything before it fills up.
  private var congested = 0
  /// Words of decisions before the stream stands still, once, and for how many.
  private var untilPause = 0
  private var pause = 0
  /// Where decisions are written down, if anywhere, or read from.
  private var tape: Unmanaged<StallTape>?

  /// Cycles for which a stream stands still: more than counters of 8 bits count to.
  private static let standstill = 5 * 63

  init(
    _ profile: StallProfile, direction: Stream.Direction, state: UInt64, patience: Int = .max
  ) {
    self.state = state
    switch (profile, direction) {
    case (.none, _), (.starved, .output), (.throttled, .input): kind = .always
    case (.random, _), (.adversarial, .input): kind = .probability
    case (.bursts, _): kind = .bursts
    case (.starved, .input), (.throttled, .output): kind = .rare
    case (.adversarial, .output): kind = .afterValid
    }
    if profile == .random && direction == .output && state >> 62 != 0 { congested = 8 }
    // An output when the device is full, an input when traffic flows.
    if profile == .random && state >> 58 & 7 == 0 {
      untilPause = direction == .output ? congested : 2
      pause = min(StallDecisions.standstill, patience) / 63
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

  /// - Parameter sawValid: the output was valid on the cycle before and was not taken.
  @inline(__always)
  package mutating func mayMove(sawValid: Bool) -> Bool {
    tape == nil ? next(sawValid: sawValid) : nextOnTape(sawValid: sawValid)
  }

  @inline(__always)
  private mutating func next(sawValid: Bool) -> Bool {
    if ahead == 1 { refill() }
    let moves = ahead & 1 != 0
    ahead >>= 1
    return moves && (sawValid || kind != .afterValid)
  }

  private mutating func nextOnTape(sawValid: Bool) -> Bool {
    guard let tape, kind != .always else { return true }
    if kind == .replayed { return tape._withUnsafeGuaranteedRef { $0.read() } }
    let moves = next(sawValid: sawValid)
    tape._withUnsafeGuaranteedRef { $0.write(moves) }
    return moves
  }

  // MARK: - For a loop that keeps them in a register

  /// No decision is written down or read.
  var areDrawn: Bool { tape == nil }

  /// A stream may move only after valid was seen.
  var awaitValid: Bool { kind == .afterValid }

  /// The next decisions, the first one lowest, below a one that ends them; 1 if there are none.
  var bits: UInt64 {
    get { ahead }
    set { ahead = newValue }
  }

  /// At least one decision more, in the place of those that ``bits`` has.
  @inline(never)
  mutating func more() -> UInt64 {
    refill()
    return ahead
  }

  // MARK: - Many at a time

  /// xorshift64*: good enough for gaps, one multiplication.
  @inline(__always)
  private mutating func draw() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }

  private mutating func refill() {
    switch kind {
    case .always, .replayed: ahead = .max
    case .afterValid: fill(63, draw() | draw())
    case .rare: fill(63, draw() & draw() & draw())
    case .bursts:
      isMoving.toggle()
      let count = 1 + (draw() >> 32) % (isMoving ? 63 : 32)
      fill(count, isMoving ? .max : 0)
    case .probability where pause > 0 && untilPause == 0:
      pause -= 1
      fill(63, 0)
    case .probability where congested > 0:
      congested -= 1
      untilPause = max(untilPause - 1, 0)
      fill(63, withProbability: 16)
    case .probability:
      untilPause = max(untilPause - 1, 0)
      let word = draw() >> 32
      fill(
        16 + (word & 0xFFFF) % 48,
        withProbability: StallDecisions.shares >> ((word >> 16) % 6 * 10) & 0x3FF)
    }
  }

  @inline(__always)
  private mutating func fill(_ count: UInt64, _ bits: UInt64) {
    let end: UInt64 = 1 &<< count
    ahead = bits & (end &- 1) | end
  }

  /// In how many of 256 cycles a stream may move, in the phases of the random profile, 10 bits each.
  private static let shares: UInt64 =
    25 | 65 << 10 | 129 << 20 | 193 << 30 | 231 << 40 | 256 << 50

  /// Each binary digit of the share, the lowest first, halves the number of ones; a digit that is one adds
  /// the other half.
  @inline(__always)
  private mutating func fill(_ count: UInt64, withProbability share: UInt64) {
    // 256 of 256 has no digit among the lower eight.
    var bits = 0 &- (share >> 8)
    for digit in 0..<8 as Range<UInt64> {
      let word = draw()
      bits = bits & word | (bits | word) & (0 &- ((share >> digit | share >> 8) & 1))
    }
    fill(count, bits)
  }
}
