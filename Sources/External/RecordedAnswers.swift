public import Blocks
public import Signals

/// Recorded transactions as golden model: a transaction is answered with what was recorded for the same
/// inputs.
public struct RecordedAnswers: GoldenSource {
  public let version: String
  private let places: [[Tensor]: Int]
  private let outputs: Batch

  /// - Parameters:
  ///   - path: where they come from.
  ///   - inputs: with `outputs` as their answers.
  public init(path: String, inputs: Batch, outputs: Batch, interface: Interface) {
    version = path
    self.outputs = outputs
    var places: [[Tensor]: Int] = [:]
    for transaction in 0..<inputs.count {
      places[RecordedAnswers.key(inputs, transaction, interface)] = transaction
    }
    self.places = places
  }

  private static func key(
    _ batch: Batch, _ transaction: Int, _ interface: Interface
  ) -> [Tensor] {
    interface.arrays.filter { $0.role == .input }.map { array in
      batch.items[array.name].map { $0[transaction] } ?? batch.shared[array.name] ?? Tensor(0)
    }
  }

  public func answer(
    _ batch: Batch, interface: Interface, configuration: Configuration
  ) throws(BlockError) -> Batch {
    var items = outputs.items.mapValues { RaggedTensor(rank: $0.rank) }
    for transaction in 0..<batch.count {
      guard let place = places[RecordedAnswers.key(batch, transaction, interface)] else {
        throw .inconsistentParameters(
          block: configuration.name,
          reason: "\(version) has no transaction with the inputs of transaction \(transaction)")
      }
      for (name, item) in outputs.items { items[name]?.append(item[place]) }
    }
    return Batch(count: batch.count, items: items)
  }
}
