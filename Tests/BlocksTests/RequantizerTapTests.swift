import Blocks
import FixedPoint
import Signals
import Testing

/// What requantisers say about the value between scaling and saturation.
@Suite struct RequantizerTapTests {
  /// Corners and random stimulus, beside the answer.
  private func answers(
    _ block: any Block, _ parameters: [String: Int] = [:]
  ) throws -> [(batch: Batch, answer: Batch)] {
    let configuration = try block.configuration(parameters)
    let random = (0..<4).map { block.stimulus(seed: 1, index: $0, in: configuration) }
    return try (block.corners(in: configuration) + random).map {
      ($0, try block.golden($0, in: configuration))
    }
  }

  /// Where `y` is not the saturated sum of what comes before it.
  private func differing(
    _ answer: Batch, _ sum: (Int) -> Int128, to width: IntegerWidth
  ) -> Int {
    let y = answer.item("y").values
    return y.indices.filter { Int128(y[$0]) != sum($0).saturated(to: width) }.count
  }

  @Test func `two scaled values add up to a dyadic requantisation`() throws {
    var (compared, told) = (0, 0)
    for (_, answer) in try answers(DyadicRequantizer()) {
      let (scaled, identity) = (answer.item("scaled"), answer.item("scaled_identity"))
      let sum = { (index: Int) in
        Int128(scaled.values[index]) + Int128(identity.values[index])
      }
      #expect(differing(answer, sum, to: .signed(8)) == 0)
      compared += scaled.values.count
      told += differing(answer, sum, to: .signed(7))
    }
    // One bit less tells.
    #expect(compared > 1000 && told > 100)
  }

  @Test func `of wider values the lowest 64 bits are given`() throws {
    let parameters = ["InputBits": 64, "OutputBits": 32]
    var beyond = 0
    for (batch, answer) in try answers(DyadicRequantizer(), parameters) {
      let scaled = answer.item("scaled").values
      guard let multiplier = batch.items["multiplier"], let exponent = batch.items["exponent"]
      else { continue }
      for (index, x) in batch.item("x").values.enumerated() where exponent.values[index] == 0 {
        let whole = Int128(x) * Int128(multiplier.values[index])
        #expect(scaled[index] == Int64(truncatingIfNeeded: whole))
        if Int128(scaled[index]) != whole { beyond += 1 }
      }
    }
    #expect(beyond > 0)
  }

  @Test func `the offset comes after what is scaled`() throws {
    for (batch, answer) in try answers(GemmlowpRequantizer()) {
      let scaled = answer.item("scaled").values
      let zeroPoint = Int128(batch.scalar("zero_point"))
      #expect(
        differing(answer, { (index: Int) in Int128(scaled[index]) + zeroPoint }, to: .signed(8))
          == 0)
    }
    var told = 0
    for (batch, answer) in try answers(ITARequantizer()) {
      let scaled = answer.item("scaled").values
      let add = batch.items["add"]?.values
      let sum = { (index: Int) in
        Int128(scaled[index]) + Int128(add?[index] ?? batch.scalar("add"))
      }
      #expect(differing(answer, sum, to: .signed(8)) == 0)
      told += differing(answer, { (index: Int) in sum(index) + 1 }, to: .signed(8))
    }
    #expect(told > 100)
  }
}
