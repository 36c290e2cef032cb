import Foundation
import Subprocess
import SystemPackage

/// Runs other programs.
enum Tool {
  struct Result {
    var succeeded: Bool
    /// What it printed, to both streams.
    var output: String
  }

  /// Runs a program to its end.
  ///
  /// The program gets a process group of its own. If the task is cancelled, the whole group is
  /// terminated before this returns, so that no compiler lives on behind its driver.
  ///
  /// - Parameters:
  ///   - path: of the program.
  ///   - directory: its working directory.
  ///   - log: a file that takes what it prints; without, at most 64 KiB may be printed.
  /// - Throws: ``VerilationError/cannotRun(tool:reason:)`` and ``VerilationError/cancelled``; never for a
  ///   program that fails.
  static func run(
    _ path: String, _ arguments: [String], in directory: String? = nil, log: String? = nil
  ) async throws(VerilationError) -> Result {
    if Task.isCancelled { throw .cancelled }
    do {
      let result =
        if let log {
          try await run(path, arguments, in: directory, logging: log)
        } else {
          try await collect(path, arguments, in: directory)
        }
      if Task.isCancelled { throw VerilationError.cancelled }
      return result
    } catch let error as VerilationError {
      throw error
    } catch is CancellationError {
      throw .cancelled
    } catch {
      throw Task.isCancelled ? .cancelled : .cannotRun(tool: path, reason: "\(error)")
    }
  }

  private static func run(
    _ path: String, _ arguments: [String], in directory: String?, logging log: String
  ) async throws -> Result {
    let descriptor = try FileDescriptor.open(
      log, .readWrite, options: [.create, .truncate, .closeOnExec],
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
    defer { try? descriptor.close() }
    let status = try await Subprocess.run(
      .path(FilePath(path)), arguments: Arguments(arguments),
      workingDirectory: directory.map { FilePath($0) }, platformOptions: options(),
      output: .fileDescriptor(descriptor, closeAfterSpawningProcess: false),
      error: .combinedWithOutput
    ).terminationStatus
    let output = String(decoding: (try? Files.read(log)) ?? [], as: UTF8.self)
    return Result(succeeded: status.isSuccess, output: output)
  }

  private static func collect(
    _ path: String, _ arguments: [String], in directory: String?
  ) async throws -> Result {
    let result = try await Subprocess.run(
      .path(FilePath(path)), arguments: Arguments(arguments),
      workingDirectory: directory.map { FilePath($0) }, platformOptions: options(),
      output: .string(limit: 1 << 16), error: .combinedWithOutput)
    return Result(
      succeeded: result.terminationStatus.isSuccess, output: result.standardOutput)
  }

  private static func options() -> PlatformOptions {
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [
      .send(
        signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500)),
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(100)),
    ]
    return options
  }

  /// The first program of that name in `PATH`; a name with a slash is a path.
  static func find(_ name: String, environment: [String: String]) -> String? {
    if name.contains("/") { return Files.isExecutable(name) ? name : nil }
    for directory in (environment["PATH"] ?? "").split(separator: ":") {
      let path = "\(directory)/\(name)"
      if Files.isExecutable(path) { return path }
    }
    return nil
  }
}
