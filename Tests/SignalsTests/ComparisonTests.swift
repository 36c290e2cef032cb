import Signals
import Testing

/// When an answer counts as the expected one.
@Suite struct ComparisonTests {
  @Test func `steps are counted from the expected value, both ways`() {
    let comparison = Comparison(steps: 2)
    #expect(comparison.verdict(expected: 5, observed: 5) == .same)
    #expect(comparison.verdict(expected: 5, observed: 7) == .near(2))
    #expect(comparison.verdict(expected: 5, observed: 3) == .near(2))
    #expect(comparison.verdict(expected: 5, observed: 8) == .different)
    #expect(comparison.verdict(expected: -1, observed: 2) == .different)
    #expect(comparison.verdict(expected: .min, observed: .max) == .different)
  }

  @Test func `absolute and relative distances add up`() {
    let comparison = Comparison(absolute: 1, relative: 0.1)
    #expect(comparison.verdict(expected: 100, observed: 111) == .near(11))
    #expect(comparison.verdict(expected: 100, observed: 112) == .different)
    #expect(comparison.verdict(expected: -100, observed: -89) == .near(11))
    #expect(comparison.verdict(expected: 0, observed: 2) == .different)
  }

  @Test func `bits that are not compared do not count, and the others do`() {
    let comparison = Comparison(ignoredBits: 0b11)
    #expect(comparison.verdict(expected: 0b100, observed: 0b111) == .masked)
    #expect(comparison.verdict(expected: 0b100, observed: 0b1000) == .different)
    #expect(Comparison.ignored.verdict(expected: 1, observed: -7) == .masked)
    #expect(Comparison().verdict(expected: 1, observed: 2) == .different)
  }

  @Test func `bits of floating-point numbers are compared as numbers`() {
    let one = Int64(Float(1).bitPattern)
    let next = Int64(Float(1).nextUp.bitPattern)
    let steps = Comparison(encoding: .float32, steps: 1)
    #expect(steps.verdict(expected: one, observed: next) == .near(1))
    #expect(steps.verdict(expected: one, observed: next + 1) == .different)
    // From the smallest negative number to the smallest positive one it is two steps over zero.
    let small = Int64(Float.leastNonzeroMagnitude.bitPattern)
    let negative = Int64((-Float.leastNonzeroMagnitude).bitPattern)
    #expect(
      Comparison(encoding: .float32, steps: 2).verdict(expected: negative, observed: small)
        == .near(2))
    #expect(
      Comparison(encoding: .float32, steps: 1).verdict(expected: negative, observed: small)
        == .different)
    // Both zeros are one number; no number is any other.
    let minusZero = Int64(Float(-0.0).bitPattern)
    #expect(Comparison(encoding: .float32).verdict(expected: 0, observed: minusZero) == .near(0))
    let nan = Int64(Float.nan.bitPattern)
    let wide = Comparison(encoding: .float32, absolute: 1e30)
    #expect(wide.verdict(expected: nan, observed: one) == .different)
    #expect(wide.verdict(expected: nan, observed: nan + 1) == .near(0))
    #expect(
      wide.verdict(expected: Int64(Float.infinity.bitPattern), observed: one) == .different)
  }

  @Test func `short floating-point formats are read as they are`() {
    let half = Comparison(encoding: .float16)
    #expect(half.real(0x3C00) == 1 && half.real(0xC000) == -2 && half.real(0x0001) == 0x1p-24)
    #expect(half.real(0x7C00) == .infinity && half.real(0x7E00).isNaN)
    #expect(half.real(0x7BFF) == 65504)
    let brain = Comparison(encoding: .bfloat16)
    #expect(brain.real(0x3F80) == 1 && brain.real(0xC040) == -3)
    // As the sign-extended bits of a signed field, too.
    #expect(half.real(Int64(Int16(bitPattern: 0xC000))) == -2)
    #expect(
      half.verdict(
        expected: Int64(Int16(bitPattern: 0xC000)), observed: Int64(Int16(bitPattern: 0xC001)))
        == .different)
    #expect(
      Comparison(encoding: .float16, steps: 1).verdict(
        expected: Int64(Int16(bitPattern: 0xC000)), observed: Int64(Int16(bitPattern: 0xC001)))
        == .near(1))
  }

  @Test func `what is asked for is said in words`() {
    #expect(Comparison().words == "exact")
    #expect(Comparison(steps: 1).words == "within 1 step")
    #expect(
      Comparison(encoding: .float16, absolute: 0.5, relative: 0.25).words
        == "within 0.5 + 0.25 of the expected value as float16")
    #expect(
      Comparison(steps: 2, ignoredBits: 0xF0).words == "within 2 steps, without the bits 0xf0")
    #expect(Comparison.ignored.words == "not compared")
  }
}
