extension SignedInteger where Self: FixedWidthInteger {
  /// Whether `width` holds the value, that is, whether saturating or wrapping leaves it alone.
  @inlinable
  public func fits(_ width: IntegerWidth) -> Bool {
    self >= Self(clamping: width.minimum) && self <= Self(clamping: width.maximum)
  }

  /// The value of `width` nearest to this one: `min(max(self, width.minimum), width.maximum)`.
  ///
  /// - Edge cases: a bound that the receiver's type cannot hold is never reached, so saturating an
  ///   `Int64` to 64 unsigned bits only removes negative values.
  /// - Postconditions: the result fits `width`, and equals the receiver exactly where the receiver
  ///   fits. Saturating twice is saturating once.
  @inlinable
  public func saturated(to width: IntegerWidth) -> Self {
    Swift.min(Swift.max(self, Self(clamping: width.minimum)), Self(clamping: width.maximum))
  }

  /// The value of `range` nearest to this one, for ranges that no width has: -127...127, 0...6.
  ///
  /// - Postconditions: as `saturated(to:)` for a width.
  @inlinable
  public func saturated(to range: ClosedRange<Self>) -> Self {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }

  /// The value of `width` nearest to this one, and whether it differs from this one.
  @inlinable
  public func saturatedReportingOverflow(
    to width: IntegerWidth
  ) -> (value: Self, overflow: Bool) {
    let value = saturated(to: width)
    return (value, value != self)
  }

  /// The low `width.bits` bits, read as `width`: what a register of that width keeps.
  ///
  ///     Int64(200).wrapped(to: .signed(8))      // -56
  ///     Int64(-1).wrapped(to: .unsigned(8))     // 255
  ///
  /// - Edge cases: a signed width at least as wide as the receiver leaves it alone. An unsigned
  ///   result that the receiver's type cannot hold traps (a negative `Int64` in 64 unsigned bits;
  ///   an `Int128` holds every result).
  /// - Postconditions: the result fits `width` and differs from the receiver by a multiple of
  ///   2^`width.bits`.
  @inlinable
  public func wrapped(to width: IntegerWidth) -> Self {
    let unused = Self.bitWidth - width.bits
    switch width.signedness {
    case .signed:
      guard unused > 0 else { return self }
      let amount = Self(truncatingIfNeeded: unused)
      return (self &<< amount) &>> amount
    case .unsigned:
      guard unused > 0 else {
        precondition(self >= 0, "the wrapped value needs a wider type")
        return self
      }
      return self & ~((~0 as Self) &<< Self(truncatingIfNeeded: width.bits))
    }
  }

  /// The low `width.bits` bits read as `width`, and whether that differs from this value.
  ///
  /// - Edge cases: as `wrapped(to:)`.
  @inlinable
  public func wrappedReportingOverflow(
    to width: IntegerWidth
  ) -> (value: Self, overflow: Bool) {
    let value = wrapped(to: width)
    return (value, value != self)
  }
}
