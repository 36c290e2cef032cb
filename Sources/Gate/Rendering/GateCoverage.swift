/// Renders the RTL coverage of a result as an lcov file.
public struct GateCoverage {
  public init() {}

  /// One record a file: instances as functions, by their hierarchical names; lines with how often they ran
  /// in all blocks that contain them. Empty where nothing was measured.
  public func render(_ result: GateResult) -> String {
    var files: [String: [(name: String, lines: [Int: Int])]] = [:]
    var waived: Set<String> = []
    for figures in result.results.compactMap(\.coverage) {
      for instance in figures.instances {
        files[instance.file, default: []].append((instance.name, instance.lines))
      }
      waived.formUnion(figures.waived.map { "\($0.file):\($0.line)" })
    }
    var text = ""
    for (file, instances) in files.sorted(by: { $0.key < $1.key }) {
      text += "TN:cosim\nSF:\(file)\n"
      var lines: [Int: Int] = [:]
      let sorted = instances.sorted { $0.name < $1.name }
      for instance in sorted {
        text += "FN:\(instance.lines.keys.min() ?? 1),\(name(instance.name))\n"
        lines.merge(instance.lines) { $0 + $1 }
      }
      for instance in sorted {
        text += "FNDA:\(instance.lines.values.max() ?? 0),\(name(instance.name))\n"
      }
      let entered = sorted.count { $0.lines.values.contains { $0 > 0 } }
      text += "FNF:\(sorted.count)\nFNH:\(entered)\n"
      let counted = lines.sorted { $0.key < $1.key }.filter {
        !waived.contains("\(file):\($0.key)")
      }
      for (line, count) in counted { text += "DA:\(line),\(count)\n" }
      text += "LF:\(counted.count)\nLH:\(counted.count { $0.value > 0 })\nend_of_record\n"
    }
    return text
  }

  private func name(_ instance: String) -> String {
    String(instance.drop { $0 == "." })
  }
}
