import Foundation
import Reports

/// Renders what a history says for a terminal of 80 columns.
public struct HistoryText {
  /// The most tasks and changes that are listed.
  public var most = 10

  public init() {}

  /// Runs, or the figures of a block run by run; then which commits changed cycles, and what takes longest.
  public func render(_ listing: HistoryListing) -> String {
    var lines = wrapped(title(listing))
    if listing.block == nil {
      lines += runs(listing.runs)
    } else {
      for series in listing.series where isWorthSaying(series) { lines += table(series) }
    }
    lines += changes(listing)
    lines += slowest(listing)
    return lines.joined(separator: "\n")
  }

  private func title(_ listing: HistoryListing) -> String {
    let shown = listing.runs.count
    let which = listing.block.map { " with \($0)" } ?? ""
    let part = shown < listing.recorded ? "the last \(shown)\(which) of " : ""
    let noun = listing.recorded == 1 ? "run" : "runs"
    return "\(listing.file): \(part)\(grouped(listing.recorded)) \(noun)"
  }

  /// What needs no device has no figures: it is shown where it failed.
  private func isWorthSaying(_ series: HistorySeries) -> Bool {
    series.configuration != "-" || series.points.contains { $0.verdict != "passed" }
  }

  // MARK: - Tables

  /// A column: heading, cells, and whether it may go where there is no room.
  private struct Column {
    var heading: String
    var cells: [String]
    var canGo = false

    var width: Int { max(heading.count, cells.map(\.count).max() ?? 0) }
  }

  private func runs(_ runs: [HistoryListing.Run]) -> [String] {
    guard !runs.isEmpty else { return [] }
    return text([
      Column(heading: "commit", cells: runs.map(\.name)),
      Column(heading: "when (UTC)", cells: runs.map { HistoryText.time($0.began) }),
      Column(heading: "level", cells: runs.map(\.level)),
      Column(heading: "verdict", cells: runs.map(\.verdict)),
      Column(heading: "tasks", cells: runs.map { grouped($0.planned) }),
      Column(heading: "failed", cells: runs.map { grouped($0.failed) }),
      Column(heading: "trusted", cells: runs.map { grouped($0.trusted) }),
      Column(heading: "s", cells: runs.map { $0.seconds.map { decimal($0, 1) } ?? "" }),
    ])
  }

  private func table(_ series: HistorySeries) -> [String] {
    let points = series.points
    func percent(_ share: Double?) -> String { share.map { decimal(100 * $0, 1) } ?? "" }
    var last: Int?
    let steps = points.map { point -> String in
      guard let cycles = point.cycles else { return "" }
      defer { last = cycles }
      guard let last, last != cycles else { return "" }
      return (cycles > last ? "+" : "") + grouped(cycles - last)
    }
    let columns = [
      Column(heading: "commit", cells: points.map(\.name)),
      Column(heading: "when (UTC)", cells: points.map { HistoryText.time($0.began) }),
      Column(heading: "verdict", cells: points.map { $0.isTrusted ? "trusted" : $0.verdict }),
      Column(heading: "cycles", cells: points.map { $0.cycles.map(grouped) ?? "" }),
      Column(heading: "change", cells: steps),
      Column(heading: "lines %", cells: points.map { percent($0.coverage) }),
      Column(heading: "mutants %", cells: points.map { percent($0.mutationScore) }),
      Column(heading: "elements", cells: points.map { grouped($0.elements) }, canGo: true),
      Column(
        heading: "inputs", cells: points.map { $0.executions.map(grouped) ?? "" }, canGo: true),
      Column(heading: "s", cells: points.map { $0.seconds.map { decimal($0, 1) } ?? "" }),
    ]
    return ["\(series.block) \(series.configuration)"] + text(columns)
  }

  /// Columns side by side; those without anything in them are left out, and some where there is no room.
  private func text(_ columns: [Column]) -> [String] {
    var columns = columns.filter { $0.cells.contains { !$0.isEmpty } }
    func width() -> Int { columns.reduce(0) { $0 + $1.width + 2 } }
    while width() > 80, let index = columns.lastIndex(where: \.canGo) { columns.remove(at: index) }
    let rows = columns.map(\.cells.count).max() ?? 0
    return (-1..<rows).map { row in
      columns.enumerated().map { place, column in
        let cell = row < 0 ? column.heading : column.cells[row]
        let padding = String(repeating: " ", count: column.width - cell.count)
        // Names to the left, figures to the right.
        return "  " + (place < 2 || isWord(column) ? cell + padding : padding + cell)
      }.joined().trimmingEnd()
    }
  }

  private func isWord(_ column: Column) -> Bool {
    column.heading == "level" || column.heading == "verdict"
  }

  // MARK: - Sentences

  private func changes(_ listing: HistoryListing) -> [String] {
    guard !listing.changes.isEmpty else { return [] }
    var lines = ["which commits changed cycles, last first"]
    for change in listing.changes.prefix(most) {
      lines += wrapped("  " + HistoryText.sentence(change))
    }
    return lines + rest(listing.changes.count)
  }

  private func slowest(_ listing: HistoryListing) -> [String] {
    guard !listing.slowest.isEmpty else { return [] }
    var lines = ["what takes longest: seconds in half of the runs, and at most"]
    let shown = listing.slowest.prefix(most)
    let medians = shown.map { decimal($0.median, 1) }
    let longest = shown.map { decimal($0.longest, 1) }
    func padded(_ text: String, _ all: [String]) -> String {
      String(repeating: " ", count: (all.map(\.count).max() ?? 0) - text.count) + text
    }
    for (index, slow) in shown.enumerated() {
      lines.append(
        "  \(padded(medians[index], medians))  \(padded(longest[index], longest))  \(slow.task)")
    }
    return lines + rest(listing.slowest.count)
  }

  private func rest(_ count: Int) -> [String] {
    count > most ? ["  and \(count - most) more; --json has all"] : []
  }

  /// `a default: 4,259 to 4,269 cycles (+10) with 1a2b3c4d (message), after 5e6f7a8b`.
  static func sentence(_ change: CycleChange) -> String {
    let step = (change.to > change.from ? "+" : "") + grouped(change.to - change.from)
    var text = "\(change.block) \(change.configuration): \(grouped(change.from)) to "
    text += "\(grouped(change.to)) cycles (\(step)) with \(change.commit.prefix(8))"
    if !change.subject.isEmpty { text += " (\(change.subject))" }
    if change.between == 1 {
      text += ", or with the commit before it, which nobody measured"
    } else if change.between > 1 {
      text += ", or with one of the \(change.between) commits before it that nobody measured"
    }
    return text + ", after \(change.previous.prefix(8))"
  }

  /// `2026-01-31 23:59`.
  static func time(_ date: Date) -> String {
    String(date.formatted(.iso8601).prefix(16)).replacing("T", with: " ")
  }
}

extension String {
  fileprivate func trimmingEnd() -> String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
