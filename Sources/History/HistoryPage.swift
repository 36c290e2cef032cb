import Reports

/// Renders what a history says as one HTML page that needs nothing else.
public struct HistoryPage {
  public init() {}

  /// Which commits changed cycles, then figures and a table of each block in each configuration, then runs
  /// and what takes longest.
  public func render(_ listing: HistoryListing) -> String {
    let name = listing.block ?? "all blocks"
    let series = listing.series.filter { series in
      series.configuration != "-" || series.points.contains { $0.verdict != "passed" }
    }
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>cosim history: \(escaped(name))</title>\
      <style>\(HTMLReport.styles)\(HistoryFigure.style)</style></head><body>
      <h1>History of \(escaped(name))</h1>
      <p>The last \(grouped(listing.runs.count)) of \(grouped(listing.recorded)) runs in \
      <code>\(escaped(listing.file))</code>.</p>
      \(changes(listing))
      \(series.map { section($0, listing) }.joined())
      \(runs(listing))
      \(slowest(listing))
      </body></html>

      """
  }

  private func changes(_ listing: HistoryListing) -> String {
    guard !listing.changes.isEmpty else { return "" }
    let items = listing.changes.map {
      "<li>\(escaped(HistoryText.sentence($0)))</li>"
    }
    return "<h2>Which commits changed cycles</h2><ul>\(items.joined(separator: "\n"))</ul>"
  }

  private func section(_ series: HistorySeries, _ listing: HistoryListing) -> String {
    let points = series.points
    var changed: Set<Int> = []
    for change in listing.changes
    where change.block == series.block && change.configuration == series.configuration {
      // The first run that shows the new figure.
      let first = points.firstIndex {
        $0.commit == change.commit && $0.isDirty != true && $0.cycles == change.to
      }
      if let first { changed.insert(first) }
    }
    func dots(
      _ unit: String, _ value: (HistorySeries.Point) -> Double?, _ words: (Double) -> String,
      isMarking: Bool = false
    ) -> [HistoryFigure.Dot] {
      points.enumerated().compactMap { place, point in
        value(point).map {
          HistoryFigure.Dot(
            place: place, value: $0,
            words: [point.name, point.subject, "\(words($0)) \(unit)"].filter { !$0.isEmpty }
              .joined(separator: ": "),
            isMarked: isMarking && changed.contains(place))
        }
      }
    }
    let labels = points.map(\.name)
    let figures = [
      HistoryFigure(
        title: "Cycles of the fixed workload", labels: labels,
        dots: dots(
          "cycles", { $0.cycles.map(Double.init) }, { grouped(Int($0)) }, isMarking: true)),
      HistoryFigure(
        title: "Wall time, seconds", labels: labels,
        dots: dots("s", \.seconds, { decimal($0, 2) })),
      HistoryFigure(
        title: "Lines of RTL that ran, %", labels: labels,
        dots: dots("%", { $0.coverage.map { 100 * $0 } }, { decimal($0, 1) })),
    ]
    return """
      <h2>\(escaped(series.block)) \(escaped(series.configuration))</h2>
      \(figures.map { $0.render() }.joined())
      \(table(points))

      """
  }

  private func table(_ points: [HistorySeries.Point]) -> String {
    func percent(_ share: Double?) -> String { share.map { decimal(100 * $0, 1) + " %" } ?? "" }
    let rows = points.map { point in
      """
      <tr class="\(point.verdict == "passed" ? "good" : "bad")"><td><code>\(escaped(point.name))</code></td>\
      <td>\(escaped(point.subject))</td><td>\(HistoryText.time(point.began))</td>\
      <td class="l">\(point.isTrusted ? "trusted" : escaped(point.verdict))</td>\
      <td>\(point.cycles.map(grouped) ?? "")</td><td>\(grouped(point.elements))</td>\
      <td>\(percent(point.coverage))</td><td>\(percent(point.mutationScore))</td>\
      <td>\(point.executions.map(grouped) ?? "")</td>\
      <td>\(point.seconds.map { decimal($0, 1) } ?? "")</td></tr>

      """
    }
    return """
      <table><thead><tr><th>commit</th><th>message</th><th>when (UTC)</th><th>verdict</th><th>cycles</th>\
      <th>elements</th><th>lines</th><th>mutants</th><th>inputs</th><th>s</th></tr></thead><tbody>
      \(rows.joined())</tbody></table>
      """
  }

  private func runs(_ listing: HistoryListing) -> String {
    let rows = listing.runs.reversed().map { run in
      """
      <tr class="\(run.verdict == "passed" ? "good" : "bad")"><td><code>\(escaped(run.name))</code></td>\
      <td>\(HistoryText.time(run.began))</td><td>\(escaped(run.level))</td>\
      <td class="l">\(escaped(run.verdict))</td><td>\(grouped(run.planned))</td>\
      <td>\(grouped(run.failed))</td><td>\(grouped(run.trusted))</td>\
      <td>\(grouped(run.elements))</td><td>\(run.seconds.map { decimal($0, 1) } ?? "")</td>\
      <td class="l">\(escaped(run.hosts.joined(separator: ", ")))</td>\
      <td class="l">\(escaped(run.simulator))</td></tr>

      """
    }
    return """
      <h2>Runs</h2><table><thead><tr><th>commit</th><th>when (UTC)</th><th>level</th><th>verdict</th>\
      <th>tasks</th><th>failed</th><th>trusted</th><th>elements</th><th>s</th><th class="l">machine</th>\
      <th class="l">simulator</th></tr></thead><tbody>
      \(rows.joined())</tbody></table>
      """
  }

  private func slowest(_ listing: HistoryListing) -> String {
    guard !listing.slowest.isEmpty else { return "" }
    let rows = listing.slowest.prefix(30).map {
      "<tr><td>\(escaped($0.task))</td><td>\(decimal($0.median, 1))</td>"
        + "<td>\(decimal($0.longest, 1))</td><td>\(grouped($0.runs))</td></tr>\n"
    }
    return """
      <h2>What takes longest</h2><table><thead><tr><th>task</th><th>s, half of the runs</th>\
      <th>s, at most</th><th>runs</th></tr></thead><tbody>
      \(rows.joined())</tbody></table>
      """
  }
}
