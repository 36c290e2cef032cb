/// A matrix of which each group of M neighbours in a row stores N values and their places.
///
/// `values` and `indices` have `rows` × `pattern.stored(columns:)` elements, group after group; an index
/// is the column inside its group. Indices of a group strictly increase also where it has fewer
/// non-zeros, and what is stored beyond these is 0. A partial last group may store places beyond the last
/// column; they hold 0.
///
/// - Source: NVIDIA's structured sparsity (Mishra et al., arXiv 2104.08378) for 2:4.
public struct NMMatrix: Sendable, Hashable {
  public let pattern: NMPattern
  public let rows: Int
  public let columns: Int
  public let values: [Int64]
  public let indices: [Int64]

  /// A matrix from its arrays.
  ///
  /// - Throws: ``SparsityError`` for arrays of another length, an index outside its group, indices that
  ///   do not increase inside a group, and a value that is not 0 beyond the last column.
  public init(
    pattern: NMPattern, rows: Int, columns: Int, values: [Int64], indices: [Int64]
  ) throws(SparsityError) {
    let stored = pattern.stored(columns: columns)
    for (name, count) in [("values", values.count), ("indices", indices.count)]
    where count != rows * stored {
      throw .wrongCount(
        array: name, expected: rows * stored, found: count,
        rule: "\(rows) rows of \(pattern.groups(columns: columns)) groups that keep \(pattern.kept)"
      )
    }
    for position in indices.indices {
      let index = indices[position]
      guard index >= 0 && index < pattern.size else {
        throw .indexOutOfRange(
          array: "indices", position: position, index: index, limit: pattern.size)
      }
      if position % pattern.kept > 0, indices[position - 1] >= index {
        throw .indicesNotIncreasing(
          array: "indices", position: position, previous: indices[position - 1], found: index)
      }
      let column = (position % stored) / pattern.kept * pattern.size + Int(index)
      if column >= columns && values[position] != 0 {
        throw .valueBeyondMatrix(
          array: "values", position: position, value: values[position], column: column,
          columns: columns)
      }
    }
    self.init(
      unchecked: pattern, rows: rows, columns: columns, values: values, indices: indices)
  }

  init(unchecked pattern: NMPattern, rows: Int, columns: Int, values: [Int64], indices: [Int64]) {
    self.pattern = pattern
    self.rows = rows
    self.columns = columns
    self.values = values
    self.indices = indices
  }

  /// The same matrix, compressed.
  ///
  /// - Throws: ``SparsityError/crowdedGroup(row:group:found:kept:)`` where it does not have the pattern.
  public init(_ dense: DenseMatrix, pattern: NMPattern) throws(SparsityError) {
    var values: [Int64] = []
    var indices: [Int64] = []
    for row in 0..<dense.rows {
      for group in 0..<pattern.groups(columns: dense.columns) {
        let elements = dense.group(group, of: pattern, row: row)
        let needed = elements.indices.filter { elements[$0] != 0 }
        guard needed.count <= pattern.kept else {
          throw .crowdedGroup(row: row, group: group, found: needed.count, kept: pattern.kept)
        }
        for column in pattern.columns(holding: needed) {
          values.append(elements[column])
          indices.append(Int64(column))
        }
      }
    }
    self.init(
      unchecked: pattern, rows: dense.rows, columns: dense.columns, values: values,
      indices: indices)
  }

  /// The column of the whole matrix at which a stored value stands; may be beyond the last one.
  public func column(of position: Int) -> Int {
    let stored = pattern.stored(columns: columns)
    return (position % stored) / pattern.kept * pattern.size + Int(indices[position])
  }

  /// The same matrix with its zeros.
  public var dense: DenseMatrix {
    var result = DenseMatrix(rows: rows, columns: columns)
    let stored = pattern.stored(columns: columns)
    for position in values.indices where values[position] != 0 {
      result[position / stored, column(of: position)] = values[position]
    }
    return result
  }
}

extension DenseMatrix {
  /// The columns of a group, always `pattern.size` of them: 0 beyond the last column.
  func group(_ group: Int, of pattern: NMPattern, row: Int) -> [Int64] {
    (group * pattern.size..<(group + 1) * pattern.size).map { $0 < columns ? self[row, $0] : 0 }
  }
}
