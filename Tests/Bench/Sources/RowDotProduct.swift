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
    return RowDotProduct.rows(&generator)
  }

  /// 64...128 rows of 1...256 uniform elements.
  func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var generator = RowDotProduct.generator(seed: seed, index: index)
    let lengths = (0..<RowDotProduct.rows(&generator)).map { _ in
      Int.random(in: 1...256, using: &generator)
    }
    let a = RowDotProduct.bytes(lengths.reduce(0, +), key: generator.next())
    let b = RowDotProduct.bytes(lengths.reduce(0, +), key: generator.next())
    return Batch(
      count: lengths.count,
      items: [
        "a": RaggedTensor(rows: lengths, bytes: a), "b": RaggedTensor(rows: lengths, bytes: b),
      ])
  }

  func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    guard let a = batch.items["a"], let b = batch.items["b"] else {
      preconditionFailure("a validated batch has both rows")
    }
    let (x, y) = (RowDotProduct.narrowed(a), RowDotProduct.narrowed(b))
    let sums = x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        (0..<batch.count).map { row in
          let range = a.range(of: row)
          guard let x = x.baseAddress, let y = y.baseAddress else { return Int64(0) }
          return Int64(
            RowDotProduct.product(
              x + range.lowerBound, y + range.lowerBound, count: range.count))
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
      batch.items["a"]?.valueCount ?? 0, .multiplications, peakPerCycle: configuration["Lanes"])
  }

  private static func generator(seed: UInt64, index: Int) -> CounterGenerator {
    CounterGenerator(seed: seed, stream: 0x5E, index: UInt64(index))
  }

  private static func rows(_ generator: inout CounterGenerator) -> Int {
    Int.random(in: 64...128, using: &generator)
  }

  private static func narrowed(_ rows: RaggedTensor) -> [Int8] {
    rows.bytes ?? rows.values.map { Int8($0) }
  }

  /// Uniform bytes, eight a draw of SplitMix64.
  private static func bytes(_ count: Int, key: UInt64) -> [Int8] {
    [Int8](unsafeUninitializedCapacity: count + RaggedTensor.slack) { values, initialized in
      guard let start = UnsafeMutableRawPointer(values.baseAddress) else { return }
      var state = key
      for index in stride(from: 0, to: count, by: 8) {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        start.storeBytes(of: z ^ (z >> 31), toByteOffset: index, as: UInt64.self)
      }
      (start + count).initializeMemory(
        as: Int8.self, repeating: 0, count: RaggedTensor.slack)
      initialized = count + RaggedTensor.slack
    }
  }

  /// The sum of the products of two rows, eight at a time.
  private static func product(
    _ x: UnsafePointer<Int8>, _ y: UnsafePointer<Int8>, count: Int
  ) -> Int32 {
    var sums = SIMD8<Int32>()
    var index = 0
    while index &+ 8 <= count {
      let a = UnsafeRawPointer(x + index).loadUnaligned(as: SIMD8<Int8>.self)
      let b = UnsafeRawPointer(y + index).loadUnaligned(as: SIMD8<Int8>.self)
      // -128 * -128 fits 16 bits.
      sums &+= SIMD8<Int32>(
        truncatingIfNeeded: SIMD8<Int16>(truncatingIfNeeded: a)
          &* SIMD8<Int16>(truncatingIfNeeded: b))
      index &+= 8
    }
    var sum = sums.wrappedSum()
    while index < count {
      sum &+= Int32(x[index]) &* Int32(y[index])
      index &+= 1
    }
    return sum
  }
}
