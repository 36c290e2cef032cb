public import Blocks
public import Devices
public import Signals

/// What verifying one block in one configuration found. Every rendering and the exit status derive from
/// this value alone.
public struct Outcome: Sendable, Codable {
  public var block: String
  public var configuration: Configuration
  /// Content key of the device's library: RTL, parameters, tools and flags.
  public var device: String
  public var seed: UInt64
  /// What answered, where it is no model of this program: the command or files, and their version.
  public var golden: String?
  /// What was compared, in words.
  public var workload: String
  /// The command that repeats it.
  public var command: String
  /// One for each stall profile and initial state.
  public var runs: [Run]
  /// What holds across runs, and what the golden model was found to get wrong.
  public var findings: [Finding]
  /// The golden answer beside the real values of a file.
  public var errors: [RealError] = []
  /// Ended by the user before all was compared.
  public var wasInterrupted: Bool
  public var seconds: Seconds
  /// The first failing run looked into; nil where nothing failed, or nobody asked.
  public var explanation: Explanation?

  /// Nothing was found, and everything was compared.
  public var agrees: Bool {
    !wasInterrupted && findings.isEmpty && runs.allSatisfy { $0.findings.isEmpty }
  }

  /// Every finding, those of runs first.
  public var allFindings: [Finding] { runs.flatMap(\.findings) + findings }

  /// The first value that differs, in the order of simulation.
  public var firstMismatch: Mismatch? {
    for case .mismatch(let mismatch) in allFindings { return mismatch }
    return nil
  }
}

/// Wall time by what it was spent on. Preparing overlaps simulation where there are cores for it.
public struct Seconds: Sendable, Codable, Equatable {
  /// Translating and compiling the device; 0 when it was cached.
  public var build = 0.0
  /// Inside the device and the per-cycle loop.
  public var simulation = 0.0
  /// Making stimulus, golden answers and beats.
  public var preparing = 0.0
  public var total = 0.0

  public init() {}
}

/// One execution in lockstep: a stall profile and a seed of initial values over the whole workload.
public struct Run: Sendable, Codable {
  public var profile: StallProfile
  /// Seeds the values of registers before reset; each shard derives its own.
  public var initialState: UInt64
  public var transactions = 0
  public var comparedBeats = 0
  public var comparedElements = 0
  /// Rising clock edges from the end of reset to the last transfer, or to where the run gave up, over
  /// all shards. Every stream counts each of them once.
  public var cycles = 0
  /// Cycles that were simulated beside these: those before a reset in the middle of traffic, and those after the
  /// last transfer, in which nothing may come.
  public var asideCycles = 0
  public var streams: [StreamActivity]
  /// Signals inside the device that were compared, in the order of the manifest.
  public var taps: [TapActivity] = []
  /// Parts of the device and the cycles in which they worked, in the order of the manifest.
  public var stages: [StageActivity] = []
  /// Output fields that are not compared exactly.
  public var leeways: [Leeway] = []
  public var work: Work?
  /// Cycles between the first input and the first output transfer of the first shard.
  public var latency: Int?
  /// CRC-32 over all observed outputs.
  public var digest: UInt32 = 0
  /// Beats that differ, including those beyond the ones that are listed.
  public var mismatchedBeats = 0
  public var findings: [Finding] = []

  /// Cycles that the block's formula gives for the work; nil where it states none.
  public var idealCycles: Int? { work?.idealCycles }

  /// The profile cannot keep anything back on any stream of this design, and does not try.
  public var isUnstallable: Bool {
    !streams.isEmpty
      && streams.allSatisfy { $0.isStallable == false || !profile.stalls($0.direction) }
  }

  /// The share of the hardware's peak that was used: work over cycles times peak.
  public var utilisation: Double? {
    guard let work, cycles > 0 else { return nil }
    return Double(work.amount) / (Double(cycles) * Double(work.peakPerCycle))
  }
}

/// How often each stream moved and, when it did not, who was waiting.
public struct StreamActivity: Sendable, Codable, Equatable {
  public var stream: String
  public var direction: Stream.Direction
  /// Cycles with valid and ready.
  public var transfer = 0
  /// Cycles with ready alone: the receiver waits.
  public var starved = 0
  /// Cycles with valid alone: the sender waits.
  public var blocked = 0
  /// Cycles with neither.
  public var idle = 0
  /// Cycles in which the stall profile kept something back: a beat that an input had, or ready while an
  /// output was valid.
  public var withheld = 0
  /// Beats that there were to transfer; none on a stream that the transactions at hand do not use.
  public var due = 0
  /// False where the design cannot be kept waiting on this stream; nil where it can.
  public var isStallable: Bool?
}

/// How often a signal inside the device was compared.
public struct TapActivity: Sendable, Codable, Equatable {
  public var tap: String
  public var signal: String
  /// Cycles in which it had a value.
  public var values = 0
}

/// In how many cycles a part of the device worked.
public struct StageActivity: Sendable, Codable, Equatable {
  public var stage: String
  public var cycles = 0
}

/// One thing that is wrong.
public enum Finding: Sendable, Codable, Equatable {
  /// Where inside the device the golden model's intermediate values are left first.
  case divergence(Divergence)
  /// A beat transferred with another value than the expected one.
  case mismatch(Mismatch)
  /// The device offered a beat when nothing more was expected.
  case unexpectedBeat(stream: String, cycle: Int, afterTransaction: Int)
  /// No stream moved for a long time while something was still due.
  case hang(Hang)
  /// The device withdrew `valid`, or changed the payload, before it was taken.
  case streamRule(StreamRuleBreak)
  /// An assertion, `$fatal`, `$stop` or `$finish` in the RTL.
  case deviceFailure(DeviceFailure, cycle: Int, shard: Int)
  /// The check itself was empty.
  case vacuous(Vacuity)
  /// Right under one stall profile, wrong under another: the value depends on timing.
  case dependsOnTiming(agreeing: StallProfile, differing: StallProfile)
  /// With the same stimulus and stalls the device did something else from other initial values of
  /// registers, be it right or wrong.
  case dependsOnInitialState(profile: StallProfile, seeds: [UInt64])
  /// The same stimulus is answered rightly after a quiet start and wrongly after a reset in the middle
  /// of traffic: something survives the reset.
  case survivesReset(profile: StallProfile)
  /// A transaction that is right by itself is wrong behind so many others, without any stall.
  case dependsOnHistory(transactions: Int)
  /// Behind pauses of its outputs the device is slower than before them: it took so many cycles more than
  /// the pauses lasted.
  case throughputLost(cycles: Int, pauses: Int, length: Int)
  /// The golden model differs from the expected values of a file.
  case goldenMismatch(GoldenMismatch)
}

/// A value that differs, and where.
public struct Mismatch: Sendable, Codable, Equatable {
  public var stream: String
  public var field: String
  /// Position of the transaction in the workload, from 0.
  public var transaction: Int
  /// Name of the corner, where it is one.
  public var label: String?
  /// Beat of the stream within the transaction, and lane in the beat.
  public var beat: Int
  public var lane: Int
  /// Index of the element within the transaction, where the field carries an array.
  public var element: Int?
  public var expected: Int64
  public var observed: Int64
  /// Cycle since the end of reset of its shard.
  public var cycle: Int
  /// Shard of the run: transactions before this one in the shard are its history.
  public var shard: Int
}

public struct Hang: Sendable, Codable, Equatable {
  public var cycle: Int
  /// Cycles without any transfer.
  public var waited: Int
  /// One sentence a stream that is not finished: what it waits for, since when.
  public var waiting: [String]
  public var stream: String
  public var transaction: Int
}

public struct StreamRuleBreak: Sendable, Codable, Equatable {
  public enum Kind: String, Sendable, Codable {
    case validWithdrawn, payloadChanged
    /// The device sent a beat without a credit for it.
    case creditsExceeded
  }
  public var kind: Kind
  public var stream: String
  public var cycle: Int
  public var transaction: Int
}

/// Why a run that found no difference proves nothing.
public enum Vacuity: Sendable, Codable, Equatable {
  case nothingCompared
  case inputNeverConsumed(stream: String)
  case expectationNeverMet(stream: String, missing: Int)
  case streamNeverMoved(stream: String)
  case nothingStalled(profile: StallProfile)
  /// The conditions under which the tap has a value never held.
  case tapNeverMoved(tap: String, signal: String)
}

/// A place where golden and a file disagree, and what the device says there.
public struct GoldenMismatch: Sendable, Codable, Equatable {
  public var array: String
  public var index: [Int]
  public var expected: Int64
  public var golden: Int64
  public var differing: Int
}
