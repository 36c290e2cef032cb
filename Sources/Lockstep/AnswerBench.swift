package import Blocks
package import Devices
package import Signals

/// What a device answered, whatever was expected.
package struct DeviceAnswer: Sendable {
  /// Every output array, as observed.
  package var answer: Batch
  /// The answer is that of the golden model.
  package var agrees: Bool
  /// Why the answer is not complete: something else than a wrong value; nil if it is.
  package var trouble: Finding?
}

/// Asks a device for answers: one simulation from reset for each batch.
package struct AnswerBench: Sendable {
  private let runner: CaseRunner
  private let seed: UInt64

  /// - Throws: ``BlockError`` if the configuration does not go together.
  package init(
    _ block: any Block, in configuration: Configuration, library: DeviceLibrary,
    manifest: Manifest, seed: UInt64, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    var bare = manifest
    bare.taps = []
    runner = CaseRunner(
      block: block, configuration: configuration, library: library, manifest: bare,
      interface: try block.interface(in: configuration), isCancelled: isCancelled)
    self.seed = seed
  }

  /// - Throws: errors of the golden model for a batch that it has no answer to, and of the device.
  package func answer(to batch: Batch, profile: StallProfile) throws -> DeviceAnswer {
    let subject = Case(
      parts: [Case.Part(batch: batch, filler: seed, origins: Array(0..<batch.count))],
      stalls: StallPlan(profile, seed: seed), initialState: .random(seed: seed & 0xFFFF_FFFF),
      hangLimit: 10_000)
    let result = try runner.run(subject)
    var answer = result.chunks[0].expected
    for (index, stream) in runner.interface.outputs.enumerated() {
      for (field, content) in stream.fields.enumerated() {
        guard case .array(let name) = content.content, let item = answer.items[name],
          let seen = Observation(
            result, interface: runner.interface, stream: index, field: field)
        else { continue }
        for beat in seen.beats where beat.isWrong {
          let start = item.range(of: beat.transaction).lowerBound
          for (place, value) in zip(beat.places, beat.observed) {
            answer.items[name]?.values[start + place] = value
          }
        }
      }
    }
    let trouble = result.findings.first {
      if case .mismatch = $0 { false } else { true }
    }
    return DeviceAnswer(
      answer: answer, agrees: result.findings.isEmpty,
      trouble: trouble ?? (result.shard.isFinal ? result.findings.first : nil))
  }
}
