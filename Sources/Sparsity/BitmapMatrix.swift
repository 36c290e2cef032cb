/// A matrix with one bit for each place and its non-zeros packed in order.
///
/// Column *c* of a row is bit *c* mod 8 of its byte *c* div 8; a row has `(columns + 7) / 8` bytes, the
/// bits beyond the last column 0. `values` are those of the set bits, row after row. A stored 0 is
/// allowed.
public struct BitmapMatrix: Sendable, Hashable {
  public let rows: Int
  public let columns: Int
  public let bitmap: [Int64]
  public let values: [Int64]

  /// Bytes of a row's bitmap.
  public var rowBytes: Int { BitmapMatrix.rowBytes(columns: columns) }

  /// Bytes of the bitmap of so many columns.
  public static func rowBytes(columns: Int) -> Int { (columns + 7) / 8 }

  /// A matrix from its arrays.
  ///
  /// - Throws: ``SparsityError`` for a bitmap of another length, a bit beyond the last column, and
  ///   another number of set bits than of values.
  /// - Precondition: every element of `bitmap` is a byte.
  public init(
    rows: Int, columns: Int, bitmap: [Int64], values: [Int64]
  ) throws(SparsityError) {
    let rowBytes = BitmapMatrix.rowBytes(columns: columns)
    guard bitmap.count == rows * rowBytes else {
      throw .wrongCount(
        array: "bitmap", expected: rows * rowBytes, found: bitmap.count,
        rule: "\(rows) rows of \(columns) columns, 8 a byte")
    }
    if columns % 8 != 0 {
      for row in 0..<rows {
        let beyond = bitmap[(row + 1) * rowBytes - 1] >> Int64(columns % 8)
        if beyond != 0 {
          throw .bitBeyondMatrix(
            row: row, column: columns + beyond.trailingZeroBitCount, columns: columns)
        }
      }
    }
    let bits = bitmap.reduce(0) { $0 + $1.nonzeroBitCount }
    guard bits == values.count else {
      throw .bitmapDisagrees(bits: bits, values: values.count)
    }
    self.rows = rows
    self.columns = columns
    self.bitmap = bitmap
    self.values = values
  }

  /// The non-zeros of a matrix.
  public init(_ dense: DenseMatrix) {
    rows = dense.rows
    columns = dense.columns
    let rowBytes = BitmapMatrix.rowBytes(columns: dense.columns)
    var bitmap = [Int64](repeating: 0, count: dense.rows * rowBytes)
    for row in 0..<dense.rows {
      for column in 0..<dense.columns where dense[row, column] != 0 {
        bitmap[row * rowBytes + column / 8] |= 1 << Int64(column % 8)
      }
    }
    self.bitmap = bitmap
    values = dense.values.filter { $0 != 0 }
  }

  /// Calls `body` with row, column and value of every stored value, in order.
  @inlinable
  public func forEach(_ body: (_ row: Int, _ column: Int, _ value: Int64) -> Void) {
    var next = 0
    let rowBytes = rowBytes
    for place in bitmap.indices {
      var bits = bitmap[place]
      while bits != 0 {
        let column = place % rowBytes * 8 + bits.trailingZeroBitCount
        body(place / rowBytes, column, values[next])
        next += 1
        bits &= bits - 1
      }
    }
  }

  /// The same matrix with its zeros.
  public var dense: DenseMatrix {
    var result = DenseMatrix(rows: rows, columns: columns)
    forEach { result[$0, $1] = $2 }
    return result
  }
}
