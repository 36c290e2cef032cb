/// The 4-bit metadata of 2:4 sparsity: index of the first kept value in bits 0 and 1, of the second in
/// bits 2 and 3. A word packs them from its low end: 4 groups in 16 bits, 8 groups in 32.
///
/// - Source: torch/sparse/_semi_structured_conversions.py; CUTLASS's `SparseGemm`.
extension NMMatrix {
  /// Width of a packed word.
  public enum WordWidth: Int, Sendable {
    /// For 16-bit values: 4 groups.
    case bits16 = 16
    /// For 8-bit values: 8 groups.
    case bits32 = 32

    /// Groups in a word.
    public var groups: Int { rawValue / 4 }
  }

  /// The nibble that CUTLASS stores for a group of four.
  ///
  /// - Parameter mask: bit *c* is set where column *c* is not 0. Beyond two set bits, the nibble names
  ///   the two that CUTLASS keeps, whatever their values.
  public static func nibble(mask: Int) -> UInt8 {
    let m = (0..<4).map { mask >> $0 & 1 == 1 }
    let (both, second, neither) = (m[0] && m[1], !m[0] && m[1], !m[0] && !m[1])
    let bits = [second, neither, both || neither || m[3], second || !m[1]]
    return bits.enumerated().reduce(0) { $0 | ($1.element ? 1 << UInt8($1.offset) : 0) }
  }

  /// The nibble of a 1:2 group of tf32 values, each of which takes two 16-bit places: 0100 where the
  /// first is kept, 1110 where the second is.
  public static func tf32Nibble(index: Int) -> UInt8 { index == 0 ? 0b0100 : 0b1110 }

  /// 2:4 as CUTLASS compresses any matrix: of a group with more than two non-zeros it keeps two by place,
  /// not by magnitude. Prune first to choose.
  public init(cutlass dense: DenseMatrix) {
    let pattern = NMPattern(kept: 2, size: 4)
    var values: [Int64] = []
    var indices: [Int64] = []
    for row in 0..<dense.rows {
      for group in 0..<pattern.groups(columns: dense.columns) {
        let elements = dense.group(group, of: pattern, row: row)
        let mask = elements.indices.reduce(0) { $0 | (elements[$1] == 0 ? 0 : 1 << $1) }
        let nibble = Int(NMMatrix.nibble(mask: mask))
        for column in [nibble & 3, nibble >> 2] {
          values.append(elements[column])
          indices.append(Int64(column))
        }
      }
    }
    self.init(
      unchecked: pattern, rows: dense.rows, columns: dense.columns, values: values,
      indices: indices)
  }

  /// One nibble a group, row after row.
  ///
  /// - Throws: ``SparsityError/wrongPattern(expected:found:)`` unless the pattern is 2:4.
  public func nibbles() throws(SparsityError) -> [UInt8] {
    try NMMatrix.require24(pattern)
    return stride(from: 0, to: indices.count, by: 2).map {
      UInt8(indices[$0]) | UInt8(indices[$0 + 1]) << 2
    }
  }

  /// Words of metadata, row after row; unused nibbles of a row's last word are 0.
  ///
  /// - Throws: ``SparsityError/wrongPattern(expected:found:)`` unless the pattern is 2:4.
  public func metadata(_ width: WordWidth) throws(SparsityError) -> [UInt32] {
    let nibbles = try nibbles()
    let groups = pattern.groups(columns: columns)
    let words = (groups + width.groups - 1) / width.groups
    var result = [UInt32](repeating: 0, count: rows * words)
    for (position, nibble) in nibbles.enumerated() {
      let (row, group) = (position / groups, position % groups)
      result[row * words + group / width.groups] |=
        UInt32(nibble) << UInt32(4 * (group % width.groups))
    }
    return result
  }

  /// A 2:4 matrix from values and words of metadata.
  ///
  /// - Throws: ``SparsityError`` for another number of words, and as
  ///   ``init(pattern:rows:columns:values:indices:)``.
  public init(
    rows: Int, columns: Int, values: [Int64], metadata: [UInt32], _ width: WordWidth
  ) throws(SparsityError) {
    let pattern = NMPattern(kept: 2, size: 4)
    let groups = pattern.groups(columns: columns)
    let words = (groups + width.groups - 1) / width.groups
    guard metadata.count == rows * words else {
      throw .wrongCount(
        array: "metadata", expected: rows * words, found: metadata.count,
        rule: "\(rows) rows of \(groups) groups, \(width.groups) a word")
    }
    var indices: [Int64] = []
    for row in 0..<rows {
      for group in 0..<groups {
        let word = metadata[row * words + group / width.groups]
        let nibble = word >> UInt32(4 * (group % width.groups)) & 15
        indices.append(Int64(nibble & 3))
        indices.append(Int64(nibble >> 2))
      }
    }
    try self.init(
      pattern: pattern, rows: rows, columns: columns, values: values, indices: indices)
  }

  /// The order in which CUTLASS stores words of metadata: word (r, c) goes to place
  /// `places[r * words + c]`.
  ///
  /// Within 32 rows (16-bit words) or 16 rows (32-bit words) row r goes to (r mod 8) · 4 + r div 8
  /// (or · 2), 2 × 2 blocks then swap their off-diagonal words, and columns are interleaved by two.
  ///
  /// - Throws: ``SparsityError/partialBlock(axis:extent:size:)`` unless rows are a multiple of 32 (16) and
  ///   words of 2.
  public static func cutlassPlaces(
    rows: Int, words: Int, _ width: WordWidth
  ) throws(SparsityError) -> [Int] {
    let (group, interleave) = width == .bits16 ? (32, 4) : (16, 2)
    guard rows % group == 0 else { throw .partialBlock(axis: "rows", extent: rows, size: group) }
    guard words % 2 == 0 else { throw .partialBlock(axis: "words", extent: words, size: 2) }
    var places: [Int] = []
    for r in 0..<rows {
      for c in 0..<words {
        let row = r / group * group + (r % 8) * interleave + (r % group) / 8
        // Off the diagonal of its 2 x 2 block: one row down and one column left, or the reverse.
        let step = (row + c) % 2 == 0 ? 0 : (c % 2 == 1 ? 1 : -1)
        places.append((c - step) / 2 * rows * 2 + (row + step) * 2 + (c - step) % 2)
      }
    }
    return places
  }

  private static func require24(_ pattern: NMPattern) throws(SparsityError) {
    guard pattern == NMPattern(kept: 2, size: 4) else {
      throw .wrongPattern(expected: "2:4", found: "\(pattern)")
    }
  }
}
