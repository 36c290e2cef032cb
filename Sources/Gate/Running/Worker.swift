import Foundation
import Subprocess
import SystemPackage

/// What a worker is asked to do, as JSON in its argument.
public struct WorkerRequest: Sendable, Codable {
  public var root: String
  public var plan: GatePlan
  public var task: GateTask
  public var evidence: Evidence
  public var jobs: Int
  /// Folder of compiled devices, and the Verilator, where the caller chose them.
  public var cache: String?
  public var verilator: String?
  /// Folder for bundles of failures; nil where nobody looks into them.
  public var bundles: String?
  /// Seconds for making a failing case smaller.
  public var minimiseSeconds: Double

  public init(
    root: String, plan: GatePlan, task: GateTask, evidence: Evidence, jobs: Int, cache: String?,
    verilator: String?, bundles: String?, minimiseSeconds: Double
  ) {
    self.root = root
    self.plan = plan
    self.task = task
    self.evidence = evidence
    self.jobs = jobs
    self.cache = cache
    self.verilator = verilator
    self.bundles = bundles
    self.minimiseSeconds = minimiseSeconds
  }
}

/// Does tasks in processes of their own, so that a simulator that dies takes nothing with it.
public struct Worker: Sendable {
  /// The program and the words before the request.
  public var path: String
  public var words: [String]
  /// Seconds for one task.
  public var timeout: Int

  public init(path: String, words: [String], timeout: Int) {
    self.path = path
    self.words = words
    self.timeout = timeout
  }

  /// Runs a request to its end, or until its time is up.
  ///
  /// The process has a group of its own, which ends with it. Its standard output is the result and nothing
  /// else; what it says besides is only looked at when there is no result.
  ///
  /// - Returns: the worker's result; a broken one if it died, or took too long.
  public func run(_ request: WorkerRequest) async -> TaskResult {
    func broken(_ kind: String, place: String = "", _ sentence: String) -> TaskResult {
      TaskResult(
        request.task, failures: [Failure(kind, place: place, sentence)], isBroken: true,
        evidence: request.evidence, command: "cosim gate --only '\(request.task.id)' --no-cache")
    }
    let text: String
    do {
      text = String(decoding: try JSONEncoder().encode(request), as: UTF8.self)
    } catch {
      return broken("error", "\(GateError.worker(reason: "\(error)"))")
    }
    do {
      let (status, output, errors) = try await limited { try await execute(text) }
      if let result = try? JSONDecoder().decode(TaskResult.self, from: Data(output.utf8)),
        result.task == request.task, status == .exited(0)
      {
        return result
      }
      let said = errors.split(separator: "\n").suffix(6).joined(separator: "\n")
      let rest = said.isEmpty ? "" : "; its last words: \(said)"
      switch status {
      case .signaled(let number):
        let name = Worker.name(ofSignal: number)
        return broken("crash", place: name, "the simulation was ended by \(name)\(rest)")
      case .exited(let code):
        return broken(
          "crash", place: "status \(code)",
          "the simulation ended with status \(code) and no result\(rest)")
      }
    } catch is TimeUp {
      return broken(
        "timeout", "it was not done after \(timeout) seconds, which is what the plan allows a task")
    } catch is CancellationError {
      return broken("interrupted", "it was interrupted")
    } catch {
      return broken("error", "\(GateError.worker(reason: "\(error)"))")
    }
  }

  private struct TimeUp: Error {}

  /// Whichever ends first: `body`, or the time.
  private func limited<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: .seconds(timeout))
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let value = first else { throw TimeUp() }
      return value
    }
  }

  private func execute(_ request: String) async throws -> (TerminationStatus, String, String) {
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [
      .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(2)),
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(100)),
    ]
    let result = try await Subprocess.run(
      .path(FilePath(path)), arguments: Arguments(words + [request]), platformOptions: options,
      output: .string(limit: 1 << 28), error: .string(limit: 1 << 24))
    try Task.checkCancellation()
    return (result.terminationStatus, result.standardOutput, result.standardError)
  }

  static func name(ofSignal number: Int32) -> String {
    let names = [
      SIGSEGV: "SIGSEGV", SIGABRT: "SIGABRT", SIGKILL: "SIGKILL", SIGBUS: "SIGBUS",
      SIGFPE: "SIGFPE", SIGILL: "SIGILL", SIGTERM: "SIGTERM", SIGTRAP: "SIGTRAP",
      SIGPIPE: "SIGPIPE",
    ]
    return names[number] ?? "signal \(number)"
  }
}
