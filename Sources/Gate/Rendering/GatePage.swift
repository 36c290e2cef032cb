import Reports

/// Renders a result as one HTML page that needs nothing else.
public struct GatePage {
  public init() {}

  public func render(_ result: GateResult) -> String {
    let isGood = result.verdict == .passed
    let title = result.verdict.rawValue
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>cosim gate: \(title)</title>\
      <style>\(HTMLReport.styles)</style></head><body>
      <h1 class="\(isGood ? "good" : "bad")">\(title.prefix(1).uppercased() + title.dropFirst())</h1>
      <p>\(escaped(GateText.verdict(result))).</p>
      \(result.lost.isEmpty ? "" : "<p><b>Lost</b>: \(escaped(GateText.lost(result)))</p>")
      \(result.clusters.map { section($0, result) }.joined())
      \(GateCoverage().section(result))
      <h2>What the change is</h2><ul>\(list(result.remarks))</ul>
      \(result.leftOut.isEmpty ? "" : "<h2>Left out</h2><ul>\(list(GateText.leftOut(result)))</ul>")
      \(result.trusted == 0 ? "" : "<h2>Trusted</h2><p>\(escaped(GateText.trusted(result)))</p>")
      \(table(result))
      </body></html>

      """
  }

  private func list(_ items: [String]) -> String {
    items.map { "<li>\(escaped($0))</li>" }.joined()
  }

  private func section(_ cluster: Cluster, _ result: GateResult) -> String {
    let place = cluster.example.file.map { file in
      "<p>At <code>\(escaped(file))\(cluster.example.line.map { ":\($0)" } ?? "")</code></p>"
    }
    let number = result.results.firstIndex { $0.task.id == cluster.tasks.first }
    let outcome = number.flatMap { result.results[$0].outcome }
    return """
      <h2 class="bad">\(GateText.heading(cluster.verdict)) \(escaped(cluster.name))\
      \(cluster.isNew ? "" : " (failed at the base, too)")</h2>
      <pre>\(escaped(cluster.example.sentence))</pre>\(place ?? "")
      <p>\(escaped(GateText.count(cluster.tasks.count, "task") + ": " + GateText.list(cluster.tasks, most: 50)))</p>
      <p>Repeat it: <code>\(escaped(cluster.command))</code></p>
      \(outcome.map { HTMLReport().details(number ?? 0, $0) } ?? "")
      """
  }

  private func table(_ result: GateResult) -> String {
    let rows = result.results.map { task in
      """
      <tr class="\(task.verdict == .passed ? "good" : "bad")"><td>\(escaped(task.task.id))</td>\
      <td>\(task.isTrusted ? "trusted" : task.verdict.rawValue)</td>\
      <td>\(escaped(task.failures.map(\.kind).joined(separator: ", ")))</td>\
      <td>\(grouped(task.evidence.elements))</td><td>\(grouped(task.evidence.cycles))</td>\
      <td>\(task.cycles.map { grouped($0.measured) } ?? "")</td>\
      <td>\(task.cycles?.budget.map { $0.count == 1 ? grouped($0.lowerBound) : "\(grouped($0.lowerBound))–\(grouped($0.upperBound))" } ?? "")</td>\
      <td><code>\(escaped(task.evidence.digests.joined(separator: ", ")))</code></td></tr>

      """
    }
    return """
      <h2>Tasks</h2><table><thead><tr><th>task</th><th>verdict</th><th>failures</th><th>elements</th>\
      <th>cycles</th><th>measured</th><th>budget</th><th>digests</th></tr></thead><tbody>
      \(rows.joined())</tbody></table>
      """
  }
}
