/// A port of one device instance: an address.
///
/// The address is that of the simulator's own variable, so writing and reading a pin is a memory access.
/// An input is seen by the next ``Device/evaluate()``; an output is that of the last one. The bits above
/// ``PortDescription/bits`` are zero and must stay so.
///
/// - Warning: A port is valid as long as the device that it came from.
public struct Port {
  public let description: PortDescription
  /// `description.byteCount` bytes, aligned for the element.
  public let address: UnsafeMutableRawPointer
  @usableFromInline let elementByteCount: Int

  init(description: PortDescription, address: UnsafeMutableRawPointer) {
    self.description = description
    self.address = address
    elementByteCount = description.elementByteCount
  }

  /// Bytes of the whole port.
  @inlinable public var byteCount: Int { description.byteCount }

  /// The memory of the whole port.
  public var bytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: address, count: description.byteCount)
  }

  /// The port as a pin of one byte, for the inner loop: clock, reset, valid, ready.
  ///
  /// - Precondition: at most 8 bits and no unpacked dimension.
  public var pin: UnsafeMutablePointer<UInt8> {
    precondition(
      description.byteCount == 1, "port \(description.name) has \(description.byteCount) bytes")
    return address.assumingMemoryBound(to: UInt8.self)
  }

  /// The value of a plain port of up to 64 bits, without sign.
  ///
  /// - Precondition: no unpacked dimension and at most 64 bits; a value that is stored fits the port.
  @inlinable public var value: UInt64 {
    get {
      switch elementByteCount {
      case 1: UInt64(address.load(as: UInt8.self))
      case 2: UInt64(address.load(as: UInt16.self))
      case 4: UInt64(address.load(as: UInt32.self))
      case 8: address.load(as: UInt64.self)
      default: preconditionFailure("port \(description.name) is wider than 64 bits")
      }
    }
    nonmutating set {
      precondition(
        description.bits >= 64 || newValue >> UInt64(description.bits) == 0,
        "the value does not fit the port")
      switch elementByteCount {
      case 1: address.storeBytes(of: UInt8(truncatingIfNeeded: newValue), as: UInt8.self)
      case 2: address.storeBytes(of: UInt16(truncatingIfNeeded: newValue), as: UInt16.self)
      case 4: address.storeBytes(of: UInt32(truncatingIfNeeded: newValue), as: UInt32.self)
      case 8: address.storeBytes(of: newValue, as: UInt64.self)
      default: preconditionFailure("port \(description.name) is wider than 64 bits")
      }
    }
  }
}
