public import Signals

/// A sparse format that a dense matrix is pruned to and stored in.
///
/// Written as words: `2:4` (any N:M), `block 4x4`, `unstructured` (a bitmap), `csr`, `csc`, `eie`.
public enum SparseTarget: Sendable, Hashable {
  case groups(NMPattern)
  case blocks(rows: Int, columns: Int)
  case bitmap
  case compressed(CompressedMatrix.Line)
  case relativeIndex

  /// Reads the words; nil where they name no format.
  public init?(_ words: [String]) {
    let words = words.flatMap { $0.split(separator: " ").map(String.init) }
    switch words {
    case ["unstructured"], ["bitmap"]: self = .bitmap
    case ["csr"]: self = .compressed(.row)
    case ["csc"]: self = .compressed(.column)
    case ["eie"]: self = .relativeIndex
    case _ where words.count == 2 && words[0] == "block":
      let extents = words[1].split(separator: "x", omittingEmptySubsequences: false).map {
        Int($0)
      }
      guard extents.count == 2, let rows = extents[0], let columns = extents[1], rows >= 1,
        columns >= 1
      else { return nil }
      self = .blocks(rows: rows, columns: columns)
    case _ where words.count == 1:
      guard let pattern = NMPattern(words[0]) else { return nil }
      self = .groups(pattern)
    default: return nil
    }
  }

  /// The share of zeros that pruning makes where nothing else is said; nil where the format decides.
  public var usualZeros: Double? {
    switch self {
    case .groups: nil
    case .blocks: 0.5
    case .bitmap, .compressed, .relativeIndex: 0.75
    }
  }

  /// The matrix with its least elements, or blocks, made 0.
  ///
  /// - Parameter zeros: share of elements, or of blocks; without meaning for N:M.
  public func pruned(_ matrix: DenseMatrix, zeros: Double) -> DenseMatrix {
    switch self {
    case .groups(let pattern): matrix.pruned(to: pattern)
    case .blocks(let rows, let columns):
      matrix.pruned(blockRows: rows, blockColumns: columns, zeros: zeros)
    case .bitmap, .compressed, .relativeIndex: matrix.pruned(zeros: zeros)
    }
  }

  /// The arrays that hold a matrix, as the products of this format name them.
  ///
  /// - Throws: ``SparsityError`` where the matrix does not fit the format.
  public func arrays(of matrix: DenseMatrix) throws(SparsityError) -> [SparseArray] {
    switch self {
    case .groups(let pattern):
      let sparse = try NMMatrix(matrix, pattern: pattern)
      let shape = [sparse.rows, pattern.stored(columns: sparse.columns)]
      return [
        SparseArray("values", Tensor(shape: shape, values: sparse.values), .signed(8)),
        SparseArray("indices", Tensor(shape: shape, values: sparse.indices), .unsigned(8)),
      ]
    case .blocks(let rows, let columns):
      let sparse = try BlockMatrix(matrix, blockRows: rows, blockColumns: columns)
      return [
        SparseArray(
          "data", Tensor(shape: [sparse.count, rows, columns], values: sparse.data), .signed(8))
      ] + SparseTarget.pointers(indices: sparse.indices, indptr: sparse.indptr)
    case .bitmap:
      let sparse = BitmapMatrix(matrix)
      return [
        SparseArray(
          "bitmap", Tensor(shape: [sparse.rows, sparse.rowBytes], values: sparse.bitmap),
          .unsigned(8)),
        SparseArray("values", Tensor(sparse.values), .signed(8)),
      ]
    case .compressed(let line):
      let sparse = CompressedMatrix(matrix, by: line)
      return [SparseArray("data", Tensor(sparse.data), .signed(8))]
        + SparseTarget.pointers(indices: sparse.indices, indptr: sparse.indptr)
    case .relativeIndex:
      let sparse = RelativeIndexMatrix(matrix)
      return [
        SparseArray("v", Tensor(sparse.v), .signed(8)),
        SparseArray("z", Tensor(sparse.z), .unsigned(8)),
        SparseArray("p", Tensor(sparse.p), .signed(32)),
      ]
    }
  }

  private static func pointers(indices: [Int64], indptr: [Int64]) -> [SparseArray] {
    [
      SparseArray("indices", Tensor(indices), .signed(32)),
      SparseArray("indptr", Tensor(indptr), .signed(32)),
    ]
  }
}

/// One of the arrays that hold a sparse matrix.
public struct SparseArray: Sendable, Hashable {
  public var name: String
  public var tensor: Tensor
  /// What its elements are meant to fit; those of the weights may be wider.
  public var format: IntegerFormat

  public init(_ name: String, _ tensor: Tensor, _ format: IntegerFormat) {
    self.name = name
    self.tensor = tensor
    self.format = format
  }
}
