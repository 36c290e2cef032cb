import ArgumentParser
import Devices
import External
import Foundation
import Verilation

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Propose a manifest and a golden model's skeleton for RTL of your own.",
    discussion: """
      Reads the ports of the top module through Verilator, recognises clocks, resets and streams by \
      their names, and writes a folder with device.yaml, golden.py and the helper that this imports. \
      Modules, packages and include files that the top module needs are looked for around the sources \
      given.

      With --package, writes a Swift package instead, whose golden model is in Swift.

      Examples:
        cosim init rtl/fifo.sv
        cosim init rtl/core.v rtl/pe.v --top core --out sim/core
        cosim init --package Adder
      """)

  @Argument(help: ArgumentHelp("Sources; the top module is in the first one.", valueName: "TOP.sv"))
  var sources: [String] = []

  @Option(help: "The top module (default: the one that is called like the first file).")
  var top: String?

  @Option(
    name: .customShort("f"),
    help: ArgumentHelp(
      "A list of files, as simulators read it; may be repeated.", valueName: "LIST"))
  var lists: [String] = []

  @Option(help: ArgumentHelp("Folder to write (default: cosim/TOP).", valueName: "DIR"))
  var out: String?

  @Option(help: ArgumentHelp("Write a Swift package of this name.", valueName: "NAME"))
  var package: String?

  @Option(
    help: ArgumentHelp(
      "Where the package finds cosim: a folder or a URL (default: where this program was built).",
      valueName: "PATH"))
  var cosim: String?

  @Flag(help: "Replace files that exist.")
  var force = false

  @OptionGroup var build: BuildOptions

  func validate() throws {
    guard package != nil || !sources.isEmpty || (!lists.isEmpty && top != nil) else {
      throw ValidationError("name a source, or a list of files and --top")
    }
    guard package == nil || (sources.isEmpty && lists.isEmpty) else {
      throw ValidationError("--package takes no sources")
    }
  }

  func run() async throws {
    if let package { return try writePackage(package) }
    for path in sources + lists where !FileManager.default.fileExists(atPath: path) {
      throw CommandError.cannotRead(path: path)
    }
    let verilation = try await build.verilation()
    let sketch = try await verilation.sketch(of: sources, lists: lists, top: top)
    let proposal = Proposal(sketch)
    let folder = out ?? "cosim/\(sketch.top)"
    let home = URL(fileURLWithPath: folder, isDirectory: true).standardizedFileURL.path
    var manifest = proposal.manifest { RelativePath.from(home, to: $0) }
    if !lists.isEmpty {
      let names = lists.map { RelativePath.from(home, to: URL(fileURLWithPath: $0).path) }
      manifest = manifest.replacing(
        "sources: []", with: "filelists: [\(names.joined(separator: ", "))]")
    }
    let files = NewFiles(folder: folder, force: force)
    try files.write([
      ("device.yaml", Array(manifest.utf8)), ("golden.py", Array(proposal.skeleton.utf8)),
      (Proposal.helperName, Proposal.helper),
    ])
    for line in proposal.summary { print("  " + line) }
    print("wrote \(folder)/device.yaml, golden.py and \(Proposal.helperName)")
    // What was written must be understood by what reads it.
    _ = try Manifest(contentsOf: folder + "/device.yaml")
    print(
      """
      next: look at the question marks in \(folder)/device.yaml, say in \(folder)/golden.py what is right, then
        cosim verify \(folder)
      """)
  }
}

/// Paths from one folder to a file.
enum RelativePath {
  /// `../../rtl/a.sv`; both absolute, and the way goes over at most four folders upwards.
  static func from(_ folder: String, to path: String) -> String {
    let start = folder.split(separator: "/")
    let end = path.split(separator: "/")
    var common = 0
    while common < min(start.count, end.count), start[common] == end[common] { common += 1 }
    let up = start.count - common
    if up > 4 && common < 2 { return path }
    let words = Array(repeating: "..", count: up) + end[common...].map(String.init)
    return words.isEmpty ? "." : words.joined(separator: "/")
  }
}

/// Files that are written together or not at all.
struct NewFiles {
  let folder: String
  let force: Bool

  /// - Throws: ``CommandError/exists(paths:)`` before anything is written, where files exist and
  /// `force` is
  ///   not given.
  func write(_ files: [(name: String, bytes: [UInt8])]) throws {
    let manager = FileManager.default
    let existing = files.map { folder + "/" + $0.name }.filter { manager.fileExists(atPath: $0) }
    guard force || existing.isEmpty else { throw CommandError.exists(paths: existing) }
    for file in files {
      let url = URL(fileURLWithPath: folder + "/" + file.name)
      do {
        try manager.createDirectory(
          at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(file.bytes).write(to: url, options: .atomic)
      } catch {
        throw CommandError.cannotWrite(path: url.path, reason: error.localizedDescription)
      }
    }
  }
}
