import Devices
import Signals

/// How long, and how often, smaller cases are tried.
public struct MinimisingLimits: Sendable, Hashable, Codable {
  /// Wall time, seconds; 0 tries nothing.
  public var seconds: Double
  /// Runs of a case.
  public var tries: Int

  public init(seconds: Double = 20, tries: Int = 50_000) {
    self.seconds = seconds
    self.tries = tries
  }
}

/// How minimising went.
public struct Minimising: Sendable, Hashable, Codable {
  public enum End: String, Sendable, Hashable, Codable {
    /// Nothing more could be taken away.
    case minimal
    case outOfTime, outOfTries, interrupted
    /// It was not wanted.
    case off
  }

  public var end: End
  public var tries: Int
  public var seconds: Double

  public init(end: End, tries: Int, seconds: Double) {
    self.end = end
    self.tries = tries
    self.seconds = seconds
  }
}

/// Makes a failing case smaller for as long as it shows the same symptom.
///
/// Deterministic but for the limit of time. A case is only ever replaced by one of less weight, so that it
/// ends; the caller keeps the original.
final class Minimiser {
  let runner: CaseRunner
  /// What the best case shows: that of the original, unless only another one shows in few beats.
  private(set) var symptom: Symptom
  /// Whether a case may show something else instead.
  private var isRelaxed = false
  private let limits: MinimisingLimits
  private let start = ContinuousClock.now
  /// Profile and seeds that are tried where a smaller case meets its stalls at other times.
  private var profile: StallProfile
  /// Cycles after which a try hangs: few, for there are many tries.
  private let hangLimit: Int
  var interface: Interface { runner.interface }

  /// More of the workload: settings and values to try.
  let more: [Case.Part]
  private(set) var best: Case
  private(set) var tries = 0
  private var exhaustion: Minimising.End?
  /// Whether the golden model had no answer to what was looked at last.
  private(set) var wasRefused = false

  /// Random stall plans that are tried for a smaller stimulus.
  private static let restallings: UInt64 = 4
  private static let longestHang = 2000

  /// - Parameters:
  ///   - original: shows the symptom, with its stalls recorded.
  ///   - profile: the stall profile that the original was found under.
  ///   - more: of the workload, where it is known.
  init(
    _ original: Case, symptom: Symptom, profile: StallProfile, runner: CaseRunner,
    limits: MinimisingLimits, more: [Case.Part] = []
  ) {
    self.more = more
    best = original
    self.symptom = symptom
    self.profile = profile
    self.runner = runner
    self.limits = limits
    hangLimit = min(original.hangLimit, Minimiser.longestHang)
  }

  /// How it went so far.
  var record: Minimising {
    Minimising(
      end: limits.seconds > 0 ? exhaustion ?? .minimal : .off, tries: tries,
      seconds: (ContinuousClock.now - start).seconds)
  }

  /// Whether there is no time left.
  var isExhausted: Bool {
    if exhaustion != nil { return true }
    if runner.isCancelled() {
      exhaustion = .interrupted
    } else if tries >= limits.tries {
      exhaustion = .outOfTries
    } else if (ContinuousClock.now - start).seconds >= limits.seconds {
      exhaustion = .outOfTime
    }
    return exhaustion != nil
  }

  /// Takes away what can be taken away.
  func run() {
    guard limits.seconds > 0 else { return }
    var weight: [Int]
    repeat {
      weight = best.weight(interface)
      simplifyState()
      dropStalls()
      replaceRehearsal()
      dropTransactions()
      shrinkProducts()
      shorten()
      simplifyValues()
      thinStalls()
      replaceBeatsByGaps()
      hunt()
    } while !isExhausted && best.weight(interface).lexicographicallyPrecedes(weight)
    relax()
  }

  // MARK: - One try

  /// Runs a smaller case and keeps it if it shows the symptom, with the stalls that happened.
  ///
  /// - Parameter exactly: with its own stalls or not at all.
  /// - Returns: whether it was kept.
  @discardableResult
  func attempt(_ candidate: Case, exactly: Bool = false) -> Bool {
    if shows(candidate) { return true }
    // The stalls may have to come at another time for the smaller stimulus.
    guard !exactly, profile != .none, candidate.stalls.recorded?.stalls ?? 1 > 0 else {
      return false
    }
    for seed in 0..<Minimiser.restallings {
      var restalled = candidate
      restalled.stalls = StallPlan(profile, seed: seed)
      if shows(restalled) { return true }
    }
    return false
  }

  private func shows(_ candidate: Case) -> Bool {
    guard !isExhausted, !candidate.parts.isEmpty else { return false }
    var candidate = candidate
    candidate.hangLimit = hangLimit
    let weight = best.weight(interface)
    // Stalls stand last, and are known after the run only where they are random.
    guard
      candidate.weight(interface).dropLast().lexicographicallyPrecedes(weight.dropLast())
        || candidate.weight(interface).lexicographicallyPrecedes(weight)
    else { return false }
    tries += 1
    // What the golden model has no answer to is no smaller case.
    guard let result = try? runner.run(candidate), let shown = shown(in: result.findings)
    else { return false }
    symptom = shown
    candidate.stalls = StallPlan(candidate.stalls.profile, seed: 0, recorded: result.stalls)
    candidate.hangLimit = best.hangLimit
    best = candidate
    return true
  }

  private func shown(in findings: [Finding]) -> Symptom? {
    if symptom.finding(in: findings) != nil { return symptom }
    guard isRelaxed else { return nil }
    return findings.lazy.compactMap { finding in
      switch finding {
      case .mismatch, .unexpectedBeat, .deviceFailure: Symptom(finding)
      default: nil
      }
    }.first
  }

  /// Where much is left, looks for something else that is wrong with fewer transactions: where rows follow
  /// each other a queue that is read too soon gives wrong values, and fails an assertion where none
  /// does.
  ///
  /// Transactions stay as they are, for others might break a rule that the golden model does not know.
  private func relax() {
    guard isLarge, !isExhausted else { return }
    isRelaxed = true
    dropTransactions()
    isRelaxed = false
    // An assertion may be about what inputs may be.
    if !symptom.isDeviceFailure { shorten() }
    thinStalls()
  }

  /// Runs a case that need not be smaller.
  ///
  /// - Returns: the symptom, if it shows it; nil also where the golden model has no answer, see `wasRefused`.
  func look(at candidate: Case) -> Finding? {
    var candidate = candidate
    candidate.hangLimit = hangLimit
    tries += 1
    let result = try? runner.run(candidate)
    wasRefused = result == nil
    return result.flatMap { symptom.finding(in: $0.findings) }
  }

  // MARK: - State and stalls

  private func simplifyState() {
    if best.rehearsedBeats != nil {
      var candidate = best
      candidate.rehearsedBeats = nil
      if !attempt(candidate) { shortenRehearsal() }
    }
    if best.initialState != .zeros {
      var candidate = best
      candidate.initialState = .zeros
      attempt(candidate)
    }
  }

  private func shortenRehearsal() {
    while let beats = best.rehearsedBeats, beats > 1 {
      var candidate = best
      candidate.rehearsedBeats = 1
      if attempt(candidate) { return }
      candidate.rehearsedBeats = beats / 2
      if !attempt(candidate) { return }
    }
  }

  /// What a reset in mid-flight holds up, stalls hold up, too, and most often with fewer beats.
  private func replaceRehearsal() {
    guard isLarge, best.rehearsedBeats != nil else { return }
    for other in [.random, .bursts, .adversarial] as [StallProfile] {
      for seed in 0..<Minimiser.restallings {
        var candidate = best
        candidate.rehearsedBeats = nil
        candidate.stalls = StallPlan(other, seed: seed)
        guard shows(candidate) else { continue }
        profile = other
        return
      }
    }
  }

  private func dropStalls() {
    var candidate = best
    candidate.stalls = StallPlan(.none, seed: 0, recorded: StallRecord())
    if attempt(candidate, exactly: true) { return }
    simplifyProfile()
    candidate.stalls = StallPlan(best.stalls.profile, seed: 0, recorded: StallRecord())
    attempt(candidate, exactly: true)
  }

  /// Settings and tables come otherwise under a profile of stalls than without, which mostly does not matter.
  func simplifyProfile() {
    guard best.stalls.profile != .none, best.stalls.recorded != nil, !isExhausted else { return }
    var candidate = best
    candidate.stalls.profile = .none
    if look(at: candidate) != nil { best = candidate }
  }
}
