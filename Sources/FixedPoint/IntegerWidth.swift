/// The integers of a given width, signed (two's complement) or unsigned.
///
///     IntegerWidth.signed(8).range                                  // -128...127
///     Int64(300).saturated(to: .unsigned(8))                         // 255
///     IntegerWidth.smallest(.signed, holding: -129...3).bits        // 9
///
/// Widths are 1...64 bits. One signed bit holds -1...0.
public struct IntegerWidth: Hashable, Sendable {
  /// Whether the top bit has a negative weight.
  public enum Signedness: String, CaseIterable, Sendable, Codable {
    /// Two's complement.
    case signed
    /// All weights positive.
    case unsigned
  }

  /// Width, 1...64 bits.
  public let bits: Int

  /// Whether the top bit has a negative weight.
  public let signedness: Signedness

  /// The integers of `bits` bits.
  ///
  /// - Precondition: `bits` is 1...64.
  @inlinable
  public init(_ signedness: Signedness, bits: Int) {
    precondition(bits >= 1 && bits <= 64, "an integer width is 1 to 64 bits")
    self.bits = bits
    self.signedness = signedness
  }

  /// Two's complement of `bits` bits: -2^(bits-1)...2^(bits-1)-1.
  ///
  /// - Precondition: `bits` is 1...64.
  @inlinable
  public static func signed(_ bits: Int) -> IntegerWidth { IntegerWidth(.signed, bits: bits) }

  /// Unsigned, of `bits` bits: 0...2^bits-1.
  ///
  /// - Precondition: `bits` is 1...64.
  @inlinable
  public static func unsigned(_ bits: Int) -> IntegerWidth { IntegerWidth(.unsigned, bits: bits) }

  /// The smallest value: 0 or -2^(bits-1).
  @inlinable
  public var minimum: Int64 {
    signedness == .signed ? ~(Int64.max &>> Int64(64 - bits)) : 0
  }

  /// The largest value: 2^bits-1 or 2^(bits-1)-1.
  @inlinable
  public var maximum: UInt64 {
    (UInt64.max &>> UInt64(64 - bits)) &>> (signedness == .signed ? 1 : 0)
  }

  /// Every value.
  ///
  /// - Precondition: this is not `unsigned(64)`, whose upper half `Int64` cannot hold
  ///   (`wideRange` can).
  public var range: ClosedRange<Int64> {
    guard let upper = Int64(exactly: maximum) else {
      preconditionFailure("the range of 64 unsigned bits does not fit Int64; use wideRange")
    }
    return minimum...upper
  }

  /// Every value, in 128 bits.
  public var wideRange: ClosedRange<Int128> { Int128(minimum)...Int128(maximum) }

  /// The narrowest width of the given signedness that holds every value of `values`.
  ///
  /// - Edge cases: 0 needs one bit, signed or not; so does -1, signed.
  /// - Precondition: 64 bits suffice, and `values` has no negative value where `signedness` is
  ///   `unsigned`.
  public static func smallest(
    _ signedness: Signedness, holding values: ClosedRange<Int128>
  ) -> IntegerWidth {
    switch signedness {
    case .unsigned:
      precondition(values.lowerBound >= 0, "an unsigned integer holds no negative value")
      return .unsigned(max(1, Int128.bitWidth - values.upperBound.leadingZeroBitCount))
    case .signed:
      return .signed(max(signedBits(values.lowerBound), signedBits(values.upperBound)))
    }
  }

  /// The narrowest width of the given signedness that holds `value`.
  ///
  /// - Precondition: 64 bits suffice, and `value` is not negative where `signedness` is `unsigned`.
  public static func smallest(_ signedness: Signedness, holding value: Int128) -> IntegerWidth {
    smallest(signedness, holding: value...value)
  }

  private static func signedBits(_ value: Int128) -> Int {
    Int128.bitWidth + 1 - (value < 0 ? ~value : value).leadingZeroBitCount
  }
}

extension IntegerWidth: CustomStringConvertible {
  /// `s8` or `u8`.
  public var description: String { (signedness == .signed ? "s" : "u") + String(bits) }
}
