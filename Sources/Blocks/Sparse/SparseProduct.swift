public import Signals
public import Sparsity

/// A matrix product that leaves out the zeros of its weights.
///
/// Activations `a` [M,K] int8, weights [N,K] in a sparse format of the block, `acc` [M,N] int32.
public protocol SparseProduct: Block {
  /// One transaction: the block's own arrays of dense operands.
  ///
  /// - Parameters:
  ///   - a: activations, M × K, int8.
  ///   - weights: N × K, int8, with the zeros that the block's format asks for.
  /// - Throws: ``BlockError/notSparse(block:transaction:error:)`` where they are not there.
  func batch(
    a: DenseMatrix, weights: DenseMatrix, in configuration: Configuration
  ) throws(BlockError) -> Batch

  /// Weights with about the share `density` of elements that are not 0, in the block's granularity: what
  /// it can leave out is 0.
  func weights(
    _ shape: ProductExtents, density: Double, _ distribution: SparseDistribution, seed: UInt64,
    in configuration: Configuration
  ) -> DenseMatrix

  /// The weights of one transaction with their zeros, N × K.
  ///
  /// - Throws: ``BlockError`` for arrays that hold no such matrix.
  func denseWeights(
    of transaction: Int, in batch: Batch, _ configuration: Configuration
  ) throws(BlockError) -> DenseMatrix

  /// The array of multipliers of a dense product that has as many of them.
  func denseArray(in configuration: Configuration) -> ArrayExtents

  /// How non-zeros lie, where it matters to the block.
  var distributions: [SparseDistribution] { get }
}

/// Extents of a matrix product: `a` [m,k], weights [n,k].
public struct ProductExtents: Sendable, Hashable, Codable {
  public var m: Int
  public var n: Int
  public var k: Int

  public init(m: Int, n: Int, k: Int) {
    self.m = m
    self.n = n
    self.k = k
  }

  /// Multiplications of the dense product.
  public var multiplications: Int { m * n * k }
}

/// An array of dot products: `rows` of activations by `columns` of weights, `depth` products each.
public struct ArrayExtents: Sendable, Hashable {
  public var rows: Int
  public var columns: Int
  public var depth: Int

  /// Multiplications in a cycle.
  public var multipliers: Int { rows * columns * depth }
}

extension SparseProduct {
  /// The dense product of the decompressed weights; nil where they are no sparse matrix.
  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    let a = batch.item("a")
    var result: [Double] = []
    for transaction in 0..<batch.count {
      guard
        let weights = try? denseWeights(of: transaction, in: batch, configuration)
      else { return nil }
      let activations = a.values[a.range(of: transaction)].map { Double($0) }
      let columns = weights.values.map { Double($0) }
      let k = weights.columns
      for row in stride(from: 0, to: activations.count, by: k) {
        for n in 0..<weights.rows {
          var sum = 0.0
          for column in 0..<k { sum += activations[row + column] * columns[n * k + column] }
          result.append(sum)
        }
      }
    }
    return result
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(
      array: "acc", unit: 1, element: 0,
      domain: Domain(conditions: "every input; sums of int8 products are exact"),
      command: "cosim accuracy \(name) --check")
  }
}

/// Activations laid out by column, so that one weight is multiplied by all rows at once.
struct ActivationColumns {
  let rows: Int
  let columns: Int
  private let elements: [Int32]

  /// Item `index` of a ragged array [M,K] of values that fit 32 bits.
  init(_ a: RaggedTensor, item index: Int) {
    let shape = a.shape(of: index)
    let (rows, columns) = (shape[0], shape[1])
    (self.rows, self.columns) = (rows, columns)
    let range = a.range(of: index)
    elements = a.values.withUnsafeBufferPointer { values in
      [Int32](unsafeUninitializedCapacity: range.count) { target, initialized in
        for row in 0..<rows {
          for column in 0..<columns {
            target[column * rows + row] = Int32(
              truncatingIfNeeded: values[range.lowerBound + row * columns + column])
          }
        }
        initialized = range.count
      }
    }
  }

  /// acc [rows, n] in C order, where `visit` calls its argument with row and column of every stored weight
  /// and the weight.
  ///
  /// Sums wrap at 32 bits, which int8 products do not reach below 2^17 columns.
  func product(
    n: Int, _ visit: ((_ row: Int, _ column: Int, _ weight: Int64) -> Void) -> Void
  ) -> [Int64] {
    var sums = [Int32](repeating: 0, count: n * rows)
    let rows = rows
    sums.withUnsafeMutableBufferPointer { sums in
      elements.withUnsafeBufferPointer { elements in
        guard let target = sums.baseAddress, let source = elements.baseAddress else { return }
        visit { row, column, weight in
          let sum = target + row * rows
          let activation = source + column * rows
          let weight = Int32(truncatingIfNeeded: weight)
          for m in 0..<rows { sum[m] &+= activation[m] &* weight }
        }
      }
    }
    return [Int64](unsafeUninitializedCapacity: sums.count) { acc, initialized in
      for m in 0..<rows {
        for row in 0..<n { acc[m * n + row] = Int64(sums[row * rows + m]) }
      }
      initialized = sums.count
    }
  }
}

/// Tiles of `size` that cover `extent`.
func tiles(_ extent: Int, _ size: Int) -> Int { (extent + size - 1) / size }

extension Block {
  /// Runs `body`, whose errors are those of a transaction's sparse arrays.
  func sparse<Result>(
    _ transaction: Int, _ body: () throws(SparsityError) -> Result
  ) throws(BlockError) -> Result {
    do throws(SparsityError) {
      return try body()
    } catch {
      throw .notSparse(block: name, transaction: transaction, error: error)
    }
  }

  /// - Throws: ``BlockError/outsideDomain(block:transaction:limit:found:)`` for an extent beyond what the
  ///   hardware counts to.
  func check(
    _ extents: ProductExtents, maxDepth: Int, transaction: Int
  ) throws(BlockError) {
    let limits = [
      ("M", extents.m, 65536), ("N", extents.n, 65536), ("K", extents.k, maxDepth),
    ]
    for (axis, extent, most) in limits where extent > most {
      throw .outsideDomain(
        block: name, transaction: transaction,
        limit: "\(axis) is at most " + (axis == "K" ? "MaxDepth = \(most)" : "\(most)"),
        found: "\(extent)")
    }
  }
}

extension RaggedTensor {
  /// The values of one item, as an array of their own.
  func values(of index: Int) -> [Int64] { Array(values[range(of: index)]) }
}
