extension SignedInteger where Self: FixedWidthInteger {
  /// Whether `format` holds the value, that is, whether saturating or wrapping leaves it alone.
  @inlinable
  public func fits(_ format: IntegerFormat) -> Bool {
    self >= Self(clamping: format.minimum) && self <= Self(clamping: format.maximum)
  }

  /// The value of `format` nearest to this one: `min(max(self, format.minimum), format.maximum)`.
  ///
  /// - Edge cases: a bound that the receiver's type cannot hold is never reached, so saturating an
  ///   `Int64` to 64 unsigned bits only removes negative values.
  /// - Postconditions: the result fits `format`, and equals the receiver exactly where the receiver
  ///   fits. Saturating twice is saturating once.
  @inlinable
  public func saturated(to format: IntegerFormat) -> Self {
    Swift.min(Swift.max(self, Self(clamping: format.minimum)), Self(clamping: format.maximum))
  }

  /// The value of `format` nearest to this one, and whether it differs from this one.
  @inlinable
  public func saturatedReportingOverflow(
    to format: IntegerFormat
  ) -> (value: Self, overflow: Bool) {
    let value = saturated(to: format)
    return (value, value != self)
  }

  /// The low `format.bits` bits, read in `format`: what a register of that width keeps.
  ///
  ///     Int64(200).wrapped(to: .signed(8))      // -56
  ///     Int64(-1).wrapped(to: .unsigned(8))     // 255
  ///
  /// - Edge cases: a signed format at least as wide as the receiver leaves it alone. An unsigned
  ///   result that the receiver's type cannot hold traps (a negative `Int64` in 64 unsigned bits;
  ///   an `Int128` holds every result).
  /// - Postconditions: the result fits `format` and differs from the receiver by a multiple of
  ///   2^`format.bits`.
  @inlinable
  public func wrapped(to format: IntegerFormat) -> Self {
    let unused = Self.bitWidth - format.bits
    switch format.signedness {
    case .signed:
      guard unused > 0 else { return self }
      let amount = Self(truncatingIfNeeded: unused)
      return (self &<< amount) &>> amount
    case .unsigned:
      guard unused > 0 else {
        precondition(self >= 0, "the wrapped value needs a wider type")
        return self
      }
      return self & ~((~0 as Self) &<< Self(truncatingIfNeeded: format.bits))
    }
  }

  /// The low `format.bits` bits read in `format`, and whether that differs from this value.
  ///
  /// - Edge cases: as `wrapped(to:)`.
  @inlinable
  public func wrappedReportingOverflow(
    to format: IntegerFormat
  ) -> (value: Self, overflow: Bool) {
    let value = wrapped(to: format)
    return (value, value != self)
  }
}
