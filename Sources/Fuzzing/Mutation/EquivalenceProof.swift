import Devices
import Signals

/// What a proof of equivalence came to.
public enum ProofResult: String, Sendable, Codable {
  /// From equal states, equal outputs and equal next states.
  case proven
  /// Not so, or the proof would need to know which states can be reached.
  case unproven
  /// Neither, in the time that there was.
  case undecided
}

/// How a script of the prover ended.
public enum ProverAnswer: Sendable, Equatable {
  case finished
  /// With the end of what it printed.
  case failed(String)
  case tookTooLong
}

/// One question to Yosys: whether a module with a mutant somewhere in it does the same as without.
///
/// Between the module and the mutant the hierarchy is flattened, or all of it; other instances, memories and registers
/// are cut: what they give is the same input of both, what they take is an output of both. What is left is
/// combinational, and compared completely by its satisfiability solver, wherever the assertions of the
/// unchanged RTL hold. States that cannot be reached and that no assertion excludes count, so a mutant that
/// differs only there stays unproven.
struct ProofQuestion: Hashable {
  var mutant: Int
  /// The module that is compared.
  var unit: String
  /// It, and what is flattened into it.
  var chain: [String]
  /// The chain is all that the module holds.
  var isDeep = false
  /// Registers that nothing reads stay. Without, they are removed on both sides, which can remove one on one
  /// side only; then nothing can be compared.
  var keepsRegisters = false
}

/// Scripts for Yosys.
struct EquivalenceProof {
  let manifest: Manifest
  let configuration: Configuration
  /// Whether assertions are taken for granted; not where the prover cannot read them.
  var assumes = true

  /// Writes the unchanged design, elaborated.
  func elaboration(of sources: [String], to file: String) -> String {
    "\(reading(sources))\nwrite_rtlil \(file)\n"
  }

  /// Asks some questions, one after the other. Each adds `proof`, its index and then what the solver says
  /// to a file.
  ///
  /// - Parameters:
  ///   - gold: sources as they are, in the folder where Yosys runs.
  ///   - gate: the same with one mutant, by mutant.
  func script(
    _ questions: [ProofQuestion], gold: [String], gate: [Int: [String]], results: String
  ) -> String {
    var lines = [reading(gold), "design -stash gold_all"]
    var units: [ProofQuestion: String] = [:]
    var mutant = 0
    for (index, question) in questions.enumerated() {
      lines.append("tee -q -a \(results) log proof \(index)")
      if question.mutant != mutant {
        mutant = question.mutant
        lines += ["design -reset", reading(gate[mutant] ?? gold), "design -stash gate_all"]
      }
      var unit = question
      unit.mutant = 0
      let known = units[unit]
      let goldName = known ?? "gold_\(units.count)"
      if known == nil {
        units[unit] = goldName
        lines += cut(question, of: "gold_all", isGold: true, as: goldName)
      }
      lines += cut(question, of: "gate_all", isGold: false, as: "gate")
      lines += [
        "design -reset", "design -copy-from \(goldName) -as gold \(goldName)",
        "design -copy-from gate -as gate gate", "miter -equiv -flatten gold gate miter",
        "hierarchy -top miter", "opt_clean", "opt_expr", "opt_merge", "opt_clean",
        "tee -q -a \(results) sat -set-assumes -prove trigger 0 miter",
      ]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What the solver said, by question; those that it did not get to are missing.
  static func results(in text: String) -> (found: [Int: ProofResult], begun: Int?) {
    var found: [Int: ProofResult] = [:]
    var begun: Int?
    for line in text.split(separator: "\n") {
      if line.hasPrefix("proof "), let index = Int(line.dropFirst("proof ".count)) { begun = index }
      guard let index = begun, line.hasPrefix("SAT proof finished") else { continue }
      found[index] = line.hasSuffix("SUCCESS!") ? .proven : .unproven
    }
    return (found, begun)
  }

  /// Turns a module into combinational logic and stores it as a design of its own.
  private func cut(
    _ question: ProofQuestion, of design: String, isGold: Bool, as name: String
  ) -> [String] {
    // As patterns: brackets are classes of characters, and names hold them.
    let kept = question.chain.map { name in
      String(name.map { "[]*?".contains($0) ? "?" : $0 })
    }
    var lines = [
      "design -load \(design)", "hierarchy -top \(question.unit)",
      "select -set kept \(kept.joined(separator: " "))", "blackbox * @kept %d",
    ]
    lines +=
      isGold && assumes
      ? ["chformal -assert2assume", "techmap -map \(EquivalenceProof.map)"] : ["chformal -remove"]
    // A register with an asynchronous reset comes as one that loads a constant, which cannot be cut.
    lines += [
      "proc", "memory_collect", "opt_dff -nodffe -nosdff t:\\$aldff t:\\$aldffe", "dffunmap",
    ]
    if !question.keepsRegisters { lines.append("opt_clean") }
    lines.append("flatten")
    if !question.keepsRegisters { lines.append("opt_clean") }
    lines += [
      "expose -evert -evert-dff -dff * t:\\$assume %d", "rename -top \(name)",
      "design -stash \(name)",
    ]
    return lines
  }

  /// The file that ``mapping`` is written to.
  static let map = "cosim_assume.v"

  /// Assertions of one cycle hold at any time, not at an edge: what is compared has no clock.
  static let mapping = """
    (* techmap_celltype = "$check" *)
    module cosim_assume (A, EN, TRG, ARGS);
      parameter FLAVOR = "";
      parameter FORMAT = "";
      parameter PRIORITY = 0;
      parameter ARGS_WIDTH = 0;
      parameter TRG_WIDTH = 0;
      parameter TRG_ENABLE = 0;
      parameter TRG_POLARITY = 0;
      input A, EN;
      input [TRG_WIDTH-1:0] TRG;
      input [ARGS_WIDTH-1:0] ARGS;
      \\$assume _TECHMAP_REPLACE_ (.A(A), .EN(EN));
    endmodule

    """

  private func reading(_ sources: [String]) -> String {
    var words = ["read_slang", "--threads", "1", "--keep-hierarchy", "--no-implicit-memories"]
    words.append(assumes ? "--no-synthesis-define" : "--ignore-assertions")
    words += ["--top", manifest.top, "-I", "."]
    for (key, value) in configuration.values.sorted(by: { $0.key < $1.key }) {
      words += ["-G", "\(key)=\(value)"]
    }
    for (key, value) in manifest.defines.sorted(by: { $0.key < $1.key }) {
      words += ["-D", value.isEmpty ? key : "\(key)=\(value)"]
    }
    return (words + sources).joined(separator: " ")
  }
}
