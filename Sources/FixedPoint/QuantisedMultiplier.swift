/// A real multiplier as TensorFlow Lite keeps it: `mantissa / 2^31 · 2^shift`.
public struct QuantisedMultiplier: Hashable, Sendable {
  /// Q0.31; normalised ones lie in 2^30..<2^31.
  public let mantissa: Int32

  /// Binary exponent: positive shifts left.
  public let shift: Int

  /// The multiplier `mantissa / 2^31 · 2^shift`.
  ///
  /// - Precondition: `shift` is -31...31.
  @inlinable
  public init(mantissa: Int32, shift: Int) {
    precondition(shift >= -31 && shift <= 31, "the shift of a quantised multiplier is -31 to 31")
    self.mantissa = mantissa
    self.shift = shift
  }

  /// The multiplier nearest to `real`.
  ///
  /// With `real = f · 2^k`, 1/2 <= |f| < 1: `mantissa = roundHalfAway(f · 2^31)` and `shift = k`;
  /// the mantissa 2^31 becomes 2^30 with the next shift.
  ///
  /// - Edge cases: 0, and every `real` whose shift would be below -31, give mantissa and shift 0.
  /// - Precondition: |`real`|, rounded to 31 bits, is below 2^31.
  /// - Source: `QuantizeMultiplier`.
  public init(nearest real: Double) {
    precondition(real.isFinite && abs(real) < 0x1p31, "a quantised multiplier is below 2^31")
    guard real != 0 else {
      self.init(mantissa: 0, shift: 0)
      return
    }
    var shift = Int(real.exponent) + 1
    let fraction = real.significand * (real < 0 ? -0x1p30 : 0x1p30)
    var mantissa = Int64(fraction.rounded(.toNearestOrAwayFromZero))
    if mantissa == 1 << 31 {
      mantissa = 1 << 30
      shift += 1
    }
    if shift < -31 {
      self.init(mantissa: 0, shift: 0)
    } else {
      self.init(mantissa: Int32(mantissa), shift: shift)
    }
  }

  /// `halfAwayFromZero(halfUp(value · 2^max(shift, 0) · mantissa / 2^31) / 2^max(-shift, 0))`: two
  /// roundings.
  ///
  /// - Edge cases: the left shift wraps in 32 bits (the source's product is undefined there).
  /// - Source: `MultiplyByQuantizedMultiplier`, as built by default.
  @inlinable
  public func scaled(_ value: Int32) -> Int32 {
    let shifted = Int32(truncatingIfNeeded: Int64(value) &<< Int64(max(shift, 0)))
    let product = Gemmlowp.saturatingRoundingDoublingHighMultiply(shifted, mantissa)
    return Gemmlowp.roundingDivideByPowerOfTwo(product, exponent: max(-shift, 0))
  }

  /// `halfUp(value · mantissa / 2^(31 - shift))`: one rounding, not saturated.
  ///
  /// - Edge cases: the source requires the result to fit 32 bits; here it is returned whole.
  /// - Source: `MultiplyByQuantizedMultiplier` with `TFLITE_SINGLE_ROUNDING`.
  @inlinable
  public func scaledOnce(_ value: Int32) -> Int64 {
    (Int64(value) * Int64(mantissa)).shiftedRight(by: 31 - shift, rounding: .halfUp)
  }

  /// The same multiplier as a dyadic scale, for requantisers that round once.
  ///
  /// - Precondition: `mantissa >= 0`.
  public var dyadic: DyadicScale {
    DyadicScale(multiplier: UInt32(mantissa), exponent: 31 - shift)
  }
}
