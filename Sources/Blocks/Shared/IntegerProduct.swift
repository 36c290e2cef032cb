/// A matrix of small integers, narrowed once and laid out for ``IntegerProduct``.
///
/// Rows are padded with zeros to a whole number of vectors, so that products need no remainder.
package struct NarrowMatrix: Sendable {
  package let rows: Int
  package let columns: Int
  /// Elements from one row to the next.
  fileprivate let stride: Int
  fileprivate let elements: [Int16]

  /// Elements that one vector holds.
  fileprivate static let vector = 8

  /// The matrix in C order: row *r* is `values[r * columns..<(r + 1) * columns]`.
  ///
  /// - Precondition: as many values as places, and all of them fit 16 bits, of which more are cut off:
  ///   int8, uint8 and the probabilities 0...256 do.
  package init(rows: Int, columns: Int, values: UnsafeBufferPointer<Int64>) {
    precondition(values.count == rows * columns, "a value for each place of the matrix")
    self.init(rows: rows, columns: columns) { target, stride in
      guard let source = values.baseAddress else { return }
      for row in 0..<rows {
        NarrowMatrix.narrow(source + row * columns, columns, into: target + row * stride)
      }
    }
  }

  /// The matrix in C order, of 8-bit integers.
  ///
  /// - Precondition: `values` are as many as places, and 7 more of any value can be read behind them.
  package init(rows: Int, columns: Int, bytes values: UnsafePointer<Int8>) {
    self.init(rows: rows, columns: columns, setsAll: true) { target, stride in
      for row in 0..<rows {
        let (source, target) = (values + row * columns, target + row * stride)
        for index in Swift.stride(from: 0, to: columns, by: NarrowMatrix.vector) {
          let eight = UnsafeRawPointer(source + index).loadUnaligned(as: SIMD8<Int8>.self)
          UnsafeMutableRawPointer(target + index).storeBytes(
            of: SIMD8<Int16>(truncatingIfNeeded: eight), as: SIMD8<Int16>.self)
        }
        for index in columns..<stride { target[index] = 0 }
      }
    }
  }

  /// The transpose of a matrix [`columns`, `rows`] in C order: element (r, c) is
  /// `values[c * rows + r]`.
  ///
  /// - Precondition: as for ``init(rows:columns:values:)``.
  package init(transposing values: UnsafeBufferPointer<Int64>, rows: Int, columns: Int) {
    precondition(values.count == rows * columns, "a value for each place of the matrix")
    self.init(rows: rows, columns: columns) { target, stride in
      for column in 0..<columns {
        for row in 0..<rows {
          target[row * stride + column] = Int16(truncatingIfNeeded: values[column * rows + row])
        }
      }
    }
  }

  /// - Parameter setsAll: `fill` sets the padding, too.
  private init(
    rows: Int, columns: Int, setsAll: Bool = false,
    _ fill: (UnsafeMutablePointer<Int16>, _ stride: Int) -> Void
  ) {
    let vectors = (columns + NarrowMatrix.vector - 1) / NarrowMatrix.vector
    let stride = vectors * NarrowMatrix.vector
    (self.rows, self.columns, self.stride) = (rows, columns, stride)
    elements = [Int16](unsafeUninitializedCapacity: rows * stride) { target, initialized in
      if !setsAll { target.initialize(repeating: 0) }
      if let base = target.baseAddress { fill(base, stride) }
      initialized = rows * stride
    }
  }

  private static func narrow(
    _ source: UnsafePointer<Int64>, _ count: Int, into target: UnsafeMutablePointer<Int16>
  ) {
    var index = 0
    while index + vector <= count {
      let wide = UnsafeRawPointer(source + index).loadUnaligned(as: SIMD8<Int64>.self)
      UnsafeMutableRawPointer(target + index).storeBytes(
        of: SIMD8<Int16>(truncatingIfNeeded: wide), as: SIMD8<Int16>.self)
      index += vector
    }
    while index < count {
      target[index] = Int16(truncatingIfNeeded: source[index])
      index += 1
    }
  }
}

/// Products of matrices of small integers with 32-bit accumulators.
///
/// Sums wrap at 32 bits, as an accumulator of that width does; sums of int8 products fit up to 2^17 - 1
/// of them. Nothing is allocated for an element. How fast it is: `cosim-bench product` (see
/// `Tests/Bench/README.md`).
package enum IntegerProduct {
  private typealias Sums = SIMD8<Int32>

  /// `sums[m, n]` = Σ over k of `a[m, k] * b[n, k]`: A times the transpose of B, in C order.
  ///
  /// For A[M,K] times B[K,N], lay B out with ``NarrowMatrix/init(transposing:rows:columns:)``, whose
  /// rows are N.
  ///
  /// - Precondition: equal numbers of columns, and a place in `sums` for each pair of rows.
  package static func multiply(
    _ a: NarrowMatrix, _ b: NarrowMatrix, into sums: UnsafeMutableBufferPointer<Int32>
  ) {
    precondition(a.columns == b.columns, "the matrices share their columns")
    precondition(sums.count == a.rows * b.rows, "a sum for each pair of rows")
    guard let target = sums.baseAddress, !sums.isEmpty else { return }
    a.elements.withUnsafeBufferPointer { left in
      b.elements.withUnsafeBufferPointer { right in
        guard let left = left.baseAddress, let right = right.baseAddress else {
          sums.update(repeating: 0)
          return
        }
        for m in Swift.stride(from: 0, to: a.rows, by: 2) {
          // An odd row at the end is computed twice, into the same place.
          let next = min(m + 1, a.rows - 1)
          for n in Swift.stride(from: 0, to: b.rows, by: 4) {
            tile(
              left + m * a.stride, left + next * a.stride, right, first: n, last: b.rows - 1,
              stride: a.stride, into: target + m * b.rows, target + next * b.rows)
          }
        }
      }
    }
  }

  /// The product as an array, [a.rows, b.rows] in C order; see ``multiply(_:_:into:)``.
  package static func multiply(_ a: NarrowMatrix, _ b: NarrowMatrix) -> [Int32] {
    [Int32](unsafeUninitializedCapacity: a.rows * b.rows) { sums, initialized in
      multiply(a, b, into: UnsafeMutableBufferPointer(rebasing: sums[..<(a.rows * b.rows)]))
      initialized = a.rows * b.rows
    }
  }

  /// Two rows of A by four of B, from row `first` on; rows beyond `last` are `last`.
  ///
  /// Every vector that is loaded is used twice or four times. Spelt out, so that the sums stay in
  /// registers.
  @inline(__always)
  private static func tile(
    _ a0: UnsafePointer<Int16>, _ a1: UnsafePointer<Int16>, _ b: UnsafePointer<Int16>, first: Int,
    last: Int, stride: Int, into row0: UnsafeMutablePointer<Int32>,
    _ row1: UnsafeMutablePointer<Int32>
  ) {
    let (n1, n2, n3) = (min(first + 1, last), min(first + 2, last), min(first + 3, last))
    let (b0, b1, b2, b3) = (
      b + first * stride, b + n1 * stride, b + n2 * stride, b + n3 * stride
    )
    var (s0, s1, s2, s3) = (Sums(), Sums(), Sums(), Sums())
    var (t0, t1, t2, t3) = (Sums(), Sums(), Sums(), Sums())
    var k = 0
    while k < stride {
      let (x, y) = (load(a0 + k), load(a1 + k))
      let c0 = load(b0 + k)
      s0 &+= x &* c0
      t0 &+= y &* c0
      let c1 = load(b1 + k)
      s1 &+= x &* c1
      t1 &+= y &* c1
      let c2 = load(b2 + k)
      s2 &+= x &* c2
      t2 &+= y &* c2
      let c3 = load(b3 + k)
      s3 &+= x &* c3
      t3 &+= y &* c3
      k &+= NarrowMatrix.vector
    }
    row0[first] = s0.wrappedSum()
    row0[n1] = s1.wrappedSum()
    row0[n2] = s2.wrappedSum()
    row0[n3] = s3.wrappedSum()
    row1[first] = t0.wrappedSum()
    row1[n1] = t1.wrappedSum()
    row1[n2] = t2.wrappedSum()
    row1[n3] = t3.wrappedSum()
  }

  @inline(__always)
  private static func load(_ address: UnsafePointer<Int16>) -> Sums {
    Sums(
      truncatingIfNeeded: UnsafeRawPointer(address).loadUnaligned(as: SIMD8<Int16>.self))
  }
}
