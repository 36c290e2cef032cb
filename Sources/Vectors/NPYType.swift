public import Signals

/// The element type of an array in NumPy's format; the raw value is NumPy's descriptor without the
/// byte order.
///
/// Integers of up to 64 bits and IEEE 754 reals. Strings, objects, records, dates, complex numbers
/// and longer reals have no element type here: such arrays can be carried in an archive, but not
/// read.
public enum NPYType: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  case bool = "b1"
  case int8 = "i1"
  case int16 = "i2"
  case int32 = "i4"
  case int64 = "i8"
  case uint8 = "u1"
  case uint16 = "u2"
  case uint32 = "u4"
  case uint64 = "u8"
  case float16 = "f2"
  case float32 = "f4"
  case float64 = "f8"

  /// The type of a file that holds every value of `format`: its width rounded up to 8, 16, 32 or 64
  /// bits, with the same signedness.
  public init(_ format: IntegerFormat) {
    switch format.width {
    case ...8: self = format.isSigned ? .int8 : .uint8
    case ...16: self = format.isSigned ? .int16 : .uint16
    case ...32: self = format.isSigned ? .int32 : .uint32
    default: self = format.isSigned ? .int64 : .uint64
    }
  }

  /// Bytes that one element takes: 1, 2, 4 or 8.
  public var byteCount: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// Whether the elements are real numbers rather than integers or Booleans.
  public var isReal: Bool { self == .float16 || self == .float32 || self == .float64 }

  /// The values that an element can have and `Int64` can hold; nil for reals.
  public var range: ClosedRange<Int64>? {
    switch self {
    case .bool: 0...1
    case .int8: Int64(Int8.min)...Int64(Int8.max)
    case .int16: Int64(Int16.min)...Int64(Int16.max)
    case .int32: Int64(Int32.min)...Int64(Int32.max)
    case .int64: Int64.min...Int64.max
    case .uint8: 0...Int64(UInt8.max)
    case .uint16: 0...Int64(UInt16.max)
    case .uint32: 0...Int64(UInt32.max)
    case .uint64: 0...Int64.max
    case .float16, .float32, .float64: nil
    }
  }

  /// NumPy's descriptor of little-endian elements: `<i4`, and `|i1` where there is no order.
  public var descriptor: String { (byteCount == 1 ? "|" : "<") + rawValue }

  /// NumPy's name: `int32`.
  public var description: String {
    switch self {
    case .bool: "bool"
    case .int8: "int8"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .uint8: "uint8"
    case .uint16: "uint16"
    case .uint32: "uint32"
    case .uint64: "uint64"
    case .float16: "float16"
    case .float32: "float32"
    case .float64: "float64"
    }
  }
}
