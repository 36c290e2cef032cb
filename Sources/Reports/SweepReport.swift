public import Fuzzing
import Signals

/// Renders a sweep as text.
public struct SweepReport {
  /// Sets of constants whose domains are printed.
  private static let shown = 3

  public init() {}

  /// The statement first, then what went wrong.
  public func render(_ outcome: SweepOutcome) -> String {
    let rate = outcome.seconds > 0 ? Double(outcome.compared) / outcome.seconds : 0
    var lines = [
      "\(outcome.block) \(outcome.configuration.name): \(outcome.statement)",
      "  \(grouped(outcome.compared)) elements in \(decimal(outcome.seconds, 1)) s "
        + "(\(decimal(rate / 1e6, 1)) million a second)",
    ]
    for set in outcome.restricted.prefix(SweepReport.shown) {
      let domain = outcome.domains[set]
      lines.append(
        "  \(outcome.input) from \(domain.lowerBound) to \(domain.upperBound), which have an "
          + "answer with \(constants(set, of: outcome))")
    }
    if outcome.restricted.count > SweepReport.shown {
      lines.append("  and \(outcome.restricted.count - SweepReport.shown) sets more like these")
    }
    for finding in outcome.findings {
      let place = finding.input.map { "\(outcome.input) = \($0)" } ?? "no single input"
      let set = constants(finding.set, of: outcome)
      lines.append("  \(place), \(set): \(finding.finding.sentence)")
    }
    lines.append("  \(outcome.command)")
    return lines.joined(separator: "\n")
  }

  private func constants(_ set: Int, of outcome: SweepOutcome) -> String {
    outcome.constants[set].sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      .joined(separator: ", ")
  }
}
