import Blocks
import Foundation
import Synchronization
public import Verilation

/// One run of a gate, or of a shard of it: plans, leaves out, trusts, runs, repeats what failed.
public struct GateRun: Sendable {
  public var project: GateProject
  public var plan: GatePlan
  public var level: GateLevel
  public var shard = 1
  public var shardCount = 1
  /// Tasks that run at once.
  public var jobs = 1
  /// Nil where no tool was found: then every task with a device is broken.
  public var verilation: Verilation?
  public var harness: Harness
  /// Nil to trust nothing that passed before.
  public var cache: VerdictCache?
  public var times = GateTimes()
  /// What changed, where only what that affects is to run.
  public var changes: Changes?
  /// The plan's file, where there is one: when it has changed, everything runs.
  public var planFile: String?
  public var commit: String?
  /// Names of the clusters that failed at the base, where its report is at hand.
  public var known: [String] = []
  /// Coverage at the base by the name of the task, where its report is at hand.
  public var knownCoverage: [String: CoverageFigures.Count] = [:]
  /// Parts of names of tasks; only tasks with one of them are planned. Empty for all.
  public var only: [String] = []
  public var isCancelled: @Sendable () -> Bool = { false }
  public var progress: @Sendable (_ done: Int, _ all: Int, _ name: String) -> Void = { _, _, _ in }

  public init(
    project: GateProject, plan: GatePlan, level: GateLevel, verilation: Verilation?,
    harness: Harness
  ) {
    self.project = project
    self.plan = plan
    self.level = level
    self.verilation = verilation
    self.harness = harness
  }

  /// Does a task: in a process of its own, for one that runs a device.
  ///
  /// - Parameter looks: whether a failure is looked into.
  public typealias Executor =
    @Sendable (_ task: GateTask, _ evidence: Evidence, _ threads: Int, _ looks: Bool) async
    -> TaskResult

  /// Runs everything.
  ///
  /// - Throws: ``GateError`` for a plan that cannot be carried out.
  public func run(_ execute: @escaping Executor) async throws(GateError) -> (GateResult, GateTimes)
  {
    var result = GateResult(level: level, shards: .init(count: shardCount, present: [shard]))
    result.commit = commit
    result.base = changes?.base
    result.known = known
    let tasks = try planned(&result)
    result.planned = tasks.map(\.id)
    let mine = Sharding.tasks(tasks, shard: shard, of: shardCount, seconds: times.seconds)
    var recorded = GateTimes()
    var waiting: [(GateTask, Evidence)] = []
    for task in mine {
      let evidence = project.evidence(for: task, harness: harness, verilation: verilation)
      if !evidence.key.isEmpty, let known = cache?.result(of: task, key: evidence.key) {
        result.results.append(known)
      } else {
        waiting.append((task, evidence))
      }
    }
    let outcomes = await perform(ordered(waiting), execute)
    for (outcome, seconds) in outcomes where !isInterrupted(outcome) {
      let task = outcome.withoutFolder(project.root)
      result.results.append(task)
      recorded.seconds[task.task.id] = seconds
      cache?.keep(task)
    }
    await compareWithBase(&result)
    for index in result.results.indices {
      let name = result.results[index].task.id
      result.results[index].coverage?.base = knownCoverage[name]
      // By itself it would be looked for at the first level.
      if level != .merge, result.results[index].command.hasPrefix("cosim gate --only") {
        result.results[index].command += " --level \(level.rawValue)"
      }
    }
    result.wasInterrupted = isCancelled() && result.results.count < mine.count
    result.sort()
    return (result, recorded)
  }

  /// The tasks of all shards; what is left out is noted.
  private func planned(_ result: inout GateResult) throws(GateError) -> [GateTask] {
    // A block whose manifest is gone leaves nothing else that says so.
    let removed = (changes?.files ?? []).filter {
      $0.isRemoved && $0.name.hasSuffix("/device.yaml")
    }
    let blocks = removed.compactMap {
      $0.name.split(separator: "/").dropLast().last.map(String.init)
    }
    var tasks = try project.tasks(plan, at: level, requiring: Set(blocks))
    if !only.isEmpty {
      tasks = tasks.filter { task in only.contains { task.id.contains($0) } }
      if tasks.isEmpty { throw .nothingPlanned(level: level.rawValue, root: project.root) }
    }
    return affected(tasks, &result)
  }

  private func isInterrupted(_ result: TaskResult) -> Bool {
    result.verdict == .broken && isCancelled()
  }

  /// The tasks that the change affects; the others are noted with the reason.
  private func affected(_ tasks: [GateTask], _ result: inout GateResult) -> [GateTask] {
    guard let changes else {
      result.remarks.append("no base was given, so everything runs")
      return tasks
    }
    let affected = Affected(
      changes, project: project,
      goldens: GoldenSources(root: project.root, catalogue: project.catalogue), plan: planFile)
    result.remarks += affected.remarks
    if changes.files.isEmpty { result.remarks.append("nothing differs from the base") }
    return tasks.filter { task in
      if affected.reason(for: task) != nil { return true }
      result.leftOut.append(.init(task: task.id, reason: affected.reasonAgainst(task)))
      return false
    }
  }

  /// One task of each device first, so that two do not wait for the same build; long ones before short ones.
  private func ordered(_ tasks: [(GateTask, Evidence)]) -> [(GateTask, Evidence)] {
    var seen: Set<String> = []
    let ranked = tasks.enumerated().map { index, entry in
      let isFirst = entry.0.check.needsDevice && seen.insert(entry.0.group).inserted
      let seconds = times.seconds[entry.0.id] ?? Sharding.estimate(entry.0)
      return (entry, rank: entry.0.check.isStatic ? 0 : isFirst ? 1 : 2, seconds, index)
    }
    return ranked.sorted { ($0.rank, -$0.2, $0.3) < ($1.rank, -$1.2, $1.3) }.map(\.0)
  }

  private func perform(
    _ tasks: [(GateTask, Evidence)], _ execute: @escaping Executor
  ) async -> [(TaskResult, Double)] {
    let width = max(1, min(jobs, tasks.count))
    let threads = max(1, jobs / width)
    let explained = Explained()
    return await withTaskGroup(of: (TaskResult, Double).self) { group in
      var next = 0
      var results: [(TaskResult, Double)] = []
      func add() {
        guard next < tasks.count, !isCancelled() else { return }
        let (task, evidence) = tasks[next]
        next += 1
        group.addTask { await perform(task, evidence, threads, explained, execute) }
      }
      for _ in 0..<width { add() }
      while let result = await group.next() {
        results.append(result)
        progress(results.count, tasks.count, result.0.task.id)
        add()
      }
      return results
    }
  }

  /// A task and, if it does not pass, once more: what does not happen again is a failure of its own kind. The
  /// second time, the first failure of each block is looked into.
  private func perform(
    _ task: GateTask, _ evidence: Evidence, _ threads: Int, _ explained: Explained,
    _ execute: Executor
  ) async -> (TaskResult, Double) {
    let start = ContinuousClock.now
    var result = await execute(task, evidence, threads, false)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    guard result.verdict != .passed, !task.check.isStatic, !isCancelled(),
      result.failures.first?.kind != "timeout"
    else { return (result, seconds) }
    let looks = explained.blocks.withLock { $0.insert(task.block).inserted }
    let again = await execute(task, evidence, threads, looks)
    if isCancelled() { return (result, seconds) }
    if result.isRepeated(by: again) { return (again, seconds) }
    result.verdict = .flaky
    let how = again.failures.first.map { "it then failed with: \($0.kind)" } ?? "it then passed"
    result.remarks.append("it was repeated with the same seeds, and \(how)")
    return (result, seconds)
  }

  /// Blocks of which a failure was looked into.
  private final class Explained: Sendable {
    let blocks = Mutex<Set<String>>([])
  }
}

extension TaskResult {
  /// The same with paths below the project's folder, which stands elsewhere on each machine.
  func withoutFolder(_ root: String) -> TaskResult {
    var copy = self
    for index in copy.failures.indices {
      copy.failures[index].sentence = copy.failures[index].sentence.replacing(root + "/", with: "")
    }
    return copy
  }

  /// Whether a second run of the task says the same.
  func isRepeated(by other: TaskResult) -> Bool {
    func places(_ result: TaskResult) -> [String] {
      // What is only known after looking into a failure is no difference.
      result.failures.filter { $0.kind != "depends on history" }
        .map { "\($0.kind) \($0.place) \($0.position) \($0.file ?? "") \($0.line ?? 0)" }
    }
    return verdict == other.verdict && places(self) == places(other)
      && evidence.digests == other.evidence.digests
  }
}

extension GateRun {
  /// The commit that is checked out in a folder; nil where there is none.
  public static func commit(of root: String) async -> String? { await Git(root: root).head() }

  /// One line a task: what this run would do, and what it would leave out and why.
  ///
  /// - Throws: ``GateError`` for a plan that cannot be carried out.
  public func listing() throws(GateError) -> [String] {
    var result = GateResult(level: level)
    let tasks = try planned(&result)
    let mine = Set(
      Sharding.tasks(tasks, shard: shard, of: shardCount, seconds: times.seconds).map(\.id))
    return tasks.filter { mine.contains($0.id) }.map(\.id)
      + result.leftOut.map { "left out: \($0.task), because \($0.reason)" }
      + result.remarks.map { "# \($0)" }
  }
}

extension GateTimes {
  /// Adds these times to a file of times; what is there of other tasks stays.
  ///
  /// - Throws: ``GateError/cannotWrite(path:reason:)``.
  public func merge(into path: String) throws(GateError) {
    var all = Sharding.times(path)
    // Tenths are enough, and keep differences of the file small.
    all.seconds.merge(seconds.mapValues { ($0 * 10).rounded() / 10 }) { $1 }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try encoder.encode(all).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw .cannotWrite(path: path, reason: error.localizedDescription)
    }
  }
}
