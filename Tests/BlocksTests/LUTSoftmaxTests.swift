import Blocks
import FixedPoint
import Signals
import Testing

@Suite struct LUTSoftmaxTests {
  let block = LUTSoftmax()

  private func settings(_ oracle: Oracle, _ set: Int) throws -> [String: Tensor] {
    let (scales, betas) = (try oracle.reals("cfg_scale"), try oracle.reals("cfg_beta"))
    return try block.settings(
      from: ["scores": scales[set], "beta": betas[set]], in: try block.configuration())
  }

  private func compare(
    tables: [String: Tensor] = [:], expecting transform: ([Int64]) -> [Int64] = { $0 }
  ) throws -> Comparison {
    let oracle = try Oracle("tflite_softmax_int16")
    let (rows, sets) = (try oracle.rows("x"), try oracle.integers("row_cfg"))
    let expected = try oracle.rows("out_ref")
    let configuration = try block.configuration()
    var comparison = Comparison()
    for set in 0..<4 {
      let chosen = rows.indices.filter { sets[$0] == set }
      let golden = try block.golden(
        Batch(
          count: chosen.count,
          shared: try settings(oracle, set).merging(tables, uniquingKeysWith: { $1 }),
          items: ["scores": RaggedTensor(chosen.map { rows[$0] })]),
        in: configuration)
      comparison.compare(
        golden.item("probs").values, transform(chosen.flatMap { expected[$0] }), "set \(set)")
    }
    return comparison
  }

  @Test func `every reference value is met`() throws {
    let comparison = try compare()
    #expect(comparison.differences == [])
    #expect(comparison.compared == 9572)
  }

  @Test func `one wrong reference value is reported`() throws {
    #expect(try compare { $0.withOneFault }.differences.count == 4)
  }

  @Test func `the tables are those of the reference`() throws {
    let oracle = try Oracle("tflite_luts")
    var comparison = Comparison()
    for (table, array) in [("exp_table", "exp_lut"), ("reciprocal_table", "recip_lut")] {
      comparison.compare(
        try #require(LUTSoftmax.tables[table]).values, try oracle.integers(array), table)
    }
    #expect(comparison.differences == [])
    #expect(comparison.compared == 1026)
    // In single precision two entries differ.
    var single = Comparison()
    single.compare(
      try #require(LUTSoftmax.tables["reciprocal_table"]).values,
      try oracle.integers("recip_lut_f32"), "reciprocal_table")
    #expect(single.differences.count == 2)
  }

  @Test func `interpolation is that of the reference on every code`() throws {
    let oracle = try Oracle("tflite_luts")
    let codes = try oracle.integers("lookup_x")
    var comparison = Comparison()
    for (name, array) in [("exp_table", "exp_lookup"), ("reciprocal_table", "recip_lookup")] {
      let table = try InterpolatedTable(
        name, of: Batch(count: 0, shared: LUTSoftmax.tables), block: "lut_softmax")
      comparison.compare(codes.map { table[$0] }, try oracle.integers(array), name)
    }
    #expect(comparison.differences == [])
    #expect(comparison.compared == 131_072)
  }

  @Test func `tables are data`() throws {
    let flat = Tensor([Int64](repeating: 32767, count: 513))
    #expect(try compare(tables: ["exp_table": flat]).differences.count > 5000)
  }

  @Test func `a table of another length is outside the domain`() throws {
    let error = #expect(throws: BlockError.self) {
      try compare(tables: ["exp_table": Tensor([Int64](repeating: 1, count: 512))])
    }
    #expect(
      error?.description == """
        lut_softmax: transaction 0 is outside the domain: exp_table has 513 entries, but found 512
        """)
  }

  @Test func `a sum of 0 gives 0 and a sum of 1 is not shifted`() throws {
    let zero = Tensor([Int64](repeating: 0, count: 513))
    var one = [Int64](repeating: 0, count: 513)
    (one[511], one[512]) = (1, 1)
    for (table, expected) in [(zero, Int64(0)), (Tensor(one), 32767)] {
      let shared = [
        "multiplier": Tensor(1 << 30), "shift": Tensor(1), "exp_table": table,
        "reciprocal_table": Tensor([Int64](repeating: 32767, count: 513)),
      ]
      let golden = try block.golden(
        Batch(count: 1, shared: shared, items: ["scores": RaggedTensor([[5, -1000]])]),
        in: try block.configuration())
      #expect(golden.item("probs").values == [expected, 0])
    }
  }

  @Test func `scales outside the domain are refused`() throws {
    let configuration = try block.configuration()
    #expect(throws: BlockError.missingScale(block: "lut_softmax", name: "scores")) {
      try block.settings(from: [:], in: configuration)
    }
    let error = #expect(throws: BlockError.self) {
      try block.settings(from: ["scores": 5], in: configuration)
    }
    #expect(
      error?.description == """
        lut_softmax: no settings follow from the given scales: beta times the scale of scores must \
        be positive and below 5, but found 5.0
        """)
    #expect(try block.settings(from: ["scores": 4.9], in: configuration)["shift"] == Tensor(15))
  }

  @Test func `corners hold saturated differences, sums of powers of two and full tables`() throws {
    let configuration = try block.configuration()
    var (outputs, sums) = (Set<Int64>(), Set<Int64>())
    for batch in block.corners(in: configuration) {
      let golden = try block.golden(batch, in: configuration)
      outputs.formUnion(golden.item("probs").values)
      sums.formUnion(golden.item("sum").values)
    }
    #expect(outputs.isSuperset(of: [0, 2, 16384, 32767]))
    // 18 ones: more than what is looked up has, so that it rounds up to the end of the table.
    #expect(sums.contains((1 << 18) - 1))
  }
}
