import Blocks
import FixedPoint
import Signals
import Testing

@Suite struct SoftermaxTests {
  let block = Softermax()
  static let roundings = [(0, "floor"), (1, "ceil")]

  private func compare(
    _ rounding: (Int, String), window: Int = 16,
    expecting transform: ([Int64]) -> [Int64] = { $0 }
  ) throws -> [String: Comparison] {
    let oracle = try Oracle("softermax")
    let rows = try oracle.rows("x")
    let configuration = try block.configuration(["MaxRounding": rounding.0, "Window": window])
    let golden = try block.golden(
      Batch(count: rows.count, items: ["scores": RaggedTensor(rows)]), in: configuration)
    var result: [String: Comparison] = [:]
    for (name, array) in [("probs", "out"), ("sum", "acc")] {
      result[name, default: Comparison()].compare(
        golden.item(name).values, transform(try oracle.integers("\(array)_\(rounding.1)")), name)
    }
    return result
  }

  @Test(arguments: roundings)
  func `every reference value is met`(rounding: (Int, String)) throws {
    let comparisons = try compare(rounding)
    for (name, comparison) in comparisons {
      #expect(comparison.differences == [])
      #expect(comparison.compared == (name == "probs" ? 1910 : 18))
    }
    #expect(comparisons.count == 2)
  }

  @Test(arguments: roundings)
  func `one wrong reference value is reported`(rounding: (Int, String)) throws {
    for comparison in try compare(rounding, expecting: { $0.withOneFault }).values {
      #expect(comparison.differences.count == 1)
    }
  }

  @Test func `the other rounding and another window differ`() throws {
    #expect(try compare((1, "floor"))["probs"]?.differences.isEmpty == false)
    #expect(try compare((0, "floor"), window: 8)["sum"]?.differences.isEmpty == false)
  }

  @Test func `the chords are those of the reference`() throws {
    let oracle = try Oracle("softermax")
    #expect(try oracle.integers("slope_q14") == Softermax.slopes)
    #expect(try oracle.integers("icpt_q16") == Softermax.intercepts)
  }

  private func answer(_ row: [Int64], _ values: [String: Int] = [:]) throws -> Batch {
    let configuration = try block.configuration(values)
    return try block.golden(
      Batch(count: 1, items: ["scores": RaggedTensor([row])]), in: configuration)
  }

  @Test func `the sum saturates`() throws {
    let longest = try answer([Int64](repeating: 127, count: 1024))
    #expect(longest.item("sum").values == [65535])
    let short = try answer([Int64](repeating: 127, count: 600))
    #expect(short.item("sum").values[0] < 65535)
  }

  @Test func `a rise of the maximum shifts what was summed`() throws {
    // A window of ones, 64 each, then a maximum that is three octaves above.
    let golden = try answer([0, 0, 0, 0, 12], ["Window": 4])
    #expect(golden.item("sum").values == [4 * 64 / 8 + 64])
    #expect(golden.item("probs").values == [10, 10, 10, 10, 85])
  }

  @Test func `a row longer than the buffers is outside the domain`() throws {
    let error = #expect(throws: BlockError.self) {
      try answer([Int64](repeating: 0, count: 9), ["MaxLength": 8])
    }
    #expect(error?.description.contains("a row has 1 to MaxLength = 8 elements") == true)
  }

  @Test func `corners saturate the sum and read more than 1`() throws {
    for rounding in 0...1 {
      let configuration = try block.configuration(["MaxRounding": rounding])
      let golden = try block.golden(block.corners(in: configuration)[0], in: configuration)
      #expect(golden.item("sum").values.contains(65535) == (rounding == 0))
      #expect(golden.item("probs").values.contains { $0 > 128 } == (rounding == 1))
    }
  }
}
