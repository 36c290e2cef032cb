import Blocks
import Signals

/// As cheap to simulate as a block with streams can be: one sum of products a row.
struct RowDotProduct: Block {
  let name = "row_dot_product"
  let summary = "Sum of the products of two rows of 8-bit integers."
  let formula = "sum = sum over a row of a * b, modulo 2^32"
  let source = "Tests/Bench/README.md"
  let parameters = [Parameter("Lanes", 1...64, default: 16, "elements per beat")]

  func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let operands = ["a", "b"].map {
      ArraySpecification($0, .input, axes: ["R", "L"], .signed(8), "factors")
    }
    return Interface(
      arrays: operands + [
        ArraySpecification("sums", .output, axes: ["R"], .signed(32), "sum of a row's products")
      ],
      batching: .leading("R"),
      streams: [
        Stream(
          "operands", .input,
          fields: operands.map {
            Field($0.name, $0.format, lanes: lanes, content: .array($0.name))
          } + [
            Field("keep", .unsigned(1), lanes: lanes, content: .keep),
            Field("last", .unsigned(1), content: .last),
          ]),
        Stream("sums", .output, fields: [Field("data", .signed(32), content: .array("sums"))]),
      ])
  }

  func corners(in configuration: Configuration) -> [Batch] {
    let lanes = configuration["Lanes"]
    let lengths = [1, lanes, lanes + 1, 4 * lanes]
    let count = lengths.reduce(0, +)
    return [
      Batch(
        count: lengths.count,
        items: [
          "a": RaggedTensor(rows: lengths, values: Array(repeating: -128, count: count)),
          "b": RaggedTensor(rows: lengths, values: (0..<count).map { $0 % 2 == 0 ? -128 : 127 }),
        ], labels: lengths.map { "length \($0)" })
    ]
  }

  func transactionCount(seed: UInt64, index: Int, in configuration: Configuration) -> Int {
    var generator = RowDotProduct.generator(seed: seed, index: index)
    return Int.random(in: 16...64, using: &generator)
  }

  /// 16...64 rows of 1...256 uniform elements.
  func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var generator = RowDotProduct.generator(seed: seed, index: index)
    let lengths = (0..<Int.random(in: 16...64, using: &generator)).map { _ in
      Int.random(in: 1...256, using: &generator)
    }
    let a = RowDotProduct.bytes(lengths.reduce(0, +), &generator)
    let b = RowDotProduct.bytes(lengths.reduce(0, +), &generator)
    return Batch(
      count: lengths.count,
      items: [
        "a": RaggedTensor(rows: lengths, values: a), "b": RaggedTensor(rows: lengths, values: b),
      ])
  }

  func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    guard let a = batch.items["a"], let b = batch.items["b"] else {
      preconditionFailure("a validated batch has both rows")
    }
    let sums = a.values.withUnsafeBufferPointer { x in
      b.values.withUnsafeBufferPointer { y in
        (0..<batch.count).map { row in
          var sum: Int32 = 0
          for index in a.range(of: row) {
            sum &+= Int32(truncatingIfNeeded: x[index]) &* Int32(truncatingIfNeeded: y[index])
          }
          return Int64(sum)
        }
      }
    }
    return Batch(
      count: batch.count,
      items: ["sums": RaggedTensor(count: batch.count, shape: [], values: sums)])
  }

  func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? { nil }

  func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(
      array: "sums", unit: 1, element: 0, domain: Domain(length: 1...65536), command: "ci/bench"
    )
  }

  func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(
      batch.items["a"]?.values.count ?? 0, .multiplications, peakPerCycle: configuration["Lanes"])
  }

  private static func generator(seed: UInt64, index: Int) -> CounterGenerator {
    CounterGenerator(seed: seed, stream: 0x5E, index: UInt64(index))
  }

  /// Uniform bytes, eight a draw.
  private static func bytes(_ count: Int, _ generator: inout CounterGenerator) -> [Int64] {
    [Int64](unsafeUninitializedCapacity: count + 7) { values, initialized in
      guard let start = values.baseAddress else { return }
      for index in stride(from: 0, to: count, by: 8) {
        let bytes = unsafeBitCast(generator.next(), to: SIMD8<Int8>.self)
        UnsafeMutableRawPointer(start + index).storeBytes(
          of: SIMD8<Int64>(truncatingIfNeeded: bytes), as: SIMD8<Int64>.self)
      }
      initialized = count
    }
  }
}
