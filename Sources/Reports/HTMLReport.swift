public import Lockstep
import Signals

/// Renders outcomes as one HTML page that needs nothing else: no script, no network.
public struct HTMLReport {
  public init() {}

  /// The verdict first, then blocks by configurations, a section for each configuration that disagrees, a
  /// table of runs, and the cycles of each stream.
  ///
  /// - Parameter planned: outcomes that there were to be.
  public func render(_ outcomes: [Outcome], planned: Int) -> String {
    let verdict = Verdict(outcomes, planned: planned)
    let body =
      """
      <h1 class="\(verdict == .agreement ? "good" : "bad")">\(verdict.title)</h1>
      <p>\(TerminalReport().summary(outcomes, planned: planned)).</p>
      \(matrix(outcomes))
      \(outcomes.enumerated().filter { !$0.element.agrees }.map(details).joined())
      \(overview(outcomes))
      \(outcomes.map(leeways).joined())
      \(outcomes.map(errors).joined())
      \(outcomes.enumerated().map(activity).joined())
      """
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>cosim</title><style>\(HTMLReport.styles)</style>
      </head><body>\(body)</body></html>

      """
  }

  private func overview(_ outcomes: [Outcome]) -> String {
    let hasIdeal = outcomes.contains { $0.runs.contains { $0.idealCycles != nil } }
    var rows = ""
    for outcome in outcomes {
      for (index, run) in outcome.runs.enumerated() {
        let isGood =
          run.findings.isEmpty && !outcome.wasInterrupted && (outcome.findings.isEmpty || index > 0)
        rows += """
          <tr class="\(isGood ? "good" : "bad")"><td>\(escaped(outcome.block))</td>\
          <td>\(escaped(outcome.configuration.name))</td><td>\(run.profile.rawValue)</td>\
          <td>\(grouped(run.transactions))</td><td>\(grouped(run.comparedBeats))</td>\
          <td>\(grouped(run.comparedElements))</td><td>\(grouped(run.cycles))</td>\
          \(hasIdeal ? "<td>\(run.idealCycles.map(grouped) ?? "")</td>" : "")\
          <td>\(run.utilisation.map(bar) ?? "")</td><td>\(grouped(run.mismatchedBeats))</td>\
          <td><code>\(hexadecimal(run.digest))</code></td></tr>

          """
      }
    }
    return """
      <table><thead><tr><th>block</th><th>configuration</th><th>stalls</th><th>transactions</th>\
      <th>beats</th><th>elements</th><th>cycles</th>\(hasIdeal ? "<th>ideal cycles</th>" : "")\
      <th>utilisation</th><th>mismatches</th><th>digest</th></tr></thead><tbody>
      \(rows)</tbody></table>
      """
  }

  private func leeways(_ outcome: Outcome) -> String {
    outcome.leewaySentences.map {
      "<p>\(escaped(outcome.block)), \(escaped(outcome.configuration.name)): \(escaped($0)).</p>\n"
    }.joined()
  }

  private func errors(_ outcome: Outcome) -> String {
    outcome.errors.map {
      "<p>\(escaped(outcome.block)), \(escaped(outcome.workload)): \(escaped($0.sentence)).</p>\n"
    }.joined()
  }

  package func details(_ place: Int, _ outcome: Outcome) -> String {
    """
    <h2 class="bad" id="outcome\(place)">\(escaped(outcome.block)) \
    \(escaped(outcome.configuration.description))</h2>
    \(outcome.runs.map(findings).joined())\(list(outcome.findings))
    \(tapChain(outcome))
    <p>Repeat it: <code>\(escaped(outcome.command))</code></p>
    \(outcome.explanation.map { section($0, of: outcome.block) } ?? "")
    """
  }

  /// What a run found, the first few at sight.
  private func findings(_ run: Run) -> String {
    guard !run.findings.isEmpty else { return "" }
    let beats = run.mismatchedBeats
    let differ = ", \(grouped(beats)) \(beats == 1 ? "beat differs" : "beats differ")"
    let words = beats > 0 ? differ : ""
    let more = Array(run.findings.dropFirst(HTMLReport.findingsAtSight))
    let rest =
      more.isEmpty ? "" : "<details><summary>\(more.count) more</summary>\(list(more))</details>\n"
    return """
      <p>Stalls \(run.profile.rawValue), initial state \(run.initialState)\(words):</p>
      \(list(Array(run.findings.prefix(HTMLReport.findingsAtSight))))\(rest)
      """
  }

  private static let findingsAtSight = 4

  private func list(_ findings: [Finding]) -> String {
    guard !findings.isEmpty else { return "" }
    let items = findings.map { "<li><b>\($0.kind)</b>: \(escaped($0.sentence))</li>" }
    return "<ul>\(items.joined(separator: "\n"))</ul>\n"
  }

  /// Who waited for whom, stream by stream.
  private func activity(_ place: Int, _ outcome: Outcome) -> String {
    var rows = ""
    for run in outcome.runs {
      for stream in run.streams {
        let all = max(1, stream.transfer + stream.starved + stream.blocked + stream.idle)
        let parts = [
          ("transfer", stream.transfer), ("starved", stream.starved), ("blocked", stream.blocked),
          ("idle", stream.idle),
        ]
        let bars = parts.map { name, count in
          "<i class=\"\(name)\" style=\"width:\(decimal(300 * Double(count) / Double(all), 1))px\" "
            + "title=\"\(name) \(grouped(count))\"></i>"
        }.joined()
        rows += """
          <tr><td>\(run.profile.rawValue)</td><td>\(escaped(stream.stream))</td><td>\(bars)</td>\
          \(parts.map { "<td>\(grouped($0.1))</td>" }.joined())</tr>

          """
      }
    }
    let names = ["transfer", "starved", "blocked", "idle"].map {
      "<th><i class=\"key \($0)\"></i> \($0)</th>"
    }.joined()
    return """
      <h2\(outcome.agrees ? " id=\"outcome\(place)\"" : "")>\(escaped(outcome.block)), \
      \(escaped(outcome.configuration.name)): cycles of each stream</h2>
      <p>\(escaped(outcome.workload)); seed \(outcome.seed); device <code>\(outcome.device)</code>\
      \(outcome.golden.map { "; golden \(escaped($0))" } ?? "")</p>
      <p>\(escaped(outcome.seconds.words))</p>
      <table><thead><tr><th>stalls</th><th>stream</th><th></th>\(names)</tr></thead><tbody>
      \(rows)</tbody></table>
      \(stages(outcome))
      """
  }

  /// In how many cycles each part of the device worked; nothing where the manifest names none.
  private func stages(_ outcome: Outcome) -> String {
    var rows = ""
    for run in outcome.runs {
      for stage in run.stages where run.cycles > 0 {
        rows += """
          <tr><td>\(run.profile.rawValue)</td><td>\(escaped(stage.stage))</td>\
          <td>\(bar(Double(stage.cycles) / Double(run.cycles)))</td>\
          <td>\(grouped(stage.cycles))</td></tr>

          """
      }
    }
    guard !rows.isEmpty else { return "" }
    return """
      <table><thead><tr><th>stalls</th><th>stage</th><th>share of cycles</th><th>cycles</th></tr>\
      </thead><tbody>
      \(rows)</tbody></table>
      """
  }

  private func bar(_ share: Double) -> String {
    "<span class=\"bar\"><span class=\"track\"><i class=\"transfer\" "
      + "style=\"width:\(decimal(100 * min(share, 1), 1))px\"></i></span> "
      + "\(decimal(100 * share, 1)) %</span>"
  }

  /// The style of every part of a page.
  package static let styles = style + overviewStyle + TimingDiagram.style + ErrorMapFigure.style

  private static let style = """
    body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:75em;padding:0 1em;color:#222}
    table{border-collapse:collapse;margin:1em 0}td,th{padding:.25em .6em;border-bottom:1px solid #ddd;
    text-align:right}.bar{white-space:nowrap}
    .track{display:inline-block;width:100px;margin-right:.4em;text-align:left;background:#eee}
    td:first-child,td:nth-child(2),td:nth-child(3),th{text-align:left}
    h1.good{color:#18794e}h1.bad,h2.bad{color:#b3261e}tr.bad{background:#fdecea}
    pre{background:#f4f4f4;padding:.5em;overflow-x:auto}
    i{display:inline-block;height:.8em}i.key{width:.8em}i.transfer{background:#2f7d5b}i.starved{background:#8fb8de}
    table.figures td:not(:first-child),table.figures th:not(:first-child){text-align:right}
    summary{cursor:pointer;margin-left:1.5em}details{margin:-.7em 0 1em}
    i.blocked{background:#e0a458}i.idle{background:#ddd}code{background:#f4f4f4;padding:0 .2em}
    """
}

/// `text` as it stands in HTML and in a quoted attribute.
package func escaped(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    .replacing("\"", with: "&quot;")
}
