import Blocks
import FixedPoint
import Signals
import Testing

@Suite struct IBERTGELUTests {
  let block = IBERTGELU()

  /// Compares the answer and the error function of every reference element.
  private func compare(
    expecting transform: ([Int64]) -> [Int64] = { $0 }
  ) throws -> [String: Comparison] {
    let oracle = try Oracle("ibert_gelu")
    let configuration = try block.configuration()
    let x = try oracle.integers("x")
    let sets = try oracle.integers("cfg")
    let scales = try oracle.reals("cfg_S")
    var result: [String: Comparison] = [:]
    for set in scales.indices {
      let chosen = x.indices.filter { sets[$0] == set }
      let batch = Batch(
        count: 1, shared: try block.settings(from: ["x": scales[set]], in: configuration),
        items: ["x": RaggedTensor([chosen.map { x[$0] }])])
      let golden = try block.golden(batch, in: configuration)
      for (name, array) in [("y", "out"), ("erf", "erf_int")] {
        let values = try oracle.integers(array)
        result[name, default: Comparison()].compare(
          golden.item(name).values, transform(chosen.map { values[$0] }), name)
      }
    }
    return result
  }

  @Test func `every reference value is met`() throws {
    let comparisons = try compare()
    for comparison in comparisons.values {
      #expect(comparison.differences == [])
      #expect(comparison.compared == 2283)
    }
    #expect(comparisons.count == 2)
  }

  @Test func `one wrong reference value is reported`() throws {
    for comparison in try compare(expecting: { $0.withOneFault }).values {
      // One in each of the nine parameter sets.
      #expect(comparison.differences.count == 9)
    }
  }

  @Test func `truncation instead of floor would differ on reference values`() throws {
    let oracle = try Oracle("ibert_gelu")
    let (x, sets) = (try oracle.integers("x"), try oracle.integers("cfg").map { Int($0) })
    let (b, c) = (try oracle.integers("cfg_b"), try oracle.integers("cfg_c"))
    let erf = try oracle.integers("erf_int")
    func wrong(_ rounding: Rounding) -> Int {
      x.indices.count { index in
        let (b, c) = (b[sets[index]], c[sets[index]])
        let clipped = min(abs(x[index]), -b) + b
        let e = x[index].signum() * (clipped * clipped + c)
        return e.shiftedRight(by: 14, rounding: rounding) != erf[index]
      }
    }
    #expect(wrong(.floor) == 0)
    #expect(wrong(.truncate) == 1136)
  }

  @Test func `the constants follow from the scales`() throws {
    let oracle = try Oracle("ibert_gelu")
    let configuration = try block.configuration()
    var comparison = Comparison()
    for (set, scale) in try oracle.reals("cfg_S").enumerated() {
      let settings = try block.settings(from: ["x": scale], in: configuration)
      for name in ["b", "c"] {
        comparison.compare(
          settings[name]?.values ?? [], [try oracle.integers("cfg_\(name)")[set]], name)
      }
      let c = try #require(settings["c"]?.scalar)
      comparison.compare(
        [c.shiftedRight(by: 14, rounding: .floor)], [try oracle.integers("cfg_shift")[set]], "k")
      let unit = try oracle.reals("cfg_out_scale")[set]
      #expect(abs(block.outputScale(of: scale, in: configuration) / unit - 1) < 1e-14)
    }
    #expect(comparison.differences == [])
    #expect(comparison.compared == 27)
  }

  @Test func `a scale whose constants do not fit is an error`() throws {
    let error = #expect(throws: BlockError.self) {
      try block.settings(from: ["x": 0x1p-20], in: try block.configuration())
    }
    #expect(
      error?.description == """
        ibert_gelu: no settings follow from the given scales: b must fit its format, but found b = \
        -2623244.0
        """)
  }

  @Test(arguments: [0, 14])
  func `corners reach both sides of the knee and floors of both signs`(shift: Int) throws {
    let configuration = try block.configuration(["ErfShift": shift])
    var (clipped, inside, positive, negative) = (0, 0, 0, 0)
    for batch in block.corners(in: configuration) {
      let golden = try block.golden(batch, in: configuration)
      for (x, erf) in zip(batch.item("x").values, golden.item("erf").values) {
        clipped += abs(x) > -batch.scalar("b") ? 1 : 0
        inside += abs(x) < -batch.scalar("b") ? 1 : 0
        positive += erf > 0 ? 1 : 0
        negative += erf < 0 ? 1 : 0
      }
    }
    #expect(clipped > 50 && inside > 50 && positive > 50 && negative > 50)
  }
}
