import ArgumentParser
import Blocks
import Devices
import External
import Foundation
import Lockstep
import Logging
import Signals
import Verilation

/// Where the project is.
struct ProjectOptions: ParsableArguments {
  @Option(help: "Folder that holds rtl/, cosim/ or gate.yaml (default: the nearest one upwards).")
  var root: String?

  /// The folder with `rtl` in it.
  func folder() throws -> URL {
    let start = URL(
      fileURLWithPath: root ?? FileManager.default.currentDirectoryPath, isDirectory: true
    ).standardizedFileURL
    var folder = start
    while true {
      if ProjectOptions.isProject(folder) { return folder }
      let parent = folder.deletingLastPathComponent()
      guard root == nil, parent.path != folder.path else {
        throw CommandError.noProject(from: start.path)
      }
      folder = parent
    }
  }

  /// Whether a folder holds `rtl`, `gate.yaml`, or a manifest below `cosim`.
  private static func isProject(_ folder: URL) -> Bool {
    let manager = FileManager.default
    func holds(_ name: String) -> Bool {
      manager.fileExists(atPath: folder.appendingPathComponent(name).path)
    }
    if holds("rtl") || holds("gate.yaml") { return true }
    let names =
      (try? manager.contentsOfDirectory(atPath: folder.appendingPathComponent("cosim").path)) ?? []
    return names.contains { holds("cosim/\($0)/device.yaml") }
  }

  /// The manifest of a block.
  func manifest(of block: any Block) throws -> Manifest {
    if let foreign = block as? ManifestBlock { return foreign.manifest }
    let path = try manifestPath(of: block)
    guard FileManager.default.fileExists(atPath: path) else {
      throw CommandError.noManifest(block: block.name, path: path)
    }
    return try Manifest(contentsOf: path)
  }

  func hasManifest(_ block: any Block) throws -> Bool {
    FileManager.default.fileExists(atPath: try manifestPath(of: block))
  }

  private func manifestPath(of block: any Block) throws -> String {
    try folder().appendingPathComponent("rtl/\(block.name)/device.yaml").path
  }
}

/// How RTL is compiled.
struct BuildOptions: ParsableArguments {
  @Option(help: "The verilator to use (default: $VERILATOR, then the search path).")
  var verilator: String?

  @Option(help: "Folder of compiled devices (default: $COSIM_CACHE, then ~/.cache/cosim).")
  var cache: String?

  /// The builder with these tools.
  func verilation() async throws -> Verilation {
    var environment = ProcessInfo.processInfo.environment
    if let cache { environment["COSIM_CACHE"] = cache }
    var log = Logger(label: "cosim") { _ in ProgressLog() }
    log.logLevel = .info
    return try await Verilation.standard(
      verilator: verilator, log: log, environment: environment)
  }
}

extension Verilation {
  /// A device, the building of which Ctrl-C ends.
  func interruptibleLibrary(
    for manifest: Manifest, _ configuration: Configuration
  ) async throws -> BuiltDevice {
    try await Interrupt.cancelling {
      try await library(for: manifest, configuration: configuration)
    }
  }
}

/// Which values the parameters have.
struct ConfigurationOptions: ParsableArguments {
  @Option(help: "A configuration of the manifest (default: all of them).")
  var config: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Sets a parameter; may be repeated.", valueName: "NAME=VALUE"))
  var assignments: [String] = []

  /// These options again, for the command that repeats a run.
  var words: [String] {
    (config.map { ["--config", $0] } ?? []) + assignments.flatMap { ["--set", $0] }
  }

  /// These options narrowed to one of the configurations that they choose.
  func words(choosing configuration: Configuration) -> [String] {
    assignments.isEmpty ? ["--config", configuration.name] : words
  }

  /// The values given with `--set`.
  func overrides() throws -> [String: Int] { try ConfigurationOptions.values(of: assignments) }

  /// Values by parameter from `NAME=VALUE` texts.
  static func values(of assignments: [String]) throws -> [String: Int] {
    var values: [String: Int] = [:]
    for text in assignments {
      let parts = text.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let value = Int(parts[1]) else {
        throw CommandError.badAssignment(text)
      }
      values[String(parts[0])] = value
    }
    return values
  }

  /// One configuration, for what needs no RTL: that of the manifest if `--config` names one, else the
  /// defaults, with what `--set` says.
  func configuration(of block: any Block, in project: ProjectOptions) throws -> Configuration {
    if config != nil { return try configurations(of: block, project.manifest(of: block))[0] }
    let values = try overrides()
    return try block.configuration(named: values.isEmpty ? "default" : "custom", values)
  }

  /// The configurations of a manifest that are asked for, with what `--set` says.
  func configurations(of block: any Block, _ manifest: Manifest) throws -> [Configuration] {
    let overrides = try overrides()
    var chosen =
      try config.map { [try manifest.configuration(named: $0)] } ?? manifest.configurations
    // Overrides make one new configuration of the first, not one of each.
    if !overrides.isEmpty { chosen = Array(chosen.prefix(1)) }
    return try chosen.map {
      var configuration = try block.configuration(
        named: overrides.isEmpty ? $0.name : $0.name + "*", $0.values.merging(overrides) { $1 })
      configuration.texts = $0.texts
      return configuration
    }
  }
}

/// `--scale 0.02` or `--scale scores=0.02`.
struct ScaleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Real scale of the main input, or NAME=SCALE; derives the integer settings from it.",
      valueName: "SCALE"))
  var scale: [String] = []

  /// Scales by array name; a bare number is that of the block's first input array.
  func scales(of block: any Block, in configuration: Configuration) throws -> [String: Double] {
    let first = try block.interface(in: configuration).arrays.first { $0.role == .input }?.name
    var scales: [String: Double] = [:]
    for text in scale {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      let name = parts.count == 2 ? parts[0] : first ?? ""
      guard let value = Double(parts[parts.count - 1]), value > 0, value.isFinite else {
        throw CommandError.badAssignment(text)
      }
      scales[name] = value
    }
    return scales
  }
}

/// The arrays of a file for a block.
///
/// - Throws: `VectorError` for a file that cannot be read, ``CommandError`` naming the file for arrays
///   that do not fit the block.
func vectorFile(
  _ path: String, block: any Block, configuration: Configuration, scales: [String: Double]
) throws -> VectorFile {
  do {
    return try VectorFile(
      path: path, block: block, configuration: configuration, scales: scales)
  } catch let error as SignalError {
    throw CommandError.badVectors(path: path, block: block.name, reason: "\(error)")
  } catch let error as BlockError {
    throw CommandError.badVectors(path: path, block: block.name, reason: "\(error)")
  }
}
