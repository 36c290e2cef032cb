import FixedPoint
import Testing

struct IntegerFormatTests {
  @Test(arguments: 1...64)
  func `ranges are those of the weights`(bits: Int) {
    let weights = (0..<bits).map { Int128(1) << Int128($0) }
    #expect(IntegerFormat.unsigned(bits).wideRange == 0...weights.reduce(0, +))
    #expect(
      IntegerFormat.signed(bits).wideRange == -weights[bits - 1]...weights.dropLast().reduce(0, +))
    #expect(
      IntegerFormat.signed(bits).range == IntegerFormat.signed(bits).minimum...Int64(
        IntegerFormat.signed(bits).maximum))
  }

  @Test func `known formats`() {
    #expect(IntegerFormat.signed(8).range == -128...127)
    #expect(IntegerFormat.signed(1).range == -1...0)
    #expect(IntegerFormat.unsigned(1).range == 0...1)
    #expect(IntegerFormat.signed(64).range == Int64.min...Int64.max)
    #expect(IntegerFormat.unsigned(63).range == 0...Int64.max)
    #expect(IntegerFormat.unsigned(64).wideRange == 0...Int128(UInt64.max))
    #expect("\(IntegerFormat.signed(8)) \(IntegerFormat.unsigned(63))" == "s8 u63")
    #expect(IntegerFormat(.signed, bits: 8) == .signed(8))
    #expect(IntegerFormat.signed(8) != .unsigned(8))
  }

  @Test(arguments: IntegerFormat.Signedness.allCases)
  func `the smallest format is the first that holds the value`(
    signedness: IntegerFormat.Signedness
  ) {
    let all = (1...64).map { IntegerFormat(signedness, bits: $0) }
    let values = boundaryValues(Int128.self, seed: 8).filter {
      all.last!.wideRange.contains($0)
    }
    expectAgreement(over: values) {
      IntegerFormat.smallest(signedness, holding: $0)
    } expected: { value in
      all.first { $0.wideRange.contains(value) }!
    }
    #expect(IntegerFormat.smallest(.signed, holding: -129...3).bits == 9)
    #expect(IntegerFormat.smallest(.signed, holding: -128...200).bits == 9)
    #expect(IntegerFormat.smallest(.unsigned, holding: 3...256).bits == 9)
  }

  @Test func `a format of no bits or of too many traps`() async {
    await #expect(processExitsWith: .failure) { _ = IntegerFormat.signed(0) }
    await #expect(processExitsWith: .failure) { _ = IntegerFormat.unsigned(65) }
  }

  @Test func `a range beyond Int64 traps`() async {
    await #expect(processExitsWith: .failure) { _ = IntegerFormat.unsigned(64).range }
  }

  @Test func `values that no format holds trap`() async {
    await #expect(processExitsWith: .failure) {
      _ = IntegerFormat.smallest(.unsigned, holding: -1)
    }
    await #expect(processExitsWith: .failure) {
      _ = IntegerFormat.smallest(.signed, holding: 1 << 63)
    }
  }
}
