import Blocks
import Foundation
import Signals

/// The chunks of one shard, each made once for all runs that simulate it.
///
/// Whoever needs a chunk first makes it. Whoever needs one that is being made makes a later one meanwhile,
/// so that threads at work on one shard share the work of preparing, too. A chunk goes when the last run
/// has passed it, or as soon as those at work have if the shard holds more than it may.
final class ShardChunks: @unchecked Sendable {
  // @unchecked: all mutable state is guarded by `condition`.
  let range: Range<Int>
  private let make: @Sendable (Int) throws -> Chunk
  private let condition = NSCondition()
  private var states: [Int: State] = [:]
  /// Runs that have not begun to read.
  private var awaited: Int
  /// For each queue, the first chunk that it may still ask for.
  private var positions: [ObjectIdentifier: Int] = [:]
  private var requested: Int
  private var heldBytes = 0
  private let byteLimit: Int
  /// Seconds that the thread ahead spent and that no queue has accounted for.
  private var preparedAhead = 0.0

  private enum State {
    case making
    case made(Result<Chunk, any Error>)
  }

  /// Chunks that are made beyond the last one asked for.
  private static let depth = 3

  /// - Parameters:
  ///   - runs: that will read, unless one forgoes it.
  ///   - ahead: prepare on another thread while simulations run.
  ///   - byteLimit: of the chunks that are kept for runs which have not begun.
  init(
    _ range: Range<Int>, runs: Int, ahead: Bool, byteLimit: Int = 128 << 20,
    make: @escaping @Sendable (Int) throws -> Chunk
  ) {
    self.range = range
    self.make = make
    self.byteLimit = byteLimit
    awaited = runs
    requested = range.lowerBound
    guard ahead && range.count > 1 else { return }
    let thread = Thread { [self] in prepareAhead() }
    thread.stackSize = 8 << 20
    thread.start()
  }

  // MARK: - Who reads

  /// No run is reading or will.
  private var isAbandoned: Bool { awaited == 0 && positions.isEmpty }

  /// A run begins.
  func begin(_ queue: ChunkQueue) {
    locked {
      awaited -= 1
      positions[ObjectIdentifier(queue)] = range.lowerBound
    }
  }

  /// A run will not read after all; every one if nil.
  func forgo(runs: Int? = 1) {
    locked {
      awaited -= runs ?? awaited
      discard(below: range.upperBound, from: range.lowerBound)
    }
  }

  /// A run needs no chunk before `index` any more.
  func pass(_ queue: ChunkQueue, to index: Int) {
    locked {
      guard let old = positions[ObjectIdentifier(queue)], old < index else { return }
      positions[ObjectIdentifier(queue)] = index
      discard(below: index, from: old)
    }
  }

  /// A run has ended.
  func end(_ queue: ChunkQueue) {
    locked {
      positions[ObjectIdentifier(queue)] = nil
      discard(below: range.upperBound, from: range.lowerBound)
    }
  }

  /// Seconds that the thread ahead spent since the last call.
  func takePreparedAhead() -> Double {
    locked {
      defer { preparedAhead = 0 }
      return preparedAhead
    }
  }

  private func discard(below end: Int, from start: Int) {
    for index in start..<max(start, min(end, positions.values.min() ?? end)) {
      guard awaited == 0 || heldBytes > byteLimit else { return }
      guard case .made(let result) = states[index] else { continue }
      heldBytes -= (try? result.get())?.byteCount ?? 0
      states[index] = nil
    }
  }

  private func locked<Value>(_ body: () -> Value) -> Value {
    condition.lock()
    defer {
      condition.broadcast()
      condition.unlock()
    }
    return body()
  }

  // MARK: - Making

  /// Chunk `index` of the range, made now or waited for.
  ///
  /// - Parameter seconds: grows by those that the caller spent making it, or others meanwhile.
  func chunk(_ index: Int, making seconds: inout Double) throws -> Chunk {
    condition.lock()
    defer { condition.unlock() }
    if index > requested {
      requested = index
      condition.broadcast()
    }
    while true {
      switch states[index] {
      case .made(let result):
        return try result.get()
      case nil:
        seconds += fill(index)
      case .making:
        let later = index + 1..<min(index + 1 + ShardChunks.depth, range.upperBound)
        if let missing = later.first(where: { states[$0] == nil }) {
          seconds += fill(missing)
        } else {
          condition.wait()
        }
      }
    }
  }

  /// Makes a chunk, unlocked meanwhile.
  /// - Returns: the seconds that it took.
  private func fill(_ index: Int) -> Double {
    states[index] = .making
    condition.unlock()
    let start = ContinuousClock.now
    let result = Result { try make(index) }
    let seconds = (ContinuousClock.now - start).seconds
    condition.lock()
    states[index] = .made(result)
    heldBytes += (try? result.get())?.byteCount ?? 0
    condition.broadcast()
    return seconds
  }

  private func prepareAhead() {
    condition.lock()
    defer { condition.unlock() }
    for index in range {
      // Not bounded by what has been passed: a device may swallow input for long before it answers.
      while index > requested + ShardChunks.depth && !isAbandoned { condition.wait() }
      if isAbandoned { return }
      // What has been asked for is made by whoever asked, or has gone already.
      guard states[index] == nil, index >= requested else { continue }
      preparedAhead += fill(index)
      if case .made(.failure) = states[index] { return }
    }
  }
}

/// One run's way through the chunks of a shard. Only the simulating thread uses it.
final class ChunkQueue {
  private let chunks: ShardChunks
  /// Seconds for which the simulation stood still, and those of them spent making chunks.
  private var waiting = 0.0
  private var making = 0.0

  init(_ chunks: ShardChunks) {
    self.chunks = chunks
    chunks.begin(self)
  }

  /// Chunks that one simulation alone needs.
  convenience init(
    _ range: Range<Int>, ahead: Bool, make: @escaping @Sendable (Int) throws -> Chunk
  ) {
    self.init(ShardChunks(range, runs: 1, ahead: ahead, make: make))
  }

  deinit { chunks.end(self) }

  /// Chunk `index`, waiting for it if need be; nil past the end of the shard.
  func chunk(_ index: Int) throws -> Chunk? {
    guard chunks.range.contains(index) else { return nil }
    let start = ContinuousClock.now
    defer { waiting += (ContinuousClock.now - start).seconds }
    return try chunks.chunk(index, making: &making)
  }

  /// Forgets the chunks before `index`, which no stream needs any more.
  func release(below index: Int) { chunks.pass(self, to: index) }

  /// How the seconds of a simulation divide: spent on preparing chunks, here or by a thread ahead, and on
  /// simulating.
  func shares(ofSeconds total: Double) -> (preparing: Double, simulating: Double) {
    (making + chunks.takePreparedAhead(), total - waiting)
  }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
