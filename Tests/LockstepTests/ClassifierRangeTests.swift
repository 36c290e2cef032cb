import Lockstep
import Signals
import Testing

/// Values at both ends of 64 bits, with which arithmetic on them has no room.
@Suite struct ClassifierRangeTests {
  private static let wide = ArraySpecification("y", .tap, axes: ["L"], .signed(64), "sums")

  private func classify(_ pairs: [(Int64, Int64)]) -> Classification? {
    Classifier(
      Observation(
        ClassifierRangeTests.wide, lanes: 1,
        transactions: pairs.map { (expected: [$0.0], observed: [$0.1]) })
    ).classification
  }

  @Test func theLeastValueHasNoNegative() {
    let pairs: [(Int64, Int64)] = [(.min, .max), (-3, 3), (-5, 5), (-7, 7)]
    #expect(classify(pairs + pairs) == nil)
    // Negated it is itself, and so never wrong where all are negated.
    let negated: [(Int64, Int64)] = [(.min, .min), (-3, 3), (5, -5), (7, -7), (-9, 9)]
    #expect(classify(negated)?.kind == .negated)
  }

  @Test func stepsNearTheEndsAreTold() throws {
    var (outwards, inwards): ([(Int64, Int64)], [(Int64, Int64)]) = ([], [])
    for number in 1...10 as ClosedRange<Int64> {
      let (low, high) = (Int64.min + 10 * number, Int64.max - 10 * number)
      outwards += [(low, low - 1), (high, high + 1)]
      inwards += [(low - 1, low), (high + 1, high)]
    }
    let found = try #require(classify(outwards))
    #expect(found.kind == .offByOne)
    #expect(found.evidence.hasSuffix("one further from 0"))
    #expect(try #require(classify(inwards)).evidence.hasSuffix("one nearer to 0"))
  }

  @Test func whatDiffersByMoreThanSixtyThreeBitsIsNoCrash() {
    let far = (0..<40 as Range<Int64>).map { (Int64.min + $0, Int64.max - 3 * $0) }
    _ = classify(far)
    _ = classify(far.map { ($0.1, $0.0) })
    _ = classify(far.map { ($0.0, 0) })
    _ = classify(far.map { ($0.1, $0.0 / 2) })
  }
}
