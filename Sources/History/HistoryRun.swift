public import Gate
import Lockstep
import Signals

/// A run of a gate as a history keeps it: who, when, on what commit, and what came of every task.
public struct HistoryRun: Sendable, Hashable, Codable {
  public var facts: RunFacts
  /// `merge`, `nightly` or `release`.
  public var level: String
  public var verdict: String
  /// The commit that was checked and the one that it was compared with, where they are known.
  public var commit: String?
  public var base: String?
  /// Tools of the devices; empty where none was built.
  public var simulator: String
  public var compiler: String
  /// Tasks that there were to be, and those that the change could not affect.
  public var planned: Int
  public var leftOut: Int
  /// In the order of names.
  public var tasks: [HistoryTask]

  /// - Parameters:
  ///   - result: of a whole run, or of a shard.
  ///   - times: wall time of its tasks.
  public init(_ result: GateResult, times: GateTimes?, facts: RunFacts) {
    self.facts = facts
    level = result.level.rawValue
    verdict = result.verdict.rawValue
    commit = result.commit
    base = result.base
    simulator = result.results.map(\.evidence.simulator).first { !$0.isEmpty } ?? ""
    compiler = result.results.map(\.evidence.compiler).first { !$0.isEmpty } ?? ""
    planned = result.planned.count
    leftOut = result.leftOut.count
    tasks = result.results.map { HistoryTask($0, seconds: times?.seconds[$0.task.id]) }
      .sorted { $0.name < $1.name }
  }

  /// One that was read, without its tasks.
  init(
    facts: RunFacts, level: String, verdict: String, commit: String?, base: String?,
    simulator: String, compiler: String, planned: Int, leftOut: Int
  ) {
    self.facts = facts
    self.level = level
    self.verdict = verdict
    self.commit = commit
    self.base = base
    self.simulator = simulator
    self.compiler = compiler
    self.planned = planned
    self.leftOut = leftOut
    tasks = []
  }
}

/// A task of a run as a history keeps it.
public struct HistoryTask: Sendable, Hashable, Codable {
  /// `ibert_softmax/default/verify seed 1`.
  public var name: String
  public var block: String
  /// Nil for what needs no device.
  public var configuration: String?
  /// The kind of check: `verify`.
  public var check: String
  public var verdict: String
  /// It passed before and was not run again: it has no time of its own.
  public var isTrusted: Bool
  /// Kind and place of the first failure.
  public var failure: String?
  public var transactions: Int
  public var elements: Int
  /// Clock cycles that were simulated.
  public var simulated: Int
  /// Cycles of the fixed workload, where the task measures them, and their budget.
  public var cycles: Int?
  public var budget: ClosedRange<Int>?
  /// Lines of RTL that ran, and lines that could, waived ones left out.
  public var coveredLines: Int?
  public var countableLines: Int?
  /// Inputs of a search.
  public var executions: Int?
  /// Mutants that were noticed, and mutants that count.
  public var killedMutants: Int?
  public var countedMutants: Int?
  /// Wall time; nil where it did not run, or nobody took it.
  public var seconds: Double?
  /// Content key of the device.
  public var device: String?

  public init(_ result: TaskResult, seconds: Double?) {
    name = result.task.id
    block = result.task.block
    configuration = result.task.configuration?.name
    check = result.task.check.kind
    verdict = result.verdict.rawValue
    isTrusted = result.isTrusted
    failure = result.failures.first.map {
      [$0.kind, $0.place].filter { !$0.isEmpty }.joined(separator: ", ")
    }
    transactions = result.evidence.transactions
    elements = result.evidence.elements
    simulated = result.evidence.cycles
    cycles = result.cycles?.measured
    budget = result.cycles?.budget
    coveredLines = result.coverage?.covered
    countableLines = result.coverage?.countable
    executions = result.executions
    killedMutants = result.mutants?.killed
    countedMutants = result.mutants?.counted
    self.seconds = result.isTrusted ? nil : seconds
    device = result.evidence.device
  }

  /// One that was read; everything that may be missing is.
  init(
    name: String, block: String, configuration: String?, check: String, verdict: String,
    isTrusted: Bool, transactions: Int, elements: Int, simulated: Int
  ) {
    self.name = name
    self.block = block
    self.configuration = configuration
    self.check = check
    self.verdict = verdict
    self.isTrusted = isTrusted
    self.transactions = transactions
    self.elements = elements
    self.simulated = simulated
  }
}
