/// What stands before the elements of an array in NumPy's format, versions 1.0, 2.0 and 3.0.
///
/// Source: NEP 1 and `numpy.lib.format` (the description of the format is NumPy's documentation).
struct NPYHeader: Equatable {
  /// NumPy's descriptor as it stands, `<i4`; the text of a list for records.
  var descriptor: String
  var isFortranOrder: Bool
  var shape: [Int]
  /// Where the elements begin.
  var byteCount: Int

  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]

  /// NumPy's own limit on the number of axes.
  static let mostAxes = 64

  /// The element type and whether its bytes are in big-endian order; nil for what is neither an
  /// integer of 1, 2, 4 or 8 bytes nor a real of 2, 4 or 8.
  var element: (type: NPYType, isBigEndian: Bool)? {
    guard let order = descriptor.first, let type = NPYType(rawValue: String(descriptor.dropFirst()))
    else { return nil }
    switch order {
    case "<": return (type, false)
    case ">": return (type, true)
    case "|" where type.byteCount == 1: return (type, false)
    default: return nil
    }
  }

  /// Number of elements; nil when the product of the extents, zeros left out, exceeds `Int`.
  var count: Int? {
    var product = 1
    for extent in shape where extent != 0 {
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      if overflow { return nil }
      product = next
    }
    return shape.contains(0) ? 0 : product
  }

  /// Parses the beginning of `bytes`; sizes that it states are checked against `bytes`.
  init(parsing bytes: [UInt8]) throws(VectorError.ArrayFault) {
    guard bytes.count >= 10, bytes.starts(with: Self.magic) else {
      throw .notAnArray(firstBytes: Array(bytes.prefix(8)))
    }
    let (major, minor) = (Int(bytes[6]), Int(bytes[7]))
    guard (1...3).contains(major), minor == 0 else { throw .version(major: major, minor: minor) }
    let start = major == 1 ? 10 : 12
    guard bytes.count >= start else {
      throw .truncatedHeader(stated: start, available: bytes.count)
    }
    let length =
      Int(bytes[8]) | Int(bytes[9]) << 8
      | (major == 1 ? 0 : Int(bytes[10]) << 16 | Int(bytes[11]) << 24)
    guard length <= bytes.count - start else {
      throw .truncatedHeader(stated: start + length, available: bytes.count)
    }
    byteCount = start + length
    (descriptor, isFortranOrder, shape) = try Self.fields(bytes[start..<(start + length)])
  }

  private static func fields(
    _ text: ArraySlice<UInt8>
  ) throws(VectorError.ArrayFault) -> (descriptor: String, isFortranOrder: Bool, shape: [Int]) {
    var parser = PythonLiteralParser(text)
    let entries: [String: PythonLiteralParser.Entry]
    do throws(PythonLiteralParser.Failure) {
      entries = try parser.dictionary()
    } catch {
      throw .header(error.message)
    }
    let expected = ["descr", "fortran_order", "shape"]
    guard entries.keys.sorted() == expected, let type = entries["descr"],
      let order = entries["fortran_order"], let extents = entries["shape"]
    else {
      let found = entries.keys.sorted().joined(separator: ", ")
      throw .header("the keys are \(found), but must be \(expected.joined(separator: ", "))")
    }
    guard case .boolean(let isFortranOrder) = order.value else {
      throw .header("fortran_order is \(order.text)")
    }
    guard case .sequence(let axes) = extents.value, extents.text.first == "(" else {
      throw .header("shape is \(extents.text), which is not a tuple")
    }
    guard axes.count <= mostAxes else { throw .header("shape has \(axes.count) axes") }
    var shape: [Int] = []
    for axis in axes {
      guard case .integer(let extent) = axis else {
        throw .header("shape is \(extents.text), which is not a tuple of sizes")
      }
      shape.append(extent)
    }
    if case .string(let descriptor) = type.value { return (descriptor, isFortranOrder, shape) }
    return (type.text, isFortranOrder, shape)
  }

  /// The bytes of a version 1.0 header of a little-endian array in C order, padded so that the
  /// elements begin at a multiple of 64 bytes.
  static func bytes(type: NPYType, shape: [Int]) -> [UInt8] {
    let axes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '\(type.descriptor)', 'fortran_order': False, 'shape': (\(axes)), }"
    let unpadded = magic.count + 4 + text.utf8.count + 1
    text += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    let length = text.utf8.count
    precondition(length <= 0xFFFF, "a tensor of \(shape.count) axes cannot be written")
    return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
  }
}
