public import Accuracy
import Blocks

/// Renders approximations side by side as one HTML page that needs nothing else: tables and curves, no
/// script, no network.
public struct AccuracyPage {
  public init() {}

  /// A section for each family: a table for each scenario, then its curves.
  public func render(_ survey: Survey) -> String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>cosim accuracy</title><style>\(
      AccuracyPage.style)</style></head><body>
    <h1>Integer approximations against real numbers</h1>
    <p>Errors are those of the golden models, bit for bit what the hardware answers, against double
    precision on the same integer inputs. Made by <code>\(escaped(survey.command))</code>.</p>
    \(survey.families.map(section).joined())
    </body></html>

    """
  }

  private func section(_ survey: FamilySurvey) -> String {
    let plots = survey.plots.map { plot in
      """
      <figure><figcaption><b>\(escaped(plot.title))</b><br>\(escaped(plot.caption))</figcaption>
      \(SVGPlot(plot).render())</figure>

      """
    }
    let legend = survey.plots.first.map { plot in
      plot.curves.enumerated().map { index, curve in
        "<span><svg class=\"k\" viewBox=\"0 0 24 8\"><line x1=\"0\" y1=\"4\" x2=\"24\" y2=\"4\" "
          + "stroke-width=\"2.5\" \(SVGPlot.stroke(index))/></svg> \(escaped(curve.label))</span>"
      }.joined(separator: " ")
    }
    return """
      <h2>\(escaped(survey.family.rawValue))</h2>
      \(survey.scenarios.map(table).joined())
      \(legend.map { "<p class=\"legend\">\($0)</p>" } ?? "")
      <div class="plots">\(plots.joined())</div>

      """
  }

  private func table(_ result: ScenarioResult) -> String {
    let isSoftmax = result.scenario.family == .softmax
    let best = result.measurements.filter { $0.elements > 0 }.map(\.meanError).min()
    let rows = result.measurements.map { row($0, isSoftmax: isSoftmax, best: best) }
    let softmax = isSoftmax ? "<th>row sums</th><th>KL mean, bits</th><th>KL max</th>" : ""
    return """
      <h3>\(escaped(result.scenario.words))</h3>
      <table><thead><tr><th>approximation</th><th>max error</th><th>mean error</th><th>max LSB</th>\
      <th>mean LSB</th>\(softmax)<th>worst case</th></tr></thead><tbody>
      \(rows.joined())</tbody></table>

      """
  }

  private func row(_ measurement: AccuracyFigures, isSoftmax: Bool, best: Double?) -> String {
    let name = escaped(measurement.variant)
    guard measurement.elements > 0 else {
      return
        "<tr class=\"none\"><td>\(name)</td><td colspan=\"\(isSoftmax ? 8 : 5)\">not measured: "
        + "\(escaped(measurement.refusal ?? "no rows"))</td></tr>\n"
    }
    var cells = [
      significant(measurement.maxError), significant(measurement.meanError),
      measurement.maxErrorInCodes.map { significant($0) } ?? "",
      measurement.meanErrorInCodes.map { significant($0) } ?? "",
    ]
    if isSoftmax {
      cells += [
        measurement.rowSum.map { "\(decimal($0.least, 3)) to \(decimal($0.largest, 3))" } ?? "",
        measurement.divergence.map { significant($0.mean) } ?? "",
        measurement.divergence.map { significant($0.largest) } ?? "",
      ]
    }
    var place =
      measurement.worst.map {
        "row \($0.row), element \($0.index)\($0.inputWords), real \(significant($0.exact, 4)), "
          + "got \(significant($0.got, 4))"
      } ?? ""
    if measurement.refusedRows > 0 {
      place += "; \(measurement.refusedRows) rows refused: \(measurement.refusal ?? "")"
    }
    let note = measurement.isInDomain ? "" : " <i title=\"outside the stated domain\">*</i>"
    let mark = measurement.meanError == best ? " class=\"best\"" : ""
    return "<tr\(mark)><td>\(name)\(note)</td>"
      + cells.map { "<td>\($0)</td>" }.joined() + "<td class=\"w\">\(escaped(place))</td></tr>\n"
  }

  private static let style = """
    body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:84em;padding:0 1em;color:#222}
    table{border-collapse:collapse;margin:.6em 0 1.4em}td,th{padding:.2em .7em;border-bottom:1px solid
    #ddd;text-align:right;white-space:nowrap}td:first-child,th:first-child,td.w,th:last-child{
    text-align:left}td.w{color:#666;font-size:.87em;white-space:normal}tr.best td:nth-child(3){
    font-weight:bold;color:#18794e}tr.none td{color:#888;text-align:left;white-space:normal}
    h2{margin-top:2em;border-bottom:2px solid #222}h3{margin:1em 0 0;font-size:1em}
    .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(30em,1fr));gap:1.2em}
    figure{margin:0}figcaption{font-size:.9em}svg{width:100%}svg text{font-size:11px;fill:#555}
    svg text.a{font-size:12px;fill:#222}line.g{stroke:#e4e4e4}svg.k{width:24px;height:8px;
    vertical-align:middle}.legend span{margin-right:1.2em;white-space:nowrap}
    code{background:#f4f4f4;padding:0 .2em}
    """
}
