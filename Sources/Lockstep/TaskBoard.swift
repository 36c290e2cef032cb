import Foundation

/// Hands out shards to workers, run by run, and keeps their results.
///
/// A worker stays with a shard until all runs have begun it, because these share its chunks, and then takes
/// one that nobody has begun.
final class TaskBoard: @unchecked Sendable {
  // @unchecked: everything mutable is guarded by `lock`.
  struct Task {
    let run: Int
    let shard: Int
    /// The run's way through the shard's chunks.
    let queue: ChunkQueue
  }

  private let lock = NSLock()
  private let runs: Int
  private let shards: Int
  /// How many runs have begun each shard, or never will.
  private var begun: [Int]
  /// No shard before the one has runs that have not begun it; none before the other has no run that has.
  private var firstOpen = 0
  private var firstFresh = 0
  private var chunks: [Int: ShardChunks] = [:]
  private let makeChunks: @Sendable (_ shard: Int, _ runs: Int) -> ShardChunks
  private var done = 0
  private var isStopped = false
  private var outcomes: [[Int: Result<ShardResult, any Error>]]
  /// The first shard of each run that ends it or could not be run; later ones are not needed.
  private var firstFailing: [Int]
  private let progress: @Sendable (Int, Int) -> Void

  /// - Parameter makeChunks: the chunks of a shard for a number of runs.
  init(
    runs: Int, shards: Int, progress: @escaping @Sendable (Int, Int) -> Void,
    makeChunks: @escaping @Sendable (_ shard: Int, _ runs: Int) -> ShardChunks
  ) {
    self.runs = runs
    self.shards = shards
    self.progress = progress
    self.makeChunks = makeChunks
    begun = Array(repeating: 0, count: shards)
    outcomes = Array(repeating: [:], count: runs)
    firstFailing = Array(repeating: .max, count: runs)
  }

  /// The next task; nil if nothing is left to begin.
  /// - Parameter shard: the one that the worker was at.
  func take(after shard: Int?) -> Task? {
    lock.lock()
    defer { lock.unlock() }
    while !isStopped, let shard = choose(after: shard) {
      let run = begun[shard]
      begun[shard] += 1
      let known = chunks[shard]
      if begun[shard] == runs { chunks[shard] = nil }
      if shard >= firstFailing[run] {
        known?.forgo()
        continue
      }
      let shared = known ?? makeChunks(shard, runs - run)
      if begun[shard] < runs { chunks[shard] = shared }
      return Task(run: run, shard: shard, queue: ChunkQueue(shared))
    }
    return nil
  }

  private func choose(after shard: Int?) -> Int? {
    if let shard, begun[shard] < runs { return shard }
    while firstFresh < shards && begun[firstFresh] > 0 { firstFresh += 1 }
    if firstFresh < shards { return firstFresh }
    while firstOpen < shards && begun[firstOpen] == runs { firstOpen += 1 }
    return firstOpen < shards ? firstOpen : nil
  }

  func finish(
    _ run: Int, _ shard: Int, _ result: Result<ShardResult, any Error>, isCancelled: Bool
  ) {
    lock.lock()
    outcomes[run][shard] = result
    done += 1
    // An error does not stop other runs: whether it counts depends on shards that are still at work.
    if (try? result.get())?.endsRun != false {
      firstFailing[run] = min(firstFailing[run], shard)
    }
    if isCancelled {
      isStopped = true
      for shared in chunks.values { shared.forgo(runs: nil) }
      chunks = [:]
    }
    let count = done
    lock.unlock()
    progress(count, runs * shards)
  }

  /// The results of every run in order, up to its first gap or the first shard that ends it.
  ///
  /// Later shards, which some worker may have run meanwhile, do not count, nor do their errors.
  ///
  /// - Throws: the error of the first run that has one.
  func results() throws -> [[ShardResult]] {
    lock.lock()
    defer { lock.unlock() }
    return try outcomes.map { results in
      var counted: [ShardResult] = []
      for shard in 0..<shards {
        guard let result = try results[shard]?.get() else { break }
        counted.append(result)
        if result.endsRun { break }
      }
      return counted
    }
  }
}
