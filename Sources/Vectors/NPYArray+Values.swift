public import Signals

extension NPYArray {
  /// The elements as integers, in C order whatever the order in the file; Booleans as 0 and 1.
  ///
  /// - Throws: ``VectorError/array(_:_:)`` for an array of reals, strings, objects or records, a
  ///   uint64 above `Int64.max`, and a Boolean other than 0 and 1.
  public func tensor() throws(VectorError) -> Tensor {
    guard let type, !type.isReal else {
      throw .array(.notIntegers(descriptor: descriptor), place)
    }
    return Tensor(shape: shape, values: inCOrder(try integers(of: type)))
  }

  /// The elements as real numbers, in C order whatever the order in the file.
  ///
  /// Integers are converted where `Double` represents them.
  ///
  /// - Throws: ``VectorError/array(_:_:)`` for an array of strings, objects or records, and an
  ///   integer that no `Double` represents.
  public func reals() throws(VectorError) -> [Double] {
    guard let type else { throw .array(.notReals(descriptor: descriptor), place) }
    switch type {
    case .float16: return inCOrder(map(UInt16.self) { Double(halfBits: $0) })
    case .float32: return inCOrder(map(UInt32.self) { Double(Float(bitPattern: $0)) })
    case .float64: return inCOrder(map(UInt64.self) { Double(bitPattern: $0) })
    default:
      let tensor = try tensor()
      var result: [Double] = []
      result.reserveCapacity(tensor.values.count)
      for (position, value) in tensor.values.enumerated() {
        guard let real = Double(exactly: value) else {
          throw .array(.inexact(index: tensor.index(of: position), value: value), place)
        }
        result.append(real)
      }
      return result
    }
  }

  /// The integers in the order of the file.
  private func integers(of type: NPYType) throws(VectorError) -> [Int64] {
    switch type {
    case .bool:
      let values = map(UInt8.self) { Int64($0) }
      if let bad = values.firstIndex(where: { $0 > 1 }) {
        throw .array(.boolean(index: index(of: bad), value: UInt8(values[bad])), place)
      }
      return values
    case .uint64:
      let values = map(UInt64.self) { Int64(bitPattern: $0) }
      if let bad = values.firstIndex(where: { $0 < 0 }) {
        let value = UInt64(bitPattern: values[bad])
        throw .array(.aboveInt64(index: index(of: bad), value: value), place)
      }
      return values
    case .int8: return map(Int8.self) { Int64($0) }
    case .int16: return map(Int16.self) { Int64($0) }
    case .int32: return map(Int32.self) { Int64($0) }
    case .int64: return map(Int64.self) { $0 }
    case .uint8: return map(UInt8.self) { Int64($0) }
    case .uint16: return map(UInt16.self) { Int64($0) }
    case .uint32: return map(UInt32.self) { Int64($0) }
    case .float16, .float32, .float64: preconditionFailure("\(type) is not an integer type")
    }
  }

  /// Every element in the order of the file, its bytes put in the order of this machine.
  private func map<Word: FixedWidthInteger, Value>(
    _: Word.Type, _ transform: (Word) -> Value
  ) -> [Value] {
    let size = MemoryLayout<Word>.size
    let count = (bytes.count - start) / size
    return bytes.withUnsafeBytes { raw in
      [Value](unsafeUninitializedCapacity: count) { out, initialised in
        for index in 0..<count {
          let word = raw.loadUnaligned(fromByteOffset: start + index * size, as: Word.self)
          let value = isBigEndian ? Word(bigEndian: word) : Word(littleEndian: word)
          out.initializeElement(at: index, to: transform(value))
        }
        initialised = count
      }
    }
  }

  /// The index, axis by axis, of the element at `position` of the file.
  private func index(of position: Int) -> [Int] {
    var rest = position
    let axes = isFortranOrder ? shape : shape.reversed()
    let index = axes.map { extent in
      defer { rest /= extent }
      return rest % extent
    }
    return isFortranOrder ? index : index.reversed()
  }

  private func inCOrder<Value>(_ values: [Value]) -> [Value] {
    guard isFortranOrder, shape.count > 1, values.count > 1 else { return values }
    // The last axis runs fastest in the result; in the file an axis strides over all before it.
    var strides: [Int] = []
    var stride = 1
    for extent in shape {
      strides.append(stride)
      stride *= extent
    }
    var result: [Value] = []
    result.reserveCapacity(values.count)
    var index = [Int](repeating: 0, count: shape.count)
    var position = 0
    for _ in values.indices {
      result.append(values[position])
      for axis in shape.indices.reversed() {
        index[axis] += 1
        position += strides[axis]
        if index[axis] < shape[axis] { break }
        position -= index[axis] * strides[axis]
        index[axis] = 0
      }
    }
    return result
  }
}

extension Double {
  /// The value of an IEEE 754 binary16. By hand because `Float16` is not there on every platform.
  package init(halfBits bits: UInt16) {
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Double(bits & 0x3FF)
    let magnitude: Double
    switch exponent {
    case 0: magnitude = fraction * 0x1p-24
    case 31: magnitude = fraction == 0 ? .infinity : .nan
    default:
      magnitude = Double(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
    }
    self = bits >> 15 == 1 ? -magnitude : magnitude
  }
}
