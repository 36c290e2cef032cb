/// How a value between two integers becomes one of them.
///
/// | case | 2.5 | -2.5 | 2.4 | -2.4 | definition |
/// |---|---|---|---|---|---|
/// | `floor` | 2 | -3 | 2 | -3 | toward negative infinity |
/// | `truncate` | 2 | -2 | 2 | -2 | toward zero |
/// | `halfToEven` | 2 | -2 | 2 | -2 | nearest; a tie goes to the even neighbour |
/// | `halfUp` | 3 | -2 | 2 | -2 | nearest; a tie goes toward positive infinity: floor(v + 1/2) |
/// | `halfAwayFromZero` | 3 | -3 | 2 | -2 | nearest; a tie goes away from zero |
public enum Rounding: String, CaseIterable, Sendable, Codable {
  /// Toward negative infinity: what an arithmetic right shift does.
  case floor
  /// Toward zero: what integer division in C and Swift does.
  case truncate
  /// To the nearest integer, ties to the even one: IEEE 754's default, `std::nearbyint`, `rint`.
  case halfToEven
  /// To the nearest integer, ties toward positive infinity: add half, then shift.
  case halfUp
  /// To the nearest integer, ties away from zero: `std::round`, gemmlowp's `RoundingDivideByPOT`.
  case halfAwayFromZero
}

extension SignedInteger where Self: FixedWidthInteger {
  /// The value divided by 2^`bits`, rounded: `rounding(self / 2^bits)`.
  ///
  ///     Int64(-5).shiftedRight(by: 1, rounding: .floor)             // -3
  ///     Int64(-5).shiftedRight(by: 1, rounding: .halfUp)            // -2
  ///     Int64(-5).shiftedRight(by: 1, rounding: .halfAwayFromZero)  // -3
  ///
  /// No intermediate value overflows: half is never added to `self`.
  ///
  /// - Edge cases: a shift of 0 is the identity. Every shift is defined, those past the width of
  ///   the type too: the result is then 0, but -1 for `floor` of a negative value, and for
  ///   `halfAwayFromZero` of the most negative value shifted by exactly its width (the tie -1/2).
  /// - Postconditions: the result `q` satisfies `q·2^bits <= self < (q + 1)·2^bits` for `floor`,
  ///   `|q|·2^bits <= |self|` for `truncate` and `|q·2^bits - self| <= 2^(bits - 1)` for the
  ///   others.
  /// - Precondition: `bits >= 0`.
  @inlinable
  public func shiftedRight(by bits: Int, rounding: Rounding) -> Self {
    precondition(bits >= 0, "a rounding right shift needs a shift of 0 or more")
    guard bits < Self.bitWidth else {
      return shiftedOut(by: bits, rounding: rounding)
    }
    let amount = Self(truncatingIfNeeded: bits)
    let quotient = self &>> amount
    // Bit bits-1, the weight of one half; 0 where bits is 0.
    let half = ((self &<< 1) &>> amount) & 1
    let belowUnit = ~((~0 as Self) &<< amount)
    let belowHalf = self & (belowUnit &>> 1)
    let increment: Self =
      switch rounding {
      case .floor: 0
      case .truncate: self < 0 && self & belowUnit != 0 ? 1 : 0
      case .halfUp: half
      case .halfToEven: half & (belowHalf != 0 ? 1 : quotient)
      case .halfAwayFromZero: half & (belowHalf != 0 || self >= 0 ? 1 : 0)
      }
    return quotient &+ increment
  }

  /// `shiftedRight` for shifts of the type's width and more, where |self / 2^bits| <= 1/2.
  @usableFromInline
  func shiftedOut(by bits: Int, rounding: Rounding) -> Self {
    switch rounding {
    case .floor: self < 0 ? -1 : 0
    case .halfAwayFromZero: bits == Self.bitWidth && self == Self.min ? -1 : 0
    case .truncate, .halfToEven, .halfUp: 0
    }
  }
}
