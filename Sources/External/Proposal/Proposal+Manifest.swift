import Devices

extension Proposal {
  /// The manifest, with comments where a person must look.
  ///
  /// - Parameter path: turns the path of a source into one from the manifest's folder.
  public func manifest(path: (String) -> String) -> String {
    var lines = [
      "# Proposed by `cosim init`. Look at every line with a question mark; values in two's "
        + "complement need",
      "# `signed: true`, which Verilog seldom says.",
      "top: \(sketch.top)",
    ]
    lines += list("sources", sketch.sources.map(path))
    if !sketch.includeDirectories.isEmpty {
      lines += list("include_directories", sketch.includeDirectories.map(path))
    }
    if !sketch.flags.isEmpty {
      lines.append(
        "verilator_flags: [\(sketch.flags.joined(separator: ", "))]  # ? without it, Verilator "
          + "refuses the RTL")
    }
    lines += clockLines + resetLines + configurationLines
    lines += ["streams:"] + streams.flatMap { self.lines($0) }
    if !settings.isEmpty {
      lines.append(
        "# ? Values that stay while transactions are under way. What goes with every beat "
          + "belongs to"
      )
      lines.append("# a stream instead.")
      lines.append("settings:")
      lines += settings.map { "  \($0.name): {\(port($0))\(format($0))}" + remark($0.remark) }
    }
    if let registerBus {
      let prefix = registerBus.prefix.isEmpty ? "\"\"" : registerBus.prefix
      lines += [
        "# ? Settings behind it: `NAME: {register: 0x10, bits: 8}` under `settings`.",
        "register_bus: {kind: \(registerBus.kind), prefix: \(prefix)}",
      ]
    }
    if !ties.isEmpty {
      lines.append(
        "ties: {\(ties.map { "\($0.port): \($0.value)" }.joined(separator: ", "))}  # ? kept "
          + "like this"
      )
    }
    lines += golden + unused.map { "# \($0.port) \($0.reason)." }
    return (lines + sketch.remarks.map { "# ? \($0)." }).joined(separator: "\n") + "\n"
  }

  private func list(_ key: String, _ items: [String]) -> [String] {
    let line = "\(key): [\(items.map(quoted).joined(separator: ", "))]"
    return line.count <= 100 ? [line] : ["\(key):"] + items.map { "  - \(quoted($0))" }
  }

  private func quoted(_ text: String) -> String {
    text.allSatisfy { $0.isLetter || $0.isNumber || "-_./+".contains($0) } ? text : "\"\(text)\""
  }

  private var clockLines: [String] {
    switch clocks.count {
    case 0: return ["clock: none"]
    case 1: return ["clock: \(clocks[0])"]
    default:
      return ["# ? Periods in any unit; a stream says `clock: NAME` where it is not the first one."]
        + ["clocks: {\(clocks.map { "\($0): {period: 2}" }.joined(separator: ", "))}"]
    }
  }

  private var resetLines: [String] {
    let items = resets.map { reset in
      "{name: \(reset.name), active: \(reset.isLow ? "low" : "high")"
        + (reset.isAsynchronous ? ", kind: asynchronous}" : "}")
    }
    switch items.count {
    case 0: return ["reset: none"]
    case 1: return ["reset: \(items[0])"]
    default: return ["reset: [\(items.joined(separator: ", "))]"]
    }
  }

  private var configurationLines: [String] {
    guard !sketch.parameters.isEmpty else { return [] }
    let all = sketch.parameters.map { "\($0.name): \($0.value)" }
    return ["configurations:", "  default: {\(all.joined(separator: ", "))}"]
  }

  private func lines(_ stream: Stream) -> [String] {
    var lines = ["  \(stream.name):", "    direction: \(stream.isInput ? "input" : "output")"]
    if stream.handshake != "ready_valid" {
      lines.append("    handshake: \(stream.handshake)" + remark(stream.remark))
    }
    lines += stream.pins.map { "    \($0.role): \($0.pin)" }
    if let after = stream.after {
      let names =
        after.names.count == 1 ? after.names[0] : "[\(after.names.joined(separator: ", "))]"
      lines.append("    after: \(names)  # ? \(after.remark)")
    }
    if let last = stream.last { lines.append("    last: \(last)") }
    if let keep = stream.keep { lines.append("    keep: \(keep.port)") }
    let isBare = stream.after != nil || stream.handshake == "start_done"
    if stream.values.isEmpty && isBare && stream.isInput { return lines }
    if stream.values.isEmpty {
      return lines + ["    fields: {}  # ? no port seems to go with it"]
    }
    lines.append("    fields:")
    lines += stream.values.map { value in
      let array = value.array == value.name ? "" : ", array: \(value.array)"
      return "      \(value.name): {\(port(value))\(format(value))\(array)}" + remark(value.remark)
    }
    return lines
  }

  private func port(_ value: Value) -> String {
    value.ports.count == 1
      ? "port: \(value.ports[0])" : "ports: [\(value.ports.joined(separator: ", "))]"
  }

  private func format(_ value: Value) -> String {
    (value.lanes > 1
      ? ", lanes: \(value.lanesText ?? "\(value.lanes)")" : "")
      + (value.offset.map { ", offset: \($0)" } ?? "")
      + ", bits: \(value.bitsText ?? "\(value.bits)")"
      + (value.isSigned ? ", signed: true" : "")
  }

  private func remark(_ text: String?) -> String {
    text.map { "  # \($0.hasPrefix("?") ? $0 : "? " + $0)" } ?? ""
  }

  private var golden: [String] {
    var lines = ["golden: {command: [python3, golden.py], timeout: 60}"]
    var lengths: [String] = []
    var arrays: [String] = []
    for stream in streams where stream.isInput {
      for value in stream.values {
        let lanes = value.lanesText ?? "\(value.lanes)"
        if stream.handshake == "memory" {
          lengths.append("\(value.array): 16")
        } else if stream.last == nil {
          lengths.append("\(value.array): \(lanes)")
        } else if stream.keep != nil || value.lanes == 1 {
          lengths.append("\(value.array): 1..\(max(16, 4 * value.lanes))")
        } else {
          // Without a mark of lanes all beats are whole: a row of lanes each.
          let beats = "\(stream.name)_beats"
          arrays.append("\(value.array): {axes: [\(beats), \(value.array)_lanes]}")
          if !lengths.contains("\(beats): 1..16") { lengths.append("\(beats): 1..16") }
          lengths.append("\(value.array)_lanes: \(lanes)")
        }
      }
    }
    if !arrays.isEmpty {
      lines.insert("arrays: {\(arrays.joined(separator: ", "))}", at: 0)
    }
    if !lengths.isEmpty {
      lines.append(
        "# ? Elements in a transaction: what golden() answers at once. Whole beats where "
          + "nothing marks the end."
      )
      lines.append("stimulus: {lengths: {\(lengths.joined(separator: ", "))}}")
    }
    return lines
  }
}
