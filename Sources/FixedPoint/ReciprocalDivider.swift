/// Division by an invariant positive integer as a multiplication and a shift, exact.
///
///     let third = ReciprocalDivider(divisor: 3, numeratorBits: 8)
///     third.multiplier                  // 171
///     third.shift                       // 9
///     third.quotient(255)               // 85
///
/// `floor(n / divisor) = floor(n · multiplier / 2^shift)` for every `n` of `numeratorBits` bits.
/// The shift is the smallest that makes this exact, so the multiplier is the narrowest.
///
/// Why it is exact: let `d` be the divisor, `m = ceil(2^s / d)` and `e = m·d - 2^s`, so 0 <= e < d.
/// With `n = q·d + r`, `n·m / 2^s = q + (r + n·e/2^s) / d`, whose floor is `q` where and only where
/// `n·e < 2^s·(d - r)`. Among the `n` with `r = d - 1` the largest, `c`, decides: `c·e < 2^s` is
/// necessary. It is sufficient too: other `n` up to `c` have a larger right side, and an `n` beyond
/// `c` is `c + 1 + r` with `r <= d - 2`, where `c·e < 2^s` and `(1 + r)·e <= c·e < 2^s`, so that
/// `n·e < 2·2^s <= 2^s·(d - r)`.
///
/// - Source: Granlund and Montgomery, *Division by Invariant Integers using Multiplication* (1994);
///   Warren, *Hacker's Delight*, chapter 10, for the smallest shift.
public struct ReciprocalDivider: Hashable, Sendable {
  /// The divisor, 1...2^63.
  public let divisor: UInt64

  /// Width of the numerators for which the quotient is exact, 1...64 bits.
  public let numeratorBits: Int

  /// `ceil(2^shift / divisor)`, at most `numeratorBits + 1` bits; 0 where every quotient is 0.
  public let multiplier: UInt128

  /// How far the product is shifted right, 0...127 bits.
  public let shift: Int

  /// A divider by `divisor`, exact for unsigned numerators of `numeratorBits` bits.
  ///
  /// - Precondition: `divisor` is 1...2^63 and `numeratorBits` is 1...64.
  /// - Complexity: up to 128 divisions; the divider is meant to be kept.
  public init(divisor: UInt64, numeratorBits: Int = 64) {
    precondition(divisor >= 1 && divisor <= 1 << 63, "a reciprocal divider divides by 1 to 2^63")
    precondition(numeratorBits >= 1 && numeratorBits <= 64, "a numerator has 1 to 64 bits")
    self.divisor = divisor
    self.numeratorBits = numeratorBits
    let largest = UInt64.max >> UInt64(64 - numeratorBits)
    guard largest >= divisor else {
      (multiplier, shift) = (0, 0)
      return
    }
    let wide = UInt128(divisor)
    // The largest numerator that is one less than a multiple of the divisor.
    let critical = (UInt128(largest) + 1) / wide * wide - 1
    var shift = 0
    while true {
      let power: UInt128 = 1 << UInt128(shift)
      let multiplier = (power - 1) / wide + 1
      if critical * (multiplier * wide - power) < power {
        (self.multiplier, self.shift) = (multiplier, shift)
        return
      }
      shift += 1
    }
  }

  /// `floor(numerator / divisor)`.
  ///
  /// - Precondition: `numerator` has at most `numeratorBits` bits.
  @inlinable
  public func quotient(_ numerator: UInt64) -> UInt64 {
    precondition(
      numerator <= UInt64.max &>> UInt64(64 - numeratorBits), "the numerator is too wide")
    let low = UInt128(numerator) * UInt128(UInt64(truncatingIfNeeded: multiplier))
    if multiplier >> 64 == 0 {
      return UInt64(truncatingIfNeeded: low &>> UInt128(shift))
    }
    // A multiplier of 65 bits: the product has 129, of which the lowest 64 are never needed.
    let high = UInt128(numerator) + low >> 64
    return UInt64(truncatingIfNeeded: high &>> UInt128(shift - 64))
  }

  /// `floor(numerator / divisor)` of a signed numerator: toward negative infinity.
  ///
  /// - Precondition: `numerator` lies in -2^`numeratorBits`...2^`numeratorBits`-1.
  @inlinable
  public func floorQuotient(_ numerator: Int64) -> Int64 {
    // floor(n/d) = -1 - floor((-1 - n)/d) for negative n.
    let sign = numerator >> 63
    return Int64(bitPattern: quotient(UInt64(bitPattern: numerator ^ sign))) ^ sign
  }

  /// `numerator / divisor` of a signed numerator, toward zero.
  ///
  /// - Precondition: the magnitude of `numerator` has at most `numeratorBits` bits.
  @inlinable
  public func truncatedQuotient(_ numerator: Int64) -> Int64 {
    let sign = numerator >> 63
    return (Int64(bitPattern: quotient(numerator.magnitude)) ^ sign) &- sign
  }
}
