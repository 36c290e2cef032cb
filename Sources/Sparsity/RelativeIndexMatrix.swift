/// A matrix of which each column (or row) is a list of values and of the zeros before each.
///
/// Value `v[i]` follows `z[i]` zeros. A run longer than `longestRun` is cut by a padding value 0 with
/// `z` = `longestRun`, which covers one place more than that. Line *l* is `p[l]..<p[l + 1]`; zeros
/// after its last value are not stored.
///
/// - Source: Han et al., EIE (ISCA 2016), section III; runs of 4 bits, lines are columns.
public struct RelativeIndexMatrix: Sendable, Hashable {
  public let line: CompressedMatrix.Line
  public let rows: Int
  public let columns: Int
  /// The largest run that `z` holds: 15.
  public let longestRun: Int
  public let v: [Int64]
  public let z: [Int64]
  public let p: [Int64]

  /// A matrix from its arrays.
  ///
  /// - Throws: ``SparsityError`` for arrays of another length, pointers that decrease or do not end at the
  ///   number of values, a run that is too long, a place outside the matrix, and a stored 0 that is no
  ///   padding.
  public init(
    by line: CompressedMatrix.Line = .column, rows: Int, columns: Int, longestRun: Int = 15,
    v: [Int64], z: [Int64], p: [Int64]
  ) throws(SparsityError) {
    let (lines, extent) = line == .row ? (rows, columns) : (columns, rows)
    guard z.count == v.count else {
      throw .wrongCount(array: "z", expected: v.count, found: z.count, rule: "one for each value")
    }
    try Pointers.check(p, named: "p", lines: lines, stored: v.count)
    for position in z.indices {
      guard z[position] >= 0 && z[position] <= Int64(longestRun) else {
        throw .indexOutOfRange(
          array: "z", position: position, index: z[position], limit: longestRun + 1)
      }
      guard v[position] != 0 || z[position] == Int64(longestRun) else {
        throw .zeroIsNoPadding(position: position, run: z[position], longest: longestRun)
      }
    }
    for i in 0..<lines {
      var place: Int64 = -1
      for position in Int(p[i])..<Int(p[i + 1]) {
        place += z[position] + 1
        guard place < Int64(extent) else {
          throw .indexOutOfRange(array: "z", position: position, index: place, limit: extent)
        }
      }
    }
    self.init(unchecked: line, rows, columns, longestRun, v, z, p)
  }

  private init(
    unchecked line: CompressedMatrix.Line, _ rows: Int, _ columns: Int, _ longestRun: Int,
    _ v: [Int64], _ z: [Int64], _ p: [Int64]
  ) {
    self.line = line
    self.rows = rows
    self.columns = columns
    self.longestRun = longestRun
    self.v = v
    self.z = z
    self.p = p
  }

  /// The non-zeros of a matrix, with the padding that they need.
  public init(
    _ dense: DenseMatrix, by line: CompressedMatrix.Line = .column, longestRun: Int = 15
  ) {
    let lines = line == .row ? dense : dense.transposed
    var (v, z, p): ([Int64], [Int64], [Int64]) = ([], [], [0])
    for i in 0..<lines.rows {
      var run = 0
      for j in 0..<lines.columns {
        guard lines[i, j] != 0 else {
          run += 1
          continue
        }
        while run > longestRun {
          v.append(0)
          z.append(Int64(longestRun))
          run -= longestRun + 1
        }
        v.append(lines[i, j])
        z.append(Int64(run))
        run = 0
      }
      p.append(Int64(v.count))
    }
    self.init(unchecked: line, dense.rows, dense.columns, longestRun, v, z, p)
  }

  /// The same matrix with its zeros.
  public var dense: DenseMatrix {
    let (lines, extent) = line == .row ? (rows, columns) : (columns, rows)
    var result = DenseMatrix(rows: lines, columns: extent)
    for i in 0..<lines {
      var place = -1
      for position in Int(p[i])..<Int(p[i + 1]) {
        place += Int(z[position]) + 1
        result[i, place] = v[position]
      }
    }
    return line == .row ? result : result.transposed
  }
}
