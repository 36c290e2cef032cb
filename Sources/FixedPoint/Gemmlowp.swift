/// The fixed-point primitives of gemmlowp and TensorFlow Lite, bit for bit.
///
/// Raw values are 32-bit two's complement. `Qi.f` has `i` integer and `f = 31 - i` fraction bits,
/// and the sign.
///
/// - Source: google/gemmlowp, `fixedpoint/fixedpoint.h`; tensorflow/tflite-micro,
///   `tensorflow/lite/kernels/internal/common.h` and `quantization_util.cc`.
public enum Gemmlowp {
  /// `saturate(halfUp(a · b / 2^31))`: the high half of the doubled product of two Q0.31 values.
  ///
  /// The source adds 2^30 or 1 - 2^30 by the sign of the product, then divides toward zero; both
  /// together are `halfUp`. `a` in Qi and `b` in Qj give Q(i + j).
  ///
  /// - Edge cases: saturates, to 2^31 - 1, only where both are -2^31.
  /// - Source: `SaturatingRoundingDoublingHighMul` for `std::int32_t`; ARM NEON's SQRDMULH.
  @inlinable
  public static func saturatingRoundingDoublingHighMultiply(_ a: Int32, _ b: Int32) -> Int32 {
    let rounded = (Int64(a) * Int64(b)).shiftedRight(by: 31, rounding: .halfUp)
    return Int32(truncatingIfNeeded: min(rounded, Int64(Int32.max)))
  }

  /// `saturate(halfUp(a · b / 2^15))`: the high half of the doubled product of two Q0.15 values.
  ///
  /// - Edge cases: saturates, to 2^15 - 1, only where both are -2^15.
  /// - Source: `SaturatingRoundingDoublingHighMul` for `std::int16_t`; ARM NEON's SQRDMULH.
  @inlinable
  public static func saturatingRoundingDoublingHighMultiply(_ a: Int16, _ b: Int16) -> Int16 {
    let rounded = (Int32(a) * Int32(b)).shiftedRight(by: 15, rounding: .halfUp)
    return Int16(truncatingIfNeeded: min(rounded, Int32(Int16.max)))
  }

  /// `halfAwayFromZero(value / 2^exponent)`.
  ///
  /// - Precondition: `exponent` is 0...31.
  /// - Source: `RoundingDivideByPOT`.
  @inlinable
  public static func roundingDivideByPowerOfTwo(_ value: Int32, exponent: Int) -> Int32 {
    precondition(exponent >= 0 && exponent <= 31, "RoundingDivideByPOT divides by 2^0 to 2^31")
    return value.shiftedRight(by: exponent, rounding: .halfAwayFromZero)
  }

  /// `saturate(value · 2^exponent)`.
  ///
  /// The source clamps what lies outside ±(2^(31-exponent) - 1). It thereby also clamps
  /// -2^(31-exponent), the one value below that range whose shift would still fit; its clamped and
  /// its shifted result are the same -2^31.
  ///
  /// - Edge cases: an exponent of 0 is the identity.
  /// - Precondition: `exponent` is 0...31.
  /// - Source: `SaturatingRoundingMultiplyByPOT` with a positive exponent.
  @inlinable
  public static func saturatingLeftShift(_ value: Int32, by exponent: Int) -> Int32 {
    precondition(exponent >= 0 && exponent <= 31, "a saturating left shift is by 0 to 31")
    return Int32(truncatingIfNeeded: (Int64(value) << Int64(exponent)).saturated(to: .signed(32)))
  }

  /// `halfAwayFromZero((a + b) / 2)`, without overflow.
  ///
  /// - Source: `RoundingHalfSum`.
  @inlinable
  public static func roundingHalfSum(_ a: Int32, _ b: Int32) -> Int32 {
    Int32(
      truncatingIfNeeded: (Int64(a) + Int64(b)).shiftedRight(by: 1, rounding: .halfAwayFromZero))
  }
}
