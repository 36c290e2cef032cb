import Blocks
import Foundation
import Signals

/// One run to be made: what varies between the runs of a verification.
struct RunPlan {
  var profile: StallProfile
  var initialState: UInt64
  /// Odd shards are reset in the middle of traffic before they begin.
  var rehearses: Bool
}

/// The shards of a run put together, in their order.
struct ExecutedRun {
  var run: Run
  var wasInterrupted = false
  var simulating = 0.0
  var preparing = 0.0

  /// Something in the device's behaviour differs from the expectation.
  var differs: Bool { !run.findings.isEmpty }

  /// - Parameters:
  ///   - shards: results up to the first that failed; later ones are left out, so that the
  ///     number of workers makes no difference.
  ///   - planned: how many shards there are.
  init(
    _ plan: RunPlan, shards: [ShardResult], of planned: Int, interface: Interface
  ) throws {
    run = Run(profile: plan.profile, initialState: plan.initialState, streams: [])
    var hasFailed = false
    for shard in shards {
      add(shard)
      if !shard.findings.isEmpty {
        hasFailed = true
        break
      }
    }
    if shards.count < planned && !hasFailed { wasInterrupted = true }
  }

  private mutating func add(_ shard: ShardResult) {
    run.transactions += shard.transactions
    run.comparedElements += shard.comparedElements
    run.cycles += shard.cycles
    run.latency = run.latency ?? shard.latency
    run.mismatchedBeats += shard.mismatchedBeats
    run.findings += shard.findings
    if let work = shard.work {
      run.work = run.work ?? Work(0, work.unit, peakPerCycle: work.peakPerCycle)
      run.work?.amount += work.amount
    }
    for digest in shard.digests { run.digest = Digest.combine(run.digest, UInt64(digest)) }
    if run.streams.isEmpty {
      run.streams = shard.streams
    } else {
      for (index, stream) in shard.streams.enumerated() { run.streams[index].add(stream) }
    }
    run.comparedBeats =
      run.streams.filter { $0.direction == .output }.reduce(0) { $0 + $1.transfer }
    wasInterrupted = wasInterrupted || shard.wasInterrupted
    simulating += shard.simulating
    preparing += shard.preparing
  }
}

extension StreamActivity {
  mutating func add(_ other: StreamActivity) {
    transfer += other.transfer
    starved += other.starved
    blocked += other.blocked
    idle += other.idle
  }
}

extension Run {
  /// Adds what makes a run that found nothing worthless.
  mutating func addVacuity() {
    guard findings.isEmpty else { return }
    if comparedBeats == 0 { findings.append(.vacuous(.nothingCompared)) }
    for stream in streams where stream.transfer == 0 {
      findings.append(
        .vacuous(
          stream.direction == .input
            ? .inputNeverConsumed(stream: stream.stream)
            : .streamNeverMoved(stream: stream.stream)))
    }
    // A profile withholds valid on inputs (starved, idle) or ready on outputs (blocked, idle).
    let withheld = streams.reduce(0) {
      $0 + $1.idle + ($1.direction == .input ? $1.starved : $1.blocked)
    }
    if profile != .none && comparedBeats > 0 && withheld == 0 {
      findings.append(.vacuous(.nothingStalled(profile: profile)))
    }
  }
}

/// Hands out shards to workers and keeps their results.
final class TaskBoard: @unchecked Sendable {
  // @unchecked: everything mutable is guarded by `lock`.
  struct Task {
    let run: Int
    let shard: Int
  }

  private let lock = NSLock()
  private let shards: Int
  private var next = 0
  private var done = 0
  private var isStopped = false
  private var outcomes: [[Int: Result<ShardResult, any Error>]]
  /// The first shard of each run that found something; later ones are not needed.
  private var firstFailing: [Int]
  private let progress: @Sendable (Int, Int) -> Void

  init(runs: Int, shards: Int, progress: @escaping @Sendable (Int, Int) -> Void) {
    self.shards = shards
    self.progress = progress
    outcomes = Array(repeating: [:], count: runs)
    firstFailing = Array(repeating: .max, count: runs)
  }

  func take() -> Task? {
    lock.lock()
    defer { lock.unlock() }
    while !isStopped && next < outcomes.count * shards {
      let task = Task(run: next / shards, shard: next % shards)
      next += 1
      if task.shard < firstFailing[task.run] { return task }
    }
    return nil
  }

  func finish(_ task: Task, _ result: Result<ShardResult, any Error>, isCancelled: Bool) {
    lock.lock()
    outcomes[task.run][task.shard] = result
    done += 1
    if case .success(let shard) = result, !shard.findings.isEmpty {
      firstFailing[task.run] = min(firstFailing[task.run], task.shard)
    }
    if case .failure = result { isStopped = true }
    if isCancelled { isStopped = true }
    let count = done
    lock.unlock()
    progress(count, outcomes.count * shards)
  }

  /// The results of a run in order, up to the first gap.
  ///
  /// - Throws: the first error of any shard.
  func results(ofRun run: Int) throws -> [ShardResult] {
    lock.lock()
    defer { lock.unlock() }
    for all in outcomes {
      for shard in all.keys.sorted() {
        if case .failure(let error) = all[shard] { throw error }
      }
    }
    var results: [ShardResult] = []
    for shard in 0..<shards {
      guard case .success(let result) = outcomes[run][shard] else { break }
      results.append(result)
    }
    return results
  }
}
