/// A positive rational `multiplier / 2^exponent`: a real scale as integer hardware applies it.
///
///     let scale = DyadicScale(multiplier: 3, exponent: 2)                     // 0.75
///     scale.requantise(10, rounding: .halfToEven, to: .signed(8))             // 8 (7.5, a tie)
public struct DyadicScale: Hashable, Sendable {
  /// Numerator, 0...2^32-1. Derived scales lie in 2^30...2^31, both ends included.
  public let multiplier: UInt32

  /// Binary logarithm of the denominator, 0...127.
  public let exponent: Int

  /// The scale `multiplier / 2^exponent`.
  ///
  /// - Precondition: `exponent` is 0...127.
  @inlinable
  public init(multiplier: UInt32, exponent: Int) {
    precondition(exponent >= 0 && exponent <= 127, "a dyadic exponent is 0 to 127")
    self.multiplier = multiplier
    self.exponent = exponent
  }

  /// `rounding(value · multiplier / 2^exponent)`, with every bit of the product.
  @inlinable
  public func scaledWide(_ value: Int64, rounding: Rounding) -> Int128 {
    (Int128(value) * Int128(multiplier)).shiftedRight(by: exponent, rounding: rounding)
  }

  /// `rounding(value · multiplier / 2^exponent)`, not saturated.
  ///
  /// - Precondition: the result fits 64 bits (`scaledWide` has no such limit). It always does where
  ///   `exponent >= 32`, or `value` has 32 bits.
  @inlinable
  public func scaled(_ value: Int64, rounding: Rounding) -> Int64 {
    let (product, overflow) = value.multipliedReportingOverflow(by: Int64(multiplier))
    if overflow { return Int64(scaledWide(value, rounding: rounding)) }
    return product.shiftedRight(by: exponent, rounding: rounding)
  }

  /// `saturate(rounding(value · multiplier / 2^exponent) + offset)`: one rounding, then the zero
  /// point, then one saturation.
  ///
  /// The product has up to 96 bits and none is lost; where it fits 64 bits no wider arithmetic is
  /// done.
  ///
  /// - Parameters:
  ///   - value: the integer to scale.
  ///   - rounding: how the scaled value becomes an integer.
  ///   - offset: added after rounding: a zero point.
  ///   - width: what the result saturates to.
  /// - Precondition: `width` is not `unsigned(64)`.
  /// - Source: Kim et al., I-BERT, `FixedPointMul`, with `halfToEven`; ITA's requantiser with
  ///   `halfUp`; LiteRT's reference `FULLY_CONNECTED` with `halfAwayFromZero`.
  @inlinable
  public func requantise(
    _ value: Int64, rounding: Rounding, offset: Int64 = 0, to width: IntegerWidth
  ) -> Int64 {
    precondition(width.maximum <= UInt64(Int64.max), "the result of a requantisation is an Int64")
    let (product, overflow) = value.multipliedReportingOverflow(by: Int64(multiplier))
    if !overflow {
      let (sum, sumOverflow) = product.shiftedRight(by: exponent, rounding: rounding)
        .addingReportingOverflow(offset)
      if !sumOverflow { return sum.saturated(to: width) }
    }
    let sum = scaledWide(value, rounding: rounding) + Int128(offset)
    return Int64(sum.saturated(to: width))
  }
}

// MARK: - Derivation from real scales

extension DyadicScale {
  /// The scale nearest to `ratio` with a multiplier of 31 bits.
  ///
  /// With `ratio = f · 2^k`, 1/2 <= f < 1 (`frexp`): `multiplier = roundHalfAway(f · 2^31)`,
  /// `exponent = 31 - k`, in double precision throughout.
  ///
  /// - Edge cases: a fraction that rounds up to 1 gives the multiplier 2^31, which is not
  ///   normalised away. The result is `nil` where `ratio` is not a positive finite number or the
  ///   exponent leaves 0...127, that is, outside 2^-97 <= ratio < 2^31.
  /// - Postconditions: relative error at most 2^-31.
  /// - Source: Kim et al., I-BERT, `batch_frexp` (huggingface/transformers,
  ///   `ibert/quant_modules.py`).
  public init?(nearest ratio: Double) {
    guard ratio > 0, ratio.isFinite else { return nil }
    // significand is 2f and exponent k - 1.
    let exponent = 30 - Int(ratio.exponent)
    guard (0...127).contains(exponent) else { return nil }
    let multiplier = (ratio.significand * 0x1p30).rounded(.toNearestOrAwayFromZero)
    self.init(multiplier: UInt32(multiplier), exponent: exponent)
  }

  /// The scale nearest to `1/s`, where `s` is `divisor` rounded to single precision.
  ///
  /// A calibrated requantiser keeps its scale `s = E_max / 32767` as a `float32` and divides by it:
  /// the reciprocal is computed in double precision from the rounded `s`. Without that rounding,
  /// ties fall differently.
  ///
  /// - Edge cases: `nil` as for `init(nearest:)`, and where `divisor` rounds to 0 or to infinity.
  /// - Source: I-BERT, `QuantAct` and `FixedPointMul` in the softmax's 16-bit requantiser.
  public init?(nearestReciprocalOfSingle divisor: Double) {
    self.init(nearest: 1 / Double(Float(divisor)))
  }

  /// The scale that takes `maximum` to `code`, calibrated as I-BERT does: the nearest to `1/s` with
  /// `s = float32(maximum / code)`.
  ///
  /// - Edge cases: as `init(nearestReciprocalOfSingle:)`.
  public init?(calibratedMaximum maximum: Double, code: Double = 32767) {
    self.init(nearestReciprocalOfSingle: maximum / code)
  }

  /// The scale as a real number, exactly.
  public var ratio: Double {
    Double(sign: .plus, exponent: -exponent, significand: Double(multiplier))
  }
}
