/// An array of integers with a shape, stored contiguously in C order (last axis fastest).
///
/// This is what crosses the boundary to files and to people: one named array of `BLOCK --in X.npz`.
public struct Tensor: Sendable, Hashable {
  /// Extent of each axis; empty for a scalar.
  public var shape: [Int]
  /// `shape.reduce(1, *)` values.
  public var values: [Int64]

  /// - Precondition: the number of values is the product of the shape.
  public init(shape: [Int], values: [Int64]) {
    precondition(
      shape.reduce(1, *) == values.count,
      "a tensor of shape \(shape) cannot hold \(values.count) values")
    self.shape = shape
    self.values = values
  }

  /// A scalar: no axes, one value.
  public init(_ scalar: Int64) { self.init(shape: [], values: [scalar]) }

  /// One axis.
  public init(_ values: [Int64]) { self.init(shape: [values.count], values: values) }

  /// The only value of a tensor that has exactly one; nil otherwise.
  public var scalar: Int64? { values.count == 1 ? values[0] : nil }
}

/// As many tensors of one rank as there are transactions, of possibly different extents, in one
/// contiguous storage: the rows of a softmax, the tiles of a matrix product.
public struct RaggedTensor: Sendable, Hashable {
  /// Axes of each item; 0 when each item is one scalar.
  public private(set) var rank: Int
  /// `count * rank` extents, item by item.
  public private(set) var extents: [Int]
  /// `count + 1` offsets into ``values``; item *i* is `values[offsets[i]..<offsets[i + 1]]`.
  public private(set) var offsets: [Int]
  /// The values, unless `narrow` has them.
  @usableFromInline var wide: [Int64]
  @usableFromInline var narrow: NarrowValues?

  /// All values, item after item, each in C order.
  public var values: [Int64] {
    @inlinable _read {
      if narrow == nil {
        yield wide
      } else {
        yield narrow.unsafelyUnwrapped.widened()
      }
    }
    @inlinable _modify {
      if narrow != nil { widen() }
      yield &wide
    }
  }

  /// How many values there are.
  public var valueCount: Int { offsets[offsets.count - 1] }

  /// No items.
  public init(rank: Int) {
    self.rank = rank
    extents = []
    offsets = [0]
    wide = []
  }

  /// Rows of rank 1 with the given lengths.
  public init(rows lengths: [Int], values: [Int64]) {
    rank = 1
    extents = lengths
    offsets = [Int](unsafeUninitializedCapacity: lengths.count + 1) { offsets, initialized in
      var end = 0
      offsets[0] = 0
      for (index, length) in lengths.enumerated() {
        end += length
        offsets[index + 1] = end
      }
      initialized = lengths.count + 1
    }
    precondition(offsets[lengths.count] == values.count, "rows do not add up to the values")
    wide = values
  }

  /// Items of one and the same shape.
  public init(count: Int, shape: [Int], values: [Int64]) {
    let size = shape.reduce(1, *)
    precondition(count * size == values.count, "items do not add up to the values")
    rank = shape.count
    extents = [Int](unsafeUninitializedCapacity: count * shape.count) { extents, initialized in
      for index in 0..<count * shape.count { extents[index] = shape[index % shape.count] }
      initialized = count * shape.count
    }
    offsets = [Int](unsafeUninitializedCapacity: count + 1) { offsets, initialized in
      for index in 0...count { offsets[index] = index * size }
      initialized = count + 1
    }
    wide = values
  }

  /// Items of the given shapes, one after the other.
  ///
  /// - Parameters:
  ///   - rank: axes of an item.
  ///   - extents: `rank` numbers an item.
  /// - Precondition: the shapes add up to the values.
  public init(rank: Int, extents: [Int], values: [Int64]) {
    precondition(rank > 0 && extents.count % rank == 0, "items of rank \(rank)")
    (self.rank, self.extents, wide) = (rank, extents, values)
    offsets = RaggedTensor.offsets(rank: rank, extents)
    precondition(valueCount == values.count, "items do not add up to the values")
  }

  init(rank: Int, extents: [Int], narrow: NarrowValues) {
    precondition(rank > 0 && extents.count % rank == 0, "items of rank \(rank)")
    (self.rank, self.extents, wide) = (rank, extents, [])
    offsets = RaggedTensor.offsets(rank: rank, extents)
    self.narrow = narrow
  }

  private static func offsets(rank: Int, _ extents: [Int]) -> [Int] {
    var offsets = [0]
    offsets.reserveCapacity(extents.count / rank + 1)
    var end = 0
    for item in stride(from: 0, to: extents.count, by: rank) {
      var size = 1
      for axis in item..<item + rank { size *= extents[axis] }
      end += size
      offsets.append(end)
    }
    return offsets
  }

  /// Zeros (or `fill`) in the shapes of another ragged tensor.
  public init(like other: RaggedTensor, fill: Int64 = 0) {
    rank = other.rank
    extents = other.extents
    offsets = other.offsets
    wide = [Int64](repeating: fill, count: other.values.count)
  }

  public var count: Int { offsets.count - 1 }

  /// Extent of each axis of item `index`.
  public func shape(of index: Int) -> [Int] {
    Array(extents[(index * rank)..<((index + 1) * rank)])
  }

  /// Where item `index` lies in ``values``.
  @inlinable
  public func range(of index: Int) -> Range<Int> { offsets[index]..<offsets[index + 1] }

  /// Item `index` on its own.
  public subscript(index: Int) -> Tensor {
    Tensor(shape: shape(of: index), values: Array(values[range(of: index)]))
  }

  public mutating func append(shape: [Int], values newValues: some Collection<Int64>) {
    precondition(shape.count == rank && shape.reduce(1, *) == newValues.count)
    extents.append(contentsOf: shape)
    values.append(contentsOf: newValues)
    offsets.append(values.count)
  }

  /// As for any collection, without the cost of one.
  public mutating func append(shape: [Int], values newValues: [Int64]) {
    precondition(shape.count == rank && shape.reduce(1, *) == newValues.count)
    extents.append(contentsOf: shape)
    values.append(contentsOf: newValues)
    offsets.append(values.count)
  }

  public mutating func append(_ tensor: Tensor) {
    append(shape: tensor.shape, values: tensor.values)
  }

  /// The items of `range`, renumbered from 0.
  public func items(_ range: Range<Int>) -> RaggedTensor {
    var result = RaggedTensor(rank: rank)
    for index in range {
      result.append(shape: shape(of: index), values: values[self.range(of: index)])
    }
    return result
  }
}
