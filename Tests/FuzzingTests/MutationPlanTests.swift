import Devices
import Foundation
import Fuzzing
import Testing

@Suite struct MutationPlanTests {
  private func mutants(on line: String) throws -> [String] {
    try MutationPlan(Fixture.manifest).mutants.filter { $0.text.hasPrefix(line) }
      .map { "\($0.original) -> \($0.changed)" }
  }

  @Test func conditionsAreNegatedAndStuckAndTheirOperatorsChanged() throws {
    #expect(
      try mutants(on: "if (x_valid_i && x_ready_o)") == [
        "x_valid_i && x_ready_o -> !(x_valid_i && x_ready_o)", "x_valid_i && x_ready_o -> 1'b1",
        "x_valid_i && x_ready_o -> 1'b0", "x_valid_i && x_ready_o -> x_valid_i || x_ready_o",
        "x_valid_i && x_ready_o -> x_valid_i && 1'b1",
        "x_valid_i && x_ready_o -> 1'b1 && x_ready_o", "limited[7:0] -> data_q",
      ])
  }

  @Test func literalsGetNeighboursOfTheirWidth() throws {
    let changed = try mutants(on: "limited = -9'sd128")
    #expect(changed.contains("9'sd128 -> 9'sh81"))
    #expect(changed.contains("9'sd128 -> 9'sh7f"))
    #expect(changed.contains("-9'sd128 -> 9'sd128"))
    #expect(try mutants(on: "valid_q <= 1'b0") == ["1'b0 -> valid_q", "1'b0 -> 1'h1"])
  }

  @Test func registersHoldAndTakeOtherVariablesOfTheirType() throws {
    #expect(try mutants(on: "valid_q <= valid_d;") == ["valid_d -> valid_q"])
  }

  @Test func whatMustBeConstantOrIsNoHardwareStays() throws {
    let lines = try Set(MutationPlan(Fixture.manifest).mutants.map(\.text))
    for text in [
      "parameter", "localparam", "return", "assert", "if (Extra", "assign seen", "assign b_o",
    ] {
      #expect(!lines.contains { $0.hasPrefix(text) }, "\(text)")
    }
    // The same statements would be changed elsewhere.
    #expect(lines.contains { $0.hasPrefix("assign unused = x_valid_i & y_ready_i") })
  }

  @Test func aSourceThatIsNoneIsNamed() throws {
    #expect(try MutationPlan(Fixture.manifest, files: ["ler.sv"]).mutants.count > 40)
    let error = #expect(throws: FuzzingError.self) {
      _ = try MutationPlan(Fixture.manifest, files: ["scaler.sv", "scalar.sv"])
    }
    #expect(
      "\(try #require(error))"
        == "mutating 'scaler': none of its sources ends in 'scalar.sv'; they are scaler.sv")
  }

  @Test func seedsDecideWhatIsDrawnAndNothingElse() throws {
    let first = try MutationPlan(Fixture.manifest, seed: 1).mutants
    #expect(try MutationPlan(Fixture.manifest, seed: 1).mutants == first)
    let other = try MutationPlan(Fixture.manifest, seed: 5).mutants
    #expect(other != first)
    #expect(
      other.filter { $0.kind == .operator } == first.filter { $0.kind == .operator }
        || other.count != first.count)
  }

  @Test func ofALineThatDoesNotCompileOtherRightHandSidesAreBlamedFirst() throws {
    let plan = try MutationPlan(Fixture.manifest)
    let all = Set(plan.mutants.map(\.number))
    let onLine = plan.mutants.filter { $0.text.hasPrefix("if (x_valid_i && x_ready_o)") }
    let line = try #require(onLine.first?.line)
    let message = "%Error: /tmp/0_scaler.sv:\(line):36: Expected enumerated type"
    let values = Set(onLine.filter { $0.kind == .value }.map(\.number))
    let others = Set(onLine.map(\.number)).subtracting(values)
    #expect(!values.isEmpty && !others.isEmpty)
    #expect(plan.mutants(blamedBy: message, among: all) == values)
    #expect(plan.mutants(blamedBy: message, among: all.subtracting(values)) == others)
    // Where a line has none, those around, which hold the expression at most.
    let neighbours = plan.mutants.filter { $0.file == onLine[0].file }
    let lines = Set(neighbours.map(\.line))
    let empty = try #require(lines.map { $0 + 1 }.sorted().first { !lines.contains($0) })
    let around = plan.mutants(blamedBy: "%Error: /tmp/0_scaler.sv:\(empty):1: odd", among: all)
    let near = neighbours.filter { abs($0.line - empty) <= 2 }.map(\.number)
    #expect(!around.isEmpty && around == Set(near))
    #expect(plan.mutants(blamedBy: "%Error: no line", among: all).isEmpty)
  }

  @Test func linesStayWhereTheyWere() throws {
    let scratch = try Scratch()
    let plan = try MutationPlan(Fixture.manifest)
    let manifest = try plan.write(keeping: Set(plan.mutants.map(\.number)), to: scratch.path)
    let original = try String(contentsOfFile: Fixture.folder + "/scaler.sv", encoding: .utf8)
    let changed = try String(
      contentsOfFile: manifest.path(of: manifest.sources[1]), encoding: .utf8)
    let (before, after) = (
      original.components(separatedBy: "\n"), changed.components(separatedBy: "\n")
    )
    #expect(before.count == after.count)
    #expect(after.contains { $0.hasSuffix("// A comment in between.") })
    // A plan that changed nothing would keep lines too.
    #expect(zip(before, after).count { $0 != $1 } > 10)
  }

  @Test func nothingButTheSelectionIsAddedWithoutMutants() throws {
    let scratch = try Scratch()
    let manifest = try MutationPlan(Fixture.manifest).write(keeping: [], to: scratch.path)
    let original = try String(contentsOfFile: Fixture.folder + "/scaler.sv", encoding: .utf8)
    let changed = try String(
      contentsOfFile: manifest.path(of: manifest.sources[1]), encoding: .utf8)
    let added = zip(original.components(separatedBy: "\n"), changed.components(separatedBy: "\n"))
      .filter { $0 != $1 }
    #expect(added.count == 3)
  }

  @Test func portsThatAreDeclaredBehindTheirListGetOneMore() throws {
    let scratch = try Scratch()
    try scratch.write(
      "module old(a, b); input a; output b; assign b = !a; endmodule\n", to: "old.v")
    let manifest = Manifest(directory: scratch.path, top: "old", sources: ["old.v"], clock: "a")
    let mutated = try MutationPlan(manifest).write(keeping: [], to: scratch.path + "/out")
    let text = try String(contentsOfFile: mutated.path(of: mutated.sources[1]), encoding: .utf8)
    #expect(
      text.contains(
        "module old(cosim_mutant_i, a, b); input logic [31:0] cosim_mutant_i; input a; output b;"),
      "\(text)")
  }

  @Test func topsWithoutPortsAreRefused() throws {
    let scratch = try Scratch()
    try scratch.write(
      "module none(); wire a, b; assign b = !a; endmodule\n", to: "none.sv")
    let manifest = Manifest(
      directory: scratch.path, top: "none", sources: ["none.sv"], clock: "a")
    let plan = try MutationPlan(manifest)
    let error = #expect(throws: FuzzingError.self) {
      _ = try plan.write(keeping: [1], to: scratch.path + "/out")
    }
    #expect(error == .noPorts(file: "none.sv", module: "none"))
  }

  @Test func whatLiesBesideSourcesIsStillFound() throws {
    let scratch = try Scratch()
    try scratch.write("module top(input a, output b); assign b = !a; endmodule\n", to: "top.v")
    var manifest = Manifest(
      directory: scratch.path, top: "top", sources: ["top.v"], includeDirectories: ["include"],
      clock: "a")
    manifest.libraries = ["cells"]
    let mutated = try MutationPlan(manifest).write(keeping: [], to: scratch.path + "/out")
    #expect(mutated.directory == scratch.path)
    #expect(mutated.includeDirectories == ["include", "."])
    #expect(mutated.libraries == ["cells"])
    #expect(mutated.sources.allSatisfy { $0.hasPrefix(scratch.path + "/out/") })
  }

  @Test func implicationsBecomeConditions() {
    let text = """
      `define ASSERT(p) assert property (@(posedge c) (p));  // a |-> b
      `ASSERT(f(a, b) |-> c == 2)
      A: assert property (@(posedge c) disable iff (!r) (v && !y |=> $stable(d)));
      """
    #expect(
      ProofText.withoutImplications(text) == """
        `define ASSERT(p) assert property (@(posedge c) (p));  // a |-> b
        `ASSERT(!(f(a, b) ) || ( c == 2))
        A: assert property (@(posedge c) disable iff (!r) (1'b1));
        """)
  }

  @Test func errorsSayWhatToDo() {
    #expect(
      "\(FuzzingError.noClock(top: "a"))"
        == "mutating 'a': its manifest says 'clock: none', but the choice of a mutant is a register"
    )
    #expect(
      "\(FuzzingError.noPorts(file: "a.sv", module: "a"))"
        == "mutating 'a' in a.sv: it has no ports, so that nothing could be driven or compared")
    #expect(
      "\(FuzzingError.prover(top: "a", reason: "no such file"))"
        == "proving mutants of 'a' equivalent: Yosys cannot read the design: no such file")
    #expect(
      "\(FuzzingError.disagreesUnchanged(block: "a", configuration: "b", finding: "hang"))"
        == "mutating a b: the device disagrees before anything is changed (hang). "
        + "Run `cosim verify a --config b` first. If that agrees, writing mutants into the RTL has "
        + "changed its meaning: leave the source out with --files.")
  }
}
