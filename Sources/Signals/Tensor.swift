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
  /// All values, item after item, each in C order.
  public var values: [Int64] { didSet { bytes = nil } }
  /// The same values in 8 bits, and ``slack`` more of any value, where whoever made them had them so: an
  /// eighth of the memory for those who only read. Changing ``values`` forgets them.
  public private(set) var bytes: [Int8]?

  /// How many ``bytes`` there are behind the last value, so that it can be read together with others.
  public static let slack = 16

  /// No items.
  public init(rank: Int) {
    self.rank = rank
    extents = []
    offsets = [0]
    values = []
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
    self.values = values
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
    self.values = values
  }

  /// Items of the given shapes, one after the other.
  ///
  /// - Parameters:
  ///   - rank: axes of an item.
  ///   - extents: `rank` numbers an item.
  /// - Precondition: the shapes add up to the values.
  public init(rank: Int, extents: [Int], values: [Int64]) {
    precondition(rank > 0 && extents.count % rank == 0, "items of rank \(rank)")
    (self.rank, self.extents, self.values) = (rank, extents, values)
    offsets = [0]
    offsets.reserveCapacity(extents.count / rank + 1)
    var end = 0
    for item in stride(from: 0, to: extents.count, by: rank) {
      var size = 1
      for axis in item..<item + rank { size *= extents[axis] }
      end += size
      offsets.append(end)
    }
    precondition(end == values.count, "items do not add up to the values")
  }

  /// Rows of rank 1 with the given lengths.
  ///
  /// - Parameter bytes: the values, and ``slack`` more.
  public init(rows lengths: [Int], bytes: [Int8]) {
    self.init(rows: lengths, values: RaggedTensor.widened(bytes))
    self.bytes = bytes
  }

  /// Items of the given shapes, one after the other.
  ///
  /// - Parameters:
  ///   - rank: axes of an item.
  ///   - extents: `rank` numbers an item.
  ///   - bytes: the values, and ``slack`` more.
  /// - Precondition: the shapes add up to the values.
  public init(rank: Int, extents: [Int], bytes: [Int8]) {
    self.init(rank: rank, extents: extents, values: RaggedTensor.widened(bytes))
    self.bytes = bytes
  }

  private static func widened(_ bytes: [Int8]) -> [Int64] {
    precondition(bytes.count >= slack, "there is no slack behind the values")
    let count = bytes.count - slack
    // Eights, of which the last may pass the end.
    return [Int64](unsafeUninitializedCapacity: count + 7) { values, initialized in
      bytes.withUnsafeBytes { bytes in
        guard let target = UnsafeMutableRawPointer(values.baseAddress) else { return }
        for index in stride(from: 0, to: count, by: 8) {
          let eight = bytes.loadUnaligned(fromByteOffset: index, as: SIMD8<Int8>.self)
          target.storeBytes(
            of: SIMD8<Int64>(truncatingIfNeeded: eight), toByteOffset: 8 * index,
            as: SIMD8<Int64>.self)
        }
      }
      initialized = count
    }
  }

  /// Zeros (or `fill`) in the shapes of another ragged tensor.
  public init(like other: RaggedTensor, fill: Int64 = 0) {
    rank = other.rank
    extents = other.extents
    offsets = other.offsets
    values = [Int64](repeating: fill, count: other.values.count)
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

extension RaggedTensor {
  /// The same shapes and values, in whatever form these are held.
  public static func == (left: RaggedTensor, right: RaggedTensor) -> Bool {
    left.rank == right.rank && left.extents == right.extents && left.offsets == right.offsets
      && left.values == right.values
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(rank)
    hasher.combine(offsets)
    hasher.combine(values)
  }
}
