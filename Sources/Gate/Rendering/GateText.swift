import Lockstep
import Reports

/// Renders a result for a terminal of 80 columns.
public struct GateText {
  public init() {}

  /// What failed, what was trusted and left out, the verdict last.
  public func render(_ result: GateResult) -> String {
    var lines: [String] = []
    for cluster in result.clusters { lines += text(cluster, of: result) }
    if !result.lost.isEmpty { lines += wrapped("LOST     " + Self.lost(result)) }
    lines += result.remarks.flatMap { wrapped("  " + $0) }
    if !result.leftOut.isEmpty {
      lines += wrapped("  left out: " + Self.leftOut(result).joined(separator: "; "))
    }
    if result.trusted > 0 { lines += wrapped("  " + Self.trusted(result)) }
    for figures in result.results.compactMap(\.coverage) {
      lines += figures.needlessSentences.flatMap { wrapped("  " + $0) }
    }
    lines += wrapped(Self.verdict(result))
    return lines.joined(separator: "\n")
  }

  private func text(_ cluster: Cluster, of result: GateResult) -> [String] {
    let heading = Self.heading(cluster.verdict)
    var lines = wrapped(
      heading + String(repeating: " ", count: max(1, 9 - heading.count)) + cluster.name
        + (cluster.isNew ? "" : " (failed at the base, too)"))
    lines += wrapped("  \(Self.count(cluster.tasks.count, "task")): " + Self.list(cluster.tasks))
    for line in cluster.example.sentence.split(separator: "\n").prefix(12) {
      lines += wrapped("  " + line)
    }
    let first = result.results.first { $0.task.id == cluster.tasks.first }
    lines += (first?.outcome?.explanation?.lines ?? []).flatMap { wrapped("  " + $0) }
    lines += (first?.remarks ?? []).flatMap { wrapped("  " + $0) }
    return lines + ["  repeat: \(cluster.command)"]
  }

  // MARK: - Sentences that every rendering has

  /// `PASSED  level merge: 12 of 14 tasks passed, 1 failed, 1 broken; 1,234 elements in 5,678 cycles`.
  static func verdict(_ result: GateResult) -> String {
    var parts = ["\(result.count(.passed)) of \(count(result.planned.count, "task")) passed"]
    for verdict in TaskResult.Verdict.allCases where verdict != .passed {
      if result.count(verdict) > 0 { parts.append("\(result.count(verdict)) \(verdict.rawValue)") }
    }
    if !result.lost.isEmpty { parts.append("\(result.lost.count) without a result") }
    if result.trusted > 0 { parts.append("\(result.trusted) trusted") }
    if !result.leftOut.isEmpty { parts.append("\(result.leftOut.count) left out") }
    let elements = result.results.reduce(0) { $0 + $1.evidence.elements }
    let cycles = result.results.reduce(0) { $0 + $1.evidence.cycles }
    return "\(result.verdict.rawValue.uppercased())  level \(result.level.rawValue): "
      + parts.joined(separator: ", ")
      + "; \(grouped(elements)) elements compared in \(grouped(cycles)) cycles"
  }

  /// Which tasks have no result, and why, as far as that is known.
  static func lost(_ result: GateResult) -> String {
    let missing = result.shards.missing
    let which =
      missing.isEmpty
      ? ""
      : "shard \(missing.map(String.init).joined(separator: ", ")) of \(result.shards.count) is missing; "
    return which + "\(count(result.lost.count, "task")) without a result: " + list(result.lost)
  }

  /// What was left out, by reason.
  static func leftOut(_ result: GateResult) -> [String] {
    Dictionary(grouping: result.leftOut, by: \.reason).sorted { $0.key < $1.key }.map {
      reason, tasks in
      let blocks = Set(tasks.map { String($0.task.prefix { $0 != "/" }) }).sorted()
      return "\(count(tasks.count, "task")) of \(list(blocks, most: 30)), because \(reason)"
    }
  }

  /// What was not run because it passed before.
  static func trusted(_ result: GateResult) -> String {
    let blocks = Set(result.results.filter(\.isTrusted).map(\.task.block)).sorted()
    return
      "trusted: \(count(result.trusted, "task")) of \(list(blocks, most: 30)), which passed before "
      + "with the same RTL, golden models, vectors, plan and tools"
  }

  static func heading(_ verdict: TaskResult.Verdict) -> String {
    switch verdict {
    case .passed: "PASSED"
    case .failed: "FAILED"
    case .flaky: "FLAKY"
    case .broken: "BROKEN"
    }
  }

  static func list(_ names: [String], most: Int = 6) -> String {
    names.prefix(most).joined(separator: ", ")
      + (names.count > most ? " and \(names.count - most) more" : "")
  }

  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
