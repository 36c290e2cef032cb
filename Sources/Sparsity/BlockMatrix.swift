/// A matrix of which the non-zero blocks are stored (BSR), as scipy with sorted indices.
///
/// Block *b* is `data[b * blockRows * blockColumns...]`, row-major, its explicit zeros kept; it stands in
/// block column `indices[b]` of block row *i*, where `indptr[i] <= b < indptr[i + 1]`. Rows are whole
/// blocks; columns beyond the last one, in a partial last block column, hold 0.
public struct BlockMatrix: Sendable, Hashable {
  public let blockRows: Int
  public let blockColumns: Int
  public let rows: Int
  public let columns: Int
  public let data: [Int64]
  public let indices: [Int64]
  public let indptr: [Int64]

  /// Blocks that are stored.
  public var count: Int { indices.count }

  /// Elements of a block.
  public var blockSize: Int { blockRows * blockColumns }

  /// A matrix from its arrays; `rows` follow from the pointers.
  ///
  /// - Throws: ``SparsityError`` for arrays of another length, pointers that decrease or do not end at the
  ///   number of blocks, indices out of range or not strictly increasing inside a block row, and a value
  ///   that is not 0 beyond the last column.
  /// - Precondition: both extents of a block are 1 or more.
  public init(
    blockRows: Int, blockColumns: Int, columns: Int, data: [Int64], indices: [Int64],
    indptr: [Int64]
  ) throws(SparsityError) {
    precondition(blockRows >= 1 && blockColumns >= 1, "a block has elements")
    let size = blockRows * blockColumns
    guard data.count == indices.count * size else {
      throw .wrongCount(
        array: "data", expected: indices.count * size, found: data.count,
        rule: "\(indices.count) blocks of \(blockRows) x \(blockColumns)")
    }
    guard !indptr.isEmpty else {
      throw .wrongCount(
        array: "indptr", expected: 1, found: 0, rule: "one more than there are lines")
    }
    let blockExtent = (columns + blockColumns - 1) / blockColumns
    try Pointers.check(indptr, lines: indptr.count - 1, stored: indices.count)
    try Pointers.checkIndices(indices, indptr, extent: blockExtent)
    for block in indices.indices where (Int(indices[block]) + 1) * blockColumns > columns {
      for element in 0..<size {
        let column = Int(indices[block]) * blockColumns + element % blockColumns
        let position = block * size + element
        if column >= columns && data[position] != 0 {
          throw .valueBeyondMatrix(
            array: "data", position: position, value: data[position], column: column,
            columns: columns)
        }
      }
    }
    self.blockRows = blockRows
    self.blockColumns = blockColumns
    self.rows = (indptr.count - 1) * blockRows
    self.columns = columns
    self.data = data
    self.indices = indices
    self.indptr = indptr
  }

  /// The blocks of a matrix that are not all 0.
  ///
  /// - Throws: ``SparsityError/partialBlock(axis:extent:size:)`` where rows are no whole blocks.
  public init(
    _ dense: DenseMatrix, blockRows: Int, blockColumns: Int
  ) throws(SparsityError) {
    guard dense.rows % blockRows == 0 else {
      throw .partialBlock(axis: "rows", extent: dense.rows, size: blockRows)
    }
    var data: [Int64] = []
    var indices: [Int64] = []
    var indptr: [Int64] = [0]
    for blockRow in 0..<(dense.rows / blockRows) {
      for blockColumn in 0..<((dense.columns + blockColumns - 1) / blockColumns) {
        let block = dense.block(
          row: blockRow * blockRows, column: blockColumn * blockColumns, blockRows, blockColumns)
        if block.contains(where: { $0 != 0 }) {
          data.append(contentsOf: block)
          indices.append(Int64(blockColumn))
        }
      }
      indptr.append(Int64(indices.count))
    }
    try self.init(
      blockRows: blockRows, blockColumns: blockColumns, columns: dense.columns, data: data,
      indices: indices, indptr: indptr)
  }

  /// The same matrix with its zeros.
  public var dense: DenseMatrix {
    var result = DenseMatrix(rows: rows, columns: columns)
    for blockRow in 0..<(indptr.count - 1) {
      for block in Int(indptr[blockRow])..<Int(indptr[blockRow + 1]) {
        for element in 0..<blockSize where data[block * blockSize + element] != 0 {
          let row = blockRow * blockRows + element / blockColumns
          let column = Int(indices[block]) * blockColumns + element % blockColumns
          result[row, column] = data[block * blockSize + element]
        }
      }
    }
    return result
  }
}

extension DenseMatrix {
  /// The elements of a block, row-major; 0 beyond the matrix.
  func block(row: Int, column: Int, _ blockRows: Int, _ blockColumns: Int) -> [Int64] {
    (0..<blockRows * blockColumns).map { element in
      let (r, c) = (row + element / blockColumns, column + element % blockColumns)
      return r < rows && c < columns ? self[r, c] : 0
    }
  }
}
