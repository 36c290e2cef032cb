import Devices
import Foundation
import Logging
import Signals
import Verilation

/// A folder of its own for one test, gone when the test is over.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/cosim-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, with the folders that it needs.
  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    let file = path + "/" + name
    let folder = (file as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try text.write(toFile: file, atomically: false, encoding: .utf8)
    return file
  }
}

/// The cache and tools that all tests of a run share, so that Verilator's runtime is compiled once.
enum Shared {
  static let log: Logger = {
    var log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    log.logLevel = .critical
    return log
  }()

  static let cache: Cache = {
    let root = NSTemporaryDirectory() + "/cosim-test-cache-" + UUID().uuidString
    removed = strdup(root)
    atexit {
      guard let removed = Shared.removed else { return }
      try? FileManager.default.removeItem(atPath: String(cString: removed))
    }
    return Cache(root: root)
  }()

  nonisolated(unsafe) private static var removed: UnsafeMutablePointer<CChar>?

  static func verilation(cache: Cache = Shared.cache) async throws -> Verilation {
    Verilation(toolchain: try await Toolchain.find(cache: Shared.cache), cache: cache, log: log)
  }

  /// Builds a module from its text and loads it.
  static func device(
    _ top: String, _ text: String, _ parameters: [String: Int] = [:]
  ) async throws -> DeviceLibrary {
    let folder = try TemporaryFolder()
    try folder.write(text, to: "\(top).sv")
    let manifest = Manifest(directory: folder.path, top: top, sources: ["\(top).sv"])
    let built = try await verilation().library(
      for: manifest, configuration: Configuration(name: "test", values: parameters))
    return try built.open()
  }
}

/// Drives the clock by hand.
struct Clock {
  let pin: UnsafeMutablePointer<UInt8>

  init(_ device: borrowing Device, named name: String = "clk_i") throws {
    pin = try device.port(named: name, .input, bits: 1).pin
  }

  /// One cycle: a rising and a falling edge.
  func tick(_ device: borrowing Device, _ count: Int = 1) {
    for _ in 0..<count {
      pin.pointee = 1
      device.evaluate()
      pin.pointee = 0
      device.evaluate()
    }
  }
}
