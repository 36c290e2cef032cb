import Blocks
import Foundation
import Gate
import Synchronization
import Testing
import Verilation

/// Runs of a gate whose tasks are done by a closure.
@Suite struct GateRunTests {
  private let scratch: Scratch
  private let harness: Harness

  init() throws {
    scratch = try Scratch()
    try scratch.write(
      "top: lut_activation\nsources: [x.sv]\nconfigurations:\n  one: {Lanes: 1}\n  two: {Lanes: 2}\n",
      to: "rtl/lut_activation/device.yaml")
    try scratch.write("module lut_activation; endmodule\n", to: "rtl/lut_activation/x.sv")
    harness = try Harness(
      path: CommandLine.arguments[0], rememberedIn: scratch.path + "/cache/tools")
  }

  private func gate(_ plan: String = "") throws -> GateRun {
    let catalogue = Catalogue.standard
    let project = GateProject(root: scratch.path, catalogue: catalogue)
    return GateRun(
      project: project,
      plan: try GatePlan(text: plan, file: "gate.yaml", blocks: catalogue.blocks.map(\.name)),
      level: .merge, verilation: nil, harness: harness)
  }

  private func run(
    _ gate: GateRun, _ execute: @escaping GateRun.Executor
  ) async throws -> GateResult {
    try await gate.run(execute).0
  }

  /// Static tasks as they are; everything else passes.
  private func passing(_ project: GateProject) -> GateRun.Executor {
    { task, evidence, _, _ in
      if task.check.isStatic {
        return await TaskRunner(project: project, plan: GatePlan(), verilation: nil)
          .run(task, evidence: evidence)
      }
      return TaskResult(task, evidence: evidence, command: "")
    }
  }

  @Test func everyTaskOfThePlanHasAResult() async throws {
    let gate = try gate()
    let result = try await run(gate, passing(gate.project))
    #expect(result.verdict == .passed)
    #expect(
      result.results.map(\.task.id) == [
        "lut_activation/-/accuracy", "lut_activation/-/presence",
        "lut_activation/one/verify seed 1", "lut_activation/two/verify seed 1",
      ])
    #expect(result.planned == result.results.map(\.task.id))
  }

  @Test func aFailureThatDoesNotRepeatIsFlaky() async throws {
    let gate = try gate()
    let calls = Mutex(0)
    let result = try await run(gate) { task, evidence, _, looks in
      guard task.id.contains("one/verify") else { return passed(task) }
      return calls.withLock { calls in
        calls += 1
        #expect(looks == (calls == 2))
        return calls == 1 ? failed(task) : passed(task)
      }
    }
    #expect(result.verdict == .failed)
    #expect(result.count(.flaky) == 1 && result.count(.failed) == 0)
    let flaky = try #require(result.results.first { $0.verdict == .flaky })
    #expect(
      flaky.remarks == ["it was repeated with the same seeds, and it then passed"])
  }

  @Test func aFailureThatRepeatsIsNotFlaky() async throws {
    let result = try await run(try gate()) { task, _, _, _ in failed(task) }
    #expect(result.count(.flaky) == 0 && result.count(.failed) == 4)
  }

  @Test func aFailureThatChangesIsFlaky() async throws {
    let calls = Mutex(0)
    let result = try await run(try gate()) { task, _, _, _ in
      let number = calls.withLock { calls in
        calls += 1
        return calls
      }
      return failed(task, Failure("mismatch", place: "y\(number)", ""))
    }
    #expect(result.count(.flaky) == 3)
  }

  @Test func oneCrashLeavesTheOtherTasksAlone() async throws {
    let gate = try gate()
    let execute = passing(gate.project)
    let result = try await run(gate) { task, evidence, threads, looks in
      if task.id.contains("two") {
        return failed(task, Failure("crash", place: "SIGSEGV", ""), isBroken: true)
      }
      return await execute(task, evidence, threads, looks)
    }
    #expect(result.verdict == .broken && result.count(.broken) == 1 && result.count(.passed) == 3)
  }

  @Test func whatPassedIsTrustedNextTimeAndWhatFailedRunsAgain() async throws {
    var gate = try gate()
    gate.cache = VerdictCache(Cache(root: scratch.path + "/cache"))
    let ran = Mutex<[String]>([])
    @Sendable func execute(_ task: GateTask, _ evidence: Evidence) -> TaskResult {
      ran.withLock { $0.append(task.id) }
      return task.check == .accuracy
        ? TaskResult(task, evidence: evidence, command: "") : failed(task)
    }
    _ = try await run(gate) { task, evidence, _, _ in execute(task, evidence) }
    ran.withLock { $0 = [] }
    let second = try await run(gate) { task, evidence, _, _ in execute(task, evidence) }
    #expect(second.trusted == 1 && second.count(.failed) == 3)
    #expect(!ran.withLock { $0 }.contains("lut_activation/-/accuracy"))
    #expect(ran.withLock { $0 }.contains("lut_activation/one/verify seed 1"))
    gate.cache = nil
    ran.withLock { $0 = [] }
    _ = try await run(gate) { task, evidence, _, _ in execute(task, evidence) }
    #expect(ran.withLock { $0 }.contains("lut_activation/-/accuracy"))
  }

  @Test func anInterruptedRunIsNeitherPassedNorFailed() async throws {
    var gate = try gate()
    let isOver = Mutex(false)
    gate.isCancelled = { isOver.withLock { $0 } }
    let result = try await run(gate) { task, _, _, _ in
      isOver.withLock { $0 = true }
      return passed(task)
    }
    #expect(result.verdict == .interrupted)
    #expect(!result.lost.isEmpty)
  }

  // MARK: - What is there

  @Test func aManifestThatIsGoneIsAFailure() async throws {
    try FileManager.default.removeItem(atPath: scratch.path + "/rtl/lut_activation/device.yaml")
    let gate = try gate()
    let result = try await run(gate, passing(gate.project))
    #expect(result.verdict == .failed)
    #expect(result.clusters.map(\.name) == ["lut_activation: no manifest"])
  }

  @Test func aFolderThatIsGoneIsAFailureWhereTheBaseHadIt() async throws {
    try FileManager.default.removeItem(atPath: scratch.path + "/rtl/lut_activation")
    try scratch.write("", to: "rtl/common/x.sv")
    var gate = try gate()
    gate.changes = Changes(
      base: "0123",
      files: [
        .init(
          path: scratch.path + "/rtl/lut_activation/device.yaml",
          name: "rtl/lut_activation/device.yaml", isRemoved: true)
      ])
    let result = try await run(gate, passing(gate.project))
    #expect(result.verdict == .failed)
    #expect(result.results.map(\.task.id) == ["lut_activation/-/presence"])
  }

  @Test func aManifestWithoutAGoldenModelIsAFailure() async throws {
    try scratch.write("top: x\nsources: [x.sv]\n", to: "rtl/nobody/device.yaml")
    try scratch.write("module x; endmodule\n", to: "rtl/nobody/x.sv")
    let gate = try gate()
    let result = try await run(gate, passing(gate.project))
    #expect(result.clusters.map(\.name) == ["nobody: no golden model"])
  }

  @Test func aProjectWithoutAnythingIsNoPass() async throws {
    try FileManager.default.removeItem(atPath: scratch.path + "/rtl/lut_activation")
    let gate = try gate()
    await #expect(throws: GateError.nothingPlanned(level: "merge", root: gate.project.root)) {
      try await gate.run(passing(gate.project))
    }
  }

  @Test func vectorsThatWereEditedAreAFailure() async throws {
    try scratch.write("right", to: "vectors/lut_activation/a.npz")
    try scratch.write("right", to: "vectors/lut_activation/b.npz")
    let digest = "5ed2c2a6bc5af2cd2bf3dc2a2ed7ea8a6d8d1b64cb4f6ad0a4ba2c39a3f7a3c8"
    try scratch.write(
      "\(digest)  a.npz\n\(digest)  gone.npz\n", to: "vectors/lut_activation/SHA256SUMS")
    let gate = try gate()
    let result = try await run(gate, passing(gate.project))
    let failures = try #require(
      result.results.first { $0.task.check == .fingerprints }?.failures)
    #expect(failures.map(\.kind) == ["vectors were edited", "vectors are gone", "no fingerprints"])
    #expect(failures.map(\.line) == [1, 2, 1])
  }

  @Test func fingerprintsMayBeRequired() async throws {
    try scratch.write("x", to: "vectors/lut_activation/a.npz")
    for (plan, count) in [("", 0), ("fingerprints: required", 1)] {
      let gate = try gate(plan)
      let failures = await TaskRunner(project: gate.project, plan: gate.plan, verilation: nil)
        .run(task("lut_activation", nil, .fingerprints), evidence: Evidence()).failures
      #expect(failures.count == count)
    }
  }
}
