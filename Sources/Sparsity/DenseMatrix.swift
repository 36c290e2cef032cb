public import Signals

/// A matrix of integers with every element stored, zeros too.
///
/// `rows` × `columns` values in C order (columns fastest). Either extent may be 0.
public struct DenseMatrix: Sendable, Hashable {
  public let rows: Int
  public let columns: Int
  /// Element (r, c) is `values[r * columns + c]`.
  public internal(set) var values: [Int64]

  /// - Precondition: `rows * columns` values.
  public init(rows: Int, columns: Int, values: [Int64]) {
    precondition(
      rows >= 0 && columns >= 0 && rows * columns == values.count,
      "a matrix of \(rows) x \(columns) cannot hold \(values.count) values")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// Zeros.
  public init(rows: Int, columns: Int) {
    self.init(
      rows: rows, columns: columns, values: [Int64](repeating: 0, count: rows * columns))
  }

  /// The matrix that a tensor holds.
  ///
  /// - Parameter name: stands for the array in the message.
  /// - Throws: ``SparsityError/wrongRank(array:expected:found:)`` unless it has two axes.
  public init(_ tensor: Tensor, named name: String) throws(SparsityError) {
    guard tensor.shape.count == 2 else {
      throw .wrongRank(array: name, expected: 2, found: tensor.shape)
    }
    self.init(rows: tensor.shape[0], columns: tensor.shape[1], values: tensor.values)
  }

  public subscript(row: Int, column: Int) -> Int64 {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  /// Shape [rows, columns].
  public var tensor: Tensor { Tensor(shape: [rows, columns], values: values) }

  /// Elements that are not 0.
  public var nonZeroCount: Int { values.reduce(0) { $0 + ($1 == 0 ? 0 : 1) } }

  /// Rows become columns.
  public var transposed: DenseMatrix {
    var result = DenseMatrix(rows: columns, columns: rows)
    for row in 0..<rows {
      for column in 0..<columns { result[column, row] = self[row, column] }
    }
    return result
  }
}
