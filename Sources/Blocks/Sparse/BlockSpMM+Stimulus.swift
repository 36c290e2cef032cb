public import Signals
import Sparsity

extension BlockSpMM {
  /// Extents of N and K are counted in blocks.
  private func shapes(_ configuration: Configuration) -> SparseStimulus {
    let depth = configuration["MaxDepth"] / configuration["BlockColumns"]
    return SparseStimulus(
      tile: ProductExtents(m: configuration["Rows"], n: 4, k: min(8, max(depth, 1))),
      most: ProductExtents(m: 256, n: 64, k: max(depth, 1)))
  }

  public func corners(in configuration: Configuration) -> [Batch] {
    var generator = CounterGenerator(seed: 0, stream: 0xC2, index: 0)
    return [
      joined(shapes(configuration).corners().map { part($0, configuration, &generator) })
    ]
  }

  public func transactionCount(
    seed: UInt64, index: Int, in configuration: Configuration
  ) -> Int {
    CounterGenerator.batchSize(seed: seed, index: index)
  }

  /// Products of all patterns of blocks; now and then a stored block is all 0, or K ends inside a block.
  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    let count = generator.count(in: 16...64)
    let shapes = shapes(configuration)
    return joined(
      (0..<count).map { transaction in
        var generator = CounterGenerator.transaction(
          seed: seed, index: index, transaction: transaction)
        return part(shapes.operands(&generator), configuration, &generator)
      })
  }

  /// Every element of the operands becomes a block, some of whose elements are 0.
  private func part(
    _ operands: SparseStimulus.Operands, _ configuration: Configuration,
    _ generator: inout CounterGenerator
  ) -> (label: String, batch: Batch) {
    let (br, bc) = (configuration["BlockRows"], configuration["BlockColumns"])
    let grid = operands.weights
    let missing = generator.oneIn(3) ? generator.count(in: 0...bc - 1) : 0
    let columns = min(grid.columns * bc - missing, configuration["MaxDepth"])
    var (data, indices, indptr): ([Int64], [Int64], [Int64]) = ([], [], [0])
    for row in 0..<grid.rows {
      for column in 0..<grid.columns where grid[row, column] != 0 {
        let isZero = generator.oneIn(16)
        for element in 0..<br * bc {
          let isPresent = column * bc + element % bc < columns
          data.append(
            !isPresent || isZero || generator.oneIn(8)
              ? 0 : generator.oneIn(2) ? grid[row, column] : generator.value(in: -128...127))
        }
        indices.append(Int64(column))
      }
      indptr.append(Int64(indices.count))
    }
    let values = operands.a.values
    let a = DenseMatrix(
      rows: operands.a.rows, columns: columns,
      values: (0..<operands.a.rows * columns).map {
        let value = values[$0 / columns * grid.columns + $0 % columns / bc]
        return generator.oneIn(4) ? value : generator.value(in: -128...127)
      })
    guard
      let matrix = try? BlockMatrix(
        blockRows: br, blockColumns: bc, columns: columns, data: data, indices: indices,
        indptr: indptr)
    else { preconditionFailure("\(name) refuses its own stimulus") }
    return (operands.label, batch(a: a, matrix))
  }
}
