import Blocks
public import Fuzzing

/// Renders relations as text.
public struct RelationReport {
  public init() {}

  /// One line for each relation, and the place where it does not hold.
  public func render(_ outcome: RelationOutcome) -> String {
    let verdict = outcome.wasInterrupted ? "INTERRUPTED" : outcome.agrees ? "HOLDS" : "BROKEN"
    var lines = [
      "\(verdict)  \(outcome.block)  \(outcome.configuration)",
      "  \(grouped(outcome.batches)) batches, seed \(outcome.seed), "
        + (outcome.hasDevice ? "golden model and RTL" : "golden model alone")
        + ", \(decimal(outcome.seconds, 1)) s",
    ]
    for result in outcome.results {
      let cases = result.cases == 0 ? "never applied" : "\(grouped(result.cases)) pairs"
      lines.append(
        "  \(result.holds ? "holds " : "BROKEN") \(result.name): \(result.statement); \(cases)")
      lines += violation("golden model", result.golden, result.goldenViolations)
      lines += violation("RTL", result.device, result.deviceViolations)
      if let trouble = result.trouble { lines.append("         RTL: \(trouble.sentence)") }
    }
    lines.append("  \(outcome.command)")
    return lines.joined(separator: "\n")
  }

  private func violation(_ who: String, _ found: RelationViolation?, _ count: Int) -> [String] {
    guard let found else { return [] }
    let element = found.element.map { ", element \($0)" } ?? ""
    return [
      "         \(who), \(grouped(count)) pairs; first in transaction \(found.transaction)\(element): "
        + found.text
    ]
  }
}
