import Reports

/// Renders a result as JUnit XML: a suite for each block, a case for each task.
public struct GateJUnit {
  public init() {}

  /// Tasks that were left out are skipped cases with the reason; tasks without a result are errors.
  public func render(_ result: GateResult) -> String {
    var suites: [String: [String]] = [:]
    var counts: [String: (failures: Int, errors: Int, skipped: Int)] = [:]
    func add(_ block: String, _ text: String, _ verdict: TaskResult.Verdict?) {
      suites[block, default: []].append(text)
      switch verdict {
      case .failed, .flaky: counts[block, default: (0, 0, 0)].failures += 1
      case .broken: counts[block, default: (0, 0, 0)].errors += 1
      case .passed: break
      case nil: counts[block, default: (0, 0, 0)].skipped += 1
      }
    }
    for task in result.results { add(task.task.block, testCase(task), task.verdict) }
    for name in result.lost {
      add(
        block(name),
        open(name) + "<error type=\"lost\" message=\"there is no result\"/></testcase>\n", .broken)
    }
    for left in result.leftOut {
      add(
        block(left.task),
        open(left.task) + "<skipped message=\"\(xml(left.reason))\"/></testcase>\n", nil)
    }
    let body = suites.sorted { $0.key < $1.key }.map { name, cases in
      "<testsuite name=\"\(xml(name))\" tests=\"\(cases.count)\" \(attributes(counts[name] ?? (0, 0, 0)))>\n"
        + cases.joined() + "</testsuite>\n"
    }.joined()
    let total = counts.values.reduce(into: (failures: 0, errors: 0, skipped: 0)) {
      $0.failures += $1.failures
      $0.errors += $1.errors
      $0.skipped += $1.skipped
    }
    let tests = suites.values.reduce(0) { $0 + $1.count }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      + "<testsuites name=\"cosim gate, \(result.level.rawValue): \(result.verdict.rawValue)\" "
      + "tests=\"\(tests)\" \(attributes(total))>\n" + body + "</testsuites>\n"
  }

  private func attributes(_ counts: (failures: Int, errors: Int, skipped: Int)) -> String {
    "failures=\"\(counts.failures)\" errors=\"\(counts.errors)\" skipped=\"\(counts.skipped)\""
  }

  private func block(_ task: String) -> String { String(task.prefix { $0 != "/" }) }

  private func open(_ task: String, file: String? = nil, line: Int? = nil) -> String {
    let parts = task.split(separator: "/", maxSplits: 1).map(String.init)
    let place = (file.map { " file=\"\(xml($0))\"" } ?? "") + (line.map { " line=\"\($0)\"" } ?? "")
    return "<testcase classname=\"\(xml(parts[0]))\" name=\"\(xml(parts.last ?? ""))\"\(place)>\n"
  }

  private func testCase(_ result: TaskResult) -> String {
    let first = result.failures.first
    var text = open(result.task.id, file: first?.file, line: first?.line)
    text += "<properties>\n"
    for (name, value) in properties(result) {
      text += "<property name=\"\(name)\" value=\"\(xml(value))\"/>\n"
    }
    text += "</properties>\n"
    if let first {
      let element = result.verdict == .broken ? "error" : "failure"
      let type = result.verdict == .flaky ? "flaky: \(first.kind)" : first.kind
      let details =
        result.failures.map { "\($0.kind): \($0.sentence)" } + result.remarks
        + ["repeat: \(result.command)"]
      text += "<\(element) type=\"\(xml(type))\" message=\"\(xml(first.sentence))\">"
      text += xml(details.joined(separator: "\n")) + "</\(element)>\n"
    }
    return text + "</testcase>\n"
  }

  private func properties(_ result: TaskResult) -> [(String, String)] {
    let evidence = result.evidence
    var properties: [(String, String)] = []
    if case .verify(let seed, _, _) = result.task.check { properties.append(("seed", "\(seed)")) }
    properties += [
      ("cycles", "\(evidence.cycles)"), ("checks", "\(evidence.elements)"),
      ("transactions", "\(evidence.transactions)"),
    ]
    if !evidence.digests.isEmpty {
      properties.append(("digests", evidence.digests.joined(separator: ", ")))
    }
    if let device = evidence.device { properties.append(("device", device)) }
    if result.isTrusted { properties.append(("trusted", evidence.key)) }
    return properties + [("replay", result.command)]
  }

  /// As it stands in XML, which has no control characters.
  private func xml(_ text: String) -> String {
    let safe = String(text.unicodeScalars.filter { $0.value >= 32 || $0 == "\n" || $0 == "\t" })
    return escaped(safe).replacing("\n", with: "&#10;")
  }
}
