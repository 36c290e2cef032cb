package import Fuzzing
import Reports

extension Failure {
  /// What is wrong with a bench, going by the changes of RTL that it noticed.
  ///
  /// - Parameters:
  ///   - score: the share of changes that must be noticed.
  ///   - folder: of the manifest, below the project's folder: where paths of RTL begin.
  /// - Returns: first what says everything; then, for each change that went unnoticed, its line. Nothing where
  ///   the share is reached, all were tried, wrong answers were noticed, and every waiver is about a change.
  package static func all(
    of outcome: MutationOutcome, wanting score: Double, folder: String
  ) -> [Failure] {
    var failures: [Failure] = []
    if (outcome.score ?? 0) < score || outcome.untested > 0 || outcome.wasInterrupted {
      let survivors = outcome.results.filter(\.isUnexplained).map(\.mutant)
      let lines =
        [sentence(on: outcome, wanting: score)] + survivors.map { text(of: $0, in: folder) }
        + (outcome.proofTrouble.map { ["a proof failed: \($0)"] } ?? [])
      failures.append(
        Failure(
          "mutation score", lines.joined(separator: "\n"),
          file: survivors.first.map { path($0.file, in: folder) }, line: survivors.first?.line))
      failures += survivors.map { mutant in
        let file = path(mutant.file, in: folder)
        return Failure(
          "unnoticed change", place: "\(file):\(mutant.line)",
          "\(mutant.change), and no run notices", file: file, line: mutant.line)
      }
    }
    let unnoticed = MutationReport().unnoticed(outcome)
    if outcome.unnoticed > 0 {
      failures.append(Failure("unnoticed answer", unnoticed.joined(separator: "\n")))
    }
    failures += outcome.staleWaivers.map {
      Failure("waiver of no change", place: $0, "\($0): no change of the RTL is on such a line")
    }
    return failures
  }

  /// `197 of 199 changes of RTL were noticed, 99.0 %; the plan wants 95.0 %`.
  static func sentence(on outcome: MutationOutcome, wanting score: Double) -> String {
    let counted = outcome.killed + outcome.unexplained
    let untried = outcome.untested > 0 ? "; \(outcome.untested) were not tried" : ""
    return "\(outcome.killed) of \(counted) changes of RTL were noticed, "
      + "\(decimal(100 * (outcome.score ?? 0), 1)) %; the plan wants \(decimal(100 * score, 1)) %"
      + untried
  }

  static func text(of mutant: Mutant, in folder: String) -> String {
    "\(path(mutant.file, in: folder)):\(mutant.line): \(mutant.change)"
  }
}
