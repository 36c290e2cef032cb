import Blocks
import FixedPoint
import Signals
import Testing

@Suite struct ITARequantizerTests {
  let block = ITARequantizer()

  private func compare(
    expecting transform: ([Int64]) -> [Int64] = { $0 }
  ) throws -> Comparison {
    let oracle = try Oracle("ita_requant")
    var items: [String: RaggedTensor] = [:]
    for (name, array) in [("x", "x"), ("multiplier", "mult"), ("shift", "shift"), ("add", "add")] {
      items[name] = RaggedTensor([try oracle.integers(array)])
    }
    let golden = try block.golden(
      Batch(count: 1, items: items), in: try block.configuration())
    var comparison = Comparison()
    comparison.compare(golden.item("y").values, transform(try oracle.integers("out")), "y")
    return comparison
  }

  @Test func `every reference value is met`() throws {
    let comparison = try compare()
    #expect(comparison.differences == [])
    #expect(comparison.compared == 1308)
  }

  @Test func `one wrong reference value is reported`() throws {
    #expect(try compare { $0.withOneFault }.differences.count == 1)
  }

  @Test func `scalars stand for every element`() throws {
    let items = ["x": RaggedTensor([[5, -5, 6, -6], [1 << 24]])]
    let shared = ["multiplier": Tensor(1), "shift": Tensor(1), "add": Tensor(10)]
    let golden = try block.golden(
      Batch(count: 2, shared: shared, items: items), in: try block.configuration())
    // 2.5 and -2.5 are ties: both go up.
    #expect(golden.item("y").values == [13, 8, 13, 7, 127])
  }

  @Test func `corners hold ties of both signs, every shift and both saturations`() throws {
    let configuration = try block.configuration()
    let batch = try #require(block.corners(in: configuration).first)
    let (x, m, s) = (batch.item("x"), batch.item("multiplier"), batch.item("shift"))
    let products = zip(x.values, m.values).map { $0 * $1 }
    let ties = zip(products, s.values).filter { product, shift in
      (1...34).contains(shift) && product & ((1 << shift) - 1) == 1 << (shift - 1)
    }
    #expect(ties.filter { $0.0 < 0 }.count > 50 && ties.filter { $0.0 > 0 }.count > 50)
    #expect(Set(s.values).isSuperset(of: 0...36))
    let golden = try block.golden(batch, in: configuration).item("y").values
    #expect(golden.contains(127) && golden.contains(-128))
    // What a requantiser that rounds ties away from zero would get wrong.
    let wrong = zip(products, s.values).filter { product, shift in
      product.shiftedRight(by: Int(shift), rounding: .halfUp)
        != product.shiftedRight(by: Int(shift), rounding: .halfAwayFromZero)
    }
    #expect(wrong.count > 50)
  }

  @Test func `settings need the scale of the output`() throws {
    #expect(throws: BlockError.missingScale(block: "ita_requantizer", name: "y")) {
      try block.settings(from: ["x": 1], in: try block.configuration())
    }
  }
}

@Suite struct ITASoftmaxTests {
  let block = ITASoftmax()

  private func compare(
    shift: Int, group: Int = 16, expecting transform: ([Int64]) -> [Int64] = { $0 }
  ) throws -> [String: Comparison] {
    let oracle = try Oracle("ita_softmax")
    let rows = try oracle.rows("x")
    let configuration = try block.configuration(["EpsilonShift": shift, "Group": group])
    let golden = try block.golden(
      Batch(count: rows.count, items: ["scores": RaggedTensor(rows)]), in: configuration)
    var result: [String: Comparison] = [:]
    for (name, array) in [
      ("probs", "out_shift\(shift)"), ("max", "row_max"), ("sum", "row_acc_shift\(shift)"),
      ("inverse", "row_inv_shift\(shift)"),
    ] {
      result[name, default: Comparison()].compare(
        golden.item(name).values, transform(try oracle.integers(array)), name)
    }
    return result
  }

  @Test(arguments: [0, 5]) func `every reference value is met`(shift: Int) throws {
    let comparisons = try compare(shift: shift)
    for (name, comparison) in comparisons {
      #expect(comparison.differences == [])
      #expect(comparison.compared == (name == "probs" ? 5104 : 21))
    }
    #expect(comparisons.count == 4)
  }

  @Test(arguments: [0, 5]) func `one wrong reference value is reported`(shift: Int) throws {
    for comparison in try compare(shift: shift, expecting: { $0.withOneFault }).values {
      #expect(comparison.differences.count == 1)
    }
  }

  @Test func `groups of another size give other sums`() throws {
    #expect(try compare(shift: 0, group: 8)["sum"]?.differences.isEmpty == false)
    #expect(try compare(shift: 5, group: 32)["sum"]?.differences.isEmpty == false)
  }

  private func answer(_ row: [Int64], _ values: [String: Int] = [:]) throws -> Batch {
    let configuration = try block.configuration(values)
    return try block.golden(
      Batch(count: 1, items: ["scores": RaggedTensor([row])]), in: configuration)
  }

  @Test func `the sum wraps at 19 bits and then gives 0, or low bits`() throws {
    let longest = ["MaxLength": 4096]
    let fits = try answer([Int64](repeating: 3, count: 2047), longest)
    #expect(fits.item("sum").values == [2047 * 256])
    let wraps = try answer([Int64](repeating: 3, count: 2048), longest)
    #expect(wraps.item("sum").values == [0] && wraps.item("inverse").values == [0])
    #expect(wraps.item("probs").values.allSatisfy { $0 == 0 })
    let small = try answer([Int64](repeating: 3, count: 2047) + [2, -5], longest)
    #expect(small.item("sum").values == [2047 * 256 + 128 + 1])
    let tiny = try answer([Int64](repeating: 3, count: 2047) + [2, 2, 1], longest)
    #expect(tiny.item("sum").values == [64] && tiny.item("inverse").values == [1020])
    // 1020 is 0x3FC and keeps its low 8 bits.
    #expect(tiny.item("probs").values.first == 0xFC)
  }

  @Test func `absent elements of the last group add nothing`() throws {
    #expect(try answer([-128]).item("sum").values == [256])
    #expect(try answer([Int64](repeating: -128, count: 17)).item("sum").values == [17 * 256])
  }

  @Test func `a row longer than the buffers is outside the domain`() throws {
    let error = #expect(throws: BlockError.self) {
      try answer([Int64](repeating: 0, count: 9), ["MaxLength": 8])
    }
    #expect(
      error?.description == """
        ita_softmax: transaction 0 is outside the domain: a row has 1 to MaxLength = 8 elements, \
        but found 9
        """)
  }

  @Test func `corners hold ties of the shift, truncated sums and flat rows that read 0`() throws {
    let configuration = try block.configuration(["EpsilonShift": 5])
    let batch = try #require(block.corners(in: configuration).first)
    let scores = batch.item("scores")
    let golden = try block.golden(batch, in: configuration)
    var ties = 0
    for row in 0..<scores.count {
      let maximum = golden.item("max").values[row]
      ties += scores.values[scores.range(of: row)].count { (maximum - $0) % 32 == 16 }
    }
    #expect(ties >= 8)
    #expect(golden.item("inverse").values.contains(0))
    #expect(golden.item("probs").values.contains(255))
  }
}

@Suite struct ITAGELUTests {
  let block = ITAGELU()

  private func settings(_ oracle: Oracle, _ set: Int) throws -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for (name, array) in [
      ("b", "cfg_b"), ("c", "cfg_c"), ("multiplier", "cfg_mult"), ("shift", "cfg_shift"),
      ("add", "cfg_add"),
    ] {
      result[name] = Tensor(try oracle.integers(array)[set])
    }
    return result
  }

  private func compare(
    expecting transform: ([Int64]) -> [Int64] = { $0 }
  ) throws -> [String: Comparison] {
    let oracle = try Oracle("ita_gelu")
    let codes = try oracle.integers("q")
    let sets = try oracle.integers("cfg")
    var result: [String: Comparison] = [:]
    for set in 0..<7 {
      let chosen = codes.indices.filter { sets[$0] == set }
      let golden = try block.golden(
        Batch(
          count: 1, shared: try settings(oracle, set),
          items: ["x": RaggedTensor([chosen.map { codes[$0] }])]),
        in: try block.configuration())
      for (name, array) in [("y", "out8"), ("gelu", "out26")] {
        let expected = try oracle.integers(array)
        result[name, default: Comparison()].compare(
          golden.item(name).values, transform(chosen.map { expected[$0] }), "\(name) of set \(set)")
      }
    }
    return result
  }

  @Test func `every reference value is met`() throws {
    let comparisons = try compare()
    for comparison in comparisons.values {
      #expect(comparison.differences == [])
      #expect(comparison.compared == 224)
    }
    #expect(comparisons.count == 2)
  }

  @Test func `one wrong reference value is reported`() throws {
    for comparison in try compare(expecting: { $0.withOneFault }).values {
      #expect(comparison.differences.count == 7)
    }
  }

  @Test func `the constants follow from the scale`() throws {
    let oracle = try Oracle("ita_gelu")
    let configuration = try block.configuration()
    var comparison = Comparison()
    for (set, scale) in try oracle.reals("cfg_S").enumerated() {
      let derived = try block.settings(from: ["x": scale], in: configuration)
      let expected = try settings(oracle, set)
      for name in ["b", "c", "multiplier", "shift"] {
        comparison.compare(
          derived[name]?.values ?? [], expected[name]?.values ?? [], "\(name) for \(scale)")
      }
    }
    #expect(comparison.differences == [])
    #expect(comparison.compared == 28)
  }

  @Test func `a scale whose constants do not fit is refused`() throws {
    let configuration = try block.configuration()
    #expect(throws: BlockError.missingScale(block: "ita_gelu", name: "x")) {
      try block.settings(from: [:], in: configuration)
    }
    let error = #expect(throws: BlockError.self) {
      try block.settings(from: ["x": 0.0140], in: configuration)
    }
    #expect(
      error?.description == """
        ita_gelu: no settings follow from the given scales: the scale of x must give b and c that \
        fit 16 bits, 0.0146 or more, but found c = -35333.0 for 0.014
        """)
    for scale in [0, -0.02, Double.nan, 0.0145] {
      #expect(throws: BlockError.self) {
        try block.settings(from: ["x": scale], in: configuration)
      }
    }
  }

  @Test func `corners hold all codes, ties and both saturations`() throws {
    let configuration = try block.configuration()
    var (ties, all) = (0, Set<Int64>())
    for batch in block.corners(in: configuration) {
      let golden = try block.golden(batch, in: configuration)
      all.formUnion(golden.item("y").values)
      let product = batch.scalar("multiplier")
      let shift = Int(batch.scalar("shift"))
      ties += golden.item("gelu").values.count {
        ($0 * product).shiftedRight(by: shift, rounding: .halfUp)
          != ($0 * product).shiftedRight(by: shift, rounding: .halfAwayFromZero)
      }
    }
    #expect(ties > 20)
    #expect(all.contains(127) && all.contains(-128))
  }
}
