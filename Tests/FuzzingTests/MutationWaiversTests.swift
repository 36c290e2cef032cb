import Devices
import Foundation
import Fuzzing
import Reports
import Signals
import Testing

@Suite struct MutationWaiversTests {
  /// A campaign on the scaler, with a file of waivers beside it.
  ///
  /// - Parameter others: configurations of the manifest that are not tried.
  private func outcome(
    waiving text: String, seed: UInt64 = 1, others: [String] = []
  ) async throws -> MutationOutcome {
    let scratch = try Scratch()
    let source = try String(contentsOfFile: Fixture.folder + "/scaler.sv", encoding: .utf8)
    try scratch.write(source, to: "scaler.sv")
    try scratch.write(text, to: "mutants.yaml")
    var manifest = Fixture.manifest
    manifest.directory = scratch.path
    manifest.configurations = ([Fixture.configuration.name] + others).map {
      Configuration(name: $0, values: Fixture.configuration.values)
    }
    var campaign = Fixture.campaign(in: scratch.path + "/out", manifest: manifest)
    campaign.settings.seed = seed
    return try await campaign.run()
  }

  @Test func waiversExplainSurvivorsAndAreReportedWhenUnused() async throws {
    let outcome = try await outcome(
      waiving: """
        scaler.sv:
          - line: "if (sum > 127) limited = 9'sd127;  // A comment in between."
            changed: "sum >= 127"
            reason: the limit is the sum itself
          - line: "if (sum > 127) limited = 9'sd127;  // A comment in between."
            changed: "sum <= 127"
            reason: none
        """)
    let waived = outcome.results.filter { $0.waiver != nil }
    #expect(waived.map(\.mutant.changed) == ["sum >= 127"])
    #expect(waived.allSatisfy { !$0.isUnexplained })
    #expect(outcome.staleWaivers.isEmpty)
    #expect(outcome.unusedWaivers.count == 1)
    #expect(outcome.unusedWaivers.first?.hasSuffix("becoming sum <= 127") == true)
  }

  @Test(arguments: [[], ["wide"]])
  func waiversAreUnusedWhereEveryConfigurationWasTried(_ others: [String]) async throws {
    let outcome = try await outcome(
      waiving: """
        scaler.sv:
          - line: "if (sum > 127) limited = 9'sd127;  // A comment in between."
            changed: "sum <= 127"
            reason: may be needed in another configuration
        """, others: others)
    #expect(outcome.staleWaivers.isEmpty)
    #expect(outcome.unusedWaivers.count == (others.isEmpty ? 1 : 0))
  }

  @Test(arguments: [1, 5]) func waiversOfNoMutantAreMistakes(seed: UInt64) async throws {
    let text = """
      scaler.sv:
        - line: "if (sum > 127) limited = 9'sd127;  // A comment in between."
          changed: "sum < 127"
          reason: the change is none
        - line: "nothing like this"
          reason: the line is not there
        - line: "if (sum > 127) limited = 9'sd127;  // A comment in between."
          changed: "9'sh17f"
          reason: a bit that the first seed turns over, and another one does not
      gone.sv:
        - line: "assign a = b;"
          reason: there is no such source
      """
    let outcome = try await outcome(waiving: text, seed: seed)
    #expect(outcome.staleWaivers.count == 3)
    #expect(outcome.results.contains { $0.mutant.changed == "9'sh17f" } == (seed == 1))
    #expect(
      Set(outcome.staleWaivers.compactMap { $0.split(separator: ": ").last.map(String.init) }) == [
        "if (sum > 127) limited = 9'sd127;  // A comment in between. becoming sum < 127",
        "nothing like this", "assign a = b;",
      ])
    #expect(MutationReport().render(outcome).contains("waiver of no mutant:"))
    var passing = outcome
    passing.results.removeAll(where: \.isUnexplained)
    #expect(!passing.passes)
    passing.staleWaivers = []
    #expect(passing.passes)
  }

  @Test func waiversBesideSharedSourcesMayBeAboutOtherBlocks() throws {
    let scratch = try Scratch()
    let entry = "  - line: x\n    reason: none\n"
    for folder in ["block", "common"] {
      try FileManager.default.createDirectory(
        atPath: "\(scratch.path)/\(folder)", withIntermediateDirectories: true)
    }
    try scratch.write("a.sv:\n\(entry)b.sv:\n\(entry)c.sv:\n\(entry)", to: "common/mutants.yaml")
    try scratch.write("module b;\nendmodule\n", to: "common/b.sv")
    let waivers = try MutationWaivers(
      sources: ["../common/a.sv"], directory: scratch.path + "/block")
    // Of its own sources the line must be there, and every source must be somewhere.
    #expect(waivers.stale(among: []).map(\.source) == ["../common/a.sv", "../common/c.sv"])
    #expect(waivers.unused.isEmpty)
  }

  @Test func waiversWithoutAReasonAreRefused() throws {
    let scratch = try Scratch()
    try scratch.write("a.sv:\n  - line: x\n    reason: \"\"\n", to: "mutants.yaml")
    #expect(throws: FuzzingError.self) {
      _ = try MutationWaivers(sources: ["a.sv"], directory: scratch.path)
    }
  }
}
