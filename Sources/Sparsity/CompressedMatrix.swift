/// A matrix in compressed rows (CSR) or compressed columns (CSC), as scipy with sorted indices.
///
/// The stored values of line *i* (a row, or a column) are `data[indptr[i]..<indptr[i + 1]]`, at the places
/// `indices` of the other axis. A stored 0 is allowed.
public struct CompressedMatrix: Sendable, Hashable {
  /// What a line is.
  public enum Line: Sendable, Hashable { case row, column }

  public let line: Line
  public let rows: Int
  public let columns: Int
  public let data: [Int64]
  public let indices: [Int64]
  public let indptr: [Int64]

  /// A matrix from its arrays.
  ///
  /// - Throws: ``SparsityError`` for arrays of another length, pointers that decrease or do not end at the
  ///   number of values, and indices out of range or not strictly increasing inside a line.
  public init(
    _ line: Line, rows: Int, columns: Int, data: [Int64], indices: [Int64], indptr: [Int64]
  ) throws(SparsityError) {
    let (lines, extent) = line == .row ? (rows, columns) : (columns, rows)
    guard indices.count == data.count else {
      throw .wrongCount(
        array: "indices", expected: data.count, found: indices.count, rule: "one for each value")
    }
    try Pointers.check(indptr, lines: lines, stored: data.count)
    try Pointers.checkIndices(indices, indptr, extent: extent)
    self.init(
      unchecked: line, rows: rows, columns: columns, data: data, indices: indices, indptr: indptr)
  }

  private init(
    unchecked line: Line, rows: Int, columns: Int, data: [Int64], indices: [Int64],
    indptr: [Int64]
  ) {
    self.line = line
    self.rows = rows
    self.columns = columns
    self.data = data
    self.indices = indices
    self.indptr = indptr
  }

  /// The non-zeros of a matrix, compressed by rows or columns.
  public init(_ dense: DenseMatrix, by line: Line) {
    let lines = line == .row ? dense : dense.transposed
    var data: [Int64] = []
    var indices: [Int64] = []
    var indptr: [Int64] = [0]
    for i in 0..<lines.rows {
      for j in 0..<lines.columns where lines[i, j] != 0 {
        data.append(lines[i, j])
        indices.append(Int64(j))
      }
      indptr.append(Int64(data.count))
    }
    self.init(
      unchecked: line, rows: dense.rows, columns: dense.columns, data: data, indices: indices,
      indptr: indptr)
  }

  /// The same matrix with its zeros.
  public var dense: DenseMatrix {
    let (lines, extent) = line == .row ? (rows, columns) : (columns, rows)
    var result = DenseMatrix(rows: lines, columns: extent)
    for i in 0..<lines {
      for position in Int(indptr[i])..<Int(indptr[i + 1]) {
        result[i, Int(indices[position])] = data[position]
      }
    }
    return line == .row ? result : result.transposed
  }
}

/// The rules that pointers and sorted indices keep in every compressed format.
enum Pointers {
  /// - Throws: for another number than `lines` + 1, a first one that is not 0, one that decreases, and a
  ///   last one that is not `stored`.
  static func check(
    _ indptr: [Int64], named name: String = "indptr", lines: Int, stored: Int
  ) throws(SparsityError) {
    guard indptr.count == lines + 1 else {
      throw .wrongCount(
        array: name, expected: lines + 1, found: indptr.count,
        rule: "one more than there are lines")
    }
    guard indptr[0] == 0 else {
      throw .pointerAtEnd(array: name, position: 0, expected: 0, found: indptr[0])
    }
    for position in indptr.indices.dropFirst() where indptr[position] < indptr[position - 1] {
      throw .pointersNotMonotone(
        array: name, position: position, previous: indptr[position - 1], found: indptr[position])
    }
    guard indptr[lines] == Int64(stored) else {
      throw .pointerAtEnd(
        array: name, position: lines, expected: stored, found: indptr[lines])
    }
  }

  /// - Throws: for an index outside 0..<`extent` and one that does not increase inside its line.
  static func checkIndices(
    _ indices: [Int64], _ indptr: [Int64], extent: Int
  ) throws(SparsityError) {
    for line in 0..<(indptr.count - 1) {
      let first = Int(indptr[line])
      for position in first..<Int(indptr[line + 1]) {
        let index = indices[position]
        guard index >= 0 && index < Int64(extent) else {
          throw .indexOutOfRange(
            array: "indices", position: position, index: index, limit: extent)
        }
        if position > first, indices[position - 1] >= index {
          throw .indicesNotIncreasing(
            array: "indices", position: position, previous: indices[position - 1], found: index)
        }
      }
    }
  }
}
