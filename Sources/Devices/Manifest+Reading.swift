import Foundation
import Signals
import Yams

extension Manifest {
  /// Reads a manifest and checks all of it: keys, kinds of values, that every file it names exists, and
  /// that all configurations set the same parameters.
  ///
  /// - Parameter path: of the file, or of the folder that holds a `device.yaml`.
  /// - Throws: ``DeviceError/manifest(file:line:_:)``, with the line.
  public init(contentsOf path: String) throws(DeviceError) {
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    let file = exists && isDirectory.boolValue ? path + "/device.yaml" : path
    let text: String
    do {
      text = try String(contentsOfFile: file, encoding: .utf8)
    } catch {
      let reason =
        FileManager.default.fileExists(atPath: file) ? "it is not text in UTF-8" : "no such file"
      throw .manifest(file: file, line: nil, .unreadable(reason: reason))
    }
    try self.init(text: text, file: file)
  }

  /// Reads a manifest from its text. Everything else is as in ``init(contentsOf:)``.
  ///
  /// - Parameters:
  ///   - text: YAML.
  ///   - file: where it stands: its folder is where relative paths begin.
  public init(text: String, file: String) throws(DeviceError) {
    let slash = file.lastIndex(of: "/")
    let directory = slash.map { String(file[..<$0]) } ?? "."
    let root = try ManifestNode(text: text, file: file)
    let keys = try root.mapping(allowed: [
      "top", "sources", "include_directories", "configurations", "defines", "clock", "reset",
      "cycles", "stages", "taps", "verilator_flags", "golden", "compare", "stimulus",
      "filelists", "libraries", "clocks", "streams", "arrays", "settings", "register_bus", "ties",
      "settings_together",
    ])
    self.init(
      directory: directory.isEmpty ? "/" : directory,
      top: try root.required("top", in: keys).string("a module name"),
      sources: try keys["sources"]?.strings("a list of file names") ?? [])
    self.file = file
    try readFiles(root, keys)
    if let node = keys["configurations"] { configurations = try node.configurations() }
    try readClocks(keys)
    if let node = keys["cycles"] {
      (cycleBudgets, budgetStreams) = try node.budgets(of: configurations)
    }
    if let node = keys["taps"] { taps = try node.taps() }
    if let node = keys["stages"] { stages = try node.stages() }
    if let node = keys["verilator_flags"] { verilatorFlags = try node.flags() }
    if let node = keys["golden"] { golden = try node.golden(of: self) }
    if let node = keys["compare"] { comparisons = try node.comparisons() }
    if let node = keys["stimulus"] { stimulus = try node.stimulus() }
    if let node = keys["settings_together"] {
      settingsTogether = try node.flag()
      if keys["streams"] != nil {
        throw node.problem(
          .contradiction("those of a design with 'streams' always change together"))
      }
    }
    if keys["streams"] != nil {
      var reader = WiringReader(self)
      try reader.read(keys)
      wiring = reader.wiring
    } else {
      for key in ["arrays", "settings", "register_bus", "ties", "clocks"] {
        if let node = keys[key] {
          throw node.problem(
            .contradiction("'\(key)' describes a foreign design, but there are no 'streams'"))
        }
      }
    }
  }

  private mutating func readFiles(
    _ root: ManifestNode, _ keys: [String: ManifestNode]
  ) throws(DeviceError) {
    includeDirectories =
      try keys["include_directories"]?.strings("a list of folders") ?? includeDirectories
    libraries = try keys["libraries"]?.strings("a list of folders and files") ?? []
    try keys["sources"]?.checkFiles(of: self, areDirectories: false)
    try keys["libraries"]?.checkFiles(of: self, areDirectories: nil)
    try keys["include_directories"]?.checkFiles(of: self, areDirectories: true)
    if let node = keys["filelists"] {
      var list = FileList(self)
      for entry in try node.sequence("a list of file lists") {
        try list.add(try entry.string("a file name"), entry)
      }
      sources += list.sources
      includeDirectories += list.includeDirectories
      libraries += list.libraries
      for define in list.defines { defines[define.name] = define.value }
    }
    if let node = keys["defines"] {
      let own = try node.scalars("a mapping of macro names to values")
      defines.merge(own) { $1 }
    }
    if sources.isEmpty {
      throw keys["sources"]?.wrong("a list of at least one file")
        ?? root.missing(keys["filelists"] == nil ? "sources" : "sources of filelists")
    }
  }

  private mutating func readClocks(_ keys: [String: ManifestNode]) throws(DeviceError) {
    if let node = keys["clock"] {
      clock = try node.none() ? nil : node.string("a port name")
      clocks = clock.map { [Clock(name: $0)] } ?? []
    }
    if let node = keys["clocks"] {
      if keys["clock"] != nil {
        throw node.problem(.contradiction("there are both 'clock' and 'clocks'"))
      }
      clocks = try node.clocks()
      clock = clocks.first?.name
    }
    guard let node = keys["reset"] else { return }
    if case .sequence = node.node {
      var all: [Reset] = []
      for entry in try node.sequence("a list of resets") { all.append(try entry.reset()) }
      guard let first = all.first else { throw node.wrong("a list of at least one reset") }
      reset = first
      otherResets = Array(all.dropFirst())
    } else {
      reset = try node.none() ? nil : node.reset()
    }
  }
}

// MARK: - The single keys

extension ManifestNode {
  fileprivate func none() -> Bool { node.string == "none" }

  func checkFiles(
    of manifest: Manifest, areDirectories: Bool?
  ) throws(DeviceError) {
    for entry in try sequence("a list") {
      let name = try entry.string("a file name")
      var isDirectory: ObjCBool = false
      let path = manifest.path(of: name)
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
        areDirectories.map({ $0 == isDirectory.boolValue }) ?? true
      else {
        throw entry.problem(.missingFile(key: key, path: path))
      }
    }
  }

  fileprivate func configurations() throws(DeviceError) -> [Configuration] {
    let expected = "a mapping of configuration names to parameters"
    let entries = try pairs(expected)
    var result: [Configuration] = []
    for entry in entries {
      var configuration = Configuration(name: entry.key, values: [:])
      for parameter in try entry.pairs("a mapping of parameters to integers") {
        if let text = parameter.value.verilogText() {
          configuration.texts[parameter.key] = text
        } else {
          configuration.values[parameter.key] = try parameter.integer()
        }
      }
      result.append(configuration)
    }
    guard !result.isEmpty else { throw wrong(expected) }
    for (configuration, entry) in zip(result, entries) where result.count > 2 {
      // A parameter that nobody else sets, in the one that lacks what all others set, is misspelt.
      let others = result.filter { $0.name != configuration.name }
      let common = others.dropFirst().reduce(others[0].names) { $0.intersection($1.names) }
      guard !common.isSubset(of: configuration.names) else { continue }
      for parameter in try entry.pairs("") where !common.contains(parameter.key) {
        throw parameter.problem(.unknownKey(parameter.key, known: common.sorted()))
      }
    }
    for (configuration, entry) in zip(result, entries) {
      for other in result {
        for name in other.names.sorted() where !configuration.names.contains(name) {
          throw entry.problem(
            .missingParameter(name, configuration: configuration.name, other: other.name))
        }
      }
    }
    return result
  }

  fileprivate func budgets(
    of configurations: [Configuration]
  ) throws(DeviceError) -> (
    cycles: [String: ClosedRange<Int>], streams: [String: Manifest.BudgetStreams]
  ) {
    var result: (cycles: [String: ClosedRange<Int>], streams: [String: Manifest.BudgetStreams]) =
      ([:], [:])
    for entry in try pairs("a mapping of configurations to cycles") {
      guard configurations.contains(where: { $0.name == entry.key }) else {
        throw entry.problem(
          .unknownConfiguration(entry.key, known: configurations.map(\.name)))
      }
      let budget = try entry.value.budget("a number of cycles, or a band like 4200..4300")
      result.cycles[entry.key] = budget.total
      if !budget.streams.isEmpty { result.streams[entry.key] = budget.streams }
    }
    return result
  }

  fileprivate func reset() throws(DeviceError) -> Reset {
    if let name = node.string { return Reset(name: name) }
    let keys = try mapping(allowed: ["name", "active", "cycles", "kind"])
    var reset = Reset()
    if let node = keys["kind"] {
      switch try node.string("a kind") {
      case "synchronous": break
      case "asynchronous": reset.isAsynchronous = true
      default: throw node.wrong("'synchronous' or 'asynchronous'")
      }
    }
    if let node = keys["name"] { reset.name = try node.string("a port name") }
    if let node = keys["active"] {
      guard let polarity = Reset.Polarity(rawValue: try node.string("'low' or 'high'")) else {
        throw node.wrong("'low' or 'high'")
      }
      reset.active = polarity
    }
    if let node = keys["cycles"] {
      reset.cycles = try node.integer()
      guard reset.cycles >= 1 else { throw node.wrong("at least 1") }
    }
    return reset
  }

  fileprivate func clocks() throws(DeviceError) -> [Clock] {
    var result: [Clock] = []
    for entry in try pairs("a mapping of clock ports to periods") {
      let keys = try entry.value.mapping(allowed: ["period", "phase", "edge"])
      var clock = Clock(name: entry.key)
      if let node = keys["period"] {
        clock.period = try node.integer()
        guard (1...1000).contains(clock.period) else { throw node.wrong("in 1...1000") }
      }
      if let node = keys["phase"] {
        clock.phase = try node.integer()
        guard (0..<clock.period).contains(clock.phase) else {
          throw node.wrong("in 0..<\(clock.period), the period")
        }
      }
      if let node = keys["edge"] {
        switch try node.string("an edge") {
        case "rising": break
        case "falling": clock.isFalling = true
        default: throw node.wrong("'rising' or 'falling'")
        }
      }
      result.append(clock)
    }
    guard !result.isEmpty else { throw wrong("a mapping of at least one clock") }
    return result
  }

  /// A string in quotation marks, a literal of Verilog or a real number as Verilog spells it; nil for
  /// anything else.
  fileprivate func verilogText() -> String? {
    guard case .scalar(let scalar) = node else { return nil }
    if scalar.style == .doubleQuoted || scalar.style == .singleQuoted {
      return "\"\(scalar.string)\""
    }
    let literal = /\d*'s?[bodhBODH][0-9a-fA-FxXzZ_]+|-?\d+\.\d+([eE][-+]?\d+)?/
    return scalar.string.wholeMatch(of: literal) == nil ? nil : scalar.string
  }

  /// One word an element: an entry may hold a flag and its value, as on a command line.
  fileprivate func flags() throws(DeviceError) -> [String] {
    var result: [String] = []
    for entry in try sequence("a list of flags") {
      let words = try entry.string("a flag").split(separator: " ").map(String.init)
      guard let flag = words.first else { throw entry.wrong("a flag") }
      let isAllowed = Manifest.allowedFlags.contains { pattern in
        let parts = pattern.split(separator: " ")
        guard parts.count == words.count else { return false }
        return pattern.hasSuffix("*") ? flag.hasPrefix(pattern.dropLast()) : flag == parts[0]
      }
      guard isAllowed else {
        throw entry.problem(
          .flagNotAllowed(words.joined(separator: " "), allowed: Manifest.allowedFlags))
      }
      result += words
    }
    return result
  }
}

extension Configuration {
  /// Names of all parameters.
  fileprivate var names: Set<String> { Set(values.keys).union(texts.keys) }
}
