import FixedPoint
import Testing

/// The primitives against literal transcriptions of the public C++.
struct GemmlowpPrimitiveTests {
  /// `(a·b + nudge) / 2^bits` with C's division, the nudge chosen by the sign of the product.
  private func publishedHighMultiply(_ a: Int64, _ b: Int64, bits: Int64) -> Int64 {
    if a == b && a == -(1 << bits) { return (1 << bits) - 1 }
    let product = a * b
    let nudge: Int64 = product >= 0 ? 1 << (bits - 1) : 1 - (1 << (bits - 1))
    return (product + nudge) / (1 << bits)
  }

  @Test func `high multiplication of 32 bits`() {
    let values = boundaryValues(Int32.self, random: 400, seed: 15)
    expectAgreement(over: pairs(values, values)) {
      Int64(Gemmlowp.saturatingRoundingDoublingHighMultiply($0, $1))
    } expected: {
      publishedHighMultiply(Int64($0), Int64($1), bits: 31)
    }
    #expect(Gemmlowp.saturatingRoundingDoublingHighMultiply(Int32.min, .min) == .max)
    // -1/2 exactly: the tie goes up.
    #expect(Gemmlowp.saturatingRoundingDoublingHighMultiply(-(1 << 15), 1 << 15 as Int32) == 0)
  }

  @Test func `high multiplication of 16 bits: every value by every boundary value`() {
    let values = boundaryValues(Int16.self, random: 60, seed: 16)
    expectAgreement(over: pairs(Array(Int16.min ... .max), values)) {
      Int64(Gemmlowp.saturatingRoundingDoublingHighMultiply($0, $1))
    } expected: {
      publishedHighMultiply(Int64($0), Int64($1), bits: 15)
    }
    #expect(Gemmlowp.saturatingRoundingDoublingHighMultiply(Int16.min, .min) == .max)
  }

  @Test func `rounding division by powers of two`() {
    let values = boundaryValues(Int32.self, random: 2000, seed: 17) + (-40_000...40_000)
    expectAgreement(over: pairs(values, Array(0...31))) {
      Gemmlowp.roundingDivideByPowerOfTwo($0, exponent: $1)
    } expected: { value, exponent in
      let mask = Int32(truncatingIfNeeded: (Int64(1) << exponent) - 1)
      let remainder = value & mask
      let threshold = (mask >> 1) + (value < 0 ? 1 : 0)
      return (value >> exponent) + (remainder > threshold ? 1 : 0)
    }
  }

  @Test func `saturating left shift, and the one value its threshold treats apart`() {
    let values = boundaryValues(Int32.self, random: 2000, seed: 18)
    expectAgreement(over: pairs(values, Array(1...31))) {
      Gemmlowp.saturatingLeftShift($0, by: $1)
    } expected: { value, exponent in
      let threshold = Int32((Int64(1) << (31 - exponent)) - 1)
      return value > threshold ? .max : value < -threshold ? .min : value << exponent
    }
    expectAgreement(over: values) {
      Gemmlowp.saturatingLeftShift($0, by: 0)
    } expected: {
      $0
    }
    for exponent in 1...31 {
      let edge = Int32(-(Int64(1) << (31 - exponent)))
      #expect(Gemmlowp.saturatingLeftShift(edge, by: exponent) == edge << exponent)
    }
  }

  @Test func `half sum`() {
    let values = boundaryValues(Int32.self, seed: 19)
    expectAgreement(over: pairs(values, values)) {
      Int64(Gemmlowp.roundingHalfSum($0, $1))
    } expected: {
      let sum = Int64($0) + Int64($1)
      return (sum + (sum >= 0 ? 1 : -1)) / 2
    }
  }

  @Test func `double and single rounding of a quantised multiplier`() {
    let values = boundaryValues(Int32.self, random: 100, seed: 20)
    let mantissas = boundaryValues(Int32.self, random: 20, seed: 21)
    for shift in -31...31 {
      expectAgreement(over: pairs(values, mantissas), "shift \(shift)") {
        QuantisedMultiplier(mantissa: $1, shift: shift).scaled($0)
      } expected: { value, mantissa in
        let left = shift > 0 ? value &* (1 << Int32(shift)) : value
        let product = Int32(publishedHighMultiply(Int64(left), Int64(mantissa), bits: 31))
        let divisor: Int128 = 1 << Int128(max(-shift, 0))
        return Int32(exactQuotient(Int128(product), over: divisor, .halfAwayFromZero))
      }
    }
    for shift in -31...7 {
      expectAgreement(over: pairs(values, mantissas), "shift \(shift)") {
        QuantisedMultiplier(mantissa: $1, shift: shift).scaledOnce($0)
      } expected: { value, mantissa in
        (Int64(value) * Int64(mantissa) + (1 << (30 - shift))) >> (31 - shift)
      }
      expectAgreement(over: pairs(values, mantissas.filter { $0 >= 0 }), "shift \(shift)") {
        QuantisedMultiplier(mantissa: $1, shift: shift).dyadic
          .scaled(Int64($0), rounding: .halfUp)
      } expected: {
        QuantisedMultiplier(mantissa: $1, shift: shift).scaledOnce($0)
      }
    }
  }

  @Test func `two roundings differ from one first where the first one makes a tie`() {
    let quarter = QuantisedMultiplier(nearest: 0.125)
    let comparison = Comparison(over: (Int32(0)...100).map { -$0 }) {
      Int64(quarter.scaled($0))
    } expected: {
      quarter.scaledOnce($0)
    }
    // -4/8: away from zero in the second of two roundings, up in the only one.
    #expect(comparison.first?.input == -4)
    #expect(comparison.first?.observed == -1 && comparison.first?.expected == 0)
  }

  @Test func `operands out of range trap`() async {
    await #expect(processExitsWith: .failure) {
      _ = Gemmlowp.roundingDivideByPowerOfTwo(1, exponent: 32)
    }
    await #expect(processExitsWith: .failure) {
      _ = Gemmlowp.roundingDivideByPowerOfTwo(1, exponent: -1)
    }
    await #expect(processExitsWith: .failure) { _ = Gemmlowp.saturatingLeftShift(1, by: 32) }
    await #expect(processExitsWith: .failure) { _ = Gemmlowp.saturatingLeftShift(1, by: -1) }
    await #expect(processExitsWith: .failure) {
      _ = QuantisedMultiplier(mantissa: 1, shift: 32)
    }
    await #expect(processExitsWith: .failure) {
      _ = QuantisedMultiplier(mantissa: -1, shift: 0).dyadic
    }
  }
}
