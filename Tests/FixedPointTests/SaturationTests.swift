import FixedPoint
import Testing

/// Every width of `bits`, signed and unsigned.
func widths(bits: ClosedRange<Int>) -> [IntegerWidth] {
  bits.flatMap { [.signed($0), .unsigned($0)] }
}

struct SaturationTests {
  @Test(arguments: widths(bits: 1...8))
  func `saturation is the nearest value, wrapping the one 2^k steps away`(width: IntegerWidth) {
    let values = Array(Int16(-700)...700)
    let held = Array(width.range)
    expectAgreement(over: values) {
      Int64($0.saturated(to: width))
    } expected: { value in
      held.min { abs($0 - Int64(value)) < abs($1 - Int64(value)) }!
    }
    expectAgreement(over: values) {
      Int64($0.wrapped(to: width))
    } expected: { value in
      held.first { ($0 - Int64(value)) % (1 << Int64(width.bits)) == 0 }!
    }
    expectAgreement(over: values) {
      $0.fits(width)
    } expected: {
      held.contains(Int64($0))
    }
  }

  @Test(arguments: widths(bits: 1...64))
  func `boundary values of 128 bits`(width: IntegerWidth) {
    let values = boundaryValues(Int128.self, random: 100, seed: 6)
    let range = width.wideRange
    expectAgreement(over: values) {
      $0.saturated(to: width)
    } expected: {
      range.contains($0) ? $0 : ($0 < 0 ? range.lowerBound : range.upperBound)
    }
    expectAgreement(over: values) {
      $0.wrapped(to: width)
    } expected: {
      let modulus: Int128 = 1 << Int128(width.bits)
      let residue = ($0 % modulus + modulus) % modulus
      return residue > range.upperBound ? residue - modulus : residue
    }
    for value in values {
      let saturated = value.saturatedReportingOverflow(to: width)
      let wrapped = value.wrappedReportingOverflow(to: width)
      #expect(saturated.overflow == !range.contains(value))
      #expect(wrapped.overflow == !range.contains(value))
      #expect(value.fits(width) == range.contains(value))
      #expect(saturated.value == value.saturated(to: width))
      #expect(wrapped.value == value.wrapped(to: width))
    }
  }

  @Test(arguments: widths(bits: 1...64))
  func `64 and 128 bits agree wherever the result fits`(width: IntegerWidth) {
    let values = boundaryValues(Int64.self, random: 100, seed: 7)
    expectAgreement(over: values) {
      Int128($0.saturated(to: width))
    } expected: {
      Int128($0).saturated(to: width)
    }
    expectAgreement(over: values.filter { width != .unsigned(64) || $0 >= 0 }) {
      Int128($0.wrapped(to: width))
    } expected: {
      Int128($0).wrapped(to: width)
    }
  }

  @Test func `documented examples`() {
    #expect(Int64(300).saturated(to: .unsigned(8)) == 255)
    #expect(Int64(200).wrapped(to: .signed(8)) == -56)
    #expect(Int64(-1).wrapped(to: .unsigned(8)) == 255)
    #expect(Int8(-1).saturated(to: .unsigned(32)) == 0)
    #expect(Int8(-1).wrapped(to: .signed(32)) == -1)
  }

  @Test func `saturation to any range`() {
    expectAgreement(over: pairs(Array(Int64(-20)...20), Array(Int64(-6)...6))) {
      $0.saturated(to: -7...$1)
    } expected: { value, upper in
      (-7...upper).min { abs($0 - value) < abs($1 - value) }!
    }
    #expect(Int64(-128).saturated(to: -127...126) == -127)
  }

  @Test func `saturating and wrapping are told apart at the first value past the range`() throws {
    let comparison = Comparison(over: Int64(0)...1000) {
      $0.saturated(to: .signed(8))
    } expected: {
      $0.wrapped(to: .signed(8))
    }
    let first = try #require(comparison.first)
    #expect(first.input == 128 && first.observed == 127 && first.expected == -128)
  }

  @Test func `a wrapped value that its type cannot hold traps`() async {
    await #expect(processExitsWith: .failure) {
      _ = Int64(-1).wrapped(to: .unsigned(64))
    }
    await #expect(processExitsWith: .failure) {
      _ = Int8(-1).wrapped(to: .unsigned(8))
    }
    #expect(Int128(-1).wrapped(to: .unsigned(64)) == Int128(UInt64.max))
  }
}
