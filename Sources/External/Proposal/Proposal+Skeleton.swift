import Devices

extension Proposal {
  private var inputs: [Value] { streams.filter(\.isInput).flatMap(\.values) + settings }
  private var outputs: [Value] { streams.filter { !$0.isInput }.flatMap(\.values) }

  /// A golden model in Python that says of every answer that nobody has written it yet.
  public var skeleton: String {
    let arguments = inputs.map(\.array) + (sketch.parameters.isEmpty ? [] : ["parameters"])
    let answer = outputs.map { "\"\($0.array)\": …" }.joined(separator: ", ")
    var lines = [
      "\"\"\"The golden model of \(sketch.top): what it must answer, bit for bit.\"\"\"",
      "import numpy as np",
      "",
      "import cosim_golden",
      "",
      "",
      "def golden(\(arguments.joined(separator: ", "))):",
      "    \"\"\"Answers one transaction.",
      "",
    ]
    lines += streams.filter(\.isInput).flatMap(\.values).map {
      "    \($0.array): \(words($0)), an element each"
    }
    lines += settings.map { "    \($0.array): \(words($0)), a setting" }
    if !sketch.parameters.isEmpty {
      lines.append(
        "    parameters: \(sketch.parameters.map(\.name).joined(separator: ", ")), by name")
    }
    lines += [
      "    Returns " + outputs.map { "\($0.array) (\(words($0)))" }.joined(separator: ", ") + ".",
      "    \"\"\"",
      "    raise NotImplementedError(\"golden.py does not say yet what \(sketch.top) answers\")",
      "    return {\(answer)}".replacing("…", with: "np.zeros(1, np.int64)"),
      "",
      "",
      "if __name__ == \"__main__\":",
      "    cosim_golden.serve(golden)",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private func words(_ value: Value) -> String {
    "\(value.isSigned ? "int" : "uint")\(value.bits)"
      + (value.lanes > 1 ? ", \(value.lanes) in a beat" : "")
  }

  /// What was recognised, a line each, for a person.
  public var summary: [String] {
    var lines = [
      (clocks.isEmpty ? "no clock" : "clock \(clocks.joined(separator: ", "))")
        + "; "
        + (resets.isEmpty
          ? "no reset"
          : resets.map { "reset \($0.name), active \($0.isLow ? "low" : "high")" }
            .joined(separator: ", "))
    ]
    for stream in streams {
      let values = stream.values.map { value in
        let lanes = value.lanes > 1 ? "\(value.lanes) × " : ""
        return "\(value.array) (\(lanes)\(value.isSigned ? "int" : "uint")\(value.bits))"
      }
      lines.append(
        "\(stream.isInput ? "input" : "output") \(stream.name), "
          + stream.handshake.replacing("_", with: " ") + ": "
          + (values.isEmpty ? "no values" : values.joined(separator: ", ")))
    }
    if !settings.isEmpty {
      lines.append("settings: \(settings.map(\.name).joined(separator: ", "))")
    }
    if !ties.isEmpty {
      lines.append("kept: \(ties.map { "\($0.port) = \($0.value)" }.joined(separator: ", "))")
    }
    return lines + unused.map { "\($0.port) \($0.reason)" }
  }

  /// Names the helper that golden.py imports.
  public static let helperName = "cosim_golden.py"

  /// The helper that golden.py imports.
  public static var helper: [UInt8] { PackageResources.cosim_golden_py }
}
