extension Gemmlowp {
  /// `exp(value)` of a value that is 0 or negative, in Q0.31.
  ///
  /// A fourth-order Taylor polynomial around -1/8 gives exp of the value modulo 1/4; each set bit
  /// of what remains (weights 1/4, 1/2, 1, … 16) multiplies by a constant. Error below 2.3e-7.
  ///
  /// - Parameters:
  ///   - value: raw Q`integerBits`.(31 - `integerBits`), `value <= 0`.
  ///   - integerBits: 0...29.
  /// - Edge cases: 0 gives 2^31 - 1, the nearest to 1. With more than 5 integer bits, values below
  ///   -32 give 0.
  /// - Precondition: `value <= 0`; the source leaves positive values undefined.
  /// - Source: `exp_on_negative_values`.
  public static func exponential(ofNegative value: Int32, integerBits: Int) -> Int32 {
    precondition(value <= 0, "exp_on_negative_values takes 0 and negative values")
    precondition(integerBits >= 0 && integerBits <= 29, "the value needs two fraction bits")
    if value == 0 { return Int32.max }
    let fractionBits = 31 - integerBits
    if integerBits > 5 && value < -(1 << Int32(fractionBits + 5)) { return 0 }

    let quarter: Int32 = 1 << Int32(fractionBits - 2)
    let fraction = (value & (quarter - 1)) - quarter
    let interval = exponential(
      betweenMinusQuarterAndZero: saturatingLeftShift(fraction, by: integerBits))
    // At least 0, so that bits past its end read 0: no factor beyond the value's integer bits.
    let remainder = Int64(fraction - value)
    func scaled(_ result: Int32, by factor: Int32, ifBitOfWeight weight: Int) -> Int32 {
      let mask = -Int32(truncatingIfNeeded: (remainder &>> Int64(fractionBits + weight)) & 1)
      let product = saturatingRoundingDoublingHighMultiply(result, factor)
      return result ^ ((result ^ product) & mask)
    }
    var result = scaled(interval, by: 1_672_461_947, ifBitOfWeight: -2)  // e^-1/4
    result = scaled(result, by: 1_302_514_674, ifBitOfWeight: -1)  // e^-1/2
    result = scaled(result, by: 790_015_084, ifBitOfWeight: 0)  // e^-1
    result = scaled(result, by: 290_630_308, ifBitOfWeight: 1)  // e^-2
    result = scaled(result, by: 39_332_535, ifBitOfWeight: 2)  // e^-4
    result = scaled(result, by: 720_401, ifBitOfWeight: 3)  // e^-8
    return scaled(result, by: 242, ifBitOfWeight: 4)  // e^-16
  }

  /// `exp(value)` for -1/4 <= value < 0, both in Q0.31.
  ///
  /// With `x = value + 1/8`: `e^-1/8 · (1 + x + (x² + (x³ + x⁴/4)/3) / 2)`.
  ///
  /// - Source: `exp_on_interval_between_negative_one_quarter_and_0_excl`.
  static func exponential(betweenMinusQuarterAndZero value: Int32) -> Int32 {
    let multiply = { saturatingRoundingDoublingHighMultiply($0 as Int32, $1 as Int32) }
    let constant: Int32 = 1_895_147_668  // e^-1/8
    let third: Int32 = 715_827_883
    let x = value + (1 << 28)
    let x2 = multiply(x, x)
    let x3 = multiply(x2, x)
    let x4 = multiply(x2, x2)
    let tail = multiply(roundingDivideByPowerOfTwo(x4, exponent: 2) + x3, third) + x2
    return constant + multiply(constant, x + roundingDivideByPowerOfTwo(tail, exponent: 1))
  }
}
