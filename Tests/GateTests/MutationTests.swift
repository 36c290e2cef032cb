import Blocks
import Devices
import Foundation
import Gate
import Logging
import Signals
import Testing
import Verilation

/// y = min(x, 100). Its random numbers are small, so that corners alone reach the limit.
private struct Limiter: Block {
  let name = "limiter"
  let summary = "What the threshold of mutation is tested with."
  let formula = "y = min(x, 100)"
  let source = "none"
  let parameters = [Parameter("Limit", 1...127, default: 100, "largest answer")]
  var hasCorners = true

  func interface(in configuration: Configuration) -> Interface {
    Interface(
      arrays: [
        ArraySpecification("x", .input, axes: ["N"], .unsigned(8), "numbers"),
        ArraySpecification("y", .output, axes: ["N"], .unsigned(8), "limited"),
      ],
      batching: .chunks("N", size: 16), settings: [],
      streams: [
        Stream("x", .input, fields: [Field("data", .unsigned(8), content: .array("x"))]),
        Stream("y", .output, fields: [Field("data", .unsigned(8), content: .array("y"))]),
      ])
  }

  func corners(in configuration: Configuration) -> [Batch] {
    [batch(hasCorners ? [0, 99, 100, 101, 102, 127, 128, 200, 255] : [0, 1, 2])]
  }

  func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator(seed: seed, stream: 1, index: UInt64(index))
    return batch((0..<64).map { _ in generator.value(in: 0...60) })
  }

  private func batch(_ values: [Int64]) -> Batch {
    Batch(count: 1, items: ["x": RaggedTensor(rows: [values.count], values: values)])
  }

  func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    var y = batch.items["x"] ?? RaggedTensor(rank: 1)
    for index in y.values.indices { y.values[index] = min(y.values[index], 100) }
    return Batch(count: batch.count, items: ["y": y])
  }

  func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? { nil }

  func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(array: "y", unit: 1, element: 1, domain: Domain(), command: "none")
  }

  func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.items["x"]?.values.count ?? 0, .elements, peakPerCycle: 1)
  }
}

/// The share of changes to RTL that a level wants noticed. One after the other, since mutants of one block
/// are written to one folder.
@Suite(.serialized) struct MutationTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try scratch.write(
      """
      module limiter #(
        parameter int unsigned Limit = 100
      ) (
        input  logic       clk_i,
        input  logic       rst_ni,
        input  logic       x_valid_i,
        output logic       x_ready_o,
        input  logic [7:0] x_data_i,
        output logic       y_valid_o,
        input  logic       y_ready_i,
        output logic [7:0] y_data_o
      );
        logic       valid_q;
        logic [7:0] data_q;

        assign x_ready_o = !valid_q || y_ready_i;
        always_ff @(posedge clk_i) begin
          if (!rst_ni) valid_q <= 1'b0;
          else if (x_ready_o) valid_q <= x_valid_i;
        end
        always_ff @(posedge clk_i) begin
          if (x_ready_o) data_q <= x_data_i > 8'(Limit) ? 8'(Limit) : x_data_i;
        end
        assign y_valid_o = valid_q;
        assign y_data_o  = data_q;
      endmodule

      """, to: "rtl/limiter/limiter.sv")
    try scratch.write(
      "top: limiter\nsources: [limiter.sv]\nconfigurations:\n  default: {Limit: 100}\n",
      to: "rtl/limiter/device.yaml")
  }

  private func waive(_ text: String) throws {
    try scratch.write(text, to: "rtl/limiter/mutants.yaml")
  }

  private func project(_ block: any Block) -> GateProject {
    GateProject(root: scratch.path, catalogue: Catalogue([block]))
  }

  /// What the gate makes of the mutants of `block` at the level of the night.
  private func result(
    of block: any Block, wanting score: String
  ) async throws -> (result: TaskResult, evidence: Evidence) {
    let plan = try GatePlan(
      text: "nightly: {mutation: {limit: false, count: 32, score: \(score)}}", file: "gate.yaml",
      blocks: [block.name])
    let project = project(block)
    let tasks = try project.tasks(plan, at: .nightly)
    let task = try #require(tasks.first { $0.id.contains("mutation") })
    // Other tests have compiled Verilator's runtime there.
    let cache = Cache(root: NSTemporaryDirectory() + "/cosim-fuzzing-tests")
    var log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    log.logLevel = .critical
    let verilation = Verilation(
      toolchain: try await Toolchain.find(cache: cache), cache: cache, log: log)
    let harness = try Harness(
      path: CommandLine.arguments[0], rememberedIn: scratch.path + "/cache/tools")
    let evidence = project.evidence(for: task, harness: harness, verilation: verilation)
    var runner = TaskRunner(project: project, plan: plan, verilation: verilation, jobs: 2)
    runner.level = .nightly
    return (await runner.run(task, evidence: evidence), evidence)
  }

  /// The limit itself is the limit, whichever way it comes about.
  private static let equal = """
    limiter.sv:
      - line: "if (x_ready_o) data_q <= x_data_i > 8'(Limit) ? 8'(Limit) : x_data_i;"
        changed: "x_data_i >= 8'(Limit)"
        reason: the limit of the limit is the limit

    """

  @Test func cornersThatAreTakenAwayMakeTheNightFail() async throws {
    try waive(MutationTests.equal)
    let whole = try await result(of: Limiter(), wanting: "0.5").result
    #expect(whole.verdict == .passed, "\(whole.failures)")
    #expect(whole.command == "cosim mutate limiter --count 32")
    let figures = try #require(whole.mutants)
    let share = Double(figures.killed) / Double(figures.counted)
    // As many as now must be noticed, not one less.
    let again = try await result(of: Limiter(), wanting: "\(share)").result
    #expect(again.verdict == .passed)
    let poor = try await result(of: Limiter(hasCorners: false), wanting: "\(share)").result
    #expect(poor.verdict == .failed)
    let failure = try #require(poor.failures.first)
    #expect(failure.kind == "mutation score")
    let line =
      "rtl/limiter/limiter.sv:22: `x_data_i > 8'(Limit) ? 8'(Limit) : x_data_i` becomes "
      + "`1'b0 ? 8'(Limit) : x_data_i`"
    #expect(failure.sentence.contains("\n" + line))
    #expect(!whole.remarks.contains { $0.contains(line) })
    let unnoticed = poor.failures.dropFirst()
    #expect(unnoticed.allSatisfy { $0.kind == "unnoticed change" })
    #expect(unnoticed.contains { $0.file == "rtl/limiter/limiter.sv" && $0.line == 22 })
    let lost = try #require(poor.mutants)
    #expect(lost.killed < figures.killed && unnoticed.count == lost.counted - lost.killed)
  }

  @Test func waiversAreEvidenceAndMustBeAboutAChange() async throws {
    let before = try await result(of: Limiter(), wanting: "0.5")
    #expect(before.result.verdict == .passed)
    try waive(MutationTests.equal.replacing(">= 8'(Limit)", with: ">= 9'(Limit)"))
    let stale = try await result(of: Limiter(), wanting: "0.5")
    #expect(stale.evidence.key != before.evidence.key)
    #expect(stale.result.failures.map(\.kind) == ["waiver of no change"])
    #expect(stale.result.failures.first?.place.contains("becoming x_data_i >= 9'(Limit)") == true)
  }

  @Test func waiversBesideSharedSourcesAreEvidence() async throws {
    try scratch.write(
      String(contentsOfFile: scratch.path + "/rtl/limiter/limiter.sv", encoding: .utf8),
      to: "rtl/common/limiter.sv")
    try scratch.write(
      "top: limiter\nsources: [../common/limiter.sv]\nconfigurations:\n  default: {Limit: 100}\n",
      to: "rtl/limiter/device.yaml")
    let before = try await result(of: Limiter(), wanting: "0.5")
    try scratch.write(MutationTests.equal, to: "rtl/common/mutants.yaml")
    let after = try await result(of: Limiter(), wanting: "0.5")
    #expect(after.evidence.key != before.evidence.key)
    #expect(before.result.verdict == .passed && after.result.verdict == .passed)
    #expect(after.result.mutants?.counted == (before.result.mutants?.counted ?? 0) - 1)
  }
}
