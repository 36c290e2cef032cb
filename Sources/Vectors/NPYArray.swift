public import Signals

/// One array in NumPy's format: a shape, an element type and the elements.
///
/// Elements stay as bytes until ``tensor()`` or ``reals()`` asks for them, so that an archive with
/// arrays of strings or objects can be read as long as nobody asks for those.
public struct NPYArray: Sendable {
  /// Extent of each axis; empty for a scalar.
  public let shape: [Int]
  /// NumPy's descriptor of an element, with its byte order: `<i4`, `|b1`, `<U12`.
  public let descriptor: String
  /// The element type; nil for strings, objects, records and other kinds that cannot be read.
  public let type: NPYType?
  /// File and member, for messages.
  let place: VectorError.Place
  let isBigEndian: Bool
  let isFortranOrder: Bool
  /// All of the file, header included; the elements begin at `start`.
  package let bytes: [UInt8]
  package let start: Int

  /// Reads the bytes of a `.npy` file, versions 1.0 to 3.0 of the format.
  ///
  /// - Parameter place: where the bytes come from, for messages.
  /// - Throws: ``VectorError/array(_:_:)`` for a damaged header, and for a payload that has not
  ///   exactly the size that the header states; not for an element type that cannot be read.
  public init(bytes: [UInt8], place: VectorError.Place) throws(VectorError) {
    do throws(VectorError.ArrayFault) {
      let header = try NPYHeader(parsing: bytes)
      let element = header.element
      let payload = bytes.count - header.byteCount
      guard let count = header.count else {
        throw .payload(stated: "more than \(Int.max)", found: payload)
      }
      if let type = element?.type {
        let (size, overflow) = count.multipliedReportingOverflow(by: type.byteCount)
        guard !overflow, size == payload else {
          throw .payload(stated: overflow ? "more than \(Int.max)" : String(size), found: payload)
        }
      }
      shape = header.shape
      descriptor = header.descriptor
      type = element?.type
      isBigEndian = element?.isBigEndian ?? false
      isFortranOrder = header.isFortranOrder
      start = header.byteCount
    } catch {
      throw .array(error, place)
    }
    self.place = place
    self.bytes = bytes
  }

  /// Reads a `.npy` file.
  ///
  /// - Throws: ``VectorError/cannotRead(path:reason:)``, and as ``init(bytes:place:)``.
  public init(path: String) throws(VectorError) {
    try self.init(bytes: File.contents(path), place: VectorError.Place(path: path))
  }

  /// An array of integers, to be written.
  ///
  /// - Parameters:
  ///   - tensor: the elements; a scalar stays one.
  ///   - type: an integer type or `bool`; trap: a real one.
  ///   - name: what messages call the array.
  /// - Throws: ``VectorError/valueDoesNotFit(array:index:value:type:)`` for the first value out of
  ///   range.
  public init(_ tensor: Tensor, as type: NPYType, name: String = "") throws(VectorError) {
    guard let range = type.range else { preconditionFailure("a tensor cannot be \(type)") }
    if let bad = tensor.values.firstIndex(where: { !range.contains($0) }) {
      throw .valueDoesNotFit(
        array: name, index: tensor.index(of: bad), value: tensor.values[bad], type: type)
    }
    self.init(shape: tensor.shape, type: type, count: tensor.values.count) { out in
      switch type.byteCount {
      case 1: Self.store(tensor.values, as: UInt8.self, to: out)
      case 2: Self.store(tensor.values, as: UInt16.self, to: out)
      case 4: Self.store(tensor.values, as: UInt32.self, to: out)
      default: Self.store(tensor.values, as: UInt64.self, to: out)
      }
    }
  }

  /// An array of real numbers, to be written as float64: the scales of integer arrays.
  ///
  /// - Precondition: as many values as the product of the shape.
  public init(reals: [Double], shape: [Int]) {
    precondition(shape.reduce(1, *) == reals.count, "\(reals.count) values do not fill \(shape)")
    self.init(shape: shape, type: .float64, count: reals.count) { out in
      for (index, value) in reals.enumerated() {
        out.storeBytes(
          of: value.bitPattern.littleEndian, toByteOffset: index * 8, as: UInt64.self)
      }
    }
  }

  /// Writes a `.npy` file, version 1.0, little-endian, C order, and publishes it whole or not at
  /// all.
  ///
  /// - Throws: ``VectorError/cannotWrite(path:reason:)``.
  public func write(to path: String) throws(VectorError) {
    try File.publish(bytes, to: path)
  }

  private init(
    shape: [Int], type: NPYType, count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void
  ) {
    let header = NPYHeader.bytes(type: type, shape: shape)
    let size = header.count + count * type.byteCount
    bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialised in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      raw.copyBytes(from: header)
      fill(UnsafeMutableRawBufferPointer(rebasing: raw[header.count...]))
      initialised = size
    }
    self.shape = shape
    self.type = type
    descriptor = type.descriptor
    place = VectorError.Place(path: "")
    isBigEndian = false
    isFortranOrder = false
    start = header.count
  }

  private static func store<Word: FixedWidthInteger>(
    _ values: [Int64], as: Word.Type, to out: UnsafeMutableRawBufferPointer
  ) {
    for (index, value) in values.enumerated() {
      out.storeBytes(
        of: Word(truncatingIfNeeded: value).littleEndian,
        toByteOffset: index * MemoryLayout<Word>.size, as: Word.self)
    }
  }
}
