import Lockstep

extension HTMLReport {
  /// What was found out about a failure: proof, minimal case, kind of mistake, figures, commands.
  func section(_ explanation: Explanation, of block: String) -> String {
    var parts = ["<h3>The failure, made small</h3>", "<p>\(escaped(explanation.proof)).</p>"]
    parts.append(sizes(explanation))
    for finding in [explanation.stage, explanation.finding].compactMap(\.self) {
      parts.append(
        "<p><b>\(finding.kind)</b> in the minimal case: \(escaped(finding.sentence)).</p>")
    }
    if !explanation.stimulus.isEmpty {
      let lines = explanation.stimulus.map { escaped($0.words) }
      parts.append("<pre>\(lines.joined(separator: "\n"))</pre>")
    }
    if let found = explanation.classification {
      parts.append(
        "<p>Looks like <b>\(escaped(found.words))</b>: \(escaped(found.evidence)).</p>")
    }
    parts.append(commands(explanation, block))
    if !explanation.errors.isEmpty {
      parts.append("<h3>Where the failing transaction differs</h3>")
      parts += explanation.errors.map { ErrorMapFigure($0).render() }
    }
    if let window = explanation.window {
      parts.append(
        "<h3>Cycles \(window.first) to \(window.first + window.cycles - 1) of the minimal case</h3>"
      )
      parts.append(TimingDiagram(window).render())
      parts.append(
        "<p>Green: a beat crosses. Red: cycle \(window.failingCycle), in which the failure shows. "
          + "Point at a payload to see all of it.</p>")
    }
    return parts.joined(separator: "\n")
  }

  private func sizes(_ explanation: Explanation) -> String {
    func row(_ name: String, _ size: CaseSize) -> String {
      "<tr><td>\(name)</td><td>\(grouped(size.transactions))</td><td>\(grouped(size.beats))</td>"
        + "<td>\(grouped(size.elements))</td><td>\(grouped(size.significantElements))</td>"
        + "<td>\(size.stalls.map(grouped) ?? "random")</td></tr>"
    }
    return """
      <table class="figures"><thead><tr><th></th><th>transactions</th><th>input beats</th><th>elements</th>\
      <th>not simple</th><th>stalls</th></tr></thead><tbody>
      \(row("as found", explanation.original))
      \(row("minimal", explanation.minimal))
      </tbody></table>
      """
  }

  private func commands(_ explanation: Explanation, _ block: String) -> String {
    guard let files = explanation.files else { return "" }
    var lines = ["cosim replay \(files.bundle)"]
    if let view = files.waveView { lines.append("gtkwave \(view)") }
    lines.append("# to keep it as a test:")
    lines.append("cp \(files.bundle) vectors/\(block)/regressions/")
    return "<pre>\(lines.map(escaped).joined(separator: "\n"))</pre>"
  }
}
