import Signals

/// Labelled element-wise transactions in the making: one value of each array an element.
struct DirectedElements {
  private let names: [String]
  private var columns: [RaggedTensor]
  private var labels: [String] = []

  /// - Parameter names: the per-element arrays, in the order of the tuples that are appended.
  init(_ names: [String]) {
    self.names = names
    columns = names.map { _ in RaggedTensor(rank: 1) }
  }

  /// Appends one transaction; `elements` has a row an element, in the order of the names.
  mutating func append(_ label: String, _ elements: [[Int64]]) {
    guard !elements.isEmpty else { return }
    labels.append(label)
    for column in names.indices {
      columns[column].append(shape: [elements.count], values: elements.map { $0[column] })
    }
  }

  /// The transactions as a batch. Labels are kept where every transaction has one.
  func batch(shared: [String: Tensor] = [:], scales: [String: Double] = [:]) -> Batch {
    Batch(
      count: labels.count, shared: shared,
      items: Dictionary(uniqueKeysWithValues: zip(names, columns)),
      labels: labels.contains("") ? [] : labels, scales: scales)
  }
}

extension RaggedTensor {
  /// Other values in the same shapes.
  func with(_ newValues: [Int64]) -> RaggedTensor {
    precondition(newValues.count == values.count, "as many values as before")
    var result = self
    result.values = newValues
    return result
  }
}

extension Batch {
  /// The values of a table with exactly `length` entries, in a validated batch.
  ///
  /// - Throws: ``BlockError/outsideDomain(block:transaction:limit:found:)`` for any other length.
  func table(_ name: String, length: Int, of block: String) throws(BlockError) -> [Int64] {
    let values = shared[name]?.values ?? []
    guard values.count == length else {
      throw .outsideDomain(
        block: block, transaction: 0, limit: "\(name) has \(length) entries",
        found: "\(values.count)")
    }
    return values
  }

  /// What a golden model answers for this batch.
  func answer(_ items: [String: RaggedTensor]) -> Batch { Batch(count: count, items: items) }
}
