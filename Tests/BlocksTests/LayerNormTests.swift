import Blocks
import FixedPoint
import Signals
import Testing
import Vectors

/// The two LayerNorms with an integer mean, against their reference files.
@Suite struct LayerNormTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var block: any Block
    var file: String
    var parameters: [String: Int]
    var taps: [String: String]
    var testDescription: String { block.name }
  }

  static let cases = [
    Case(
      block: IBERTLayerNorm(), file: "ibert_layernorm",
      parameters: ["InputBits": 24, "VarianceBits": 48],
      taps: ["mean": "row_mean", "std": "row_std", "factor": "row_factor"]),
    Case(
      block: IViTLayerNorm(), file: "ivit_layernorm", parameters: [:],
      taps: [
        "mean": "row_mean", "variance": "row_var", "std": "row_std", "factor": "row_factor",
      ]),
  ]

  /// Each reference row has a bias and a shift of its own, and so is a batch.
  private func compare(
    _ test: Case, expecting transform: ([Int64]) -> [Int64] = { $0 }
  ) throws -> [String: Comparison] {
    let oracle = try Oracle(test.file)
    let configuration = try test.block.configuration(test.parameters)
    let (rows, expected) = (try oracle.rows("x"), try oracle.rows("out"))
    let affine = try oracle.integers("row_affine").map { Int($0) }
    let pointers = try oracle.integers("affine_ptr").map { Int($0) }
    let biases = try oracle.integers("affine_bias_int")
    let shifts = oracle.archive.contains("row_shift") ? try oracle.integers("row_shift") : nil
    var result: [String: Comparison] = [:]
    for row in rows.indices {
      let set = affine[row]
      var batch = Batch(
        count: 1, shared: ["bias": Tensor(Array(biases[pointers[set]..<pointers[set + 1]]))],
        items: ["x": RaggedTensor([rows[row]])])
      if let shifts { batch.shared["shift"] = Tensor(shifts[row]) }
      let golden = try test.block.golden(batch, in: configuration)
      result["y", default: Comparison()].compare(
        golden.item("y").values, transform(expected[row]), "y of row \(row)")
      for (tap, array) in test.taps {
        result[tap, default: Comparison()].compare(
          golden.item(tap).values, transform([try oracle.integers(array)[row]]),
          "\(tap) of row \(row)")
      }
    }
    return result
  }

  @Test(arguments: cases) func `every reference value is met`(test: Case) throws {
    let comparisons = try compare(test)
    for (name, comparison) in comparisons {
      #expect(comparison.differences == [], "\(name)")
      #expect(comparison.compared == (name == "y" ? 8752 : 42))
    }
    #expect(comparisons.count == test.taps.count + 1)
  }

  @Test(arguments: cases) func `one wrong reference value is reported`(test: Case) throws {
    for comparison in try compare(test, expecting: { $0.withOneFault }).values {
      // One in each row.
      #expect(comparison.differences.count == 42)
    }
  }

  @Test func `ten Newton steps are not a square root on reference rows`() throws {
    let oracle = try Oracle("ivit_layernorm")
    let (variance, std) = (try oracle.integers("row_var"), try oracle.integers("row_std"))
    let wrong = variance.indices.count {
      Int64(IntegerSquareRoot.floor(of: UInt64(variance[$0]))) != std[$0]
    }
    #expect(wrong == 20)
  }

  @Test func `corners contain ties of the mean, rows without deviation and unconverged roots`()
    throws
  {
    var (ties, constant, unconverged) = (0, 0, 0)
    for test in LayerNormTests.cases {
      let configuration = try test.block.configuration()
      for batch in test.block.corners(in: configuration) {
        let golden = try test.block.golden(batch, in: configuration)
        let x = batch.item("x")
        for row in 0..<x.count {
          let values = x[row].values
          let sum = values.reduce(0, +)
          let length = Int64(values.count)
          ties +=
            sum.divided(by: length, rounding: .halfToEven)
              != sum.divided(by: length, rounding: .halfUp) ? 1 : 0
          let std = golden.item("std").values[row]
          constant += std == 0 ? 1 : 0
          let root = IntegerSquareRoot.floor(of: UInt64(golden.item("variance").values[row]))
          unconverged += test.block.name == "ivit_layernorm" && Int64(root) != std ? 1 : 0
        }
      }
    }
    #expect(ties > 10 && constant > 10 && unconverged > 10)
  }

  @Test func `a sum of squares beyond 32 bits is an error`() throws {
    let block = IBERTLayerNorm()
    let batch = Batch(
      count: 2, shared: ["bias": Tensor([0, 0]), "shift": Tensor(0)],
      items: ["x": RaggedTensor([[-46340, 46340], [-46341, 46341]])])
    let configuration = try block.configuration()
    let error = #expect(throws: BlockError.self) { try block.golden(batch, in: configuration) }
    #expect(
      error?.description == """
        ibert_layernorm: transaction 1 is outside the domain: the sum of squares after a shift of \
        0 must be below 2^32, but found 4294976562
        """)
    #expect(try block.golden(batch.transactions(0..<1), in: configuration).count == 1)
  }

  @Test(arguments: cases)
  func `a bias of another length than the row is an error`(test: Case) throws {
    let batch = Batch(
      count: 1, shared: ["bias": Tensor([0, 0]), "shift": Tensor(0)],
      items: ["x": RaggedTensor([[1, 2, 3]])])
    let error = #expect(throws: BlockError.self) {
      try test.block.golden(batch, in: try test.block.configuration())
    }
    #expect(
      error?.description
        == "array 'bias' has 2 elements along L, but the other arrays have 3")
  }
}
