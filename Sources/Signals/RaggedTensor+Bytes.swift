import Synchronization

/// Values that fit 8 bits, held so.
extension RaggedTensor {
  /// The values in 8 bits, and ``slack`` more of any value, where whoever made them had them so and nobody
  /// has changed them: an eighth of the memory for those who only read. ``values`` then are made when they are
  /// asked for first.
  public var bytes: [Int8]? { narrow?.bytes }

  /// How many ``bytes`` there are behind the last value, so that it can be read together with others.
  public static let slack = 16

  /// Rows of rank 1 with the given lengths.
  ///
  /// - Parameter bytes: the values, and ``slack`` more.
  /// - Precondition: the lengths add up to the values.
  public init(rows lengths: [Int], bytes: [Int8]) {
    self.init(rank: 1, extents: lengths, bytes: bytes)
  }

  /// Items of the given shapes, one after the other.
  ///
  /// - Parameters:
  ///   - rank: axes of an item.
  ///   - extents: `rank` numbers an item.
  ///   - bytes: the values, and ``slack`` more.
  /// - Precondition: the shapes add up to the values.
  public init(rank: Int, extents: [Int], bytes: [Int8]) {
    self.init(rank: rank, extents: extents, narrow: NarrowValues(bytes))
    precondition(
      valueCount == bytes.count - RaggedTensor.slack, "items do not add up to the values")
  }

  /// Makes the values those of 64 bits, before one changes.
  @usableFromInline
  mutating func widen() {
    guard let narrow else { return }
    wide = narrow.widened()
    self.narrow = nil
  }
}

/// Values in 8 bits, and in 64 from the first time that somebody asks for these.
@usableFromInline
final class NarrowValues: Sendable {
  /// The values, and ``RaggedTensor/slack`` more.
  let bytes: [Int8]
  private let wide = Mutex<[Int64]?>(nil)

  init(_ bytes: [Int8]) { self.bytes = bytes }

  @usableFromInline
  func widened() -> [Int64] {
    wide.withLock { wide in
      if let wide { return wide }
      let made = NarrowValues.widened(bytes)
      wide = made
      return made
    }
  }

  private static func widened(_ bytes: [Int8]) -> [Int64] {
    let count = bytes.count - RaggedTensor.slack
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
