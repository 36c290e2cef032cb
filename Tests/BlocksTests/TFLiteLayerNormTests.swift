import Blocks
import FixedPoint
import Signals
import Testing

@Suite struct TFLiteLayerNormTests {
  let block = TFLiteLayerNorm()

  private func compare(
    expecting transform: ([Int64]) -> [Int64] = { $0 }
  ) throws -> [String: Comparison] {
    let oracle = try Oracle("tflite_layernorm_int16")
    let rows = try oracle.rows("x")
    let outputs = try oracle.rows("out")
    let sets = try oracle.integers("row_param").map { Int($0) }
    let pointers = try oracle.integers("param_ptr").map { Int($0) }
    let (weight, bias) = (try oracle.integers("weight"), try oracle.integers("bias"))
    let (multiplier, shift) = (
      try oracle.integers("scale_mult"), try oracle.integers("scale_shift")
    )
    let limit = try oracle.integers("variance_limit")[0]
    let (means, variances) = (try oracle.integers("row_mean_q10"), try oracle.integers("row_var"))
    let configuration = try block.configuration(["MaxLength": 4096])
    var result: [String: Comparison] = [:]
    for (index, row) in rows.enumerated() {
      let set = sets[index]
      let range = pointers[set]..<pointers[set + 1]
      let shared = [
        "weight": Tensor(Array(weight[range])), "bias": Tensor(Array(bias[range])),
        "multiplier": Tensor(multiplier[set]), "shift": Tensor(shift[set]),
        "variance_limit": Tensor(limit),
      ]
      let golden = try block.golden(
        Batch(count: 1, shared: shared, items: ["x": RaggedTensor([row])]), in: configuration)
      for (name, expected) in [
        ("y", outputs[index]), ("mean", [means[index]]), ("variance", [variances[index]]),
      ] {
        result[name, default: Comparison()].compare(
          golden.item(name).values, index == 20 ? transform(expected) : expected,
          "\(name) of row \(index)")
      }
    }
    return result
  }

  @Test func `every reference value is met`() throws {
    let comparisons = try compare()
    for (name, comparison) in comparisons {
      #expect(comparison.differences == [])
      #expect(comparison.compared == (name == "y" ? 9257 : 36))
    }
    #expect(comparisons.count == 3)
  }

  @Test func `one wrong reference value is reported`() throws {
    for comparison in try compare(expecting: { $0.withOneFault }).values {
      #expect(comparison.differences.count == 1)
    }
  }

  private func answer(
    _ row: [Int64], weight: [Int64], bias: [Int64], shift: Int64 = -15, limit: Int64 = 1
  ) throws -> Batch {
    let shared = [
      "weight": Tensor(weight), "bias": Tensor(bias), "multiplier": Tensor(1 << 30),
      "shift": Tensor(shift), "variance_limit": Tensor(limit),
    ]
    return try block.golden(
      Batch(count: 1, shared: shared, items: ["x": RaggedTensor([row])]),
      in: try block.configuration())
  }

  @Test func `a row of equal elements gives the bias, under the variance limit`() throws {
    let golden = try answer(
      [77, 77, 77, 77], weight: [1, 2, 3, 4], bias: [0, 1 << 20, -(1 << 20), 512], limit: 50)
    #expect(golden.item("variance").values == [50])
    #expect(golden.item("mean").values == [77 * 1024])
    // 1024 and -1024 times 2^-4, and a tie away from zero that is then nothing.
    #expect(golden.item("y").values == [0, 64, -64, 0])
  }

  @Test func `mean and variance truncate toward zero`() throws {
    let golden = try answer([-1, 0, 0], weight: [1, 1, 1], bias: [0, 0, 0])
    #expect(golden.item("mean").values == [-341])
    let other = try answer([-9, 0, 0], weight: [1, 1, 1], bias: [0, 0, 0])
    #expect(other.item("variance").values == [17])
  }

  @Test func `lengths that differ and products that do not fit are outside the domain`() throws {
    let lengths = #expect(throws: BlockError.self) {
      try answer([1, 2, 3], weight: [1, 2], bias: [1, 2])
    }
    #expect(
      lengths?.description == """
        tflite_layernorm: transaction 0 is outside the domain: a row has as many elements as \
        weight, but found 3 elements for 2 weights
        """)
    let tables = #expect(throws: BlockError.self) {
      try answer([1, 2], weight: [1, 2], bias: [1])
    }
    #expect(tables?.description.contains("bias has 2 entries, but found 1") == true)
    let product = #expect(throws: BlockError.self) {
      try answer(
        [1, 0], weight: [32767, 1], bias: [0x7FFF_FFFF, 0])
    }
    #expect(product?.description.contains("times weight plus bias must fit 32 bits") == true)
    let scale = #expect(throws: BlockError.self) {
      try answer([5, 5], weight: [0, 0], bias: [0x7FFF_FFFF, 0], shift: 0)
    }
    #expect(
      scale?.description == """
        tflite_layernorm: transaction 0 is outside the domain: what multiplier and shift scale \
        must fit 32 bits after its left shift, but found 2097152 * 2^12 at element 0
        """)
  }

  @Test func `the settings are those of the source's LSTM`() throws {
    let configuration = try block.configuration()
    let settings = try block.settings(from: ["weight": 0.75 / 1024], in: configuration)
    #expect(
      settings == [
        "multiplier": Tensor(3 << 29), "shift": Tensor(-10), "variance_limit": Tensor(7),
      ])
    #expect(throws: BlockError.missingScale(block: "tflite_layernorm", name: "weight")) {
      try block.settings(from: [:], in: configuration)
    }
    #expect(throws: BlockError.self) {
      try block.settings(from: ["weight": 0], in: configuration)
    }
  }

  @Test func `corners hold both saturations, limited variances and ties`() throws {
    let configuration = try block.configuration()
    var (outputs, variances, ties) = (Set<Int64>(), Set<Int64>(), 0)
    var rows = 0
    for batch in block.corners(in: configuration) {
      let golden = try block.golden(batch, in: configuration)
      outputs.formUnion(golden.item("y").values)
      variances.formUnion(golden.item("variance").values)
      if batch.shared["weight"]?.values.allSatisfy({ $0 == 0 }) == true {
        ties += batch.shared["bias"]?.values.count { abs($0) % 1024 == 512 } ?? 0
      }
      rows += batch.count
    }
    #expect(outputs.contains(32767) && outputs.contains(-32768))
    #expect(variances.contains(1) && variances.contains(0x7FFF_FFFF))
    #expect(ties > 100)
    #expect(rows > 200)
  }
}
