import Accuracy
public import Fuzzing
import Signals

/// Renders the worst case of a golden model as text, and its error landscape as a page.
public struct HuntReport {
  public init() {}

  public func render(_ outcome: HuntOutcome) -> String {
    var lines = ["\(outcome.block) \(outcome.configuration.name): \(headline(outcome))"]
    lines.append("  looked at: \(outcome.domain)")
    let kind = outcome.isExhaustive ? "codes, all there are at each of the scales" : "tried"
    let refused = outcome.refused > 0 ? ", \(grouped(outcome.refused)) refused" : ""
    lines.append(
      "  \(grouped(outcome.tried)) \(kind)\(refused), in \(decimal(outcome.seconds, 1)) s"
        + (outcome.wasInterrupted ? ", interrupted" : ""))
    if let worst = outcome.worst { lines += details(worst, outcome.aim) }
    lines.append("  \(outcome.command)")
    return lines.joined(separator: "\n")
  }

  /// A page with the worst case and the largest error over inputs, scales and lengths.
  public func page(_ outcomes: [HuntOutcome]) -> String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>cosim hunt</title><style>\(
      HuntReport.style)</style></head><body><h1>Worst cases</h1>
    \(outcomes.map(section).joined())</body></html>

    """
  }

  private func headline(_ outcome: HuntOutcome) -> String {
    guard let worst = outcome.worst else { return "nothing to compare" }
    let what = outcome.aim == .element ? "error" : "distance of a row's sum from 1"
    let bound = outcome.bound.map {
      outcome.holds
        ? ", within the stated \(significant($0))" : ", beyond the stated \(significant($0))"
    }
    return "largest \(what) \(significant(worst.badness, 4))\(bound ?? "")"
  }

  private func details(_ worst: HuntCase, _ aim: HuntAim) -> [String] {
    let place = aim == .element ? "element \(worst.index): " : "sum: "
    let input =
      aim == .element
      ? "input \(worst.row[worst.index]) = "
        + "\(significant(Double(worst.row[worst.index]) * worst.scale, 5)), " : ""
    return [
      "  scale \(significant(worst.scale, 6))"
        + (worst.row.count > 1 ? ", row of \(grouped(worst.row.count)): \(runs(worst.row))" : ""),
      "  \(place)\(input)real \(significant(worst.exact, 5)), got \(significant(worst.got, 5))",
    ]
  }

  /// A row as runs of equal codes, cut off where it is long.
  private func runs(_ row: [Int64]) -> String {
    var parts: [(code: Int64, count: Int)] = []
    for code in row {
      if let last = parts.last, last.code == code {
        parts[parts.count - 1].count += 1
      } else {
        parts.append((code, 1))
      }
    }
    let shown = parts.prefix(12).map { $0.count > 1 ? "\($0.count)x \($0.code)" : "\($0.code)" }
    let rest = parts.count > 12 ? ", and \(grouped(parts.count - 12)) more" : ""
    return "\(shown.joined(separator: ", "))\(rest)"
  }

  private func section(_ outcome: HuntOutcome) -> String {
    let name = outcome.aim == .element ? "largest error" : "largest distance of a sum from 1"
    let figures = outcome.landscape.filter { !$0.x.isEmpty }.map { curve in
      let points = zip(curve.x, curve.y).map { Plot.Point($0, $1) }
      let plot = Plot(
        "\(outcome.block): \(name)", caption: "over \(curve.label)",
        x: Plot.Axis(curve.label, isLogarithmic: curve.isLogarithmic), y: Plot.Axis(name),
        curves: [Plot.Curve(outcome.block, points)])
      return """
        <figure><figcaption>\(escaped(plot.title)), \(escaped(plot.caption))</figcaption>
        \(SVGPlot(plot).render())</figure>

        """
    }
    return """
      <h2>\(escaped(outcome.block)) \(escaped(outcome.configuration.description))</h2>
      <pre>\(escaped(render(outcome)))</pre>
      <div class="plots">\(figures.joined())</div>

      """
  }

  private static let style = """
    body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:84em;padding:0 1em;color:#222}
    pre{background:#f4f4f4;padding:.6em;white-space:pre-wrap}
    .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(30em,1fr));gap:1.2em}
    figure{margin:0}figcaption{font-size:.9em}svg{width:100%}svg text{font-size:11px;fill:#555}
    svg text.a{font-size:12px;fill:#222}line.g{stroke:#e4e4e4}
    """
}
