import Signals

/// Relations of matrix products.
extension Relation {
  /// Rows of an operand in reverse order have the same rows of the product in reverse order.
  ///
  /// - Parameters:
  ///   - input: an operand of rank 2 an item.
  ///   - axis: of the product: 0 for its rows, 1 for its columns.
  ///   - others: arrays of rank 1 with one value a row.
  static func rows(
    of input: String, axis: Int, _ output: String, with others: [String] = []
  ) -> Relation {
    Relation(
      axis == 0 ? "permutation of rows" : "permutation of columns",
      "\(axis == 0 ? "rows" : "columns") in another order have the same answers in that order",
      follow: { batch, _, _ in
        var result = batch
        if let item = batch.items[input] { result.items[input] = item.reversed(axis: 0) }
        if let tensor = batch.shared[input] { result.shared[input] = tensor.reversed(axis: 0) }
        for name in others {
          if let item = batch.items[name] { result.items[name] = item.reversed(axis: 0) }
          if let tensor = batch.shared[name] { result.shared[name] = tensor.reversed(axis: 0) }
        }
        return result
      },
      violation: { found in
        guard let was = found.answer.items[output]?.reversed(axis: axis),
          let new = found.relatedAnswer.items[output]
        else { return nil }
        return was.violation(against: new, output)
      })
  }

  /// Summands in reverse order add up to the same.
  static func summands(of inputs: [String], axis: Int, _ outputs: [String]) -> Relation {
    invariance(
      "permutation of summands", "the order in which products are summed changes no answer",
      of: outputs
    ) { batch, _, _ in
      var result = batch
      for name in inputs {
        if let item = batch.items[name] { result.items[name] = item.reversed(axis: axis) }
        if let tensor = batch.shared[name] { result.shared[name] = tensor.reversed(axis: axis) }
      }
      return result
    }
  }

  /// Twice the operand has twice the product.
  static func doubling(of input: String, range: ClosedRange<Int64>, _ output: String) -> Relation {
    Relation(
      "scaling by two", "operands of half the range, doubled, have twice the answer",
      follow: { batch, _, _ in
        guard let item = batch.items[input],
          item.values.allSatisfy({ range.contains(2 * $0) })
        else { return nil }
        var result = batch
        result.items[input]?.values = item.values.map { 2 * $0 }
        return result
      },
      violation: { found in
        guard var was = found.answer.items[output], let new = found.relatedAnswer.items[output]
        else { return nil }
        was.values = was.values.map { 2 * $0 }
        return was.violation(against: new, output)
      }
    ).preparing { batch, _ in
      var result = batch
      if let values = batch.items[input]?.values {
        result.items[input]?.values = values.map { $0 / 2 }
      }
      return result
    }
  }
}

extension RaggedTensor {
  /// Each item in reverse order along one of its axes.
  func reversed(axis: Int) -> RaggedTensor {
    guard rank > axis else { return self }
    var result = self
    for item in 0..<count {
      let values = Tensor(shape: shape(of: item), values: Array(values[range(of: item)]))
        .reversed(axis: axis).values
      result.values.replaceSubrange(range(of: item), with: values)
    }
    return result
  }
}

extension Tensor {
  /// In reverse order along one axis.
  func reversed(axis: Int) -> Tensor {
    guard shape.count > axis, values.count > 1 else { return self }
    let inner = shape[(axis + 1)...].reduce(1, *)
    let extent = shape[axis]
    var result = self
    for index in values.indices {
      let within = index % inner
      let place = index / inner % extent
      let outer = index / inner / extent
      result.values[(outer * extent + extent - 1 - place) * inner + within] = values[index]
    }
    return result
  }
}
