import Accuracy
import Blocks
public import Lockstep
import Signals

/// Renders speed-up against density for a terminal, and as a page that needs nothing else.
public struct DensityReport {
  public init() {}

  /// A table for each distribution, a bar as long as the speed-up, `|` where the ideal is.
  public func render(_ curves: DensityCurves) -> String {
    let shape = curves.shape
    var lines = [
      "\(curves.block)  \(curves.configuration)",
      "  a [\(shape.m), \(shape.k)] by weights [\(shape.n), \(shape.k)], "
        + "\(curves.multipliers) multipliers, seed \(curves.seed)",
      "  dense: \(grouped(curves.denseCycles)) cycles, "
        + (curves.dense.map { "measured on \($0)" } ?? "counted, one a step of the array"),
    ]
    for curve in curves.curves {
      lines.append("")
      lines.append("  \(curve.distribution.rawValue)")
      lines.append("  asked  density      cycles  speed-up   ideal")
      lines += curve.points.map { row($0, curves) }
    }
    for place in curves.disagreements {
      lines.append("  - the device and its golden model differ: \(place)")
    }
    return lines.joined(separator: "\n")
  }

  private func row(_ point: DensityCurves.Point, _ curves: DensityCurves) -> String {
    func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let speedup = curves.speedup(point)
    let ideal = curves.ideal(point)
    let cells =
      right(decimal(point.asked, 2), 7) + right(decimal(100 * point.density, 1) + " %", 9)
      + right(grouped(point.cycles), 12) + right(decimal(speedup, 2), 10)
      + right(ideal.map { decimal($0, 2) } ?? "-", 8)
    // Two characters for each time as fast, cut off at the edge of the terminal.
    let widest = 32
    var bar = [Character](repeating: "#", count: min(widest, Int((2 * speedup).rounded())))
    if let ideal, Int((2 * ideal).rounded()) < widest {
      let place = max(0, Int((2 * ideal).rounded()) - 1)
      while bar.count <= place { bar.append(" ") }
      bar[place] = "|"
    }
    return cells + "  " + String(bar)
  }

  /// A figure with the curves beside the ideal, and the table.
  public func page(_ curves: DensityCurves) -> String {
    let plot = plot(curves)
    let shape = curves.shape
    let legend = plot.curves.enumerated().map { index, curve in
      "<span><svg class=\"k\" viewBox=\"0 0 24 8\"><line x1=\"0\" y1=\"4\" x2=\"24\" y2=\"4\" "
        + "stroke-width=\"2.5\" \(SVGPlot.stroke(index))/></svg> \(escaped(curve.label))</span>"
    }
    let rows = curves.curves.flatMap { curve in
      curve.points.map { point in
        "<tr><td>\(escaped(curve.distribution.rawValue))</td>"
          + "<td>\(decimal(100 * point.density, 1)) %</td><td>\(grouped(point.cycles))</td>"
          + "<td>\(decimal(curves.speedup(point), 2))</td>"
          + "<td>\(curves.ideal(point).map { decimal($0, 2) } ?? "")</td></tr>"
      }
    }
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>\(escaped(curves.block)): speed-up over \
      density</title><style>\(DensityReport.style)</style></head><body>
      <h1>\(escaped(curves.block)): speed-up over density</h1>
      <p>a [\(shape.m), \(shape.k)] by weights [\(shape.n), \(shape.k)] on \(curves.multipliers) \
      multipliers, \(escaped(curves.configuration.description)). Dense: \(grouped(curves.denseCycles)) \
      cycles, \(escaped(curves.dense.map { "measured on \($0)" } ?? "one a step of the array")). Every \
      product was compared with its golden model\(curves.disagreements.isEmpty ? " and agrees" : "; "
        + escaped(curves.disagreements.joined(separator: "; ")) + " differ").
      Made by <code>\(escaped(curves.command))</code>.</p>
      <p class="legend">\(legend.joined(separator: " "))</p>
      \(SVGPlot(plot).render())
      <table><thead><tr><th>non-zeros lie</th><th>density</th><th>cycles</th><th>speed-up</th>\
      <th>ideal</th></tr></thead><tbody>
      \(rows.joined(separator: "\n"))</tbody></table>
      </body></html>

      """
  }

  private func plot(_ curves: DensityCurves) -> Plot {
    let drawn = curves.curves.flatMap(\.points).filter { $0.density > 0 }
    let ideals = Set(drawn.map(\.density)).sorted()
    var all = [Plot.Curve("ideal", ideals.map { Plot.Point($0, 1 / $0) })]
    all += curves.curves.map { curve in
      Plot.Curve(
        curve.distribution.rawValue,
        curve.points.filter { $0.density > 0 }.map { Plot.Point($0.density, curves.speedup($0)) })
    }
    return Plot(
      "\(curves.block): speed-up over density", caption: curves.command, x: Plot.Axis("density"),
      y: Plot.Axis("speed-up", isLogarithmic: true), curves: all)
  }

  private static let style = """
    body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:62em;padding:0 1em;color:#222}
    table{border-collapse:collapse;margin:1em 0}td,th{padding:.2em .8em;border-bottom:1px solid #ddd;
    text-align:right}td:first-child,th:first-child{text-align:left}svg{width:100%}
    svg text{font-size:11px;fill:#555}svg text.a{font-size:12px;fill:#222}line.g{stroke:#e4e4e4}
    svg.k{width:24px;height:8px;vertical-align:middle}.legend span{margin-right:1.2em}
    code{background:#f4f4f4;padding:0 .2em}
    """
}
