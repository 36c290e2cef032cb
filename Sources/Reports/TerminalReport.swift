public import Lockstep

/// Renders outcomes as text for a terminal of 80 columns.
public struct TerminalReport {
  public init() {}

  /// One outcome: the verdict first, then runs, then findings.
  public func render(_ outcome: Outcome) -> String {
    var lines = wrapped("\(verdict(outcome))  \(outcome.block)  \(outcome.configuration)")
    lines += wrapped(
      "  \(outcome.workload), seed \(outcome.seed), device \(outcome.device.prefix(12))")
    if let golden = outcome.golden { lines += wrapped("  golden: \(golden)") }
    lines.append(contentsOf: table(outcome))
    lines += outcome.leewaySentences.flatMap { wrapped("  " + $0) }
    if let ideal = ideal(outcome) { lines.append(ideal) }
    let idle = outcome.runs.filter { $0.profile != .none && $0.isUnstallable }
    if !idle.isEmpty {
      lines += wrapped(
        "  stalls \(idle.map(\.profile.rawValue).joined(separator: ", ")): this design cannot be kept "
          + "waiting on any of the streams that they would hold up")
    }
    if let run = outcome.runs.first, let stages = run.stages.words(of: run.cycles) {
      lines += wrapped("  stages (\(run.profile.rawValue)): \(stages)")
    }
    lines += outcome.errors.map { "  " + $0.sentence }
    for (index, run) in outcome.runs.enumerated() where !run.findings.isEmpty {
      let beats = run.mismatchedBeats
      lines += wrapped(
        "  run \(index + 1), stalls \(run.profile.rawValue), initial state \(run.initialState)"
          + (beats > 0 ? ": \(beats) \(beats == 1 ? "beat differs" : "beats differ")" : ""))
      for finding in run.findings.prefix(4) { lines.append(contentsOf: item(finding)) }
      if run.findings.count > 4 {
        lines.append("    … and \(run.findings.count - 4) more (--json lists them)")
      }
    }
    for finding in outcome.findings { lines.append(contentsOf: item(finding)) }
    if let explanation = outcome.explanation {
      lines += explanation.lines.flatMap { wrapped("  " + $0) }
    }
    if !outcome.agrees { lines.append("  repeat: \(outcome.command)") }
    return lines.joined(separator: "\n")
  }

  /// The closing line over several outcomes.
  ///
  /// - Parameter planned: outcomes that there were to be.
  public func summary(_ outcomes: [Outcome], planned: Int) -> String {
    let agreeing = outcomes.filter(\.agrees).count
    let elements = outcomes.flatMap(\.runs).reduce(0) { $0 + $1.comparedElements }
    let cycles = outcomes.flatMap(\.runs).reduce(0) { $0 + $1.cycles }
    return "\(agreeing) of \(planned) configurations agree; \(grouped(elements)) elements "
      + "compared in \(grouped(cycles)) cycles"
  }

  private func verdict(_ outcome: Outcome) -> String {
    if outcome.agrees { return "AGREES" }
    return outcome.allFindings.isEmpty ? "INTERRUPTED" : "DIFFERS"
  }

  private func item(_ finding: Finding) -> [String] {
    wrapped("  - \(finding.kind): \(finding.sentence)")
  }

  /// Cycles by the block's formula beside those that were taken; nil where it states none.
  private func ideal(_ outcome: Outcome) -> String? {
    let runs = outcome.runs.compactMap { run in
      run.idealCycles.map { (run.profile.rawValue, run, cycles: max($0, 1)) }
    }
    guard let (_, run, cycles) = runs.first, run.transactions > 0 else { return nil }
    let taken = runs.map { profile, run, cycles in
      "\(decimal(Double(run.cycles) / Double(cycles), 2)) (\(profile))"
    }
    return "  ideal: \(decimal(Double(cycles) / Double(run.transactions), 2)) cycles each; taken, "
      + "times that: \(taken.joined(separator: ", "))"
  }

  private func table(_ outcome: Outcome) -> [String] {
    let header = [
      "stalls", "transact.", "beats", "elements", "cycles", "each", "used", "wrong", "digest",
    ]
    let rows = outcome.runs.map { run in
      [
        run.profile.rawValue, grouped(run.transactions), grouped(run.comparedBeats),
        grouped(run.comparedElements), grouped(run.cycles),
        run.transactions > 0 ? decimal(Double(run.cycles) / Double(run.transactions), 2) : "-",
        run.utilisation.map { decimal(100 * $0, 1) + " %" } ?? "-", grouped(run.mismatchedBeats),
        hexadecimal(run.digest),
      ]
    }
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      "  "
        + row.enumerated().map { column, cell in
          let padding = String(repeating: " ", count: widths[column] - cell.count)
          return column == 0 ? cell + padding : padding + cell
        }.joined(separator: "  ")
    }
  }
}

/// A line as several of at most 80 columns, broken between words; what continues stands four columns
/// further in. Commands stay whole, so that they can be copied.
package func wrapped(_ line: String) -> [String] {
  let isCommand = ["replay: ", "waves: ", "repeat: "].contains { line.contains($0) }
  guard line.count > 80 && !isCommand else { return [line] }
  let indent = String(repeating: " ", count: line.prefix { $0 == " " }.count + 4)
  var lines: [String] = []
  var rest = line[...]
  while rest.count > 80 {
    let room = rest.prefix(81)
    let start = rest.prefix { $0 == " " }.endIndex
    // A word that is too long for a line of its own stays whole.
    guard let end = room[start...].lastIndex(of: " ") ?? rest[start...].firstIndex(of: " ") else {
      break
    }
    lines.append(String(rest[..<end]))
    rest = (indent + rest[end...].drop { $0 == " " })[...]
  }
  return lines + [String(rest)]
}

extension [StageActivity] {
  /// Each stage with its share of the cycles; nil without stages or cycles.
  func words(of cycles: Int) -> String? {
    guard !isEmpty, cycles > 0 else { return nil }
    return map { "\($0.stage) \(decimal(100 * Double($0.cycles) / Double(cycles), 1)) %" }
      .joined(separator: ", ")
  }
}

/// `1,234,567`.
package func grouped(_ number: Int) -> String {
  var digits = Array(String(number.magnitude))
  var position = digits.count - 3
  while position > 0 {
    digits.insert(",", at: position)
    position -= 3
  }
  return (number < 0 ? "-" : "") + String(digits)
}

/// `value` with so many decimals, rounded.
package func decimal(_ value: Double, _ places: Int) -> String {
  var power = 1.0
  for _ in 0..<places { power *= 10 }
  let scaled = Int((value.magnitude * power).rounded())
  let unit = Int(power)
  var fraction = String(scaled % unit)
  while fraction.count < places { fraction = "0" + fraction }
  let whole = (value < 0 && scaled > 0 ? "-" : "") + String(scaled / unit)
  return places == 0 ? whole : whole + "." + fraction
}

extension RealError {
  /// The errors beside the size of the real values.
  var sentence: String {
    "\(array) against real values: mean error \(significant(mean)), largest \(significant(largest)); "
      + "root mean square of the values \(significant(magnitude))"
  }
}

/// `value`, 0 or more, with three significant digits.
package func significant(_ value: Double) -> String {
  guard value > 0, value < 1000 else { return decimal(value, 0) }
  var (places, limit) = (2, 1.0)
  while value * limit < 1, places < 12 {
    places += 1
    limit *= 10
  }
  return decimal(value, places)
}

/// Eight hexadecimal digits.
package func hexadecimal(_ word: UInt32) -> String {
  let digits = String(word, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}
