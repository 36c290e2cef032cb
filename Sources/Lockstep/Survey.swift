import Blocks
import Devices
import Signals

/// Runs a failing device on, to see enough of its values to classify them: a minimal case has too few.
struct Survey {
  let runner: CaseRunner
  /// Transactions beside those of the failing case, cut into parts.
  let more: [Case.Part]
  /// What failed under other stalls.
  var others: [Case] = []

  /// Differing beats, and cycles, after which enough is known.
  private static let differences = 20_000
  private static let cycles = 400_000

  /// What the first stage that differs shows, or else the output: in the failing case, and in more of the
  /// workload under the same stalls.
  ///
  /// - Parameter findings: those of the failing case.
  /// - Returns: nil for what is no matter of values.
  func classify(_ failing: Case, _ findings: [Finding], _ first: Finding) throws -> Classification?
  {
    switch first {
    case .mismatch, .divergence, .deviceFailure: break
    default: return nil
    }
    var wide = failing
    wide.parts = more
    wide.rehearsedBeats = nil
    wide.stalls = StallPlan(failing.stalls.profile, seed: failing.stalls.seed)
    let cases = [failing] + (more.isEmpty ? [] : [wide]) + others
    for case .divergence(let divergence) in findings where divergence.first.part == .value {
      let tap = divergence.first.tap
      guard let index = runner.manifest.taps.firstIndex(where: { $0.name == tap }) else { continue }
      var found = try name(cases) { try observe($0, tap: index) }
      found?.tap = tap
      return found
    }
    guard case .mismatch(let mismatch) = first else { return nil }
    return try name(cases) { try observe($0, mismatch) }
  }

  /// A mechanism that explains all differences; else, where values come too early or too late, one that does
  /// so under the stalls of the failing case; else where they are.
  ///
  /// The failing case stands first. What the golden model refuses of the rest, which no run may have reached,
  /// is left out.
  private func name(
    _ all: [Case], _ observe: (Case) throws -> Observation?
  ) throws -> Classification? {
    guard let failing = all.first, let first = try observe(failing) else { return nil }
    var (cases, seen) = ([failing], [first])
    var own = 1
    for (index, subject) in all.enumerated().dropFirst() {
      do {
        guard let other = try observe(subject) else { continue }
        cases.append(subject)
        seen.append(other)
        if index < all.count - others.count { own += 1 }
      } catch is BlockError { continue }
    }
    if let found = mechanism(cases, seen) { return found }
    if own < cases.count, var found = mechanism(Array(cases.prefix(own)), Array(seen.prefix(own))),
      Survey.depending.contains(found.kind)
    {
      found.evidence = "with stalls \(cases[0].stalls.profile.rawValue), " + found.evidence
      return found
    }
    return Classifier(seen).place
  }

  /// What depends on when a value is taken, and so on stalls.
  private static let depending: Set<Classification.Kind> = [
    .beatLate, .beatEarly, .neighbour, .previousTransaction, .staleSetting,
  ]

  /// A mechanism, a rounding, or a mistake on an input that explains all differences.
  private func mechanism(_ cases: [Case], _ seen: [Observation]) -> Classification? {
    Classifier(seen).mechanism ?? rounding(cases, seen) ?? mistakenInput(cases, seen)
  }

  private var limits: SimulationLimits {
    SimulationLimits(
      hang: 2000, cycles: Survey.cycles, differences: Survey.differences,
      isCancelled: runner.isCancelled)
  }

  private func observe(_ subject: Case, tap index: Int) throws -> Observation? {
    var recorder: TapRecorder?
    var plan: TapPlan?
    let result = try runner.run(subject, limits: limits) { simulation in
      let made = try TapRecorder(simulation, tap: index)
      recorder = made
      plan = simulation.tapPlans[index]
      return [made]
    }
    guard let recorder, let plan else { return nil }
    return Observation(
      result, interface: runner.interface, tap: plan, index: index, groups: recorder.groups)
  }

  private func observe(_ subject: Case, _ mismatch: Mismatch) throws -> Observation? {
    let result = try runner.run(subject, limits: limits)
    let outputs = runner.interface.outputs
    guard let stream = outputs.firstIndex(where: { $0.name == mismatch.stream }),
      let field = outputs[stream].fields.firstIndex(where: { $0.name == mismatch.field })
    else { return nil }
    return Observation(result, interface: runner.interface, stream: stream, field: field)
  }
}
