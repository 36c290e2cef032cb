public import Foundation
import SystemPackage

/// The folder that holds built devices, each under its content key.
///
///     devices/<key>/device.so, device.json    complete as soon as the folder is there
///     runtime/<key>/*.o                       Verilator's runtime, compiled once for each toolchain
///     tools/                                  what tools say about their version
///     tmp/, locks/                            builds that are under way, or died
///     history/*.sqlite                        what gates came to, for each repository
///
/// Everything may be deleted at any time; all but the histories is made again.
public struct Cache: Sendable, Hashable {
  /// The folder; made when something is built.
  public let root: String

  public init(root: String) { self.root = root }

  /// `$COSIM_CACHE`, else `$XDG_CACHE_HOME/cosim`, else `~/.cache/cosim`.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    let home = value("HOME") ?? NSHomeDirectory()
    root = value("COSIM_CACHE") ?? (value("XDG_CACHE_HOME") ?? home + "/.cache") + "/cosim"
  }

  package var toolFolder: String { root + "/tools" }
  func toolFile(_ key: ContentKey) -> String { "\(toolFolder)/\(key)" }
  func deviceFolder(_ key: ContentKey) -> String { "\(root)/devices/\(key)" }
  func runtimeFolder(_ key: ContentKey) -> String { "\(root)/runtime/\(key)" }
  private var temporaryFolder: String { root + "/tmp" }

  /// How long to wait for another process that builds the same.
  static let patience = Duration.seconds(600)

  // MARK: Devices

  /// What stands beside a built device.
  package struct Record: Codable {
    package var key: String
    package var top: String
    package var simulator: String
    package var compiler: String
    /// SHA-256 of the library, so that a damaged one is noticed.
    package var digest: String
    package var buildSeconds: Double

    package init(
      key: String, top: String, simulator: String, compiler: String, digest: String,
      buildSeconds: Double
    ) {
      self.key = key
      self.top = top
      self.simulator = simulator
      self.compiler = compiler
      self.digest = digest
      self.buildSeconds = buildSeconds
    }
  }

  /// The library of a device that is there and undamaged.
  package func library(_ key: ContentKey) -> String? {
    let folder = deviceFolder(key)
    let library = folder + "/device.so"
    guard let text = try? Files.read(folder + "/device.json"),
      let record = try? JSONDecoder().decode(Record.self, from: Data(text)),
      record.key == key.hexadecimal, let bytes = try? Files.read(library),
      KeyBuilder.digest(bytes) == record.digest
    else { return nil }
    return library
  }

  /// Makes the built folder `source` the entry for `key`, all at once. Whoever comes second leaves the
  /// first in place; a damaged one is replaced.
  package func publish(_ source: String, as key: ContentKey) throws(VerilationError) {
    try make(root + "/devices")
    let target = deviceFolder(key)
    for attempt in 0..<3 {
      do {
        try Files.rename(source, to: target)
        return
      } catch {
        guard error == .directoryNotEmpty || error == .fileExists, attempt < 2 else {
          throw .cache(path: target, attempt: "write", reason: error.description)
        }
        if library(key) != nil { return }
        // Moved, not deleted: someone may have the damaged one open.
        try? Files.rename(target, to: source + ".damaged")
        Files.remove(source + ".damaged")
      }
    }
  }

  // MARK: Work under way

  /// A folder of one's own for a build.
  package final class Workspace: Sendable {
    package let path: String
    private let lockPath: String
    private let lock: FileLock

    fileprivate init(path: String, lockPath: String, lock: FileLock) {
      self.path = path
      self.lockPath = lockPath
      self.lock = lock
    }

    /// Removes the folder with all that was not published.
    deinit {
      Files.remove(path)
      Files.remove(lockPath)
    }
  }

  /// Makes a workspace, and removes those of builds that died.
  package func workspace() throws(VerilationError) -> Workspace {
    try make(temporaryFolder)
    removeAbandoned()
    let name = UUID().uuidString
    let path = "\(temporaryFolder)/\(name)"
    do {
      guard let lock = try FileLock.take(path + ".lock") else { throw Errno.fileExists }
      let workspace = Workspace(path: path, lockPath: path + ".lock", lock: lock)
      try Files.makeDirectory(path)
      return workspace
    } catch {
      throw .cache(path: path, attempt: "make", reason: "\(error)")
    }
  }

  private func removeAbandoned() {
    let entries = Files.entries(of: temporaryFolder)
    for entry in entries where entry.hasSuffix(".lock") {
      // A lock that can be had belongs to nobody who lives.
      let path = "\(temporaryFolder)/\(entry)"
      guard let lock = try? FileLock.take(path) else { continue }
      withExtendedLifetime(lock) {
        Files.remove(String(path.dropLast(5)))
        Files.remove(path)
      }
    }
    for entry in entries where !entry.hasSuffix(".lock") && !entries.contains(entry + ".lock") {
      // Left by a cleaner that was itself interrupted. Young ones may belong to someone who began after
      // the list was made.
      let path = "\(temporaryFolder)/\(entry)"
      guard let stamp = Files.stamp(path), time(nil) - stamp.seconds > 3600 else { continue }
      Files.remove(path)
    }
  }

  /// Runs `body` while nobody else makes the same. After ``patience`` it runs all the same: making
  /// something twice is harmless, because publishing is one step.
  func exclusively<Result>(
    _ name: String, limit: Duration = Cache.patience,
    isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws(VerilationError) -> Result
  ) async throws(VerilationError) -> Result {
    try make(root + "/locks")
    let path = "\(root)/locks/\(name)"
    let lock: FileLock?
    do {
      lock = try await FileLock.wait(path, limit: limit)
    } catch let error as Errno {
      throw .cache(path: path, attempt: "lock", reason: error.description)
    } catch {
      throw .cancelled
    }
    let result = try await body()
    withExtendedLifetime(lock) {}
    return result
  }

  func make(_ folder: String) throws(VerilationError) {
    do {
      try Files.makeDirectory(folder)
    } catch {
      throw .cache(path: folder, attempt: "make", reason: error.description)
    }
  }
}
