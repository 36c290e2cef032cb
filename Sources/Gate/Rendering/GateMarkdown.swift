import Reports
import Signals

/// Renders a result as Markdown, for the summary of a job or a comment on a change.
public struct GateMarkdown {
  /// The most bytes that a summary may have; hosts refuse more than a megabyte.
  public var limit = 900_000

  public init() {}

  /// The verdict first, then failures, cycles, and what was trusted and left out.
  ///
  /// What does not fit is cut off at the end of a line, and the last line says so.
  public func render(_ result: GateResult) -> String {
    var lines = ["# \(title(result.verdict)): cosim gate, level \(result.level.rawValue)", ""]
    lines += [GateText.verdict(result) + ".", ""]
    if !result.lost.isEmpty { lines += ["**Lost**: \(plain(GateText.lost(result)))", ""] }
    lines += failures(result)
    lines += cycles(result)
    lines += GateCoverage().markdown(result).map { $0.replacing("*", with: "\\*") }
    lines += ["## What the change is", ""] + result.remarks.map { "- \(plain($0))" } + [""]
    if let base = result.base { lines += ["Compared with `\(base)`.", ""] }
    if !result.leftOut.isEmpty {
      lines += ["## Left out", ""] + GateText.leftOut(result).map { "- \(plain($0))" } + [""]
    }
    if result.trusted > 0 { lines += ["## Trusted", "", plain(GateText.trusted(result)), ""] }
    lines += table(result)
    return cut(lines)
  }

  private func title(_ verdict: GateResult.Verdict) -> String {
    verdict.rawValue.prefix(1).uppercased() + verdict.rawValue.dropFirst()
  }

  private func failures(_ result: GateResult) -> [String] {
    let clusters = result.clusters
    guard !clusters.isEmpty else { return [] }
    var lines = ["## \(GateText.count(clusters.count, "cause")) of failure", ""]
    for cluster in clusters {
      let mark = cluster.isNew ? "" : " (failed at the base, too)"
      lines += [
        "### \(GateText.heading(cluster.verdict)) \(plain(cluster.name))\(mark)", "",
        plain(cluster.example.sentence), "",
      ]
      if let file = cluster.example.file {
        lines += ["At `\(file)\(cluster.example.line.map { ":\($0)" } ?? "")`.", ""]
      }
      lines += [
        "\(GateText.count(cluster.tasks.count, "task")): "
          + plain(GateText.list(cluster.tasks, most: 12)), "",
        "```sh", cluster.command, "```", "",
      ]
    }
    return lines
  }

  private func cycles(_ result: GateResult) -> [String] {
    let measured = result.results.filter { $0.cycles != nil }
    guard !measured.isEmpty else { return [] }
    var lines = [
      "## Cycles", "", "| block | configuration | cycles | budget | base | change |",
      "|---|---|--:|--:|--:|--:|",
    ]
    for task in measured {
      guard let figures = task.cycles else { continue }
      let reference = figures.base ?? figures.budget
      let change = reference.map {
        figures.measured - max($0.lowerBound, min($0.upperBound, figures.measured))
      }
      lines.append(
        "| \(task.task.block) | \(task.task.configuration?.name ?? "") | \(grouped(figures.measured)) "
          + "| \(words(figures.budget)) | \(words(figures.base)) "
          + "| \(change.map { $0 == 0 ? "0" : ($0 > 0 ? "+" : "") + grouped($0) } ?? "") |")
    }
    return lines + [""]
  }

  private func words(_ range: ClosedRange<Int>?) -> String {
    guard let range else { return "" }
    return range.count == 1
      ? grouped(range.lowerBound) : "\(grouped(range.lowerBound))–\(grouped(range.upperBound))"
  }

  private func table(_ result: GateResult) -> [String] {
    let rows = result.results.map { task in
      "| \(plain(task.task.id)) | \(task.isTrusted ? "trusted" : task.verdict.rawValue) "
        + "| \(grouped(task.evidence.elements)) | \(grouped(task.evidence.cycles)) "
        + "| \(task.evidence.digests.joined(separator: "<br>")) |"
    }
    return [
      "## Tasks", "", "| task | verdict | elements | cycles | digests |", "|---|---|--:|--:|---|",
    ] + rows + [""]
  }

  /// Text that stays text.
  private func plain(_ text: String) -> String {
    text.replacing("|", with: "\\|").replacing("<", with: "&lt;").replacing("\n", with: " ")
      .replacing("*", with: "\\*")
  }

  private func cut(_ lines: [String]) -> String {
    var text = ""
    var size = 0
    for (index, line) in lines.enumerated() {
      size += line.utf8.count + 1
      if size > limit - 200 {
        return text
          + "\n**Cut off here**: \(lines.count - index) more lines did not fit; report.json has all.\n"
      }
      text += line + "\n"
    }
    return text
  }
}
