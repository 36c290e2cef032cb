/// Why arrays are no sparse matrix, or a dense matrix does not fit a sparse format.
public enum SparsityError: Error, Sendable, Equatable {
  /// An array with another number of axes.
  case wrongRank(array: String, expected: Int, found: [Int])
  /// An array of another length than the others ask for. `rule` says why that length.
  case wrongCount(array: String, expected: Int, found: Int, rule: String)
  /// An index that names a place outside its group or matrix.
  case indexOutOfRange(array: String, position: Int, index: Int64, limit: Int)
  /// An index that is not greater than the one before it in its group, row or column.
  case indicesNotIncreasing(array: String, position: Int, previous: Int64, found: Int64)
  /// A pointer that is less than the one before it.
  case pointersNotMonotone(array: String, position: Int, previous: Int64, found: Int64)
  /// The first pointer is not 0, or the last one not the number of stored elements.
  case pointerAtEnd(array: String, position: Int, expected: Int, found: Int64)
  /// A stored value that is not 0 at a place that the matrix does not have.
  case valueBeyondMatrix(array: String, position: Int, value: Int64, column: Int, columns: Int)
  /// A bit that is set for a column that the matrix does not have.
  case bitBeyondMatrix(row: Int, column: Int, columns: Int)
  /// A bitmap with another number of set bits than there are values.
  case bitmapDisagrees(bits: Int, values: Int)
  /// A group of a dense matrix with more non-zeros than the pattern keeps.
  case crowdedGroup(row: Int, group: Int, found: Int, kept: Int)
  /// A matrix that does not divide into whole blocks.
  case partialBlock(axis: String, extent: Int, size: Int)
  /// A stored 0 that is no padding of a run of zeros.
  case zeroIsNoPadding(position: Int, run: Int64, longest: Int)
  /// The operation is defined for another pattern.
  case wrongPattern(expected: String, found: String)
}
