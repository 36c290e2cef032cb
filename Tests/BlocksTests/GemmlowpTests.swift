import Blocks
import FixedPoint
import Signals
import Testing

@Suite struct GemmlowpRequantizerTests {
  let block = GemmlowpRequantizer()

  private func configuration(rounding: Int, bits: Int = 32) throws -> Configuration {
    try block.configuration(["Rounding": rounding, "OutputBits": bits])
  }

  private func compare(
    rounding: Int, against array: String, expecting transform: ([Int64]) -> [Int64] = { $0 }
  ) throws -> Comparison {
    let oracle = try Oracle("gemmlowp_fixedpoint")
    var items: [String: RaggedTensor] = [:]
    for (name, array) in [("x", "mbqm_x"), ("multiplier", "mbqm_mult"), ("shift", "mbqm_shift")] {
      items[name] = RaggedTensor([try oracle.integers(array)])
    }
    let golden = try block.golden(
      Batch(count: 1, shared: ["zero_point": Tensor(0)], items: items),
      in: try configuration(rounding: rounding))
    var comparison = Comparison()
    comparison.compare(golden.item("y").values, transform(try oracle.integers(array)), "y")
    return comparison
  }

  @Test(arguments: zip([0, 1], ["mbqm_double", "mbqm_single"]))
  func `every reference value is met`(rounding: Int, array: String) throws {
    let comparison = try compare(rounding: rounding, against: array)
    #expect(comparison.differences == [])
    #expect(comparison.compared == 500)
    let faulty = try compare(rounding: rounding, against: array) { $0.withOneFault }
    #expect(faulty.differences.count == 1)
  }

  @Test func `one rounding differs from two on some reference values`() throws {
    let comparison = try compare(rounding: 1, against: "mbqm_double")
    #expect((1...30).contains(comparison.differences.count))
  }

  private func answer(
    _ x: Int64, _ multiplier: Int64, _ shift: Int64, zeroPoint: Int64 = 0, rounding: Int,
    bits: Int = 8
  ) throws -> Int64 {
    let items = [
      "x": RaggedTensor([[0, x]]), "multiplier": RaggedTensor([[0, multiplier]]),
      "shift": RaggedTensor([[0, shift]]),
    ]
    return try block.golden(
      Batch(count: 1, shared: ["zero_point": Tensor(zeroPoint)], items: items),
      in: try configuration(rounding: rounding, bits: bits)
    ).item("y").values[1]
  }

  @Test func `two roundings go where one does not`() throws {
    // 1/4 of 1 is 0.25: halfUp(0.5) is 1, and half of that is 0.5, away from zero 1.
    #expect(try answer(1, 1 << 30, -1, rounding: 0) == 1)
    #expect(try answer(1, 1 << 30, -1, rounding: 1) == 0)
    // The tie -1/2: up in the first rounding, away from zero in the second.
    #expect(try answer(-1, 1 << 30, 0, rounding: 0) == 0)
    #expect(try answer(-2, 1 << 30, -1, rounding: 0) == -1)
    #expect(try answer(-2, 1 << 30, -1, rounding: 1) == 0)
  }

  @Test func `the zero point is added before saturation`() throws {
    #expect(try answer(300, 1 << 30, 0, zeroPoint: -100, rounding: 0) == 50)
    #expect(try answer(300, 1 << 30, 1, zeroPoint: -100, rounding: 1) == 127)
    #expect(try answer(-300, 1 << 30, 1, zeroPoint: -100, rounding: 1) == -128)
  }

  @Test func `what the source leaves undefined is outside the domain`() throws {
    let double = #expect(throws: BlockError.self) { try answer(1 << 20, 1 << 30, 11, rounding: 0) }
    #expect(
      double?.description == """
        gemmlowp_requantizer: transaction 0 is outside the domain: x * 2^shift must fit 32 bits, \
        but found 1048576 * 2^11 at element 1
        """)
    #expect(try answer(-(1 << 20), 1 << 30, 11, rounding: 0, bits: 32) == -(1 << 30))
    let single = #expect(throws: BlockError.self) { try answer(1 << 20, 1 << 30, 12, rounding: 1) }
    #expect(
      single?.description == """
        gemmlowp_requantizer: transaction 0 is outside the domain: the scaled value must fit 32 \
        bits, but found 2147483648 at element 1
        """)
    #expect(try answer(1 << 20, 1 << 30, 11, rounding: 1, bits: 32) == 1 << 30)
  }

  @Test func `multiplier and shift follow from the scales`() throws {
    let configuration = try block.configuration()
    let settings = try block.settings(from: ["x": 0.75, "y": 2], in: configuration)
    #expect(settings == ["multiplier": Tensor(3 << 29), "shift": Tensor(-1)])
    #expect(throws: BlockError.missingScale(block: "gemmlowp_requantizer", name: "y")) {
      try block.settings(from: ["x": 1], in: configuration)
    }
    let error = #expect(throws: BlockError.self) {
      try block.settings(from: ["x": 0x1p29, "y": 1], in: configuration)
    }
    #expect(
      error?.description == """
        gemmlowp_requantizer: no settings follow from the given scales: the ratio of the scales \
        must be positive and below 2^29, but found 536870912.0
        """)
  }

  @Test func `corners hold ties of both roundings, every shift and both saturations`() throws {
    let configuration = try block.configuration()
    let batch = try #require(block.corners(in: configuration).first)
    let (x, m, s) = (batch.item("x"), batch.item("multiplier"), batch.item("shift"))
    #expect(Set(s.values) == Set(-31...30))
    var (first, second) = (0, 0)
    for i in x.values.indices {
      let product = (x.values[i] << max(s.values[i], 0)) * m.values[i]
      if product & 0x7FFF_FFFF == 1 << 30 { first += 1 }
      let rounded = product.shiftedRight(by: 31, rounding: .halfUp)
      let right = max(-s.values[i], 0)
      if right > 0, rounded < 0, rounded & ((1 << right) - 1) == 1 << (right - 1) { second += 1 }
    }
    #expect(first > 50 && second > 50)
    let golden = try block.golden(batch, in: configuration).item("y").values
    #expect(golden.contains(127) && golden.contains(-128))
  }
}

@Suite struct GemmlowpSoftmaxTests {
  let block = GemmlowpSoftmax()

  private func settings(_ oracle: Oracle, _ set: Int) throws -> [String: Tensor] {
    let (scales, betas) = (try oracle.reals("cfg_scale"), try oracle.reals("cfg_beta"))
    return try block.settings(
      from: ["scores": scales[set], "beta": betas[set]], in: try block.configuration())
  }

  /// Compares the valid rows; every other row must be refused.
  private func compare(
    expecting transform: ([Int64]) -> [Int64] = { $0 }
  ) throws -> (comparison: Comparison, refused: Int) {
    let oracle = try Oracle("tflite_softmax_int8")
    let (rows, expected) = (try oracle.rows("x"), try oracle.rows("out_ref"))
    let sets = try oracle.integers("row_cfg")
    let isValid = try oracle.integers("row_ref_valid")
    let configuration = try block.configuration()
    var comparison = Comparison()
    var refused = 0
    for index in rows.indices {
      let batch = Batch(
        count: 1, shared: try settings(oracle, Int(sets[index])),
        items: ["scores": RaggedTensor([rows[index]])])
      guard isValid[index] == 1 else {
        #expect(throws: BlockError.self) { try block.golden(batch, in: configuration) }
        refused += 1
        continue
      }
      comparison.compare(
        try block.golden(batch, in: configuration).item("probs").values,
        index == 40 ? transform(expected[index]) : expected[index], "row \(index)")
    }
    return (comparison, refused)
  }

  @Test func `every reference value is met, and the rows at which the source aborts are refused`()
    throws
  {
    let (comparison, refused) = try compare()
    #expect(comparison.differences == [])
    #expect(refused == 5)
    #expect(comparison.compared == 12_009)
  }

  @Test func `one wrong reference value is reported`() throws {
    #expect(try compare { $0.withOneFault }.comparison.differences.count == 1)
  }

  @Test func `the settings are those of the source`() throws {
    let configuration = try block.configuration()
    // 0.05 in single precision, times 2^26: 1.6 * 2^21.
    let settings = try block.settings(from: ["scores": 0.05], in: configuration)
    #expect(settings["left_shift"] == Tensor(22))
    #expect(settings["diff_min"] == Tensor(-496))
    #expect(settings["multiplier"] == Tensor(Int64(Double(Float(0.05)) * 0x1p35)))
    let largest = try block.settings(from: ["scores": 1e9], in: configuration)
    #expect(largest["left_shift"] == Tensor(31) && largest["diff_min"] == Tensor(0))
    #expect(throws: BlockError.missingScale(block: "gemmlowp_softmax", name: "scores")) {
      try block.settings(from: ["beta": 1], in: configuration)
    }
    let error = #expect(throws: BlockError.self) {
      try block.settings(from: ["scores": 0x1p-26], in: configuration)
    }
    #expect(
      error?.description == """
        gemmlowp_softmax: no settings follow from the given scales: beta times the scale of scores \
        must be above 2^-26, but found 1.4901161193847656e-08
        """)
  }

  private func answer(_ row: [Int64], _ multiplier: Int64, _ shift: Int64, _ minimum: Int64) throws
    -> [Int64]
  {
    let shared = [
      "multiplier": Tensor(multiplier), "left_shift": Tensor(shift), "diff_min": Tensor(minimum),
    ]
    return try block.golden(
      Batch(count: 1, shared: shared, items: ["scores": RaggedTensor([row])]),
      in: try block.configuration()
    ).item("probs").values
  }

  @Test func `limits name themselves`() throws {
    let sum = #expect(throws: BlockError.self) {
      try answer([Int64](repeating: 0, count: 512), 1 << 30, 22, -255)
    }
    #expect(
      sum?.description == """
        gemmlowp_softmax: transaction 0 is outside the domain: the final shift k + 23 must be \
        0...31, that is, the sum of exponentials below 512, but found a sum of 512.0
        """)
    #expect(
      try answer([Int64](repeating: 0, count: 511), 1 << 30, 22, -255).allSatisfy { $0 == -127 })
    let difference = #expect(throws: BlockError.self) { try answer([3, -6], 1 << 30, 28, -9) }
    #expect(
      difference?.description == """
        gemmlowp_softmax: transaction 0 is outside the domain: d * 2^left_shift must fit 32 bits \
        where d is not below diff_min, but found -9 * 2^28
        """)
    #expect(try answer([3, -6], 1 << 30, 28, -8) == [127, -128])
  }

  @Test func `each setting changes alone from one stimulus to the next, and within the domain`()
    throws
  {
    let configuration = try block.configuration()
    let names = ["multiplier", "left_shift", "diff_min"]
    var changes: [String: Int] = [:]
    for index in stride(from: 2, to: 200, by: 4) {
      let before = block.stimulus(seed: 1, index: index - 1, in: configuration)
      let batch = block.stimulus(seed: 1, index: index, in: configuration)
      let changed = names.filter { batch.scalar($0) != before.scalar($0) }
      #expect(changed.count <= 1)
      for name in changed { changes[name, default: 0] += 1 }
      _ = try block.golden(batch, in: configuration)
    }
    #expect(names.allSatisfy { changes[$0, default: 0] >= 5 }, "\(changes)")
  }

  @Test func `corners reach every depth and the limit of the sum`() throws {
    let configuration = try block.configuration()
    var depths = Set<Int64>()
    var longest = 0
    for batch in block.corners(in: configuration) {
      let scores = batch.item("scores")
      for row in 0..<scores.count {
        let values = scores.values[scores.range(of: row)]
        depths.formUnion(values.map { (values.max() ?? 0) - $0 })
        longest = max(longest, values.count)
      }
    }
    #expect(depths == Set(0...255))
    #expect(longest == 1024)
  }
}
