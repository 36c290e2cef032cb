public import Signals
import Sparsity

/// The weights of a transaction, with or without pattern.
enum GroupedWeights {
  case sparse(NMMatrix)
  case dense(DenseMatrix)

  var rows: Int {
    switch self {
    case .sparse(let matrix): matrix.rows
    case .dense(let matrix): matrix.rows
    }
  }

  /// Calls `body` with row, column and value of every stored weight that the matrix has a place for.
  func forEach(_ body: (_ row: Int, _ column: Int, _ weight: Int64) -> Void) {
    switch self {
    case .sparse(let matrix):
      let stored = matrix.pattern.stored(columns: matrix.columns)
      for position in matrix.values.indices where matrix.values[position] != 0 {
        body(position / stored, matrix.column(of: position), matrix.values[position])
      }
    case .dense(let matrix):
      for position in matrix.values.indices {
        body(position / matrix.columns, position % matrix.columns, matrix.values[position])
      }
    }
  }
}

extension NMSpMM {
  /// The weights of one transaction.
  ///
  /// - Throws: ``BlockError`` for arrays that do not hold the pattern, dense weights of another width than
  ///   `a`, and extents beyond the hardware.
  func weights(
    of transaction: Int, in batch: Batch, _ configuration: Configuration
  ) throws(BlockError) -> GroupedWeights {
    let shape = batch.item("a").shape(of: transaction)
    let values = batch.item("values")
    let (rows, stored) = (values.shape(of: transaction)[0], values.shape(of: transaction)[1])
    try check(
      ProductExtents(m: shape[0], n: rows, k: shape[1]), maxDepth: 65536,
      transaction: transaction)
    if batch.scalar("dense") == 1 {
      guard stored == shape[1] else {
        throw .outsideDomain(
          block: name, transaction: transaction,
          limit: "dense values have a column for each of the \(shape[1]) of a",
          found: "\(stored)")
      }
      return .dense(
        DenseMatrix(rows: rows, columns: stored, values: values.values(of: transaction)))
    }
    guard let indices = batch.items["indices"] else {
      throw .outsideDomain(
        block: name, transaction: transaction,
        limit: "indices have a place for each value unless dense is 1", found: "one for all")
    }
    let pattern = GroupArray(configuration).pattern
    return .sparse(
      try sparse(transaction) { () throws(SparsityError) in
        try NMMatrix(
          pattern: pattern, rows: rows, columns: shape[1], values: values.values(of: transaction),
          indices: indices.values(of: transaction))
      })
  }

  /// `values` and `indices` in the order in which the array takes them.
  ///
  /// That is their own order where they have the pattern. Dense weights cross in slices: for each
  /// `Groups` groups, the first `GroupKept` of each group, then the next; places behind a group's end or
  /// the row's hold arbitrary values, as in a memory that is not cleared.
  public func derived(
    _ batch: Batch, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    let array = GroupArray(configuration)
    var weights = RaggedTensor(rank: 2)
    var places = RaggedTensor(rank: 2)
    for transaction in 0..<batch.count {
      let stale = batch.items["indices"]?.values(of: transaction) ?? []
      switch try self.weights(of: transaction, in: batch, configuration) {
      case .sparse(let matrix):
        let shape = [matrix.rows, matrix.pattern.stored(columns: matrix.columns)]
        weights.append(shape: shape, values: matrix.values)
        places.append(shape: shape, values: matrix.indices)
      case .dense(let matrix):
        let order = array.slices(columns: matrix.columns)
        let shape = [matrix.rows, order.count]
        weights.append(
          shape: shape,
          values: (0..<matrix.rows).flatMap { row in
            order.map { $0.map { matrix[row, $0] } ?? 85 }
          })
        places.append(
          shape: shape,
          values: (0..<matrix.rows).flatMap { row in
            order.map { column in
              stale.isEmpty ? 0 : stale[row * matrix.columns + (column ?? 0)]
            }
          })
      }
    }
    var result = batch
    result.items["weights"] = weights
    result.items["places"] = places
    return result
  }
}

extension GroupArray {
  /// The column of each dense weight that crosses; nil behind the end of a group or of the row.
  fileprivate func slices(columns: Int) -> [Int?] {
    var order: [Int?] = []
    for first in stride(from: 0, to: columns, by: places) {
      for slice in 0..<slices {
        for product in 0..<depth {
          let place = slice * kept + product % kept
          let column = first + product / kept * size + place
          order.append(place < size && column < columns ? column : nil)
        }
      }
    }
    return order
  }
}
