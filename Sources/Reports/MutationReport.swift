public import Fuzzing

/// Renders what became of mutants as text.
public struct MutationReport {
  public init() {}

  /// Survivors first, then the counts, then the score.
  public func render(_ outcome: MutationOutcome) -> String {
    var lines = ["\(outcome.block): \(outcome.command)"]
    for result in outcome.results where result.isUnexplained {
      lines.append("  \(place(result.mutant)): survived: \(result.mutant.change)\(slow(result))")
    }
    for result in outcome.results where result.fate == .untested && !outcome.wasInterrupted {
      lines.append("  \(place(result.mutant)): not tried: \(result.mutant.change)")
    }
    for result in outcome.golden where result.noticedBy == nil {
      lines.append("  \(result.array): a wrong answer went unnoticed: \(result.change.rawValue)")
    }
    for waiver in outcome.unusedWaivers { lines.append("  waiver without a survivor: \(waiver)") }
    for stage in outcome.stages {
      lines.append(
        "  \(stage.configuration): \(grouped(stage.killed)) of \(grouped(stage.tried)) killed; "
          + "built in \(decimal(stage.buildSeconds, 1)) s, run in "
          + "\(decimal(stage.runSeconds, 1)) s")
    }
    lines.append("  suite: \(outcome.suite)")
    lines.append("  killed by: \(reasons(outcome))")
    lines.append(
      "  wrong answers of the golden model: \(grouped(outcome.golden.count - outcome.unnoticed)) of "
        + "\(grouped(outcome.golden.count)) noticed")
    lines.append("  \(counts(outcome))")
    lines.append("  \(summary(outcome))")
    return lines.joined(separator: "\n")
  }

  /// One line for a block.
  public func summary(_ outcome: MutationOutcome) -> String {
    let score = outcome.score.map { decimal(100 * $0, 1) + " %" } ?? "none"
    let raw = outcome.rawScore.map { decimal(100 * $0, 1) + " %" } ?? "none"
    let tried = outcome.results.count - outcome.untested
    let each = tried > 0 ? outcome.seconds / Double(tried) : 0
    return "\(outcome.block): score \(score) (\(raw) with waived mutants), "
      + "\(grouped(outcome.unexplained)) unexplained survivors, "
      + "\(decimal(outcome.seconds, 1)) s, \(decimal(each, 2)) s a mutant"
      + (outcome.wasInterrupted ? ", interrupted" : "")
  }

  private func counts(_ outcome: MutationOutcome) -> String {
    var parts = [
      "\(grouped(outcome.results.count)) mutants", "\(grouped(outcome.killed)) killed",
      "\(grouped(outcome.survived)) survived, \(grouped(outcome.waived)) of them waived",
    ]
    if outcome.absent > 0 { parts.append("\(grouped(outcome.absent)) in no configuration") }
    if outcome.refused > 0 { parts.append("\(grouped(outcome.refused)) do not compile") }
    if outcome.untested > 0 { parts.append("\(grouped(outcome.untested)) not tried") }
    if outcome.skippedExpressions > 0 {
      parts.append("\(grouped(outcome.skippedExpressions)) expressions not understood")
    }
    return parts.joined(separator: "; ")
  }

  private func reasons(_ outcome: MutationOutcome) -> String {
    var counts: [String: Int] = [:]
    for result in outcome.results {
      if case .killed(let finding, _) = result.fate { counts[finding, default: 0] += 1 }
    }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.key) \(grouped($0.value))" }.joined(separator: ", ")
  }

  private func place(_ mutant: Mutant) -> String { "\(mutant.file):\(mutant.line)" }

  private func slow(_ result: MutantResult) -> String {
    guard case .survived(let slowdown) = result.fate, slowdown > 1.005 else { return "" }
    return " (values agree, cycles up to \(decimal(slowdown, 2)) times as many)"
  }
}
