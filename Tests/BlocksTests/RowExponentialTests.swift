import Blocks
import FixedPoint
import Signals
import Testing

/// The row blocks whose references name a parameter set for each row: two softmaxes and a GELU.
@Suite struct RowExponentialTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var block: any Block
    var file: String
    /// Input array, and the key of its scale.
    var input: String
    var rows: Int
    var elements: Int
    /// Reference array by array of the block.
    var perElement: [String: String]
    var perRow: [String: String]
    var settings: [String]
    var testDescription: String { block.name }
  }

  static let cases = [
    Case(
      block: Shiftmax(), file: "ivit_shiftmax", input: "scores", rows: 175, elements: 14538,
      perElement: ["probs": "out", "exp": "exp_int"],
      perRow: ["sum": "row_sum", "factor": "row_factor"], settings: ["x0"]),
    Case(
      block: ShiftGELU(), file: "ivit_shiftgelu", input: "x", rows: 65, elements: 4602,
      perElement: ["y": "out", "sigmoid": "sigmoid"], perRow: [:], settings: ["x0"]),
    Case(
      block: Log2Softmax(), file: "fqvit_lis", input: "scores", rows: 87, elements: 7235,
      perElement: ["codes": "code", "zero": "zero", "exp": "exp_int"],
      perRow: ["sum": "row_sum"], settings: ["x0", "b", "c"]),
  ]

  private func compare(
    _ test: Case, expecting transform: ([Int64]) -> [Int64] = { $0 }
  ) throws -> [String: Comparison] {
    let oracle = try Oracle(test.file)
    let configuration = try test.block.configuration()
    let rows = try oracle.rows("x")
    let sets = try oracle.integers("row_cfg").map { Int($0) }
    var result: [String: Comparison] = [:]
    for set in Set(sets).sorted() {
      let chosen = rows.indices.filter { sets[$0] == set }
      let settings = try test.block.settings(
        from: [test.input: try oracle.reals("cfg_S")[set]], in: configuration)
      for name in test.settings {
        result["settings", default: Comparison()].compare(
          settings[name]?.values ?? [], transform([try oracle.integers("cfg_\(name)")[set]]), name)
      }
      let batch = Batch(
        count: chosen.count, shared: settings,
        items: [test.input: RaggedTensor(chosen.map { rows[$0] })])
      let golden = try test.block.golden(batch, in: configuration)
      for (name, array) in test.perElement {
        let values = try oracle.rows(array)
        result[name, default: Comparison()].compare(
          golden.item(name).values, transform(chosen.flatMap { values[$0] }), name)
      }
      for (name, array) in test.perRow {
        let values = try oracle.integers(array)
        result[name, default: Comparison()].compare(
          golden.item(name).values, transform(chosen.map { values[$0] }), name)
      }
    }
    return result
  }

  @Test(arguments: cases) func `every reference value is met`(test: Case) throws {
    let comparisons = try compare(test)
    for (name, comparison) in comparisons {
      #expect(comparison.differences.prefix(5) == [], "\(name)")
      if test.perElement[name] != nil { #expect(comparison.compared == test.elements) }
      if test.perRow[name] != nil { #expect(comparison.compared == test.rows) }
    }
    #expect(comparisons.count == 1 + test.perElement.count + test.perRow.count)
  }

  @Test(arguments: cases) func `one wrong reference value is reported`(test: Case) throws {
    let sets = Set(try Oracle(test.file).integers("row_cfg")).count
    for (name, comparison) in try compare(test, expecting: { $0.withOneFault }) {
      // One in each parameter set, or each setting of it.
      let faults = name == "settings" ? sets * test.settings.count : sets
      #expect(comparison.differences.count == faults, "\(name)")
    }
  }

  @Test(arguments: cases) func `the table answers as the direct computation`(test: Case) throws {
    let narrow = try test.block.configuration()
    let parameter = test.input == "x" ? "InputBits" : "ScoreBits"
    var compared = 0
    for index in 0..<20 {
      let batch = test.block.stimulus(seed: 7, index: index, in: narrow)
      // A batch of one row is too small for a table.
      for row in 0..<batch.count where batch.item(test.input).range(of: row).count < 256 {
        let single = batch.transactions(row..<(row + 1))
        let part = try test.block.golden(single, in: narrow)
        let whole = try test.block.golden(batch, in: narrow).transactions(row..<(row + 1))
        #expect(part.items == whole.items, "\(parameter) \(row)")
        compared += 1
      }
    }
    #expect(compared > 200)
  }

  @Test func `corners contain a saturated sum, exponents above 0 and what they cut off`() throws {
    let shiftmax = Shiftmax()
    let configuration = try shiftmax.configuration()
    var (saturated, deepest) = (0, 0)
    for batch in shiftmax.corners(in: configuration) {
      let golden = try shiftmax.golden(batch, in: configuration)
      saturated += golden.item("sum").values.count { $0 == Int64(Int32.max) }
      let cut = -batch.scalar("x0")
      deepest += golden.item("exp").values.count { $0 == cut }
    }
    #expect(saturated > 5 && deepest > 10)
    let gelu = ShiftGELU()
    var (halves, ones, zeros) = (0, 0, 0)
    for batch in gelu.corners(in: try gelu.configuration()) {
      let golden = try gelu.golden(batch, in: try gelu.configuration())
      halves += golden.item("sigmoid").values.count { $0 == 63 || $0 == 64 }
      ones += golden.item("sigmoid").values.count { $0 == 127 }
      zeros += golden.item("sigmoid").values.count { $0 == 0 }
    }
    #expect(halves > 20 && ones > 20 && zeros > 20)
  }

  @Test func `corners of the logarithm contain ties, zeros and every code`() throws {
    let block = Log2Softmax()
    let configuration = try block.configuration()
    var (ties, zeros) = (0, 0)
    var codes: Set<Int64> = []
    for batch in block.corners(in: configuration) {
      let golden = try block.golden(batch, in: configuration)
      let exp = golden.item("exp")
      for row in 0..<exp.count {
        let sum = golden.item("sum").values[row]
        for value in exp[row].values where value > 0 {
          ties +=
            sum.divided(by: value, rounding: .halfToEven)
              != sum.divided(by: value, rounding: .halfUp) ? 1 : 0
        }
      }
      zeros += golden.item("zero").values.count { $0 == 1 }
      codes.formUnion(golden.item("codes").values)
    }
    #expect(ties > 5 && zeros > 50)
    #expect(codes == Set(0...15))
  }

  @Test func `an x0 that does not fit its format is an error`() throws {
    let error = #expect(throws: BlockError.self) {
      try Shiftmax().settings(from: ["scores": 0x1p-17], in: try Shiftmax().configuration())
    }
    #expect(
      error?.description == """
        shiftmax: no settings follow from the given scales: x0 must fit its format, but found x0 = \
        -131072.0
        """)
    #expect(throws: BlockError.self) {
      try Log2Softmax().settings(from: ["scores": 1e-4], in: try Log2Softmax().configuration())
    }
  }
}
