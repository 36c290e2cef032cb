import Foundation

/// Runs the built `cosim` as a user would.
struct Command {
  /// What a finished process left behind.
  struct Result {
    var status: Int32
    var output: String
    var errors: String
  }

  /// The executable that was built beside the tests.
  static let executable: URL = {
    // …/.build/<triple>/release/<package>PackageTests.xctest
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).standardizedFileURL
    return bundle.deletingLastPathComponent().appendingPathComponent("cosim")
  }()

  /// The project's own folder.
  static let project = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The devices of all tests. It stays, so that a second run of the tests builds nothing.
  static let cache = FileManager.default.temporaryDirectory
    .appendingPathComponent("cosim-command-tests").path

  /// - Parameters:
  ///   - interruptAfter: seconds until a Ctrl-C, if any.
  ///   - isKilled: an end that cannot be caught, in place of a Ctrl-C.
  ///   - executable: in place of `cosim`.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], interruptAfter: Double? = nil,
    isKilled: Bool = false, executable: URL = executable
  ) throws -> Result {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let folder = try Scratch()
    let output = try folder.file("stdout")
    let errors = try folder.file("stderr")
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    if let interruptAfter {
      Thread.sleep(forTimeInterval: interruptAfter)
      if isKilled { kill(process.processIdentifier, SIGKILL) } else { process.interrupt() }
    }
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus,
      output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
  }
}

/// A temporary folder that goes with its owner.
final class Scratch {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("cosim-command-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// An empty file.
  func file(_ name: String) throws -> URL {
    let file = url.appendingPathComponent(name)
    try Data().write(to: file)
    return file
  }

  /// A copy of a design from elsewhere, with its golden model, to be damaged.
  func design(_ name: String) throws -> URL {
    let folder = url.appendingPathComponent(name)
    let original = Command.project.appendingPathComponent("Tests/ForeignTests/Fixtures/\(name)")
    try FileManager.default.copyItem(at: original, to: folder)
    // A link to the helper leads nowhere from there.
    let helper = folder.appendingPathComponent("cosim_golden.py")
    try FileManager.default.removeItem(at: helper)
    try FileManager.default.copyItem(
      at: Command.project.appendingPathComponent("Sources/External/Python/cosim_golden.py"),
      to: helper)
    return folder
  }

  /// A copy of a block's RTL and of what its manifest names, to be damaged, without cycle budgets; the
  /// smallest one's if none is named.
  func project(_ block: String = "dyadic_requantizer") throws -> URL {
    let rtl = url.appendingPathComponent("rtl")
    try FileManager.default.createDirectory(at: rtl, withIntermediateDirectories: true)
    let manifest = Command.project.appendingPathComponent("rtl/\(block)/device.yaml")
    let text = String(decoding: try Data(contentsOf: manifest), as: UTF8.self)
    let parts = text.matches(of: /\.\.\/(\w+)/).map { String($0.1) }
    for name in Set(parts + ["common", block]) {
      try FileManager.default.copyItem(
        at: Command.project.appendingPathComponent("rtl/\(name)"),
        to: rtl.appendingPathComponent(name))
    }
    // Budgets stand at the end, and are for tests to make.
    let unbudgeted = text.split(separator: /^cycles:\n/.anchorsMatchLineEndings(), maxSplits: 1)
    try Data(unbudgeted[0].utf8).write(to: rtl.appendingPathComponent("\(block)/device.yaml"))
    return url
  }
}

extension URL {
  /// Replaces text in a file; the text must be there.
  func replace(_ old: String, with new: String) throws {
    let text = String(decoding: try Data(contentsOf: self), as: UTF8.self)
    guard text.contains(old) else { throw CocoaError(.fileReadCorruptFile) }
    try Data(text.replacingOccurrences(of: old, with: new).utf8).write(to: self)
  }
}
