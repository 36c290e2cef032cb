import Blocks
import Signals
import Testing

@Suite struct IntegerProductTests {
  /// Row by row of both, in 64 bits.
  private func naive(_ a: [Int64], _ b: [Int64], rows: Int, others: Int, depth: Int) -> [Int64] {
    var result: [Int64] = []
    for m in 0..<rows {
      for n in 0..<others {
        var sum: Int64 = 0
        for k in 0..<depth { sum += a[m * depth + k] * b[n * depth + k] }
        result.append(sum)
      }
    }
    return result
  }

  private func random(_ count: Int, _ range: ClosedRange<Int64>, _ stream: UInt32) -> [Int64] {
    var generator = CounterGenerator(seed: 4, stream: stream, index: UInt64(count))
    return (0..<count).map { _ in generator.value(in: range) }
  }

  private func product(
    _ a: [Int64], _ b: [Int64], rows: Int, others: Int, depth: Int, transposing: Bool = false
  ) -> [Int64] {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        let right =
          transposing
          ? NarrowMatrix(transposing: b, rows: others, columns: depth)
          : NarrowMatrix(rows: others, columns: depth, values: b)
        return IntegerProduct.multiply(NarrowMatrix(rows: rows, columns: depth, values: a), right)
          .map { Int64($0) }
      }
    }
  }

  /// Every residue of the tile and of the vector, and nothing at all.
  static let shapes = [
    (1, 1, 1), (2, 4, 8), (3, 5, 7), (1, 6, 9), (5, 7, 31), (4, 3, 16), (7, 2, 17), (13, 11, 23),
    (64, 64, 32), (2, 3, 0), (0, 3, 5), (3, 0, 5),
  ]

  @Test(arguments: shapes)
  func `matrices of bytes are the same matrices, whatever lies behind them`(
    rows: Int, others: Int, depth: Int
  ) {
    let a = random(rows * depth, -128...127, 7)
    let b = random(others * depth, -128...127, 8)
    func matrix(_ rows: Int, _ values: [Int64]) -> NarrowMatrix {
      let bytes = values.map { Int8($0) } + [Int8](repeating: 99, count: RaggedTensor.slack)
      return bytes.withUnsafeBufferPointer { bytes in
        bytes.baseAddress.map { NarrowMatrix(rows: rows, columns: depth, bytes: $0) }
          ?? NarrowMatrix(rows: 0, columns: 0, values: UnsafeBufferPointer(start: nil, count: 0))
      }
    }
    let sums = IntegerProduct.multiply(matrix(rows, a), matrix(others, b))
    #expect(sums.map { Int64($0) } == naive(a, b, rows: rows, others: others, depth: depth))
  }

  @Test(arguments: shapes)
  func `products equal those of a plain loop`(rows: Int, others: Int, depth: Int) {
    for (index, ranges) in [(-128...127, -128...127), (0...255, -128...127), (0...256, -128...127)]
      .enumerated() as EnumeratedSequence<[(ClosedRange<Int64>, ClosedRange<Int64>)]>
    {
      let a = random(rows * depth, ranges.0, UInt32(2 * index))
      let b = random(others * depth, ranges.1, UInt32(2 * index + 1))
      let expected = naive(a, b, rows: rows, others: others, depth: depth)
      #expect(product(a, b, rows: rows, others: others, depth: depth) == expected)
      // A[M,K] times B[K,N].
      let transposed = (0..<depth).flatMap { k in (0..<others).map { b[$0 * depth + k] } }
      #expect(
        product(a, transposed, rows: rows, others: others, depth: depth, transposing: true)
          == expected)
    }
  }

  @Test func `one changed element changes its row and no other`() {
    let (rows, others, depth) = (5, 6, 19)
    var a = random(rows * depth, -128...127, 9)
    let b = random(others * depth, 1...127, 10)
    let before = product(a, b, rows: rows, others: others, depth: depth)
    // The last element of row 3, behind the last whole vector.
    a[4 * depth - 1] += 1
    let after = product(a, b, rows: rows, others: others, depth: depth)
    let changed = before.indices.filter { before[$0] != after[$0] }
    #expect(changed == Array(3 * others..<4 * others))
  }

  @Test func `extremes are exact and sums beyond 32 bits wrap`() {
    let low = [Int64](repeating: -128, count: 1 << 17)
    let below = product(
      Array(low.dropLast()), Array(low.dropLast()), rows: 1, others: 1, depth: low.count - 1)
    #expect(below == [(1 << 31) - (1 << 14)])
    #expect(product(low, low, rows: 1, others: 1, depth: low.count) == [-(1 << 31)])
  }
}
