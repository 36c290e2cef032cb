import Blocks
import Signals
import Testing

@Suite struct Int8GEMMTests {
  let block = Int8GEMM()

  static let configurations: [[String: Int]] = [
    [:], ["WeightBits": 4, "Rows": 4, "Columns": 6, "Depth": 8, "DrainRows": 2],
    ["Rows": 3, "Columns": 5, "Depth": 2, "MaxDepth": 197],
    ["Rows": 1, "Columns": 1, "Depth": 1, "MaxDepth": 64],
  ]

  // MARK: - Against definitions

  /// Row by row, channel by channel, in wide integers; the quotient is rounded by what is left of it.
  private func naive(_ batch: Batch) -> (acc: [Int64], y: [Int64]) {
    func row(_ name: String, _ transaction: Int, _ count: Int) -> [Int64] {
      batch.items[name].map { $0[transaction].values }
        ?? [Int64](repeating: batch.scalar(name), count: count)
    }
    var (acc, y): ([Int64], [Int64]) = ([], [])
    for transaction in 0..<batch.count {
      let (a, w) = (batch.item("a")[transaction], batch.item("w")[transaction])
      let (n, k) = (w.shape[0], w.shape[1])
      let bias = row("bias", transaction, n)
      let multiplier = row("multiplier", transaction, n)
      let exponent = row("exponent", transaction, n)
      for m in 0..<a.shape[0] {
        for channel in 0..<n {
          var sum = bias[channel]
          for i in 0..<k { sum += a.values[m * k + i] * w.values[channel * k + i] }
          acc.append(sum)
          y.append(rounded(sum, times: multiplier[channel], over: exponent[channel]))
        }
      }
    }
    return (acc, y)
  }

  private func rounded(_ value: Int64, times multiplier: Int64, over exponent: Int64) -> Int64 {
    // A product has at most 64 bits, so nothing but 0 and -1 is left beyond.
    let product = Int128(value) * Int128(multiplier)
    guard exponent < 80 else { return 0 }
    let one = Int128(1) << Int128(exponent)
    var quotient = product / one
    var rest = product % one
    if rest < 0 {
      quotient -= 1
      rest += one
    }
    if 2 * rest > one || (2 * rest == one && quotient % 2 != 0) { quotient += 1 }
    return Int64(min(max(quotient, -128), 127))
  }

  @Test(arguments: configurations)
  func `every corner and stimulus is what a plain loop makes`(values: [String: Int]) throws {
    let configuration = try block.configuration(values)
    let batches =
      block.corners(in: configuration)
      + (0..<8).map { block.stimulus(seed: 2, index: $0, in: configuration) }
    var comparison = Comparison()
    for batch in batches {
      let golden = try block.golden(batch, in: configuration)
      let (acc, y) = naive(batch)
      comparison.compare(golden.item("acc").values, acc, "acc")
      comparison.compare(golden.item("y").values, y, "y")
      for transaction in 0..<batch.count {
        let shape = [
          batch.item("a").shape(of: transaction)[0], batch.item("w").shape(of: transaction)[0],
        ]
        #expect(golden.item("y").shape(of: transaction) == shape)
        #expect(golden.item("acc").shape(of: transaction) == shape)
      }
    }
    #expect(comparison.differences == [])
    #expect(comparison.compared > 3000)
  }

  /// Made with NumPy and rational numbers from the formula.
  private var example: Batch {
    Batch(
      count: 1,
      items: [
        "a": RaggedTensor(
          count: 1, shape: [3, 5],
          values: [113, 32, 47, 101, 20, 70, 85, -71, -114, -52, -56, 95, 105, -127, -1]),
        "w": RaggedTensor(
          count: 1, shape: [4, 5],
          values: [
            82, -95, 76, -98, -9, 81, -51, -41, -57, 56, -63, 125, -15, -6, 1, 21, 13, 2, 126, 78,
          ]),
        "bias": RaggedTensor([[11706, 8010, 4887, -6359]]),
        "multiplier": RaggedTensor([[1_073_741_824, 1_610_612_736, 2_147_483_648, 1_288_490_189]]),
        "exponent": RaggedTensor([[38, 39, 40, 39]]),
      ])
  }

  private let exampleY: [Int64] = [45, 26, 1, 25, 61, 46, 25, -52, 72, 4, 38, -52]

  @Test func `published arithmetic gives these numbers`() throws {
    let golden = try block.golden(example, in: try block.configuration())
    #expect(
      golden.item("acc").values == [
        11426, 8967, 477, 10810, 15615, 15842, 12799, -22346, 18524, 1507, 19476, -22170,
      ])
    #expect(golden.item("y").values == exampleY)
  }

  @Test(arguments: ["a", "w", "bias", "multiplier", "exponent"])
  func `every operand counts`(name: String) throws {
    var batch = example
    batch.items[name]?.values[1] += name == "multiplier" ? 1 << 28 : name == "exponent" ? 1 : 100
    // Int8 operands wrap back into their range.
    if name == "a" || name == "w" { batch.items[name]?.values[1] -= name == "a" ? 150 : 0 }
    let golden = try block.golden(batch, in: try block.configuration())
    #expect(golden.item("y").values != exampleY)
  }

  @Test func `one value stands for all channels, and a missing bias for 0`() throws {
    let configuration = try block.configuration()
    let interface = try block.interface(in: configuration)
    let arrays = [
      "a": example.item("a")[0], "w": example.item("w")[0],
      "multiplier": Tensor(1 << 30), "exponent": Tensor(38),
    ]
    let scalar = try Batch(arrays: arrays, interface: interface)
    let spelt = try Batch(
      arrays: arrays.merging([
        "bias": Tensor([0, 0, 0, 0]), "multiplier": Tensor([Int64](repeating: 1 << 30, count: 4)),
        "exponent": Tensor([38, 38, 38, 38]),
      ]) { $1 }, interface: interface)
    let golden = try block.golden(scalar, in: configuration)
    #expect(golden.items == (try block.golden(spelt, in: configuration)).items)
    #expect(golden.item("acc").values[0] == 11426 - 11706)
  }

  // MARK: - What the stimulus reaches

  @Test(arguments: configurations)
  func `corners reach every limit`(values: [String: Int]) throws {
    let configuration = try block.configuration(values)
    let batch = try #require(block.corners(in: configuration).first)
    let golden = try block.golden(batch, in: configuration)
    let (acc, y) = (golden.item("acc").values, golden.item("y").values)
    #expect(acc.contains(Int64(Int32.max)) && acc.contains(Int64(Int32.min)))
    #expect(y.contains(127) && y.contains(-128))
    let depths = (0..<batch.count).map { batch.item("a").shape(of: $0)[1] }
    #expect(depths.contains(1) && depths.max() == configuration["MaxDepth"])
    // The largest sum of products that the accumulators must hold.
    let most = Int64(configuration["MaxDepth"]) << Int64(configuration["WeightBits"] + 6)
    #expect(acc.contains(most))
    let weights = batch.item("w").values
    let limit = Int64(1) << Int64(configuration["WeightBits"] - 1)
    #expect(weights.min() == -limit && weights.max() == limit - 1)
    // Ties, of which half go up and half down.
    let ties = try #require(batch.labels.firstIndex(of: "ties"))
    let tied = batch.transactions(ties..<ties + 1)
    let rows = try block.golden(tied, in: configuration).item("y")[0]
    let channel = tied.item("exponent")[0].values.firstIndex(of: 1).map { $0 + 1 } ?? 0
    let halves = (0..<19).map { rows.values[$0 * rows.shape[1] + channel] }
    #expect(halves == [-4, -4, -4, -3, -2, -2, -2, -1, 0, 0, 0, 1, 2, 2, 2, 3, 4, 4, 4])
  }

  @Test func `stimulus has partial tiles along every axis, and constants of both kinds`() throws {
    let configuration = try block.configuration()
    let batches = (0..<16).map { block.stimulus(seed: 4, index: $0, in: configuration) }
    var shapes: [[Int]] = []
    for batch in batches {
      for transaction in 0..<batch.count {
        shapes.append(
          batch.item("a").shape(of: transaction) + [batch.item("w").shape(of: transaction)[0]])
      }
    }
    for (axis, size) in [(0, 8), (1, 4), (2, 8)] {
      #expect(shapes.contains { $0[axis] % size == 0 })
      #expect(shapes.contains { $0[axis] > 2 * size + 1 })
      #expect(Set(shapes.map { $0[axis] % size }).count == size)
    }
    #expect(batches.contains { $0.shared["multiplier"] != nil })
    #expect(batches.contains { $0.items["multiplier"] != nil && $0.shared["bias"] != nil })
    let answers = try batches.flatMap { try block.golden($0, in: configuration).item("y").values }
    let saturated = answers.count { $0 == 127 || $0 == -128 }
    #expect(Set(answers).count == 256)
    #expect(saturated < answers.count * 2 / 3)
  }

  // MARK: - Pins, cycles, scales and limits

  @Test func `operands cross in the order of the loops`() throws {
    let configuration = try block.configuration(["Rows": 2, "Columns": 1, "Depth": 2])
    let interface = try block.interface(in: configuration)
    let batch = Batch(
      count: 1, shared: ["multiplier": Tensor(1), "exponent": Tensor(0), "bias": Tensor(0)],
      items: [
        "a": RaggedTensor(count: 1, shape: [3, 3], values: [0, 1, 2, 10, 11, 12, 20, 21, 22]),
        "w": RaggedTensor(count: 1, shape: [2, 3], values: [30, 31, 32, 40, 41, 42]),
      ])
    let stimulus = try Stimulus(batch, interface: interface, filler: 5)
    let names = interface.inputs.map(\.name)
    #expect(names == ["shape", "w", "channel", "a"])
    #expect((0..<3).map { stimulus.data[0].lanes(ofField: $0, beat: 0)[0] } == [3, 2, 3])
    #expect(stimulus.data.map(\.count) == [1, 4, 2, 8])
    let a = (0..<4).map { stimulus.data[3].lanes(ofField: 0, beat: $0) }
    #expect(a[0] == [0, 1, 10, 11] && a[1][0] == 2 && a[1][2] == 12)
    #expect(Array(a[2].prefix(2)) == [20, 21] && a[3][0] == 22)
    // Lanes beyond the matrix hold something.
    #expect(a[1][1] != 0 || a[1][3] != 0)
    let golden = try block.golden(batch, in: configuration)
    let y = try #require(try Response(golden, interface: interface).outputs.first)
    #expect(y.count == 6)
  }

  @Test func `work counts products and cycles by tiles`() throws {
    let configuration = try block.configuration([
      "Rows": 4, "Columns": 3, "Depth": 2, "DrainRows": 2,
    ])
    func work(_ m: Int, _ n: Int, _ k: Int) -> Work {
      block.work(
        Batch(
          count: 1,
          items: [
            "a": RaggedTensor(
              count: 1, shape: [m, k], values: [Int64](repeating: 0, count: m * k)),
            "w": RaggedTensor(
              count: 1, shape: [n, k], values: [Int64](repeating: 0, count: n * k)),
          ]), in: configuration)
    }
    #expect(work(8, 6, 10) == Work(480, .multiplications, peakPerCycle: 24, idealCycles: 20))
    // Two whole tiles of rows, and one of a single row that drains in one cycle; three strips.
    #expect(work(9, 7, 1) == Work(63, .multiplications, peakPerCycle: 24, idealCycles: 15))
    #expect(work(1, 1, 3) == Work(3, .multiplications, peakPerCycle: 24, idealCycles: 2))
  }

  @Test func `the scale of a channel follows from those of the arrays`() throws {
    let configuration = try block.configuration()
    let settings = try block.settings(from: ["a": 0.5, "w": 0.25, "y": 4], in: configuration)
    #expect(settings == ["multiplier": Tensor(1 << 30), "exponent": Tensor(35)])
    #expect(throws: BlockError.missingScale(block: "int8_gemm", name: "w")) {
      try block.settings(from: ["a": 0.5, "y": 1], in: configuration)
    }
    let error = #expect(throws: BlockError.self) {
      try block.settings(from: ["a": 0x1p40, "w": 1, "y": 1], in: configuration)
    }
    #expect(
      error?.description == """
        int8_gemm: no settings follow from the given scales: a * w / y must be in 2^-97 ..< 2^31, \
        but found 1099511627776.0
        """)
  }

  @Test func `limits say what was found`() throws {
    let configuration = try block.configuration(["MaxDepth": 4])
    func description(_ change: (inout Batch) -> Void) -> String? {
      var batch = example
      change(&batch)
      return #expect(throws: BlockError.self) { try block.golden(batch, in: configuration) }?
        .description
    }
    #expect(
      description { _ in } == """
        int8_gemm: transaction 0 is outside the domain: K is at most MaxDepth = 4, but found 5
        """)
    let beyond = #expect(throws: BlockError.self) {
      var batch = example
      batch.items["bias"]?.values[2] = Int64(Int32.max)
      // Products of row 0 and channel 2 sum to -4410, those of row 1 to 7912.
      _ = try block.golden(batch, in: try block.configuration())
    }
    #expect(
      beyond?.description == """
        int8_gemm: transaction 0 is outside the domain: acc, the sum with its bias, fits 32 bits, \
        but found 2147491559
        """)
    let error = #expect(throws: BlockError.self) {
      try block.interface(in: try block.configuration(["Rows": 6, "DrainRows": 4]))
    }
    #expect(error?.description == "int8_gemm: DrainRows = 4 does not divide Rows = 6")
  }
}
