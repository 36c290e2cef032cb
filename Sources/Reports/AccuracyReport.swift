public import Accuracy
import Blocks

/// Renders what was measured of golden models against real numbers, as text for a terminal of 110
/// columns.
public struct AccuracyReport {
  public init() {}

  // MARK: - Approximations side by side

  /// A table for each scenario, then one of all scenarios of a family where there are several.
  public func render(_ survey: Survey) -> String {
    var sections: [String] = []
    for family in survey.families {
      for (number, result) in family.scenarios.enumerated() {
        sections.append(section(result, number: number + 1, of: family.scenarios.count))
      }
      if family.scenarios.count > 1 { sections.append(overview(family)) }
    }
    return sections.joined(separator: "\n\n")
  }

  private func section(_ result: ScenarioResult, number: Int, of count: Int) -> String {
    let scenario = result.scenario
    let isSoftmax = scenario.family == .softmax
    let prefix = count > 1 ? " \(number)" : ""
    var lines = ["\(scenario.family.rawValue)\(prefix): \(scenario.words)"]
    let header =
      ["", "max error", "mean error", "max LSB"] + (isSoftmax ? ["row sums", "KL bits"] : [])
      + ["worst: input: real, got"]
    let measured = result.measurements.filter { $0.elements > 0 }
    let rows = measured.map { row($0, isSoftmax: isSoftmax) }
    lines += Columns(header, rows, leading: [0, header.count - 1]).lines(indent: "  ")
    if measured.contains(where: { !$0.isInDomain }) {
      lines.append("  * outside the inputs for which the block states a bound")
    }
    for measurement in result.measurements {
      guard let refusal = measurement.refusal else { continue }
      let what =
        measurement.elements == 0 ? "not measured" : "without \(measurement.refusedRows) rows"
      lines += wrapped("  \(measurement.variant): \(what): \(refusal)", indent: "    ")
    }
    return lines.joined(separator: "\n")
  }

  private func row(_ measurement: AccuracyFigures, isSoftmax: Bool) -> [String] {
    var cells = [
      measurement.variant + (measurement.isInDomain ? "" : " *"),
      significant(measurement.maxError), significant(measurement.meanError),
      measurement.maxErrorInCodes.map { significant($0) } ?? "-",
    ]
    if isSoftmax {
      cells.append(sums(measurement))
      cells.append(measurement.divergence.map { significant($0.mean, 2) } ?? "-")
    }
    let place = measurement.worst.map {
      "\($0.input.map { "\($0): " } ?? "")\(significant($0.exact)), \(significant($0.got))"
    }
    return cells + [place ?? "-"]
  }

  /// Least and largest sum of a row.
  private func sums(_ measurement: AccuracyFigures) -> String {
    measurement.rowSum.map { "\(decimal($0.least, 2))-\(decimal($0.largest, 2))" } ?? "-"
  }

  /// Maximum and mean error of every variant in every scenario; for a softmax the row sums, too.
  private func overview(_ family: FamilySurvey) -> String {
    let variants = family.scenarios.first?.measurements.map(\.variant) ?? []
    let header =
      [""] + family.scenarios.indices.map { "\(family.family.rawValue) \($0 + 1)" }
    func table(_ cell: (AccuracyFigures) -> String) -> [String] {
      let rows = variants.enumerated().map { index, variant in
        [variant]
          + family.scenarios.map { scenario in
            let measurement = scenario.measurements[index]
            return measurement.elements > 0 ? cell(measurement) : "-"
          }
      }
      return Columns(header, rows, leading: [0]).lines(indent: "  ")
    }
    var lines = ["\(family.family.rawValue), all scenarios: maximum / mean error"]
    lines += table { "\(significant($0.maxError, 2))/\(significant($0.meanError))" }
    if family.family == .softmax {
      lines += ["", "softmax, all scenarios: row sums"]
      lines += table(sums)
    }
    return lines.joined(separator: "\n")
  }

  // MARK: - Stated bounds

  /// A line a block: verdict, bound, worst error and margin; for what does not hold, why.
  public func render(_ contracts: [Contract]) -> String {
    let header = ["", "", "bound", "worst", "margin", "row sum (length): margin", "elements"]
    let rows = contracts.map { contract in
      [
        contract.holds ? "HOLDS" : "BROKEN", contract.variant,
        significant(contract.tolerance.element), significant(contract.worstError),
        significant(contract.margin, 2),
        contract.rowSum.map {
          "\(decimal($0.sum, 3)) (\($0.length)): \(significant($0.margin, 2))"
        } ?? "-",
        grouped(contract.elements),
      ]
    }
    var lines = Columns(header, rows, leading: [0, 1]).lines(indent: "")
    for contract in contracts where !contract.holds {
      lines.append("")
      lines += wrapped(
        "\(contract.variant): claimed for \(contract.tolerance.domain.words)", indent: "  ")
      for finding in contract.findings.prefix(4) {
        lines += wrapped("  - \(finding.sentence(contract))", indent: "    ")
      }
      if contract.findings.count > 4 {
        lines.append("  … and \(contract.findings.count - 4) more (--json lists them)")
      }
      lines.append("  repeat: \(contract.tolerance.command)")
    }
    let broken = contracts.filter { !$0.holds }.count
    let elements = contracts.reduce(0) { $0 + $1.elements }
    lines += [
      "",
      "\(contracts.count - broken) of \(contracts.count) bounds hold; \(grouped(elements)) elements "
        + "compared with real numbers",
    ]
    return lines.joined(separator: "\n")
  }
}

extension Scenario {
  /// `S = 0.02166, rows of 64, deviation 1, 200 rows, seed 1`.
  var words: String {
    let ratio = family == .requantisation ? "ratio" : "S"
    let scale = family == .normalisation ? "" : "\(ratio) = \(brief(self.scale)), "
    switch values {
    case .everyCode:
      return scale + "all codes of 8 bits in one row"
    case .file(let path, let array):
      return scale + "\(rows) rows of \(length) from \(array) of \(path)"
    case .normal:
      let unit =
        switch family {
        case .softmax, .activation: ""
        case .normalisation: " codes"
        case .requantisation: " output codes"
        }
      return scale
        + "\(rows) normal rows of \(length), sigma \(brief(deviation))\(unit), seed \(seed)"
    }
  }
}

extension Contract.Finding {
  /// What was found, with its numbers.
  func sentence(_ contract: Contract) -> String {
    switch self {
    case .element:
      let place = contract.worst.map {
        "element \($0.index) of row \($0.row)\($0.inputWords), is \(significant($0.got, 4)) where "
          + "\(significant($0.exact, 4)) is real"
      }
      return "an error of \(significant(contract.worstError, 4)) exceeds the bound of "
        + "\(significant(contract.tolerance.element, 4)): \(place ?? "no place") (\(contract.worstStimulus))"
    case .rowSum(let sum):
      return "a row of \(sum.length) elements sums to \(significant(sum.sum, 4)), outside "
        + "\(significant(sum.least, 4))...\(significant(sum.largest, 4))"
    case .nothingCompared:
      return "nothing was compared: no corner, no stimulus and no edge is in the domain"
    case .refused(let reason):
      return "the block refuses an input of its domain: \(reason)"
    }
  }
}

/// Cells under their headers, as wide as the widest of each column.
struct Columns {
  private let all: [[String]]
  private let leading: Set<Int>

  /// - Parameter leading: columns that are aligned to the left; the others hold numbers.
  init(_ header: [String], _ rows: [[String]], leading: Set<Int>) {
    all = [header] + rows
    self.leading = leading
  }

  func lines(indent: String) -> [String] {
    let widths = all[0].indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      var line = indent
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line +=
          (column == 0 ? "" : "  ") + (leading.contains(column) ? cell + padding : padding + cell)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}

/// Breaks a line at spaces so that no part is longer than 100 characters, where it can be.
func wrapped(_ line: String, indent: String) -> [String] {
  var lines: [String] = []
  var rest = Substring(line)
  while rest.count > 100,
    let space = rest.prefix(101).lastIndex(of: " "),
    rest[..<space].contains(where: { $0 != " " })
  {
    lines.append(String(rest[..<space]))
    rest = indent + rest[rest.index(after: space)...]
  }
  return lines + [String(rest)]
}

/// `value` with so many significant digits; powers of ten below 10^-4.
func significant(_ value: Double, _ digits: Int = 3) -> String {
  guard value != 0 else { return "0" }
  guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-inf" : "inf" }
  var exponent = 0
  var mantissa = value.magnitude
  while mantissa >= 10 {
    mantissa /= 10
    exponent += 1
  }
  while mantissa < 1 {
    mantissa *= 10
    exponent -= 1
  }
  let sign = value < 0 ? "-" : ""
  if exponent < -4 || exponent > 7 {
    let text = decimal(mantissa, digits - 1)
    // 9.996 has become 10.00.
    return text.hasPrefix("10")
      ? "\(sign)\(decimal(1, digits - 1))e\(exponent + 1)" : "\(sign)\(text)e\(exponent)"
  }
  return sign + decimal(value.magnitude, max(0, digits - 1 - exponent))
}

/// `value` with up to four significant digits, without zeros at its end.
func brief(_ value: Double) -> String {
  let text = significant(value, 4)
  guard text.contains("."), !text.contains("e") else { return text }
  var end = text.endIndex
  while text[text.index(before: end)] == "0" { end = text.index(before: end) }
  if text[text.index(before: end)] == "." { end = text.index(before: end) }
  return String(text[..<end])
}

extension WorstCase {
  /// `, input 3`; nothing where an element does not come from a single input.
  var inputWords: String { input.map { ", input \($0)" } ?? "" }
}
