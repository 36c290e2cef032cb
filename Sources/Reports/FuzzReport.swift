public import Fuzzing
import Lockstep
import Signals

/// Renders what a search found as text for a terminal.
public struct FuzzReport {
  public init() {}

  /// The verdict first, then how far each configuration was searched, then the find.
  public func render(_ outcome: FuzzOutcome) -> String {
    var lines = wrapped("\(verdict(outcome))  \(outcome.block)  \(summary(outcome))")
    let feedback =
      outcome.feedback.isEmpty ? "nothing" : outcome.feedback.joined(separator: " and ")
    lines += wrapped(
      "  seed \(outcome.seed), "
        + (outcome.generator == .uniform ? "uniform stimulus, " : "") + "guided by \(feedback)"
        + (outcome.missingFeedback.map { "; not by edges: \($0)" } ?? ""))
    lines += outcome.records.flatMap { wrapped("  " + words($0)) }
    for path in outcome.deadly {
      lines += wrapped("  - the process died of the input in \(path)")
    }
    if let find = outcome.find { lines += words(find) }
    lines.append("  repeat: \(outcome.command)")
    return lines.joined(separator: "\n")
  }

  /// `12,345 inputs (220,000 transactions) in 10.2 s, 1,210 a second`.
  public func summary(_ outcome: FuzzOutcome) -> String {
    let rate = Double(outcome.executions) / max(outcome.seconds.search, 1e-6)
    return "\(grouped(outcome.executions)) inputs (\(grouped(outcome.transactions)) transactions, "
      + "\(grouped(outcome.cycles)) cycles) in \(decimal(outcome.seconds.search, 1)) s, "
      + "\(grouped(Int(rate))) a second"
  }

  private func verdict(_ outcome: FuzzOutcome) -> String {
    if outcome.find != nil || !outcome.deadly.isEmpty { return "FOUND" }
    if outcome.wasInterrupted { return "INTERRUPTED" }
    return outcome.agrees ? "NOTHING FOUND" : "NOTHING COMPARED"
  }

  private func words(_ record: FuzzRecord) -> String {
    var parts = ["\(grouped(record.executions)) inputs", "\(grouped(record.features)) features"]
    if record.edges > 0 {
      parts.append("\(grouped(record.edgesTaken)) of \(grouped(record.edges)) edges")
    }
    let bins = record.groups.reduce(0) { $0 + $1.filled }
    if !record.groups.isEmpty {
      parts.append("\(grouped(bins)) bins in \(record.groups.count) groups")
    }
    parts.append("corpus \(grouped(record.corpus)), last find at input \(grouped(record.lastFind))")
    return "\(record.configuration.name): \(parts.joined(separator: ", "))"
  }

  private func words(_ find: FuzzFind) -> [String] {
    var lines = wrapped(
      "  found in \(find.configuration) with input \(grouped(find.execution))"
        + (find.executionInConfiguration == find.execution
          ? "" : ", the \(grouped(find.executionInConfiguration)). there"))
    for finding in find.findings.prefix(4) {
      lines += wrapped("  - \(finding.kind): \(finding.sentence)")
    }
    if let explanation = find.explanation {
      lines += explanation.lines.flatMap { wrapped("  " + $0) }
    }
    return lines
  }
}
