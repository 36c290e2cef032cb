public import Fuzzing
import Signals

/// Renders a sweep as text.
public struct SweepReport {
  public init() {}

  /// The statement first, then what went wrong.
  public func render(_ outcome: SweepOutcome) -> String {
    let rate = outcome.seconds > 0 ? Double(outcome.compared) / outcome.seconds : 0
    var lines = [
      "\(outcome.block) \(outcome.configuration.name): \(outcome.statement)",
      "  \(grouped(outcome.compared)) elements in \(decimal(outcome.seconds, 1)) s "
        + "(\(decimal(rate / 1e6, 1)) million a second)",
    ]
    for finding in outcome.findings {
      let set = outcome.constants[finding.set].sorted { $0.key < $1.key }
        .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      let place = finding.input.map { "\(outcome.input) = \($0)" } ?? "no single input"
      lines.append("  \(place), \(set): \(finding.finding.sentence)")
    }
    lines.append("  \(outcome.command)")
    return lines.joined(separator: "\n")
  }
}
