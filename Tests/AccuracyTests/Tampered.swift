import Blocks
import Signals

/// A block whose answers and claims are changed on purpose: what accuracy must notice.
struct Tampered: Block {
  let base: any Block
  /// Changes an answer.
  var fault: @Sendable (inout Batch) -> Void = { _ in }
  /// Changes what is claimed.
  var claim: @Sendable (inout Tolerance) -> Void = { _ in }

  var name: String { base.name }
  var summary: String { base.summary }
  var formula: String { base.formula }
  var source: String { base.source }
  var parameters: [Parameter] { base.parameters }
  var family: Family? { base.family }

  func interface(in configuration: Configuration) throws(BlockError) -> Interface {
    try base.interface(in: configuration)
  }

  func corners(in configuration: Configuration) -> [Batch] { base.corners(in: configuration) }

  func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    base.stimulus(seed: seed, index: index, in: configuration)
  }

  func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    var answer = try base.golden(batch, in: configuration)
    fault(&answer)
    return answer
  }

  func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    base.ideal(batch, in: configuration)
  }

  func tolerance(in configuration: Configuration) -> Tolerance {
    var tolerance = base.tolerance(in: configuration)
    claim(&tolerance)
    return tolerance
  }

  func work(_ batch: Batch, in configuration: Configuration) -> Work {
    base.work(batch, in: configuration)
  }

  func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    try base.settings(from: scales, in: configuration)
  }

  func batch(
    of codes: RaggedTensor, scale: Double, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    try base.batch(of: codes, scale: scale, in: configuration)
  }

  func readings(
    of answer: Batch, to batch: Batch, in configuration: Configuration
  ) -> Readings? {
    base.readings(of: answer, to: batch, in: configuration)
  }
}
