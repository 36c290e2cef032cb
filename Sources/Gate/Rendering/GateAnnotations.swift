/// Renders a result as annotations of GitHub Actions, one a line.
public struct GateAnnotations {
  /// The most annotations of one kind that GitHub shows for a step.
  public var limit = 10

  public init() {}

  /// Failures as errors, what could not be done as warnings, the verdict as a notice; each kind by rank, with
  /// one line for what is beyond the limit.
  public func render(_ result: GateResult) -> String {
    let clusters = result.clusters
    var errors: [String] = []
    var warnings: [String] = []
    for cluster in clusters {
      let line = annotation(cluster, isWarning: cluster.verdict == .broken)
      if cluster.verdict == .broken { warnings.append(line) } else { errors.append(line) }
    }
    if !result.lost.isEmpty {
      warnings.insert(
        "::warning title=\(property("Lost"))::\(message(GateText.lost(result)))", at: 0)
    }
    let notice = "::notice title=\(property("cosim gate"))::\(message(GateText.verdict(result)))"
    return
      (capped(errors, "error") + capped(warnings, "warning") + [notice]).joined(separator: "\n")
      + "\n"
  }

  private func capped(_ lines: [String], _ kind: String) -> [String] {
    guard lines.count > limit else { return lines }
    return lines.prefix(limit - 1) + [
      "::\(kind) title=\(property("More"))::\(message("\(lines.count - limit + 1) more causes; report.html has all"))"
    ]
  }

  private func annotation(_ cluster: Cluster, isWarning: Bool) -> String {
    var properties: [String] = []
    if let file = cluster.example.file {
      properties.append("file=\(property(file))")
      if let line = cluster.example.line { properties.append("line=\(line)") }
    }
    properties.append("title=\(property(GateText.heading(cluster.verdict) + " " + cluster.name))")
    let text =
      "\(cluster.example.sentence)\n\(GateText.count(cluster.tasks.count, "task")); repeat: "
      + cluster.command
    return
      "::\(isWarning ? "warning" : "error") \(properties.joined(separator: ","))::\(message(text))"
  }

  private func message(_ text: String) -> String {
    text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
  }

  private func property(_ text: String) -> String {
    message(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}
