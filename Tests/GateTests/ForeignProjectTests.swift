import Blocks
import Devices
import Foundation
import Gate
import Testing

/// Designs of a project that no block of the program stands for.
@Suite struct ForeignProjectTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try scratch.write("2\n", to: "model/factor")
    try write(golden: "command: [sh, golden.sh], files: [../../model/factor]")
    try scratch.write("exit 1\n", to: "cosim/double/golden.sh")
    try scratch.write("module double; endmodule\n", to: "hdl/double.sv")
  }

  private func write(golden: String, streams: Bool = true) throws {
    let text = """
      top: double
      sources: [../../hdl/double.sv]
      \(golden.isEmpty ? "" : "golden: {\(golden)}")
      streams:
        x: {direction: input, valid: v_i, ready: r_o, fields: {d: {port: d_i, lanes: 1, bits: 8, array: x}}}
        y: {direction: output, valid: v_o, ready: r_i, fields: {d: {port: d_o, lanes: 1, bits: 8, array: y}}}
      """
    try scratch.write(text, to: "cosim/double/device.yaml")
  }

  private var project: GateProject { GateProject(root: scratch.path, catalogue: .standard) }

  private func tasks(_ plan: GatePlan = GatePlan()) throws -> [String] {
    try project.tasks(plan, at: .merge).map(\.id)
  }

  /// What the presence of `block` comes to.
  private func presence(
    _ block: String, _ plan: GatePlan = GatePlan(), in project: GateProject? = nil
  ) async -> Failure? {
    let runner = TaskRunner(project: project ?? self.project, plan: plan, verilation: nil)
    return await runner.run(task(block, nil, .presence), evidence: Evidence()).failures.first
  }

  @Test func aDesignWithAProgramIsVerifiedAndHasNoBound() async throws {
    #expect(try tasks() == ["double/-/presence", "double/default/verify seed 1"])
    #expect(await presence("double") == nil)
    #expect(project.folder(of: "double") == "cosim/double")
  }

  @Test func recordedTransactionsAreAllThatIsCompared() throws {
    try scratch.write("", to: "cosim/double/one.npz")
    try scratch.write("", to: "two.npz")
    try write(golden: "vectors: [one.npz, ../../two.npz]")
    #expect(
      try tasks() == [
        "double/-/presence", "double/default/vectors one.npz", "double/default/vectors two.npz",
      ])
  }

  @Test func aDesignThatNobodyAnswersForIsAFailure() async throws {
    try write(golden: "")
    #expect(try tasks() == ["double/-/presence"])
    #expect(await presence("double")?.kind == "no golden model")
  }

  @Test func twoDesignsOfOneNameAreAFailure() async throws {
    try scratch.write(
      String(contentsOfFile: scratch.path + "/cosim/double/device.yaml", encoding: .utf8),
      to: "cosim/other/device.yaml")
    #expect(try tasks().contains("other/-/presence"))
    let failure = await presence("other")
    #expect(failure?.sentence.contains("another block of this name") == true)
    #expect(failure?.file == "cosim/other/device.yaml")
  }

  @Test func aManifestThatIsGoneIsMissedWhileItsFolderIsThere() async throws {
    let manifest = scratch.path + "/cosim/double/device.yaml"
    try FileManager.default.removeItem(atPath: manifest)
    var project = project
    project.miss(manifest)
    #expect(try project.tasks(GatePlan(), at: .merge).map(\.id) == ["double/-/presence"])
    #expect(await presence("double", in: project)?.kind == "no manifest")
    try FileManager.default.removeItem(atPath: scratch.path + "/cosim/double")
    var without = self.project
    without.miss(manifest)
    #expect(throws: GateError.self) { try without.tasks(GatePlan(), at: .merge) }
  }

  @Test func aPlanThatRunsNoDeviceComparesNothing() async throws {
    var plan = GatePlan()
    plan.levels[.merge]?.verify = nil
    #expect(await presence("double", plan)?.kind == "compares nothing")
  }

  @Test func whatTheProgramReadsAffectsIt() throws {
    func isAffected(by name: String) -> Bool {
      let file = Changes.File(path: "\(scratch.path)/\(name)", name: name, isRemoved: false)
      let affected = Affected(
        Changes(base: "0", files: [file]), project: project, goldens: nil)
      return affected.reason(for: task("double", verify)) != nil
    }
    #expect(isAffected(by: "cosim/double/golden.sh"))
    #expect(isAffected(by: "model/factor"))
    #expect(isAffected(by: "hdl/double.sv"))
    #expect(isAffected(by: "cosim/double/device.yaml"))
    #expect(!isAffected(by: "model.txt"))
    #expect(!isAffected(by: "cosim/other/golden.sh"))
  }

  @Test func theAnswersOfAProgramFollowFromItsFiles() throws {
    let manifest = try Manifest(contentsOf: scratch.path + "/cosim/double")
    func digest(_ path: String = "/bin:/usr/bin") -> String? {
      ForeignGolden(manifest, environment: ["PATH": path])?.digest
    }
    let first = try #require(digest())
    #expect(digest() == first)
    for name in ["cosim/double/golden.sh", "model/factor", "cosim/double/table.txt"] {
      try scratch.write("changed\n", to: name)
      #expect(digest() != first, "\(name)")
      try scratch.write(name == "model/factor" ? "2\n" : "exit 1\n", to: name)
    }
    try FileManager.default.removeItem(atPath: scratch.path + "/cosim/double/table.txt")
    try scratch.write("x", to: "cosim/double/__pycache__/x.pyc")
    #expect(digest() == first)
    // Without the program, or a file that it reads, nothing is known.
    #expect(digest("/nowhere") == nil)
    try FileManager.default.removeItem(atPath: scratch.path + "/model")
    #expect(digest() == nil)
  }
}
