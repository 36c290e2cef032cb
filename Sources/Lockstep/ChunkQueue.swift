import Blocks
import Foundation
import Signals

/// The chunks of one shard, prepared in order, optionally ahead by a thread of its own.
///
/// Only the simulating thread calls ``chunk(_:)`` and ``release(below:)``.
final class ChunkQueue: @unchecked Sendable {
  // @unchecked: all mutable state is guarded by `condition`.
  private let range: Range<Int>
  private let make: @Sendable (Int) throws -> Chunk
  private let condition = NSCondition()
  private var ready: [Int: Result<Chunk, any Error>] = [:]
  private var isCancelled = false
  /// Chunks that are prepared beyond the last one asked for.
  private let depth = 3
  private var requested: Int
  private var released: Int
  private let isAhead: Bool
  /// Seconds spent preparing chunks, and seconds for which the simulation stood still meanwhile.
  private var preparing = 0.0
  private var waiting = 0.0

  /// - Parameter ahead: prepare on another thread while the simulation runs.
  init(_ range: Range<Int>, ahead: Bool, make: @escaping @Sendable (Int) throws -> Chunk) {
    self.range = range
    self.make = make
    released = range.lowerBound
    requested = range.lowerBound
    isAhead = ahead && range.count > 1
    if isAhead {
      let thread = Thread { [self] in produce() }
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// Chunk `index`, waiting for it if need be; nil past the end of the shard.
  func chunk(_ index: Int) throws -> Chunk? {
    guard range.contains(index) else { return nil }
    if !isAhead {
      if let known = ready[index] { return try known.get() }
      let start = ContinuousClock.now
      let chunk = try make(index)
      let seconds = (ContinuousClock.now - start).seconds
      preparing += seconds
      waiting += seconds
      ready[index] = .success(chunk)
      return chunk
    }
    condition.lock()
    defer { condition.unlock() }
    requested = max(requested, index)
    condition.broadcast()
    let start = ContinuousClock.now
    while ready[index] == nil { condition.wait() }
    waiting += (ContinuousClock.now - start).seconds
    return try ready[index]?.get()
  }

  /// How the seconds of a simulation divide: spent on preparing chunks, by whichever thread, and on
  /// simulating.
  func shares(ofSeconds total: Double) -> (preparing: Double, simulating: Double) {
    condition.lock()
    defer { condition.unlock() }
    return (preparing, total - waiting)
  }

  /// Forgets the chunks before `index`, which no stream needs any more.
  func release(below index: Int) {
    condition.lock()
    for old in released..<max(index, released) { ready[old] = nil }
    released = max(index, released)
    condition.broadcast()
    condition.unlock()
  }

  /// Ends the producer.
  func cancel() {
    condition.lock()
    isCancelled = true
    condition.broadcast()
    condition.unlock()
  }

  private func produce() {
    for index in range {
      condition.lock()
      // Not bounded by what has been released: a device may swallow input for long before it answers.
      while index > requested + depth && !isCancelled { condition.wait() }
      let stop = isCancelled
      condition.unlock()
      if stop { return }
      let start = ContinuousClock.now
      let result = Result { try make(index) }
      condition.lock()
      preparing += (ContinuousClock.now - start).seconds
      ready[index] = result
      condition.broadcast()
      condition.unlock()
      if case .failure = result { return }
    }
  }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
