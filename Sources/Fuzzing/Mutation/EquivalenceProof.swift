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

/// Asks Yosys whether RTL with a mutant does the same as without.
///
/// Both are flattened, registers and outputs of the same name are taken as pairs, and each pair is proven to
/// stay equal where all pairs are: combinational logic is compared completely, and logic that nothing
/// reads does not count, nor do assertions. States that cannot be reached are not excluded, so a mutant that
/// differs only there stays unproven.
struct EquivalenceProof {
  let manifest: Manifest
  let configuration: Configuration

  /// - Parameters:
  ///   - gold: sources as they are, in the folder where Yosys runs.
  ///   - gate: the same with a mutant.
  func script(gold: [String], gate: [String]) -> String {
    """
    \(reading(gold, as: "gold"))
    \(reading(gate, as: "gate"))
    design -copy-from gold -as gold gold
    design -copy-from gate -as gate gate
    equiv_make gold gate equiv
    hierarchy -top equiv
    equiv_struct
    equiv_simple -undef
    equiv_induct -seq 1
    equiv_status -assert

    """
  }

  private func reading(_ sources: [String], as name: String) -> String {
    var words = ["read_slang", "--threads", "1", "--top", manifest.top, "-I", "."]
    for (key, value) in configuration.values.sorted(by: { $0.key < $1.key }) {
      words += ["-G", "\(key)=\(value)"]
    }
    for (key, value) in manifest.defines.sorted(by: { $0.key < $1.key }) {
      words += ["-D", value.isEmpty ? key : "\(key)=\(value)"]
    }
    return """
      \((words + sources).joined(separator: " "))
      hierarchy -check -top \(manifest.top)
      proc
      chformal -remove
      flatten
      memory_map
      opt -full
      opt_clean -purge
      rename -top \(name)
      design -stash \(name)
      """
  }
}
