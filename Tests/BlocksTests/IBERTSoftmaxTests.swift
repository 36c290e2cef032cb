import Blocks
import FixedPoint
import Signals
import Testing

@Suite struct IBERTSoftmaxTests {
  let block = IBERTSoftmax()

  private func configuration(_ values: [String: Int] = [:]) throws -> Configuration {
    try block.configuration(values)
  }

  /// The batch of every reference row of one parameter set.
  private func batches(
    _ oracle: Oracle, settings: (Int) throws -> [String: Tensor]
  ) throws -> [(rows: [Int], batch: Batch)] {
    let rows = try oracle.rows("x")
    let sets = try oracle.integers("row_cfg").map { Int($0) }
    return try Set(sets).sorted().map { set in
      let chosen = rows.indices.filter { sets[$0] == set }
      return (
        chosen,
        Batch(
          count: chosen.count, shared: try settings(set),
          items: ["scores": RaggedTensor(chosen.map { rows[$0] })])
      )
    }
  }

  private func referenceSettings(_ oracle: Oracle, _ set: Int) throws -> [String: Tensor] {
    try block.settings(
      from: [
        "scores": try oracle.reals("cfg_S")[set], "exp_max": try oracle.reals("cfg_act_max")[set],
      ],
      in: try configuration())
  }

  /// Compares probabilities and taps of every reference row.
  private func compare(
    settings: ((Oracle, Int) throws -> [String: Tensor])? = nil,
    expecting transform: ([Int64]) -> [Int64] = { $0 }
  ) throws -> [String: Comparison] {
    let oracle = try Oracle("ibert_softmax")
    let configuration = try configuration(["ScoreBits": 24])
    var result: [String: Comparison] = [:]
    for (chosen, batch) in try batches(
      oracle, settings: { try (settings ?? referenceSettings)(oracle, $0) })
    {
      let golden = try block.golden(batch, in: configuration)
      for (name, array) in [("probs", "out"), ("exp", "exp_int"), ("exp16", "q16")] {
        let rows = try oracle.rows(array)
        // -1 marks a row that sums to 0, which the source divides by.
        let expected = chosen.flatMap { rows[$0] }.map { array == "out" ? max(0, $0) : $0 }
        result[name, default: Comparison()].compare(
          golden.item(name).values, transform(expected), name)
      }
      for (name, array) in [("sum", "row_sum"), ("factor", "row_factor")] {
        let values = try oracle.integers(array)
        result[name, default: Comparison()].compare(
          golden.item(name).values, transform(chosen.map { values[$0] }), name)
      }
    }
    return result
  }

  @Test func `every reference value is met`() throws {
    let comparisons = try compare()
    for (name, comparison) in comparisons {
      #expect(comparison.differences == [])
      #expect(comparison.compared == (["sum", "factor"].contains(name) ? 156 : 12681))
    }
    #expect(comparisons.count == 5)
  }

  @Test func `one wrong reference value is reported`() throws {
    for comparison in try compare(expecting: { $0.withOneFault }).values {
      // One in each of the nine parameter sets.
      #expect(comparison.differences.count == 9)
    }
  }

  @Test func `a requantiser that skips single precision differs on 307 reference values`() throws {
    let comparisons = try compare { oracle, set in
      var settings = try referenceSettings(oracle, set)
      let scale = try #require(
        DyadicScale(nearest: 32767 / (try oracle.reals("cfg_act_max")[set])))
      settings["exp_multiplier"] = Tensor(Int64(scale.multiplier))
      settings["exp_exponent"] = Tensor(Int64(scale.exponent))
      return settings
    }
    #expect(comparisons["exp16"]?.differences.count == 307)
    #expect(comparisons["probs"]?.differences.count == 18)
  }

  @Test func `the constants follow from the scales`() throws {
    let oracle = try Oracle("ibert_softmax")
    var comparison = Comparison()
    for set in 0..<9 {
      let settings = try referenceSettings(oracle, set)
      for name in ["x0", "b", "c"] {
        comparison.compare(
          settings[name]?.values ?? [], [try oracle.integers("cfg_\(name)")[set]], name)
      }
      let requantiser = try #require(
        DyadicScale(nearestReciprocalOfSingle: try oracle.reals("cfg_zscale")[set]))
      comparison.compare(
        settings["exp_multiplier"]?.values ?? [], [Int64(requantiser.multiplier)], "multiplier")
      comparison.compare(
        settings["exp_exponent"]?.values ?? [], [Int64(requantiser.exponent)], "exponent")
    }
    #expect(comparison.differences == [])
    #expect(comparison.compared == 45)
  }

  @Test func `the table answers as the direct computation`() throws {
    let narrow = try configuration()
    let wide = try configuration(["ScoreBits": 24])
    var compared = 0
    for index in 0..<20 {
      let batch = block.stimulus(seed: 7, index: index, in: narrow)
      #expect(batch.item("scores").values.count >= 256)
      #expect(try block.golden(batch, in: narrow) == block.golden(batch, in: wide))
      compared += batch.item("scores").values.count
    }
    #expect(compared > 20_000)
  }

  @Test func `corners contain ties saturation cuts zero sums and probability 256`() throws {
    let configuration = try configuration()
    var (ties, saturated, zeroSums, whole, cut, below) = (0, 0, 0, 0, 0, 0)
    for batch in block.corners(in: configuration) {
      let golden = try block.golden(batch, in: configuration)
      let scale = DyadicScale(
        multiplier: UInt32(batch.scalar("exp_multiplier")),
        exponent: Int(batch.scalar("exp_exponent")))
      for exp in golden.item("exp").values {
        let rounded = scale.scaledWide(exp, rounding: .halfToEven)
        ties += rounded != scale.scaledWide(exp, rounding: .halfUp) ? 1 : 0
        saturated += rounded > 32767 ? 1 : 0
        below += exp == 0 && batch.scalar("c") > 0 ? 1 : 0
      }
      zeroSums += golden.item("sum").values.count { $0 == 0 }
      whole += golden.item("probs").values.count { $0 == 256 }
      let scores = batch.item("scores")
      for row in 0..<scores.count {
        let values = scores[row].values
        let depth = (values.max() ?? 0) - (values.min() ?? 0)
        cut += depth > -30 * batch.scalar("x0") ? 1 : 0
      }
    }
    #expect(ties > 2 && saturated > 100 && zeroSums > 10 && whole >= 3 && cut > 5 && below > 10)
  }

  @Test func `a row longer than MaxLength is an error`() throws {
    let configuration = try configuration(["MaxLength": 4])
    var batch = block.corners(in: configuration)[0].transactions(0..<1)
    batch.items["scores"] = RaggedTensor([[1, 2, 3, 4, 5]])
    let error = #expect(throws: BlockError.self) { try block.golden(batch, in: configuration) }
    #expect(
      error?.description == """
        ibert_softmax: transaction 0 is outside the domain: a row has 1 to MaxLength = 4 elements, \
        but found 5
        """)
  }

  @Test func `a quadratic that leaves its width is an error`() throws {
    var batch = block.corners(in: try configuration())[0].transactions(0..<1)
    batch.shared["x0"] = Tensor(-131071)
    batch.shared["b"] = Tensor(0)
    let error = #expect(throws: BlockError.self) {
      try block.golden(batch, in: try configuration())
    }
    #expect(
      error?.description == """
        ibert_softmax: transaction 0 is outside the domain: (r + b) * r + c must be below 2^33 for \
        x0 < r <= 0, but found 17179356336
        """)
    let deep = try configuration(["Octaves": 31])
    batch.shared["b"] = Tensor(131070)
    batch.shared["c"] = Tensor(1 << 32)
    #expect(throws: BlockError.self) { try block.golden(batch, in: deep) }
    batch.shared["c"] = Tensor((1 << 32) - 1)
    #expect(try block.golden(batch, in: deep).item("exp").values.max() == ((1 << 32) - 1) << 31)
  }
}
