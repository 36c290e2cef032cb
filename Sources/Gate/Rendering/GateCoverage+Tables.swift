import Reports
import Signals

/// Coverage for people: shares beside those of the base, lines that never ran, waivers that nothing needs.
extension GateCoverage {
  /// The most lines that are listed of one file.
  private static let most = 20

  /// Lines of a summary; none where nothing was measured.
  func markdown(_ result: GateResult) -> [String] {
    let rows = rows(result)
    guard !rows.isEmpty else { return [] }
    var lines = [
      "## Coverage", "", "| block | lines that ran | of | share | base | change | waived |",
      "|---|--:|--:|--:|--:|--:|--:|",
    ]
    lines += rows.map { "| " + $0.joined(separator: " | ") + " |" }
    let remarks = remarks(result)
    return lines + (remarks.isEmpty ? [] : [""] + remarks.map { "- \($0)" }) + [""]
  }

  /// A section of a page; empty where nothing was measured.
  func section(_ result: GateResult) -> String {
    let rows = rows(result)
    guard !rows.isEmpty else { return "" }
    let cells = rows.map { row in
      "<tr>\(row.map { "<td>\(escaped($0))</td>" }.joined())</tr>\n"
    }
    let remarks = remarks(result).map { "<li>\(escaped($0))</li>" }
    return """
      <h2>Coverage</h2><table><thead><tr><th>block</th><th>lines that ran</th><th>of</th><th>share</th>\
      <th>base</th><th>change</th><th>waived</th></tr></thead><tbody>
      \(cells.joined())</tbody></table>\(remarks.isEmpty ? "" : "<ul>\(remarks.joined())</ul>")
      """
  }

  private func rows(_ result: GateResult) -> [[String]] {
    result.results.compactMap { task in
      guard let figures = task.coverage else { return nil }
      let (now, base) = (figures.share, figures.base?.share)
      var change = ""
      if let now, let base {
        let points = 100 * (now - base)
        change = (points > 0 ? "+" : "") + decimal(points, 1)
      }
      return [
        task.task.block, grouped(figures.covered), grouped(figures.countable),
        now.map(GateCoverage.percent) ?? "", base.map(GateCoverage.percent) ?? "", change,
        "\(figures.waived.count)",
      ]
    }
  }

  private static func percent(_ share: Double) -> String { "\(decimal(100 * share, 1)) %" }

  /// What never ran, and what nothing needs.
  private func remarks(_ result: GateResult) -> [String] {
    result.results.flatMap { task -> [String] in
      guard let figures = task.coverage else { return [] }
      let missed = figures.missed.sorted { $0.key < $1.key }.map { file, lines in
        "never ran in \(task.task.block): \(file): "
          + GateText.list(GateCoverage.ranges(lines), most: GateCoverage.most)
      }
      return missed + figures.needlessSentences
    }
  }

  /// `7–9`, `12`.
  static func ranges(_ lines: [Int]) -> [String] {
    var ranges: [ClosedRange<Int>] = []
    for line in lines.sorted() {
      if let last = ranges.last, line <= last.upperBound + 1 {
        ranges[ranges.count - 1] = last.lowerBound...max(line, last.upperBound)
      } else {
        ranges.append(line...line)
      }
    }
    return ranges.map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)"
    }
  }
}
