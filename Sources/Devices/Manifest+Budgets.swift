import Foundation

extension Manifest {
  /// The text of a manifest with one budget replaced or added; everything else stays as it is.
  ///
  /// - Parameters:
  ///   - text: of the manifest.
  ///   - configuration: whose budget it is.
  ///   - cycles: the budget.
  ///   - streams: what each stream did in these cycles, in order; none leaves the number alone.
  ///   - remark: why, and when; one line.
  public static func text(
    _ text: String, settingBudgetOf configuration: String, to cycles: Int,
    streams: [(name: String, classes: CycleClasses)] = [], remark: String
  ) -> String {
    let remark = remark.split(whereSeparator: \.isNewline).joined(separator: " ")
    let entry =
      streams.isEmpty
      ? ["  \(configuration): \(cycles)  # \(remark)"]
      : ["  \(configuration):  # \(remark)", "    total: \(cycles)"]
        + streams.map { name, classes in
          "    \(name): ["
            + CycleClasses.Kind.allCases.map { String(classes[$0]) }.joined(separator: ", ") + "]"
        }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    while lines.last?.isEmpty == true { lines.removeLast() }
    guard let start = lines.firstIndex(where: { $0.hasPrefix("cycles:") }) else {
      return (lines + ["cycles:"] + entry).joined(separator: "\n") + "\n"
    }
    // A mapping in one line, or nothing yet, gives way to one entry a line.
    let entries = lines[(start + 1)...].prefix { $0.hasPrefix(" ") || $0.isEmpty }
    let indent = entries.first { !$0.isEmpty }?.prefix { $0 == " " }.count ?? 2
    func depth(_ line: String) -> Int { line.prefix { $0 == " " }.count }
    if let old = entries.firstIndex(where: { depth($0) == indent && key(of: $0) == configuration })
    {
      let inner = entries[(old + 1)...].prefix { depth($0) > indent }
      lines.replaceSubrange(old..<inner.endIndex, with: entry)
    } else {
      let last = entries.lastIndex { !$0.isEmpty } ?? start
      lines.insert(contentsOf: entry, at: last + 1)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func key(of line: String) -> String? {
    line.firstIndex(of: ":").map {
      line[..<$0].trimmingCharacters(in: CharacterSet(charactersIn: " \"'"))
    }
  }
}
