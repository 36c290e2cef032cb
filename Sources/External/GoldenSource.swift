public import Blocks
public import Signals

/// What answers for a block that has no golden model in Swift.
public protocol GoldenSource: Sendable {
  /// What answers and its version, as reports name it.
  var version: String { get }

  /// The expected answer: every output array, one item a transaction, and taps where it has them.
  ///
  /// - Throws: ``BlockError/external(block:reason:)``.
  func answer(
    _ batch: Batch, interface: Interface, configuration: Configuration
  ) throws(BlockError) -> Batch
}
