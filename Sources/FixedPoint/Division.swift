extension SignedInteger where Self: FixedWidthInteger {
  /// The value divided by `divisor`, rounded: `rounding(self / divisor)`.
  ///
  ///     Int64(-7).divided(by: 2, rounding: .floor)        // -4
  ///     Int64(7).divided(by: -2, rounding: .halfToEven)   // -4
  ///
  /// The divisor may have either sign; ties and directions are those of the real quotient.
  ///
  /// - Edge cases: the quotient of the most negative value and -1 does not fit and traps.
  /// - Postconditions: with `v = self / divisor`, the result `q` satisfies `q <= v < q + 1` for
  ///   `floor`, `|q| <= |v| < |q| + 1` for `truncate` and `|q - v| <= 1/2` for the others.
  /// - Precondition: `divisor != 0`.
  @inlinable
  public func divided(by divisor: Self, rounding: Rounding) -> Self {
    precondition(divisor != 0, "division by zero")
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    if remainder == 0 { return quotient }
    let isNegative = (self < 0) != (divisor < 0)
    // The real quotient lies strictly between `quotient` and this neighbour.
    let awayFromZero = quotient &+ (isNegative ? -1 : 1)
    if rounding == .truncate { return quotient }
    if rounding == .floor { return isNegative ? awayFromZero : quotient }
    // Distances to the two neighbours, in units of 1/|divisor|; no doubling, hence no overflow.
    let down = remainder.magnitude
    let up = divisor.magnitude - down
    if down != up { return down < up ? quotient : awayFromZero }
    return switch rounding {
    case .halfToEven: quotient & 1 == 0 ? quotient : awayFromZero
    case .halfUp: isNegative ? quotient : awayFromZero
    default: awayFromZero
    }
  }
}
