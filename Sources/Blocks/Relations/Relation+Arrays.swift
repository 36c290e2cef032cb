import Signals

/// Relations that many blocks have.
extension Relation {
  /// Transactions in reverse order have the same answers in reverse order: heads of an attention can be
  /// concatenated, rows of a softmax batched, without any of them seeing the others.
  static func independence(of outputs: [String]) -> Relation {
    Relation(
      "order of transactions", "no answer depends on the transactions before it",
      follow: { batch, _, _ in
        guard batch.count > 1 else { return nil }
        var result = batch
        result.items = batch.items.mapValues { $0.reordered((0..<batch.count).reversed()) }
        result.labels = batch.labels.reversed()
        return result
      },
      violation: { found in
        for name in outputs {
          guard let was = found.answer.items[name], let new = found.relatedAnswer.items[name]
          else { continue }
          for index in 0..<was.count {
            let (one, other) = (was[index].values, new[was.count - 1 - index].values)
            if let place = one.firstDifference(from: other) {
              return RelationViolation(
                transaction: index, element: place,
                "\(name) changes with the order of transactions")
            }
          }
        }
        return nil
      })
  }

  /// Elements in reverse and rotated order have the same answers in that order.
  ///
  /// - Parameters:
  ///   - rows: arrays of rank 1 an item that are reordered, outputs included.
  ///   - weights: shared arrays with one value an element of every row, reordered as well.
  static func permutation(
    of input: String, _ outputs: [String], with others: [String] = [], weights: [String] = []
  ) -> Relation {
    Relation(
      "permutation", "elements in another order have the same answers in that order",
      follow: { batch, _, generator in
        guard let item = batch.items[input] else { return nil }
        let turn = Int(generator.value(in: 0...7))
        var result = batch
        for name in [input] + others {
          result.items[name] = batch.items[name].map { $0.permuted(turn) }
        }
        for name in weights {
          guard let tensor = batch.shared[name], tensor.values.count > 1 else { continue }
          // One order must do for all rows.
          guard item.count > 0,
            (0..<item.count).allSatisfy({ item.range(of: $0).count == tensor.values.count })
          else { return nil }
          result.shared[name]?.values = RaggedTensor.places(tensor.values.count, turn).map {
            tensor.values[$0]
          }
        }
        // The turn is found again by the values that it left.
        result.labels = [String](repeating: "turn \(turn)", count: batch.count)
        return result
      },
      violation: { found in
        let turn = found.related.labels.first.flatMap { Int($0.dropFirst(5)) } ?? 0
        for name in outputs {
          guard let was = found.answer.items[name]?.permuted(turn),
            let new = found.relatedAnswer.items[name]
          else { continue }
          if let violation = was.violation(against: new, name) { return violation }
        }
        return nil
      })
  }

  /// A constant added to every element of each row changes no answer.
  ///
  /// - Parameter step: of which the constant is a multiple.
  static func shift(
    of input: String, by step: Int64 = 1, range: ClosedRange<Int64>, _ outputs: [String]
  ) -> Relation {
    Relation(
      "shift by a constant",
      step == 1
        ? "a constant added to all elements of a row changes no answer"
        : "a multiple of \(step) added to all elements of a row changes no answer",
      follow: { batch, _, generator in
        guard let item = batch.items[input] else { return nil }
        var result = batch
        for row in 0..<item.count {
          let values = item[row].values
          guard let least = values.min(), let most = values.max() else { continue }
          let (low, high) = (range.lowerBound - least, range.upperBound - most)
          let constant = generator.value(in: (low / step)...(high / step)) * step
          for place in item.range(of: row) {
            result.items[input]?.values[place] = item.values[place] + constant
          }
        }
        return result.items == batch.items ? nil : result
      },
      violation: { $0.unequal(outputs) })
  }

  /// Of two elements of a row, the larger one has no smaller answer (or no larger one).
  ///
  /// - Parameter constants: arrays that must be the same for all elements; rows are not looked at
  ///   where they are not.
  static func order(
    of input: String, _ output: String, isFalling: Bool = false, with constants: [String] = []
  ) -> Relation {
    Relation(
      "monotonicity",
      "the larger of two elements of a row has no \(isFalling ? "larger" : "smaller") answer",
      violation: { found in
        guard let x = found.batch.items[input], let y = found.answer.items[output] else {
          return nil
        }
        for row in 0..<x.count {
          let (inputs, answers) = (x[row].values, y[row].values)
          let isUniform = constants.allSatisfy {
            Set(found.batch.items[$0]?[row].values ?? found.batch.shared[$0]?.values ?? []).count
              < 2
          }
          guard isUniform else { continue }
          let order = inputs.indices.sorted { (inputs[$0], $0) < (inputs[$1], $1) }
          for (low, high) in zip(order, order.dropFirst()) {
            let isRight =
              inputs[low] == inputs[high]
              ? answers[low] == answers[high]
              : isFalling ? answers[low] >= answers[high] : answers[low] <= answers[high]
            if !isRight {
              return RelationViolation(
                transaction: row, element: high,
                "\(input) \(inputs[low]) has \(answers[low]), \(inputs[high]) has \(answers[high])")
            }
          }
        }
        return nil
      })
  }

  /// Every answer is in a range, and the answers of a row add up to something in another.
  static func bounds(
    of output: String, each: ClosedRange<Int64>, sum: ClosedRange<Int64>? = nil
  ) -> Relation {
    let words = sum.map { ", and a row adds up to \($0.lowerBound)...\($0.upperBound)" } ?? ""
    return Relation(
      "bounds", "answers are \(each.lowerBound)...\(each.upperBound)\(words)",
      violation: { found in
        guard let y = found.answer.items[output] else { return nil }
        for row in 0..<y.count {
          let values = y[row].values
          if let place = values.firstIndex(where: { !each.contains($0) }) {
            return RelationViolation(
              transaction: row, element: place, "\(output) is \(values[place])")
          }
          let total = values.reduce(0, +)
          if let sum, !sum.contains(total) {
            return RelationViolation(transaction: row, "\(output) adds up to \(total)")
          }
        }
        return nil
      })
  }

  /// What changes and leaves all answers as they are.
  ///
  /// - Parameter change: nil where it cannot be made.
  static func invariance(
    _ name: String, _ statement: String, of outputs: [String],
    _ change: @escaping @Sendable (Batch, Configuration, inout CounterGenerator) -> Batch?
  ) -> Relation {
    Relation(name, statement, follow: change, violation: { $0.unequal(outputs) })
  }
}

extension RelationCase {
  /// The first element of some outputs that is not the same in both answers.
  func unequal(_ outputs: [String]) -> RelationViolation? {
    for name in outputs {
      guard let was = answer.items[name], let new = relatedAnswer.items[name] else { continue }
      if let violation = was.violation(against: new, name) { return violation }
    }
    return nil
  }
}

extension RaggedTensor {
  /// Items in another order.
  func reordered(_ order: some Sequence<Int>) -> RaggedTensor {
    let order = Array(order)
    let values = order.flatMap { self.values[range(of: $0)] }
    if rank == 0 { return RaggedTensor(count: order.count, shape: [], values: values) }
    return RaggedTensor(rank: rank, extents: order.flatMap { shape(of: $0) }, values: values)
  }

  /// Places of `count` elements in reverse order, turned by some.
  static func places(_ count: Int, _ turn: Int) -> [Int] {
    (0..<count).map { (count - 1 - $0 + turn) % count }
  }

  /// The elements of each item in that order.
  func permuted(_ turn: Int) -> RaggedTensor {
    var result = self
    for row in 0..<count {
      let range = range(of: row)
      for (index, place) in RaggedTensor.places(range.count, turn).enumerated() {
        result.values[range.lowerBound + index] = values[range.lowerBound + place]
      }
    }
    return result
  }

  /// The first element in which `other` is not the same.
  func violation(against other: RaggedTensor, _ name: String) -> RelationViolation? {
    for row in 0..<min(count, other.count) {
      let (one, two) = (self[row].values, other[row].values)
      guard let place = one.firstDifference(from: two) else { continue }
      let expected = place < one.count ? "\(one[place])" : "nothing"
      let found = place < two.count ? "\(two[place])" : "nothing"
      return RelationViolation(
        transaction: row, element: place, "\(name) should be \(expected), but is \(found)")
    }
    return nil
  }
}

extension [Int64] {
  /// Where the other one is not the same, or ends; nil where both are equal.
  func firstDifference(from other: [Int64]) -> Int? {
    if let place = zip(self, other).enumerated().first(where: { $0.element.0 != $0.element.1 }) {
      return place.offset
    }
    return count == other.count ? nil : Swift.min(count, other.count)
  }
}
