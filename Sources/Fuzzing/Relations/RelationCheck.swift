public import Blocks
public import Devices
import Foundation
import Lockstep
public import Signals

/// Holds a block's relations against its golden model and its device, each by itself: a mistake that both
/// share agrees with itself, and still breaks them.
public struct RelationCheck: Sendable {
  public var block: any Block
  public var configuration: Configuration
  /// The device and its manifest; nil to look at the golden model alone.
  public var device: (library: DeviceLibrary, manifest: Manifest)?
  public var seed: UInt64
  /// Random batches, besides all corners.
  public var count: Int
  public var jobs: Int
  public var command: String
  public var isCancelled: @Sendable () -> Bool

  public init(
    _ block: any Block, in configuration: Configuration,
    device: (library: DeviceLibrary, manifest: Manifest)? = nil, seed: UInt64 = 1, count: Int = 8,
    jobs: Int = 1, command: String, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.block = block
    self.configuration = configuration
    self.device = device
    self.seed = seed
    self.count = count
    self.jobs = jobs
    self.command = command
    self.isCancelled = isCancelled
  }

  /// - Throws: ``BlockError`` if the configuration does not go together, and errors of the device.
  public func run() throws -> RelationOutcome {
    let start = ContinuousClock.now
    let relations = block.allRelations(in: configuration)
    let corners = block.corners(in: configuration)
    let count = count
    let bench = try device.map {
      try AnswerBench(
        block, in: configuration, library: $0.library, manifest: $0.manifest, seed: seed,
        isCancelled: isCancelled)
    }
    let batches = corners.count + count
    let found = try concurrently(batches, jobs: jobs) { index -> [Trial] in
      let batch =
        index < corners.count
        ? corners[index]
        : block.stimulus(seed: seed, index: index - corners.count, in: configuration)
      return try relations.map { try trial($0, batch, index, bench) }
    }
    var results = relations.map { RelationResult(name: $0.name, statement: $0.statement) }
    for trials in found {
      for (index, trial) in (trials ?? []).enumerated() { results[index].add(trial) }
    }
    // That transactions do not depend on each other is claimed of every block, also of one whose batches
    // have no more than one.
    if results.first?.cases == 0 { results.removeFirst() }
    return RelationOutcome(
      block: block.name, configuration: configuration, command: command, seed: seed,
      batches: batches, hasDevice: device != nil, results: results,
      wasInterrupted: isCancelled(), seconds: (ContinuousClock.now - start) / .seconds(1))
  }

  /// What one relation came to for one batch.
  struct Trial: Sendable {
    var isTried = false
    var golden: RelationViolation?
    var isAnswered = false
    var device: RelationViolation?
    var trouble: Finding?
  }

  private func trial(
    _ relation: Relation, _ batch: Batch, _ index: Int, _ bench: AnswerBench?
  ) throws -> Trial {
    var result = Trial()
    let base = relation.base(of: batch, in: configuration)
    guard !isCancelled(),
      let related = relation.related(to: base, in: configuration, seed: seed, index: index),
      // What is outside of the algorithm's domain has no answer.
      let answer = try? block.golden(base, in: configuration),
      let relatedAnswer = try? block.golden(related, in: configuration)
    else { return result }
    result.isTried = true
    result.golden = relation.violation(
      in: RelationCase(
        configuration, batch: base, related: related, answer: answer, relatedAnswer: relatedAnswer))
    guard let bench else { return result }
    // Stalls for one of them: no relation depends on these either.
    let one = try bench.answer(to: base, profile: .none)
    let other = try bench.answer(to: related, profile: .random)
    result.trouble = one.trouble ?? other.trouble
    guard result.trouble == nil, !isCancelled() else { return result }
    result.isAnswered = true
    result.device = relation.violation(
      in: RelationCase(
        configuration, batch: base, related: related, answer: one.answer,
        relatedAnswer: other.answer))
    return result
  }
}

extension RelationResult {
  fileprivate mutating func add(_ trial: RelationCheck.Trial) {
    if trial.isTried { cases += 1 }
    if trial.isAnswered { deviceCases += 1 }
    if let violation = trial.golden {
      goldenViolations += 1
      golden = golden ?? violation
    }
    if let violation = trial.device {
      deviceViolations += 1
      device = device ?? violation
    }
    trouble = trouble ?? trial.trouble
  }
}
