/// Some transactions that share their settings, as named arrays: what a golden model answers at once.
public struct Batch: Sendable, Hashable {
  /// Number of transactions.
  public var count: Int
  /// Arrays that are the same for all transactions: scalar settings, tables, a shared bias.
  public var shared: [String: Tensor]
  /// Arrays of which each transaction has its own.
  public var items: [String: RaggedTensor]
  /// Where the stimulus comes from a named corner: one label a transaction, otherwise empty.
  public var labels: [String]
  /// Real scale by array name, for `ideal`: an integer code q stands for q times the scale.
  public var scales: [String: Double]

  public init(
    count: Int, shared: [String: Tensor] = [:], items: [String: RaggedTensor] = [:],
    labels: [String] = [], scales: [String: Double] = [:]
  ) {
    precondition(labels.isEmpty || labels.count == count, "one label a transaction, or none")
    for (name, item) in items {
      precondition(item.count == count, "\(name) has \(item.count) items for \(count) transactions")
    }
    self.count = count
    self.shared = shared
    self.items = items
    self.labels = labels
    self.scales = scales
  }

  /// The only value of a shared array. Traps if it is not there: validated batches have it.
  public func scalar(_ name: String) -> Int64 {
    guard let value = shared[name]?.scalar else {
      preconditionFailure("the batch has no shared scalar \(name)")
    }
    return value
  }

  /// The transactions of `range`, renumbered from 0.
  public func transactions(_ range: Range<Int>) -> Batch {
    Batch(
      count: range.count, shared: shared, items: items.mapValues { $0.items(range) },
      labels: labels.isEmpty ? [] : Array(labels[range]), scales: scales)
  }
}
