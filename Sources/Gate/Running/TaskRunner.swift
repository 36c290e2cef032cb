import Accuracy
import Blocks
import Devices
import External
import Foundation
import Fuzzing
public import Lockstep
import Reports
import Signals
public import Verilation

/// Does one task, in the process that it is called in.
public struct TaskRunner: Sendable {
  public var project: GateProject
  public var plan: GatePlan
  /// What is said about plans is said about this level of them.
  public var level = GateLevel.merge
  /// Nil where a task needs no device.
  public var verilation: Verilation?
  /// Threads at work; results do not depend on it.
  public var jobs: Int
  /// What is done about a failure before it is reported; nothing if nil.
  public var explainer: ExplainerOptions?
  public var isCancelled: @Sendable () -> Bool

  public init(
    project: GateProject, plan: GatePlan, verilation: Verilation?, jobs: Int = 1,
    explainer: ExplainerOptions? = nil, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.project = project
    self.plan = plan
    self.verilation = verilation
    self.jobs = jobs
    self.explainer = explainer
    self.isCancelled = isCancelled
  }

  /// Runs a task. Everything that goes wrong is in the result.
  ///
  /// - Parameter evidence: what is known beforehand; counts are added.
  public func run(_ task: GateTask, evidence: Evidence) async -> TaskResult {
    do {
      let result = try await check(task, evidence)
      if isCancelled() { throw CancellationError() }
      return result
    } catch {
      let (failure, isBroken) = Failure.of(error, in: task, project)
      return TaskResult(
        task, failures: [failure], isBroken: isBroken, evidence: evidence, command: command(task))
    }
  }

  private func check(_ task: GateTask, _ evidence: Evidence) async throws -> TaskResult {
    switch task.check {
    case .presence:
      return TaskResult(
        task, failures: project.presence(of: task.block, plan, at: level), evidence: evidence,
        command: "cosim list")
    case .fingerprints:
      return TaskResult(
        task, failures: project.fingerprintFailures(of: task.block, plan), evidence: evidence,
        command: command(task))
    case .accuracy: return try accuracy(task, evidence)
    case .coverage: return try await coverage(task, evidence)
    default: break
    }
    guard let block = project.catalogue[task.block], let manifest = project.manifests[task.block],
      let configuration = task.configuration, let verilation
    else { throw GateError.worker(reason: "'\(task.id)' has no device") }
    if case .mutation = task.check {
      return try await mutation(task, evidence, block, manifest, verilation)
    }
    let complete = try project.complete(configuration, of: block)
    let built = try await verilation.library(for: manifest, configuration: complete)
    let bench = Bench(
      task: task, evidence: evidence, block: block, manifest: manifest, configuration: complete,
      library: try built.open())
    switch task.check {
    case .verify(let seed, let count, let profiles):
      let workload = Workload.directedAndRandom(block, in: complete, seed: seed, count: count)
      return try verify(bench, workload, seed: seed, profiles: profiles)
    case .vectors(let path): return try vectors(bench, path)
    case .regression(let path): return try regression(bench, path)
    case .cycles: return try cycles(bench)
    case .sweep(let sets, let limit): return try sweep(bench, sets: sets, limit: limit)
    case .relations(let count): return try relations(bench, count: count)
    case .fuzz(let seed, let count):
      return try await fuzz(bench, path: built.path, seed: seed, count: count)
    default: throw GateError.worker(reason: "'\(task.id)' is not known")
    }
  }

  /// A task with its device.
  struct Bench {
    var task: GateTask
    var evidence: Evidence
    var block: any Block
    var manifest: Manifest
    var configuration: Configuration
    var library: DeviceLibrary
  }

  // MARK: - Lockstep

  private func verify(
    _ bench: Bench, _ workload: Workload, seed: UInt64, profiles: [StallProfile],
    findings: [Finding] = []
  ) throws -> TaskResult {
    var verification = Verification(
      bench.block, in: bench.configuration, library: bench.library, manifest: bench.manifest,
      workload: workload, seed: seed, profiles: profiles, jobs: jobs,
      command: command(bench.task), isCancelled: isCancelled)
    verification.explainer = explainer
    var outcome: Outcome
    do {
      outcome = try verification.run()
    } catch BundleError.cannotWrite(_, _) {
      // What is wrong is worth more than a file about it.
      verification.explainer = nil
      outcome = try verification.run()
    }
    outcome.findings.insert(contentsOf: findings, at: 0)
    return result(bench, outcome)
  }

  private func result(_ bench: Bench, _ outcome: Outcome) -> TaskResult {
    var evidence = bench.evidence
    for run in outcome.runs {
      evidence.transactions += run.transactions
      evidence.elements += run.comparedElements
      evidence.cycles += run.cycles
      evidence.digests.append("\(run.profile.rawValue) \(hexadecimal(run.digest))")
    }
    let folder = project.folder(of: bench.block.name)
    return TaskResult(
      bench.task, failures: Failure.all(of: outcome, folder: folder), evidence: evidence,
      outcome: outcome, command: command(bench.task))
  }

  private func vectors(_ bench: Bench, _ path: String) throws -> TaskResult {
    let whole = path.hasPrefix("/") ? path : "\(project.root)/\(path)"
    let file = try VectorFile(
      path: whole, block: bench.block, configuration: bench.configuration)
    if let foreign = bench.block as? ManifestBlock, foreign.manifest.golden?.command.isEmpty ?? true
    {
      return try recorded(bench, foreign, file, path)
    }
    guard !file.expected.isEmpty else {
      let workload = Workload.whole(
        file.batch, summary: "\(file.batch.count) transactions of \(path)")
      return try verify(bench, workload, seed: 1, profiles: [.none, .random])
    }
    let (expected, findings) = try file.held(against: bench.block, in: bench.configuration)
    let workload = Workload.whole(
      file.batch, expected: expected,
      summary: "\(file.batch.count) transactions of \(path) with its expected outputs")
    return try verify(
      bench, workload, seed: 1, profiles: [.none, .random], findings: findings)
  }

  /// The transactions of a file that alone says how they are answered.
  private func recorded(
    _ bench: Bench, _ block: ManifestBlock, _ file: VectorFile, _ path: String
  ) throws -> TaskResult {
    let interface = try block.interface(in: bench.configuration)
    guard let answer = try file.answer() else {
      throw BlockError.external(
        block: block.name, reason: "\(path) has no outputs, and the manifest names no program")
    }
    var bench = bench
    let golden = try GoldenVectors(
      name: block.name, [(path: path, inputs: file.batch, outputs: answer)], interface: interface)
    bench.block = ManifestBlock(block.manifest, golden: golden)
    let workload = Workload.whole(
      file.batch, expected: answer, summary: "\(file.batch.count) transactions of \(path)",
      settings: interface.settings.map(\.name))
    return try verify(bench, workload, seed: 1, profiles: [.none, .random])
  }

  private func regression(_ bench: Bench, _ path: String) throws -> TaskResult {
    let whole = "\(project.root)/\(path)"
    let replay = Replay(
      try CaseBundle(contentsOf: whole), block: bench.block, library: bench.library,
      manifest: bench.manifest, isCancelled: isCancelled)
    // Held against another golden model or interface than it was made with, a bundle proves nothing.
    _ = try replay.run(path: path)
    return result(bench, try replay.outcome(path: path, command: command(bench.task)))
  }

  // MARK: - Other checks

  private func cycles(_ bench: Bench) throws -> TaskResult {
    let account = try CycleAccount.measure(
      bench.block, in: bench.configuration, library: bench.library, manifest: bench.manifest,
      isCancelled: isCancelled)
    let file = "\(project.folder(of: bench.block.name))/device.yaml"
    let budget = bench.manifest.cycleBudgets[bench.configuration.name]
    let verdict = BudgetVerdict(cycles: account.cycles, budget: budget)
    var failures = account.findings.map {
      Failure($0, folder: project.folder(of: bench.block.name))
    }
    if failures.isEmpty && (verdict == .noBudget || !verdict.isAccepted) {
      let position =
        switch verdict {
        case .slower: "slower"
        case .faster: "faster"
        default: "no budget"
        }
      failures.append(
        Failure(
          "cycles", place: bench.configuration.name, position: position,
          CycleReport().comparison(account, budget: budget), file: file,
          line: project.line(of: bench.configuration.name, under: "cycles:", in: file)))
    }
    var evidence = bench.evidence
    evidence.cycles = account.cycles
    evidence.transactions = account.toLastOutput.total
    var result = TaskResult(
      bench.task, failures: failures, evidence: evidence, command: command(bench.task))
    // Where something was found, the run ended early, and its cycles mean nothing.
    if account.findings.isEmpty {
      result.cycles = CycleFigures(measured: account.cycles, budget: budget)
    }
    return result
  }

  private func accuracy(_ task: GateTask, _ evidence: Evidence) throws -> TaskResult {
    guard let block = project.catalogue[task.block] else {
      throw GateError.worker(reason: "there is no block '\(task.block)'")
    }
    let contracts = try Variant.all(of: block).map { Contract($0) }
    var evidence = evidence
    var failures: [Failure] = []
    for contract in contracts {
      evidence.transactions += contract.rows
      evidence.elements += contract.elements
      guard !contract.holds else { continue }
      failures.append(
        Failure(
          "accuracy", place: contract.variant, AccuracyReport().render([contract])))
    }
    return TaskResult(
      task, failures: failures, evidence: evidence,
      remarks: contracts.map {
        "\($0.variant): worst error \(significant($0.worstError)), stated "
          + "\(significant($0.tolerance.element))"
      }, command: command(task))
  }
}

extension TaskRunner {
  /// The command that repeats a task by itself.
  func command(_ task: GateTask) -> String {
    let name = project.word(for: task.block)
    let block = name + (task.configuration.map { " --config \($0.name)" } ?? "")
    switch task.check {
    case .presence: return "cosim list"
    case .fingerprints: return "cd vectors/\(task.block) && sha256sum --check SHA256SUMS"
    case .verify(let seed, let count, let profiles):
      let stalls = profiles.map { " --stalls \($0.rawValue)" }.joined()
      return "cosim verify \(block) --seed \(seed) --count \(count)\(stalls)"
    case .vectors(let path): return "cosim verify \(block) --vectors \(path)"
    case .regression(let path): return "cosim replay \(path)"
    case .cycles: return "cosim perf compare \(block)"
    case .accuracy: return "cosim accuracy \(task.block) --check"
    case .sweep(let sets, let limit):
      return "cosim sweep \(block) --exhaustive --constants \(sets) --limit \(limit)"
    case .relations(let count): return "cosim relations \(block) --count \(count)"
    case .fuzz(let seed, let count):
      return "cosim fuzz \(block) --seed \(seed) --count \(count) --feedback bins"
    case .mutation(let limit, let count, _):
      // In every configuration.
      return "cosim mutate \(name) --count \(count)" + (limit.map { " --limit \($0)" } ?? "")
    case .coverage: return "cosim gate --only '\(task.id)' --no-cache"
    }
  }
}
