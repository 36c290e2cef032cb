public import Fuzzing

/// Renders what became of mutants as text.
public struct MutationReport {
  public init() {}

  /// Survivors first, then the counts, then the score; 80 columns but for the command that repeats it.
  public func render(_ outcome: MutationOutcome) -> String {
    var lines = ["\(outcome.block): \(outcome.command)"]
    for result in outcome.results where result.isUnexplained {
      lines.append("  \(place(result.mutant)): survived: \(result.mutant.change)")
    }
    for result in outcome.results where result.fate == .untested && !outcome.wasInterrupted {
      lines.append("  \(place(result.mutant)): not tried: \(result.mutant.change)")
    }
    lines += unnoticed(outcome)
    for waiver in outcome.staleWaivers { lines.append("  waiver of no mutant: \(waiver)") }
    for waiver in outcome.unusedWaivers { lines.append("  waiver without a survivor: \(waiver)") }
    for stage in outcome.stages { lines.append("  \(sentence(stage))") }
    if !outcome.suite.isEmpty { lines.append("  suite: \(outcome.suite)") }
    if outcome.killed > 0 { lines.append("  killed by: \(reasons(outcome))") }
    lines += kinds(outcome).map { "  \($0.kind): \($0.killed) of \($0.counted) killed" }
    lines += bench(outcome)
    if let trouble = outcome.proofTrouble { lines.append("  a proof failed: \(trouble)") }
    lines.append("  \(counts(outcome))")
    lines.append("  \(summary(outcome))")
    if outcome.wasInterrupted {
      lines.append("  interrupted: the same command goes on from here")
    } else if outcome.unexplained > 0 {
      lines.append("  \(MutationReport.advice)")
    }
    return (lines.prefix(1) + lines.dropFirst().flatMap(wrapped)).joined(separator: "\n")
  }

  private static let advice =
    "a survivor is a gap in the stimulus, unless nobody could notice the change: then name it, with the "
    + "reason, in mutants.yaml beside its source, or beside the manifest where it holds for this block only"

  /// What each block came to, in a few words; 80 columns.
  public func summaries(_ outcomes: [MutationOutcome]) -> String {
    outcomes.flatMap { wrapped(summary($0)) }.joined(separator: "\n")
  }

  func summary(_ outcome: MutationOutcome) -> String {
    let score = outcome.score.map { "score \(decimal(100 * $0, 1)) %" } ?? "no score"
    let drawn = outcome.scoreInterval.map {
      "of all with 95 % confidence \(decimal(100 * $0.lowerBound, 1)) to "
        + "\(decimal(100 * $0.upperBound, 1)) %"
    }
    let raw = outcome.rawScore.flatMap {
      outcome.waived > 0 ? "\(decimal(100 * $0, 1)) % with waived mutants" : nil
    }
    let besides = [drawn, raw].compactMap { $0 }.map { " (\($0))" }.joined()
    let tried = outcome.results.count - outcome.untested
    let each = tried > 0 ? outcome.seconds / Double(tried) : 0
    return "\(outcome.block): \(score)\(besides), "
      + counted(outcome.unexplained, "unexplained survivor")
      + ", \(decimal(outcome.seconds, 1)) s, \(decimal(each, 2)) s a mutant"
      + (outcome.wasInterrupted ? ", interrupted" : "")
  }

  private func counted(_ count: Int, _ what: String) -> String {
    "\(grouped(count)) \(what)\(count == 1 ? "" : "s")"
  }

  // MARK: - Parts that the page shows too

  func sentence(_ stage: MutationStage) -> String {
    let proofs =
      stage.proofSeconds > 0
      ? ", \(grouped(stage.proven)) proven equivalent in \(decimal(stage.proofSeconds, 1)) s" : ""
    return "\(stage.configuration): \(grouped(stage.killed)) of \(grouped(stage.tried)) killed; "
      + "built in \(decimal(stage.buildSeconds, 1)) s, run in \(decimal(stage.runSeconds, 1)) s"
      + proofs
  }

  func counts(_ outcome: MutationOutcome) -> String {
    var parts = [
      "\(grouped(outcome.results.count)) "
        + (outcome.drawnFrom.map { "of \(grouped($0)) " } ?? "") + "mutants",
      "\(grouped(outcome.killed)) killed",
      "\(grouped(outcome.survived)) survived, \(grouped(outcome.waived)) of them waived",
    ]
    if outcome.equivalent > 0 { parts.append("\(grouped(outcome.equivalent)) proven equivalent") }
    if outcome.absent > 0 { parts.append("\(grouped(outcome.absent)) in no configuration") }
    if outcome.refused > 0 { parts.append("\(grouped(outcome.refused)) do not compile") }
    if outcome.untested > 0 { parts.append("\(grouped(outcome.untested)) not tried") }
    if outcome.skippedExpressions > 0 {
      parts.append(counted(outcome.skippedExpressions, "expression") + " not understood")
    }
    return parts.joined(separator: "; ")
  }

  struct KindCount {
    var kind: String
    var killed: Int
    /// Killed or survived.
    var counted: Int
  }

  func kinds(_ outcome: MutationOutcome) -> [KindCount] {
    Mutant.Kind.allCases.map { kind in
      let ofKind = outcome.results.filter { $0.mutant.kind == kind }
      let killed = ofKind.count { if case .killed = $0.fate { true } else { false } }
      return KindCount(
        kind: kind.rawValue, killed: killed,
        counted: killed + ofKind.count { $0.fate == .survived })
    }.filter { $0.counted > 0 }
  }

  func bench(_ outcome: MutationOutcome) -> [String] {
    func share<Element>(_ all: [Element], _ isNoticed: (Element) -> Bool) -> String {
      "\(grouped(all.count(where: isNoticed))) of \(grouped(all.count)) noticed"
    }
    var lines: [String] = []
    if !outcome.golden.isEmpty {
      lines.append(
        "  wrong answers of the golden model: \(share(outcome.golden) { $0.noticedBy != nil })")
    }
    if !outcome.beats.isEmpty {
      lines.append(
        "  beats lost, doubled, exchanged, damaged, late: "
          + share(outcome.beats) { $0.noticedBy != nil })
    }
    let settings = outcome.settings.filter(\.reachesOutput)
    if !outcome.settings.isEmpty {
      let silent = outcome.settings.count - settings.count
      lines.append(
        "  constants and table entries one off: \(share(settings) { $0.noticedBy != nil })"
          + (silent > 0 ? "; \(grouped(silent)) more change no answer of the suite" : ""))
    }
    return lines
  }

  package func unnoticed(_ outcome: MutationOutcome) -> [String] {
    outcome.golden.filter { $0.noticedBy == nil }
      .map { "  \($0.array): a wrong answer went unnoticed: \($0.change.rawValue)" }
      + outcome.beats.filter { $0.noticedBy == nil }
      .map {
        "  \($0.stream): a wrong beat went unnoticed: \($0.change.rawValue)"
          + ($0.field.map { " of \($0)" } ?? "")
      }
      + outcome.settings.filter { $0.noticedBy == nil }
      .map { result in
        let entry = result.entry.map { "[\($0)]" } ?? ""
        let step = result.step > 0 ? "+\(result.step)" : "\(result.step)"
        return "  \(result.array)\(entry) \(step): "
          + (result.reachesOutput ? "went unnoticed" : "changes no answer of the suite")
      }
  }

  func reasons(_ outcome: MutationOutcome) -> String {
    var counts: [String: Int] = [:]
    for result in outcome.results {
      if case .killed(let finding, _) = result.fate { counts[finding, default: 0] += 1 }
    }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.key) \(grouped($0.value))" }.joined(separator: ", ")
  }

  func place(_ mutant: Mutant) -> String { "\(mutant.file):\(mutant.line)" }
}
