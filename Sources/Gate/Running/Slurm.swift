import Foundation
import Subprocess
import SystemPackage

/// Runs the shards of a gate as an array job of Slurm.
///
/// Slurm reports success for jobs that never ran and for jobs that were cancelled, so its word counts for
/// nothing: a shard counts by its own whole report alone, which names the shard and the number of shards.
public struct Slurm: Sendable {
  /// The program, and the words of the gate without shard and report.
  public var command: [String]
  public var shards: Int
  /// Where scripts, logs and reports of shards go; all nodes must see it.
  public var folder: String
  /// More words for sbatch, such as `--partition=x`.
  public var options: [String]
  /// Seconds that all shards together may take, waiting for nodes included.
  public var timeout: Int
  public var progress: @Sendable (String) -> Void

  public init(
    command: [String], shards: Int, folder: String, options: [String], timeout: Int,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.command = command
    self.shards = shards
    self.folder = folder
    self.options = options
    self.timeout = timeout
    self.progress = progress
  }

  /// Submits, waits, repeats once what left no report, and merges.
  ///
  /// Cancelling the task cancels the jobs.
  ///
  /// - Returns: the result of all shards; one that is still missing is missing in it.
  /// - Throws: ``GateError/worker(reason:)`` if nothing can be submitted, or no shard left a report.
  public func run() async throws(GateError) -> GateResult {
    for shard in 1...shards { try GateReport.prepare(report(shard)) }
    let deadline = ContinuousClock.now + .seconds(timeout)
    var missing = Array(1...shards)
    var results: [Int: GateResult] = [:]
    for attempt in 1...2 where !missing.isEmpty && ContinuousClock.now < deadline {
      if attempt > 1 { progress("shards \(Slurm.words(missing)) left no report; once more") }
      try await perform(missing, before: deadline)
      for shard in missing { results[shard] = result(of: shard) }
      missing = (1...shards).filter { results[$0] == nil }
    }
    guard let first = results.min(by: { $0.key < $1.key })?.key, var merged = results[first] else {
      throw .worker(
        reason: "none of \(shards) shards left a report; the logs are \(folder)/shard-*.log")
    }
    for (_, result) in results.sorted(by: { $0.key < $1.key }) where result.shards != merged.shards
    {
      merged = try merged.merged(with: result, names: ("the shards before it", "a shard"))
    }
    return merged
  }

  /// Wall time of the tasks of all shards.
  public var times: GateTimes {
    var times = GateTimes()
    for shard in 1...shards {
      times.seconds.merge(Sharding.times("\(report(shard))/times.json").seconds) { max($0, $1) }
    }
    return times
  }

  private func report(_ shard: Int) -> String { "\(folder)/shard-\(shard)" }

  /// The whole report of a shard, about this shard of so many; nil otherwise.
  private func result(of shard: Int) -> GateResult? {
    guard let result = try? GateResult(contentsOf: report(shard)),
      result.shards == .init(count: shards, present: [shard]) || shards == 1,
      !result.wasInterrupted
    else { return nil }
    return result
  }

  private func perform(
    _ wanted: [Int], before deadline: ContinuousClock.Instant
  ) async throws(GateError) {
    let script = folder + "/gate.sh"
    let words = command.map(Slurm.quoted).joined(separator: " ")
    let text = """
      #!/bin/sh
      # One shard of a gate; its exit status says nothing that its report does not.
      \(words) --shard "$SLURM_ARRAY_TASK_ID/\(shards)" --report \(Slurm.quoted(folder))/shard-"$SLURM_ARRAY_TASK_ID"
      exit 0

      """
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: script), options: .atomic)
    } catch {
      throw .cannotWrite(path: script, reason: error.localizedDescription)
    }
    let answer = try await ask(
      "sbatch",
      ["--parsable", "--array=\(Slurm.words(wanted))", "--output=\(folder)/shard-%a.log"] + options
        + [script])
    let job = String(answer.prefix { $0.isNumber })
    guard !job.isEmpty else { throw .worker(reason: "sbatch answers '\(answer)', and no number") }
    progress("job \(job): shards \(Slurm.words(wanted)) of \(shards)")
    do {
      try await wait(for: job, shards: wanted, before: deadline)
    } catch {
      _ = try? await Task.detached { try await ask("scancel", [job]) }.value
      throw error
    }
  }

  /// Returns when the job is over, when every shard has left its report, or when the time is up.
  private func wait(
    for job: String, shards: [Int], before deadline: ContinuousClock.Instant
  ) async throws(GateError) {
    while ContinuousClock.now < deadline {
      if shards.allSatisfy({ result(of: $0) != nil }) { return }
      // A job that is over is not listed any more, or soon will not be.
      let listed = try? await ask("squeue", ["--noheader", "--format=%T", "--jobs=\(job)"])
      if let listed, listed.allSatisfy(\.isWhitespace) { return }
      if listed == nil, (try? await ask("squeue", ["--noheader"])) != nil { return }
      do {
        try await Task.sleep(for: .milliseconds(500))
      } catch {
        throw .worker(reason: "it was interrupted")
      }
    }
    progress("job \(job) was not done after \(timeout) seconds and is cancelled")
    _ = try? await ask("scancel", [job])
  }

  private func ask(_ tool: String, _ arguments: [String]) async throws(GateError) -> String {
    do {
      let result = try await Subprocess.run(
        .name(tool), arguments: Arguments(arguments), output: .string(limit: 1 << 20),
        error: .string(limit: 1 << 20))
      guard result.terminationStatus.isSuccess else {
        throw GateError.worker(reason: "\(tool) failed: \(result.standardError)")
      }
      return result.standardOutput
    } catch let error as GateError {
      throw error
    } catch {
      throw .worker(reason: "\(tool): \(error)")
    }
  }

  /// `1-3,7` as sbatch reads it: `1,2,3,7`.
  private static func words(_ shards: [Int]) -> String {
    shards.map(String.init).joined(separator: ",")
  }

  /// As a shell wants it.
  static func quoted(_ word: String) -> String { "'\(word.replacing("'", with: "'\\''"))'" }
}
