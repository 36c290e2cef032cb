extension Gemmlowp {
  /// `1 / (1 + value)` for 0 <= value < 1, both in Q0.31.
  ///
  /// Three Newton-Raphson steps `x <- x + x·(1 - h·x)` in Q2.29 on `h = (1 + value)/2`, from
  /// `48/17 - 32/17·h`. Error below 3.3e-9.
  ///
  /// - Edge cases: 0 gives 2^31 - 1, the nearest to 1.
  /// - Precondition: `value >= 0`.
  /// - Source: `one_over_one_plus_x_for_x_in_0_1`.
  public static func reciprocalOfOnePlus(_ value: Int32) -> Int32 {
    precondition(value >= 0, "one_over_one_plus_x takes values in [0, 1)")
    let multiply = { saturatingRoundingDoublingHighMultiply($0 as Int32, $1 as Int32) }
    let one: Int32 = 1 << 29
    let halfDenominator = roundingHalfSum(value, Int32.max)
    var x = 1_515_870_810 + multiply(halfDenominator, -1_010_580_540)
    for _ in 0..<3 {
      let correction = multiply(x, one - multiply(halfDenominator, x))  // Q4.27
      x += saturatingLeftShift(correction, by: 2)
    }
    // x is 2/(1 + value) in Q2.29: its half is the same raw value in Q1.30.
    return saturatingLeftShift(x, by: 1)
  }

  /// `1 / value` as `result / 2^31 / 2^bitsOverUnit`, 1/2 <= result / 2^31 < 1.
  ///
  /// - Parameters:
  ///   - value: raw value with `integerBits` integer bits and 31 - `integerBits` fraction bits.
  ///   - integerBits: integer bits of `value`.
  /// - Returns: the mantissa in Q0.31, and `integerBits` less the leading zeros of `value`.
  /// - Precondition: `value > 0`.
  /// - Source: TensorFlow Lite's `GetReciprocal`.
  public static func reciprocal(
    of value: Int32, integerBits: Int
  ) -> (mantissa: Int32, bitsOverUnit: Int) {
    precondition(value > 0, "GetReciprocal takes positive values")
    let leadingZeros = value.leadingZeroBitCount
    // The normalised value lies in [1, 2); without its leading one it is the fraction in Q0.31.
    let fraction = (value &<< Int32(leadingZeros)) & Int32.max
    return (reciprocalOfOnePlus(fraction), integerBits - leadingZeros)
  }

  /// `1 / sqrt(value)` as a multiplier for `QuantisedMultiplier.scaled(_:)`; the shift is 0 or
  /// negative.
  ///
  /// `value` is brought to 2^27..<2^29 by fours, five Newton steps `x <- 3/2·x - value/2·x³` run in
  /// Q3.28 from 1, and the result is multiplied by sqrt(1/2). Relative error below 1.3e-6.
  ///
  /// - Edge cases: 0 and 1 give the mantissa 2^31 - 1 and the shift 0.
  /// - Precondition: `value >= 0`.
  /// - Source: TensorFlow Lite's `GetInvSqrtQuantizedMultiplierExp` with `reverse_shift` -1.
  public static func inverseSquareRoot(of value: Int32) -> QuantisedMultiplier {
    precondition(value >= 0, "GetInvSqrtQuantizedMultiplierExp takes 0 and positive values")
    if value <= 1 { return QuantisedMultiplier(mantissa: Int32.max, shift: 0) }
    var normalised = value
    var rightShift = 11
    while normalised >= 1 << 29 {
      normalised /= 4
      rightShift += 1
    }
    let pairs = (normalised.leadingZeroBitCount - 1) / 2 - 1
    rightShift -= pairs
    normalised <<= Int32(2 * pairs)

    let multiply = { saturatingRoundingDoublingHighMultiply($0 as Int32, $1 as Int32) }
    let threeHalves: Int32 = 3 << 27
    let halfValue = roundingDivideByPowerOfTwo(normalised >> 1, exponent: 1)
    var x: Int32 = 1 << 28
    for _ in 0..<5 {
      let cube = saturatingLeftShift(multiply(multiply(x, x), x), by: 6)
      let next = multiply(threeHalves, x) - multiply(halfValue, cube)  // Q6.25
      x = saturatingLeftShift(next, by: 3)
    }
    let mantissa = multiply(x, 1_518_500_250)
    return rightShift < 0
      ? QuantisedMultiplier(mantissa: mantissa << Int32(-rightShift), shift: 0)
      : QuantisedMultiplier(mantissa: mantissa, shift: -rightShift)
  }
}
