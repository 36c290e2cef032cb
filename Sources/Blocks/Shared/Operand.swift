package import Signals

/// An operand of an element-wise block: one value an element, in the order of the main array's
/// storage, or one value for all.
struct Operand {
  private let values: [Int64]
  private let stride: Int

  /// The array `name` of a batch whose main array holds `count` elements.
  ///
  /// - Precondition: the batch has the array, with one value or with `count`.
  init(_ name: String, of batch: Batch, count: Int) {
    if let items = batch.items[name] {
      precondition(items.values.count == count, "\(name) has a value for each element")
      values = items.values
      stride = 1
    } else {
      values = [batch.scalar(name)]
      stride = 0
    }
  }

  /// Whether every element has this value, without looking at each.
  func isAlways(_ value: Int64) -> Bool { stride == 0 && values[0] == value }

  subscript(element: Int) -> Int64 { values[element &* stride] }
}

extension Batch {
  /// A ragged array that each transaction has of its own.
  ///
  /// - Precondition: it is there, as in every validated batch.
  package func item(_ name: String) -> RaggedTensor {
    guard let item = items[name] else {
      preconditionFailure("the batch has no array \(name) of its transactions")
    }
    return item
  }
}
