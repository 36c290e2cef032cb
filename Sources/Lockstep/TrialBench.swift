package import Blocks
package import Devices
import Foundation
package import Signals

/// One shard of a workload under one stall profile.
package struct TrialTask: Sendable, Hashable, Codable {
  package var shard: Int
  package var profile: StallProfile
  /// Whether a reset in the middle of traffic comes first.
  package var isRehearsed: Bool

  package init(shard: Int, profile: StallProfile, isRehearsed: Bool) {
    self.shard = shard
    self.profile = profile
    self.isRehearsed = isRehearsed
  }
}

/// What one run of one task showed.
package struct TrialResult: Sendable {
  /// The first thing that is wrong.
  package var finding: Finding?
  package var cycles: Int
  package var comparedElements: Int
  package var wasInterrupted: Bool
  /// The answer was refused before anything was driven.
  package var wasRefused = false
}

/// Runs the same shards many times in devices that should differ from each other: each golden answer is
/// computed once and kept.
package final class TrialBench: @unchecked Sendable {
  // @unchecked: what changes is guarded by `lock`.
  private let block: any Block
  private let configuration: Configuration
  private let interface: Interface
  private let manifest: Manifest
  private let workload: Workload
  private let seed: UInt64
  private let filler: UInt64
  private let taps: [TapPlan]
  private let lock = NSLock()
  private var chunks: [Int: Chunk] = [:]

  /// - Parameter tapped: the device whose taps are compared, too, where the right answers are; nil to
  ///   compare none.
  /// - Throws: ``BlockError`` if the configuration does not go together, and as ``TapPlan`` for taps that
  ///   do not fit.
  package init(
    _ block: any Block, in configuration: Configuration, manifest: Manifest, workload: Workload,
    seed: UInt64, tapping tapped: DeviceLibrary? = nil
  ) throws {
    self.block = block
    self.configuration = configuration
    self.manifest = manifest
    self.workload = workload
    self.seed = seed
    let interface = try block.interface(in: configuration)
    self.interface = interface
    taps =
      try tapped.map { library in
        try manifest.taps.map {
          try TapPlan(
            $0, of: block, interface: interface, configuration: configuration, library: library)
        }
      } ?? []
    var generator = CounterGenerator(seed: seed, stream: RandomUse.filler, index: 0)
    filler = generator.next()
  }

  /// Every task under some profiles: short shards first, and half of each profile's shards after a reset
  /// in the middle of traffic, as ``Verification`` has it.
  package func tasks(_ profiles: [StallProfile]) -> [TrialTask] {
    let shards = (0..<workload.shardCount).sorted { transactions($0) < transactions($1) }
    return profiles.enumerated().flatMap { index, profile in
      shards.map {
        TrialTask(shard: $0, profile: profile, isRehearsed: $0 % 2 == (index + 1) % 2)
      }
    }
  }

  /// The first batch of the suite.
  package func sample() throws -> Batch { try chunk(0).batch }

  /// Transactions of a shard.
  package func transactions(_ shard: Int) -> Int {
    workload.chunks(ofShard: shard).reduce(0) { $0 + workload.transactions[$1] }
  }

  /// A digest of everything that is driven and expected: of stimulus and golden model as they behave.
  package func fingerprint() throws -> UInt32 {
    var digest: UInt32 = 0
    for index in 0..<workload.chunkCount {
      let chunk = try chunk(index)
      for beats in chunk.stimulus.data + chunk.stimulus.configuration {
        digest = Digest.combine(digest, UInt64(Digest.of(beats.bytes)))
      }
      for setting in chunk.stimulus.settings {
        digest = Digest.combine(digest, UInt64(Digest.of(setting)))
      }
      for output in chunk.digests { digest = Digest.combine(digest, UInt64(output)) }
      for tap in chunk.taps { digest = Digest.combine(digest, UInt64(Digest.of(tap.bytes))) }
    }
    return digest
  }

  /// Runs one task to its first finding.
  ///
  /// - Parameters:
  ///   - ties: inputs that the block does not know, and their values.
  ///   - hangLimit: cycles without any transfer after which the run hangs.
  ///   - cycleLimit: cycles after which it hangs even if something still moves.
  ///   - isCancelled: polled now and then.
  /// - Throws: ``DeviceError`` and ``LockstepError`` for pins that do not fit, and the errors of the
  ///   golden model.
  package func run(
    _ task: TrialTask, in library: DeviceLibrary, ties: [String: UInt32] = [:],
    hangLimit: Int, cycleLimit: Int = .max, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> TrialResult {
    let limits = SimulationLimits(
      hang: hangLimit, cycles: cycleLimit, endsAtFirstFinding: true, isCancelled: isCancelled)
    return try run(task, library, ties, limits, taps) { try self.chunk($0) }
  }

  /// Runs one task against answers of which the first chunk's is not the golden model's.
  ///
  /// - Parameter alter: makes the wrong answer of the right one; nil where it cannot.
  /// - Returns: nil where it could not; a refusal where what it made cannot cross the pins at all.
  package func run(
    _ task: TrialTask, in library: DeviceLibrary, ties: [String: UInt32] = [:], hangLimit: Int,
    altering alter: (Batch) -> Batch?
  ) throws -> TrialResult? {
    let first = workload.chunks(ofShard: task.shard).lowerBound
    var part = try workload.part(first)
    guard let answer = alter(try block.golden(part.batch, in: configuration)) else { return nil }
    part.expected = answer
    guard let wrong = try? make(first, part) else {
      return TrialResult(
        finding: nil, cycles: 0, comparedElements: 0, wasInterrupted: false, wasRefused: true)
    }
    let limits = SimulationLimits(
      hang: hangLimit, endsAtFirstFinding: true, isCancelled: { false })
    return try run(task, library, ties, limits) { try $0 == first ? wrong : self.chunk($0) }
  }

  /// Runs one task against output beats of which the first chunk's are not those of the golden model.
  ///
  /// - Parameter change: makes the wrong beats of the right ones, one value for each output stream; nil
  ///   where it cannot.
  /// - Returns: nil where it could not.
  package func run(
    _ task: TrialTask, in library: DeviceLibrary, ties: [String: UInt32] = [:], hangLimit: Int,
    changing change: ([Beats]) -> [Beats]?
  ) throws -> TrialResult? {
    let first = workload.chunks(ofShard: task.shard).lowerBound
    let right = try self.chunk(first)
    guard let outputs = change(right.response.outputs) else { return nil }
    let wrong = try Chunk(
      index: first, part: workload.part(first), block: block, configuration: configuration,
      interface: interface, filler: filler, outputs: outputs)
    let limits = SimulationLimits(
      hang: hangLimit, endsAtFirstFinding: true, isCancelled: { false })
    return try run(task, library, ties, limits) { try $0 == first ? wrong : self.chunk($0) }
  }

  /// Runs one task against the answers that golden gives to changed inputs, while the device gets the
  /// right ones.
  ///
  /// - Parameter alter: makes the changed inputs; nil where it cannot.
  /// - Returns: nil where it could not, or golden does not take them; a result without finding and
  ///   cycles where the answer of no chunk changed.
  package func run(
    _ task: TrialTask, in library: DeviceLibrary, ties: [String: UInt32] = [:], hangLimit: Int,
    misleading alter: (Batch) -> Batch?
  ) throws -> TrialResult? {
    let first = workload.chunks(ofShard: task.shard).lowerBound
    var part = try workload.part(first)
    guard let inputs = alter(part.batch) else { return nil }
    guard let answer = try? block.golden(inputs, in: configuration) else { return nil }
    part.expected = answer
    guard let wrong = try? make(first, part) else { return nil }
    if try wrong.digests == self.chunk(first).digests {
      return TrialResult(finding: nil, cycles: 0, comparedElements: 0, wasInterrupted: false)
    }
    let limits = SimulationLimits(
      hang: hangLimit, endsAtFirstFinding: true, isCancelled: { false })
    return try run(task, library, ties, limits) { try $0 == first ? wrong : self.chunk($0) }
  }

  private func run(
    _ task: TrialTask, _ library: DeviceLibrary, _ ties: [String: UInt32],
    _ limits: SimulationLimits, _ taps: [TapPlan] = [],
    chunk: @escaping @Sendable (Int) throws -> Chunk
  ) throws -> TrialResult {
    var generator = CounterGenerator(
      seed: seed, stream: RandomUse.initialState, index: UInt64(task.shard) + 1 << 20)
    let pins = try Pins(
      library, initialState: .random(seed: generator.next() >> 32), interface: interface,
      manifest: manifest, ties: ties)
    let range = workload.chunks(ofShard: task.shard)
    let simulation = try Simulation(
      pins: pins, interface: interface, queue: ChunkQueue(range, ahead: false, make: chunk),
      chunks: range,
      stalls: StallSource(StallPlan(task.profile, seed: seed), hangLimit: limits.hang),
      taps: taps, shard: task.shard, limits: limits,
      firstTransaction: { self.workload.transactions.prefix($0).reduce(0, +) })
    let rehearsal = CounterGenerator(
      seed: seed, stream: RandomUse.rehearsal, index: UInt64(task.shard))
    try simulation.run(rehearsal: task.isRehearsed ? .drawn(rehearsal) : nil)
    let result = simulation.result
    // What can be seen from outside says more than a tap does.
    let outside = result.findings.first { if case .divergence = $0 { false } else { true } }
    return TrialResult(
      finding: outside ?? result.findings.first, cycles: result.cycles,
      comparedElements: result.comparedElements, wasInterrupted: result.wasInterrupted)
  }

  private func chunk(_ index: Int) throws -> Chunk {
    lock.lock()
    defer { lock.unlock() }
    if let known = chunks[index] { return known }
    let chunk = try make(index, workload.part(index))
    chunks[index] = chunk
    return chunk
  }

  private func make(_ index: Int, _ part: Workload.Part) throws -> Chunk {
    try Chunk(
      index: index, part: part, block: block, configuration: configuration, interface: interface,
      taps: taps, filler: filler)
  }
}
