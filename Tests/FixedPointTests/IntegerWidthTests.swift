import FixedPoint
import Testing

struct IntegerWidthTests {
  @Test(arguments: 1...64)
  func `ranges are those of the weights`(bits: Int) {
    let weights = (0..<bits).map { Int128(1) << Int128($0) }
    #expect(IntegerWidth.unsigned(bits).wideRange == 0...weights.reduce(0, +))
    #expect(
      IntegerWidth.signed(bits).wideRange == -weights[bits - 1]...weights.dropLast().reduce(0, +))
    #expect(
      IntegerWidth.signed(bits).range == IntegerWidth.signed(bits)
        .minimum...Int64(
          IntegerWidth.signed(bits).maximum))
  }

  @Test func `known widths`() {
    #expect(IntegerWidth.signed(8).range == -128...127)
    #expect(IntegerWidth.signed(1).range == -1...0)
    #expect(IntegerWidth.unsigned(1).range == 0...1)
    #expect(IntegerWidth.signed(64).range == Int64.min...Int64.max)
    #expect(IntegerWidth.unsigned(63).range == 0...Int64.max)
    #expect(IntegerWidth.unsigned(64).wideRange == 0...Int128(UInt64.max))
    #expect("\(IntegerWidth.signed(8)) \(IntegerWidth.unsigned(63))" == "s8 u63")
    #expect(IntegerWidth(.signed, bits: 8) == .signed(8))
    #expect(IntegerWidth.signed(8) != .unsigned(8))
  }

  @Test(arguments: IntegerWidth.Signedness.allCases)
  func `the smallest width is the first that holds the value`(
    signedness: IntegerWidth.Signedness
  ) {
    let all = (1...64).map { IntegerWidth(signedness, bits: $0) }
    let values = boundaryValues(Int128.self, seed: 8).filter {
      all.last!.wideRange.contains($0)
    }
    expectAgreement(over: values) {
      IntegerWidth.smallest(signedness, holding: $0)
    } expected: { value in
      all.first { $0.wideRange.contains(value) }!
    }
    #expect(IntegerWidth.smallest(.signed, holding: -129...3).bits == 9)
    #expect(IntegerWidth.smallest(.signed, holding: -128...200).bits == 9)
    #expect(IntegerWidth.smallest(.unsigned, holding: 3...256).bits == 9)
  }

  @Test func `a width of no bits or of too many traps`() async {
    await #expect(processExitsWith: .failure) { _ = IntegerWidth.signed(0) }
    await #expect(processExitsWith: .failure) { _ = IntegerWidth.unsigned(65) }
  }

  @Test func `a range beyond Int64 traps`() async {
    await #expect(processExitsWith: .failure) { _ = IntegerWidth.unsigned(64).range }
  }

  @Test func `values that no width holds trap`() async {
    await #expect(processExitsWith: .failure) {
      _ = IntegerWidth.smallest(.unsigned, holding: -1)
    }
    await #expect(processExitsWith: .failure) {
      _ = IntegerWidth.smallest(.signed, holding: 1 << 63)
    }
  }
}
