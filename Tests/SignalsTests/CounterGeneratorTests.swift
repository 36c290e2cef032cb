import Signals
import Testing

struct CounterGeneratorTests {
  @Test("Philox gives the published answers of Random123")
  func knownAnswers() {
    let zero = CounterGenerator.philox((0, 0, 0, 0), key: (0, 0))
    #expect(zero == (0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
    let ones = UInt32.max
    let full = CounterGenerator.philox((ones, ones, ones, ones), key: (ones, ones))
    #expect(full == (0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
    let digits = CounterGenerator.philox(
      (0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344), key: (0xA409_3822, 0x299F_31D0))
    #expect(digits == (0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
  }

  @Test("draws are the words of Philox, block by block, however many are made at a time")
  func blocks() {
    var generator = CounterGenerator(seed: 0xDEAD_BEEF_0123_4567, stream: 9, index: 0xFEED_F00D)
    for block in 0..<UInt32(40) {
      let words = CounterGenerator.philox(
        (block, 0, 0xFEED_F00D, 9), key: (0x0123_4567, 0xDEAD_BEEF))
      #expect(generator.next() == UInt64(words.0) | UInt64(words.1) << 32)
      #expect(generator.next() == UInt64(words.2) | UInt64(words.3) << 32)
    }
  }

  @Test("draws depend on seed, stream and index, and on nothing else")
  func independence() {
    func first(_ seed: UInt64, _ stream: UInt32, _ index: UInt64) -> [UInt64] {
      var generator = CounterGenerator(seed: seed, stream: stream, index: index)
      return (0..<5).map { _ in generator.next() }
    }
    #expect(first(1, 2, 3) == first(1, 2, 3))
    let others = [
      first(1, 2, 3), first(2, 2, 3), first(1, 3, 3), first(1, 2, 4), first(1, 2, 1 << 33),
    ]
    #expect(Set(others).count == others.count)
  }

  @Test("the bell stays in range and has roughly its deviation")
  func bell() {
    var generator = CounterGenerator(seed: 9, stream: 0, index: 0)
    let draws = (0..<4000).map { _ in generator.bell(sigma: 20, in: -128...127) }
    #expect(draws.allSatisfy { (-128...127).contains($0) })
    let variance = draws.reduce(0) { $0 + Double($1 * $1) } / 4000
    #expect((350...450).contains(variance))
    #expect(abs(draws.reduce(0, +)) < 4000)
  }
}
