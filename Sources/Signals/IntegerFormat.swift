/// How one integer is represented: its width in bits and whether it is two's complement.
public struct IntegerFormat: Sendable, Hashable, Codable, CustomStringConvertible {
  /// Bits, 1 to 64.
  public var width: Int
  public var isSigned: Bool

  /// - Precondition: `width` is 1...64, and at most 63 when unsigned (values are held as `Int64`).
  public init(width: Int, isSigned: Bool) {
    precondition(
      width >= 1 && width <= (isSigned ? 64 : 63),
      "an integer format of \(width) \(isSigned ? "signed" : "unsigned") bits is not representable")
    self.width = width
    self.isSigned = isSigned
  }

  public static func signed(_ width: Int) -> IntegerFormat {
    IntegerFormat(width: width, isSigned: true)
  }

  public static func unsigned(_ width: Int) -> IntegerFormat {
    IntegerFormat(width: width, isSigned: false)
  }

  /// Every value of the format.
  public var range: ClosedRange<Int64> {
    if isSigned {
      let maximum = Int64.max >> (64 - Int64(width))
      return (-maximum - 1)...maximum
    }
    return 0...(Int64.max >> (63 - Int64(width)))
  }

  /// `int8`, `uint26`.
  public var description: String { (isSigned ? "int" : "uint") + String(width) }
}
