public import Signals
import Sparsity

extension NMSpMM {
  private func shapes(_ configuration: Configuration) -> SparseStimulus {
    let array = GroupArray(configuration)
    return SparseStimulus(
      tile: ProductExtents(m: array.rows, n: array.columns, k: 3 * array.places),
      most: ProductExtents(m: 256, n: 256, k: 65536))
  }

  /// All corners twice: with the pattern, and dense with indices that must not matter.
  public func corners(in configuration: Configuration) -> [Batch] {
    let corners = shapes(configuration).corners()
    var generator = CounterGenerator(seed: 0, stream: 0xC1, index: 0)
    return [false, true].map { isDense in
      joined(corners.map { part($0, isDense: isDense, configuration, &generator) })
    }
  }

  public func transactionCount(
    seed: UInt64, index: Int, in configuration: Configuration
  ) -> Int {
    CounterGenerator.batchSize(seed: seed, index: index)
  }

  /// Products of all patterns; one batch in three is dense.
  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    let count = generator.count(in: 16...64)
    let isDense = generator.oneIn(3)
    let shapes = shapes(configuration)
    return joined(
      (0..<count).map { transaction in
        var generator = CounterGenerator.transaction(
          seed: seed, index: index, transaction: transaction)
        return part(shapes.operands(&generator), isDense: isDense, configuration, &generator)
      })
  }

  private func part(
    _ operands: SparseStimulus.Operands, isDense: Bool, _ configuration: Configuration,
    _ generator: inout CounterGenerator
  ) -> (label: String, batch: Batch) {
    let array = GroupArray(configuration)
    var (values, indices) = (operands.weights, operands.weights)
    if isDense {
      indices = DenseMatrix(
        rows: values.rows, columns: values.columns,
        values: values.values.map { _ in generator.value(in: 0...Int64(array.size - 1)) })
    } else {
      (values, indices) = compressed(operands.weights, array.pattern, &generator)
    }
    return (
      operands.label.isEmpty ? "" : operands.label + (isDense ? ", dense" : ""),
      Batch(
        count: 1, shared: ["dense": Tensor(isDense ? 1 : 0)],
        items: [
          "a": RaggedTensor(operands.a.tensor), "values": RaggedTensor(values.tensor),
          "indices": RaggedTensor(indices.tensor),
        ])
    )
  }

  /// The weights pruned to the pattern; where a group has fewer non-zeros, any places fill it up, so that
  /// every index is met with and without a value.
  private func compressed(
    _ dense: DenseMatrix, _ pattern: NMPattern, _ generator: inout CounterGenerator
  ) -> (values: DenseMatrix, indices: DenseMatrix) {
    let pruned = dense.pruned(to: pattern)
    let stored = pattern.stored(columns: dense.columns)
    var (values, indices): ([Int64], [Int64]) = ([], [])
    for row in 0..<dense.rows {
      for first in stride(from: 0, to: dense.columns, by: pattern.size) {
        let group = (0..<pattern.size).map {
          first + $0 < dense.columns ? pruned[row, first + $0] : 0
        }
        var chosen = group.indices.filter { group[$0] != 0 }
        var free = group.indices.filter { group[$0] == 0 }
        free.shuffle(using: &generator)
        chosen.append(contentsOf: free.prefix(pattern.kept - chosen.count))
        for column in chosen.sorted() {
          values.append(group[column])
          indices.append(Int64(column))
        }
      }
    }
    return (
      DenseMatrix(rows: dense.rows, columns: stored, values: values),
      DenseMatrix(rows: dense.rows, columns: stored, values: indices)
    )
  }
}
