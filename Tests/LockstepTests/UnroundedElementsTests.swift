import Lockstep
import Signals
import Testing

/// Roundings are named where it is known what was rounded, and nothing that only looks like them.
@Suite struct UnroundedElementsTests {
  /// Arbitrary values in 1/64.
  private static let values: [Int64] = {
    var generator = CounterGenerator(seed: 9, stream: 1, index: 0)
    return (0..<2000).map { _ in generator.value(in: -6400...6400) }
  }()

  private func classify(
    _ expected: (Int64) -> Int64, _ observed: (Int64) -> Int64,
    of values: [Int64] = UnroundedElementsTests.values
  ) -> Classification? {
    UnroundedElements(
      values.map { .init(expected: expected($0), observed: observed($0), fine: $0, bits: 6) }
    ).classification
  }

  private func down(_ value: Int64) -> Int64 { value >> 6 }
  private func halfUp(_ value: Int64) -> Int64 { (value + 32) >> 6 }
  private func towards0(_ value: Int64) -> Int64 { value / 64 }
  private func halfToEven(_ value: Int64) -> Int64 {
    value & 127 == 32 ? value >> 6 : halfUp(value)
  }
  private func halfAway(_ value: Int64) -> Int64 {
    value < 0 ? -halfUp(-value) : halfUp(value)
  }

  @Test func tiesThatAreRoundedTheOtherWay() {
    for (expected, observed, words) in [
      (halfToEven, halfUp, "rounded up"), (halfUp, halfToEven, "to even"),
      (halfUp, halfAway, "away from 0"),
    ] {
      let found = classify(expected, observed)
      #expect(found?.kind == .ties)
      #expect(found?.evidence.contains(words) == true, "\(words)")
    }
    // Near the middle, but not in it.
    #expect(classify(halfUp, { self.halfUp($0 - 2) })?.kind == nil)
    // In the middle, but by two.
    #expect(classify(halfUp, { $0 & 63 == 32 ? self.halfUp($0) + 1 : self.halfUp($0) }) == nil)
  }

  @Test func anotherDirection() {
    #expect(classify(halfUp, down)?.kind == .rounding)
    #expect(classify(down, halfUp)?.kind == .rounding)
    #expect(classify(down, towards0)?.kind == .rounding)
    let found = classify(halfToEven, down)
    #expect(
      found?.evidence.contains("if rounded down are, where to the nearest is right") == true)
    // An operand that is too small by less than one, or a constant, gives the same differences elsewhere.
    #expect(classify(halfUp, { self.halfUp($0 - 32 - 8) })?.kind == nil)
    #expect(classify(halfUp, { self.halfUp($0 - 20) })?.kind == nil)
    #expect(classify(halfUp, { self.halfUp($0) - 1 })?.kind == nil)
    // Some of them.
    #expect(
      classify(halfUp, { $0 % 3 == 0 ? self.down($0) : self.halfUp($0) })?.kind == nil)
  }
}
