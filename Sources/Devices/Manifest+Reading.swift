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
    ])
    self.init(
      directory: directory.isEmpty ? "/" : directory,
      top: try root.required("top", in: keys).string("a module name"),
      sources: try root.required("sources", in: keys).strings("a list of file names"))
    self.file = file
    if sources.isEmpty {
      throw keys["sources"]?.wrong("a list of at least one file")
        ?? root.problem(.missingKey("sources"))
    }
    includeDirectories =
      try keys["include_directories"]?.strings("a list of folders") ?? includeDirectories
    try keys["sources"]?.checkFiles(of: self, areDirectories: false)
    try keys["include_directories"]?.checkFiles(of: self, areDirectories: true)
    if let node = keys["configurations"] { configurations = try node.configurations() }
    if let node = keys["defines"] {
      defines = try node.scalars("a mapping of macro names to values")
    }
    if let node = keys["clock"] { clock = try node.none() ? nil : node.string("a port name") }
    if let node = keys["reset"] { reset = try node.none() ? nil : node.reset() }
    if let node = keys["cycles"] { cycleBudgets = try node.budgets(of: configurations) }
    if let node = keys["taps"] { taps = try node.taps() }
    if let node = keys["stages"] { stages = try node.stages() }
    if let node = keys["verilator_flags"] { verilatorFlags = try node.flags() }
    if let node = keys["golden"] { golden = try node.golden(of: self) }
    if let node = keys["compare"] { comparisons = try node.comparisons() }
    if let node = keys["stimulus"] { stimulus = try node.stimulus() }
  }
}

// MARK: - The single keys

extension ManifestNode {
  fileprivate func none() -> Bool { node.string == "none" }

  func checkFiles(
    of manifest: Manifest, areDirectories: Bool
  ) throws(DeviceError) {
    for entry in try sequence("a list") {
      let name = try entry.string("a file name")
      var isDirectory: ObjCBool = false
      let path = manifest.path(of: name)
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
        isDirectory.boolValue == areDirectories
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
      var values: [String: Int] = [:]
      for parameter in try entry.pairs("a mapping of parameters to integers") {
        values[parameter.key] = try parameter.integer()
      }
      result.append(Configuration(name: entry.key, values: values))
    }
    guard !result.isEmpty else { throw wrong(expected) }
    for (configuration, entry) in zip(result, entries) where result.count > 2 {
      // A parameter that nobody else sets, in the one that lacks what all others set, is misspelt.
      let others = result.filter { $0.name != configuration.name }
      let common = others.dropFirst().reduce(Set(others[0].values.keys)) {
        $0.intersection($1.values.keys)
      }
      guard !common.isSubset(of: configuration.values.keys) else { continue }
      for parameter in try entry.pairs("") where !common.contains(parameter.key) {
        throw parameter.problem(.unknownKey(parameter.key, known: common.sorted()))
      }
    }
    for (configuration, entry) in zip(result, entries) {
      for other in result {
        for name in other.values.keys.sorted() where configuration.values[name] == nil {
          throw entry.problem(
            .missingParameter(name, configuration: configuration.name, other: other.name))
        }
      }
    }
    return result
  }

  fileprivate func budgets(
    of configurations: [Configuration]
  ) throws(DeviceError) -> [String: ClosedRange<Int>] {
    let expected = "a number of cycles, or a band like 4200..4300"
    var result: [String: ClosedRange<Int>] = [:]
    for entry in try pairs("a mapping of configurations to cycles") {
      guard configurations.contains(where: { $0.name == entry.key }) else {
        throw entry.problem(
          .unknownConfiguration(entry.key, known: configurations.map(\.name)))
      }
      let ends = try entry.value.string(expected).components(separatedBy: "..").map { Int($0) }
      guard let low = ends.first ?? nil, let high = ends.last ?? nil, ends.count <= 2, low >= 0,
        low <= high
      else { throw entry.value.wrong(expected) }
      result[entry.key] = low...high
    }
    return result
  }

  fileprivate func reset() throws(DeviceError) -> Reset {
    if let name = node.string { return Reset(name: name) }
    let keys = try mapping(allowed: ["name", "active", "cycles"])
    var reset = Reset()
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
