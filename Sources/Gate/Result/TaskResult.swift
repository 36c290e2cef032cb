public import Lockstep

/// What became of one task.
public struct TaskResult: Sendable, Codable {
  public enum Verdict: String, Sendable, Codable, CaseIterable {
    case passed
    /// The device disagreed, or what the change contains cannot be checked.
    case failed
    /// It failed, and did not fail in the same way when it was repeated.
    case flaky
    /// The harness could not do it: a crash, no space, no tool, no time.
    case broken
  }

  public var task: GateTask
  public var verdict: Verdict
  /// What is wrong; empty exactly where the verdict is ``Verdict/passed``.
  public var failures: [Failure]
  public var evidence: Evidence
  /// What it took and what it was compared with, where it is the fixed workload of budgets.
  public var cycles: CycleFigures?
  /// Which lines of RTL ran, where they were counted.
  public var coverage: CoverageFigures?
  /// Inputs of a search, where it was one.
  public var executions: Int?
  /// How many changes to the RTL were noticed, where they were made.
  public var mutants: MutantFigures?
  /// What lockstep found, where it ran; without times.
  public var outcome: Outcome?
  /// What holds besides, in words: `all 2^16 inputs, 2 sets of constants, 0 mismatches`.
  public var remarks: [String]
  /// The command that repeats it.
  public var command: String
  /// It passed before with the same evidence, and was not run again.
  public var isTrusted = false

  public init(
    _ task: GateTask, failures: [Failure] = [], isBroken: Bool = false,
    evidence: Evidence = Evidence(), outcome: Outcome? = nil, remarks: [String] = [],
    command: String
  ) {
    self.task = task
    verdict = failures.isEmpty ? .passed : isBroken ? .broken : .failed
    self.failures = failures
    self.evidence = evidence
    self.outcome = outcome?.withoutTimes
    self.remarks = remarks
    self.command = command
  }

  private enum Derived: CodingKey { case name }

  /// Besides what is read again, the name of the task, for other programs.
  public func encode(to encoder: any Encoder) throws {
    var derived = encoder.container(keyedBy: Derived.self)
    try derived.encode(task.id, forKey: .name)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(task, forKey: .task)
    try container.encode(verdict, forKey: .verdict)
    try container.encode(failures, forKey: .failures)
    try container.encode(evidence, forKey: .evidence)
    try container.encodeIfPresent(cycles, forKey: .cycles)
    try container.encodeIfPresent(coverage, forKey: .coverage)
    try container.encodeIfPresent(executions, forKey: .executions)
    try container.encodeIfPresent(mutants, forKey: .mutants)
    try container.encodeIfPresent(outcome, forKey: .outcome)
    try container.encode(remarks, forKey: .remarks)
    try container.encode(command, forKey: .command)
    try container.encode(isTrusted, forKey: .isTrusted)
  }
}

/// One thing that is wrong, in a form that can be counted, ranked and pointed at.
public struct Failure: Sendable, Codable, Hashable {
  /// A short name of the kind: `mismatch`, `cycles`, `crash`.
  public var kind: String
  /// Where inside the device: a tap, a field of a stream, a scope; empty where there is none.
  public var place: String
  /// Where in the data, as far as it tells causes apart: `first beat`, `later beats`.
  public var position: String
  /// What kind of mistake explains it, where that is certain.
  public var classification: String?
  /// What was found, in one sentence or a few.
  public var sentence: String
  /// Below the project's folder, where the failure has a file.
  public var file: String?
  /// From 1.
  public var line: Int?

  public init(
    _ kind: String, place: String = "", position: String = "", classification: String? = nil,
    _ sentence: String, file: String? = nil, line: Int? = nil
  ) {
    self.kind = kind
    self.place = place
    self.position = position
    self.classification = classification
    self.sentence = sentence
    self.file = file
    self.line = line
  }
}

/// What a verdict follows from, and how much was compared for it.
public struct Evidence: Sendable, Codable, Hashable {
  /// The hash of all that the verdict follows from.
  public var key = ""
  /// Content key of the device: RTL, parameters, tools and flags. Nil without a device.
  public var device: String?
  /// SHA-256 of the executable, which holds the golden models.
  public var harness = ""
  public var simulator = ""
  public var compiler = ""
  public var transactions = 0
  public var elements = 0
  /// Clock cycles that were simulated.
  public var cycles = 0
  /// Checksum of the outputs of each run, by stall profile.
  public var digests: [String] = []

  public init() {}
}

/// Cycles of the fixed workload, beside what they may be.
public struct CycleFigures: Sendable, Codable, Hashable {
  public var measured: Int
  public var budget: ClosedRange<Int>?
  /// What the budget was at the base; nil without.
  public var base: ClosedRange<Int>?

  public init(measured: Int, budget: ClosedRange<Int>?) {
    self.measured = measured
    self.budget = budget
  }
}

/// Changes to RTL that were made and noticed.
public struct MutantFigures: Sendable, Codable, Hashable {
  public var killed: Int
  /// Those that count: without waived ones and those that were proven to change nothing.
  public var counted: Int

  public init(killed: Int, counted: Int) {
    self.killed = killed
    self.counted = counted
  }
}

extension Outcome {
  /// The same without wall time, which differs from run to run.
  var withoutTimes: Outcome {
    var copy = self
    copy.seconds = Seconds()
    copy.explanation?.minimising.seconds = 0
    return copy
  }
}
