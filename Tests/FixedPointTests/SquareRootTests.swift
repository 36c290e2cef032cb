import FixedPoint
import Testing

struct SquareRootTests {
  @Test func `floor is the largest integer whose square does not exceed the value`() {
    var expected: UInt64 = 0
    for value in UInt64(0)..<200_000 {
      if (expected + 1) * (expected + 1) <= value { expected += 1 }
      #expect(IntegerSquareRoot.floor(of: value) == expected)
    }
  }
}
