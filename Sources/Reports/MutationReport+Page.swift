public import Fuzzing

extension MutationReport {
  /// A page with the scores of all blocks, and of each what was killed and what survived.
  public func page(_ outcomes: [MutationOutcome]) -> String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>cosim mutate</title><style>\(
      MutationReport.style)</style></head><body><h1>Mutants</h1>
    \(overview(outcomes))
    \(outcomes.map(section).joined())</body></html>

    """
  }

  private func overview(_ outcomes: [MutationOutcome]) -> String {
    let rows = outcomes.map { outcome in
      let score = outcome.score.map { decimal(100 * $0, 1) + " %" } ?? "none"
      return """
        <tr class="\(outcome.passes ? "good" : "bad")"><td>\(escaped(outcome.block))</td>\
        <td>\(score)</td><td>\(grouped(outcome.killed))</td>\
        <td>\(grouped(outcome.unexplained))</td><td>\(grouped(outcome.waived))</td>\
        <td>\(grouped(outcome.equivalent))</td><td>\(grouped(outcome.absent))</td>\
        <td>\(decimal(outcome.seconds, 1))</td></tr>

        """
    }
    return """
      <table><tr><th>block</th><th>score</th><th>killed</th><th>survived</th><th>waived</th>\
      <th>proven equivalent</th><th>absent</th><th>seconds</th></tr>
      \(rows.joined())</table>
      """
  }

  private func section(_ outcome: MutationOutcome) -> String {
    let kinds = kinds(outcome).map {
      let share = 100 * Double($0.killed) / Double($0.counted)
      return """
        <tr><td>\($0.kind)</td><td>\(grouped($0.killed)) of \(grouped($0.counted))</td>\
        <td><div class="bar"><div style="width:\(decimal(share, 1))%"></div></div></td></tr>

        """
    }
    let facts =
      outcome.stages.map(sentence) + [counts(outcome), "killed by: \(reasons(outcome))"]
      + bench(outcome) + unnoticed(outcome)
    return """
      <h2>\(escaped(outcome.block))</h2><pre>\(escaped(outcome.command))</pre>
      <ul>\(facts.map { "<li>\(escaped($0))</li>" }.joined())</ul>
      <table>\(kinds.joined())</table>
      \(table("Survivors", outcome.results.filter(\.isUnexplained)))
      \(table("Waived", outcome.results.filter { $0.fate == .survived && $0.waiver != nil }))
      \(table("Proven equivalent", outcome.results.filter { $0.fate == .equivalent }))

      """
  }

  private func table(_ title: String, _ results: [MutantResult]) -> String {
    guard !results.isEmpty else { return "" }
    let rows = results.map { result in
      """
      <tr><td>\(escaped(place(result.mutant)))</td><td><code>\(escaped(result.mutant.text))</code>\
      </td><td><code>\(escaped(result.mutant.original))</code></td>\
      <td><code>\(escaped(result.mutant.changed))</code></td>\
      <td>\(escaped(result.waiver ?? ""))</td></tr>

      """
    }
    return """
      <h3>\(title)</h3>
      <table><tr><th>place</th><th>line</th><th>original</th><th>mutant</th><th>reason</th></tr>
      \(rows.joined())</table>
      """
  }

  private static let style = """
    body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:84em;padding:0 1em;color:#222}
    pre{background:#f4f4f4;padding:.6em;white-space:pre-wrap}
    table{border-collapse:collapse;margin:.6em 0}td,th{padding:.2em .7em;text-align:left;\
    border-bottom:1px solid #e4e4e4;vertical-align:top}
    tr.good td:first-child{border-left:4px solid #2a7}tr.bad td:first-child{border-left:4px solid #c33}
    .bar{width:16em;background:#f0c8c8}.bar div{background:#2a7;height:.8em}
    """
}
