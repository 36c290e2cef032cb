import Blocks
import Devices
import Foundation
import Fuzzing
import Lockstep
import Reports
import Signals
import Verilation

/// Checks that go further than a fixed workload.
extension TaskRunner {
  func sweep(_ bench: Bench, sets: Int, limit: Int) throws -> TaskResult {
    let outcome = try Sweep(
      bench.block, in: bench.configuration, library: bench.library, manifest: bench.manifest,
      sets: sets, limit: limit, jobs: jobs, command: command(bench.task), isCancelled: isCancelled
    ).run()
    let folder = project.folder(of: bench.block.name)
    var failures = outcome.findings.map { Failure($0.finding, folder: folder) }
    if failures.isEmpty && !outcome.agrees {
      failures.append(Failure("vacuous", "the sweep compared \(outcome.compared) elements only"))
    }
    var evidence = bench.evidence
    evidence.elements = outcome.compared
    return TaskResult(
      bench.task, failures: failures, evidence: evidence, remarks: [outcome.statement],
      command: outcome.command)
  }

  func mutation(
    _ task: GateTask, _ evidence: Evidence, _ block: any Block, _ manifest: Manifest,
    _ verilation: Verilation
  ) async throws -> TaskResult {
    guard case .mutation(let limit, let count, let score) = task.check else {
      throw GateError.worker(reason: "'\(task.id)' is no mutation")
    }
    var settings = MutationCampaign.Settings()
    settings.count = count
    settings.jobs = jobs
    settings.limit = limit
    settings.program = evidence.harness
    let configurations = try manifest.configurations.map { try project.complete($0, of: block) }
    let campaign = MutationCampaign(
      block, manifest: manifest, configurations: MutationCampaign.byCost(configurations),
      settings: settings,
      command: command(task), folder: "\(verilation.cache.root)/mutants/\(block.name)",
      build: { manifest, configuration in
        let built = try await verilation.library(for: manifest, configuration: configuration)
        return (try built.open(), built.seconds)
      }, identify: { try verilation.key(for: $0, configuration: $1).hexadecimal },
      prove: try await prover(verilation.cache), isCancelled: isCancelled)
    let outcome = try await campaign.run()
    let folder = project.folder(of: block.name)
    var result = TaskResult(
      task, failures: Failure.all(of: outcome, wanting: score, folder: folder), evidence: evidence,
      remarks: [Failure.sentence(on: outcome, wanting: score)], command: command(task))
    if result.failures.isEmpty {
      result.remarks += outcome.results.filter(\.isUnexplained)
        .map { "went unnoticed: " + Failure.text(of: $0.mutant, in: folder) }
    }
    result.mutants = MutantFigures(
      killed: outcome.killed, counted: outcome.killed + outcome.unexplained)
    return result
  }

  /// Yosys, if it is there: without it survivors without a waiver count.
  private func prover(_ cache: Cache) async throws -> MutationCampaign.Prover? {
    guard let yosys = Yosys.find(cache: cache), try await yosys.prepare() else { return nil }
    return yosys.prover(limit: .seconds(30), isCancelled: isCancelled)
  }

  func relations(_ bench: Bench, count: Int) throws -> TaskResult {
    let outcome = try RelationCheck(
      bench.block, in: bench.configuration, device: (bench.library, bench.manifest), count: count,
      jobs: jobs, command: command(bench.task), isCancelled: isCancelled
    ).run()
    let failures = outcome.results.filter { !$0.holds }.map { result in
      var sentence = result.statement
      if result.cases == 0 { sentence += "; it was never tried" }
      if let found = result.golden { sentence += "; golden model: \(found.text)" }
      if let found = result.device { sentence += "; RTL: \(found.text)" }
      if let trouble = result.trouble { sentence += "; RTL: \(trouble.sentence)" }
      let position = result.goldenViolations > 0 ? "golden model" : "RTL"
      return Failure("relation", place: result.name, position: position, sentence)
    }
    var evidence = bench.evidence
    evidence.transactions = outcome.results.reduce(0) { $0 + $1.cases + $1.deviceCases }
    return TaskResult(
      bench.task, failures: failures, evidence: evidence,
      remarks: outcome.results.map { "\($0.name): \($0.cases) pairs" },
      command: command(bench.task))
  }

  /// Guided by bins alone, so that it is the device that is verified everywhere else.
  func fuzz(
    _ bench: Bench, path: String, seed: UInt64, count: Int
  ) async throws -> TaskResult {
    var settings = Fuzz.Settings()
    settings.seed = seed
    settings.count = count
    settings.jobs = jobs
    settings.feedback = .bins
    settings.explainer = explainer
    let outcome = try await Fuzz(
      bench.block, manifest: bench.manifest, configurations: [bench.configuration],
      settings: settings, command: command(bench.task), build: { _, _ in path },
      isCancelled: isCancelled
    ).run()
    let folder = project.folder(of: bench.block.name)
    var failures = (outcome.find?.findings ?? []).map { Failure($0, folder: folder) }
    failures += outcome.deadly.map { Failure("crash", place: $0, "the process died of \($0)") }
    if failures.isEmpty && !outcome.agrees {
      failures.append(Failure("vacuous", "the search compared nothing"))
    }
    var evidence = bench.evidence
    evidence.transactions = outcome.transactions
    evidence.elements = outcome.elements
    evidence.cycles = outcome.cycles
    var result = TaskResult(
      bench.task, failures: failures, evidence: evidence,
      remarks: ["\(outcome.executions) inputs were executed"], command: outcome.command)
    result.executions = outcome.executions
    return result
  }
}
