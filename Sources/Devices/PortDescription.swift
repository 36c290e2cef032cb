/// Which way a port carries its value.
public enum PortDirection: String, Sendable, Hashable, Codable {
  case input, output, bidirectional
  /// A signal inside the device, which can only be read.
  case tap
}

/// One port of a device: its name, and how its value lies in memory.
public struct PortDescription: Sendable, Hashable, CustomStringConvertible {
  /// As the RTL spells it.
  public let name: String
  public let direction: PortDirection
  /// Bits of one element; the whole port unless it has unpacked dimensions.
  public let bits: Int
  /// Bytes of one element: 1, 2, 4 or 8, and above 64 bits 32-bit words, least significant first.
  public let elementByteCount: Int
  /// Extent of each unpacked dimension, outermost first; empty for a plain port.
  public let extents: [Int]

  public init(
    name: String, direction: PortDirection, bits: Int, elementByteCount: Int, extents: [Int] = []
  ) {
    self.name = name
    self.direction = direction
    self.bits = bits
    self.elementByteCount = elementByteCount
    self.extents = extents
  }

  /// Unpacked elements; 1 for a plain port.
  public var elementCount: Int { extents.reduce(1, *) }

  /// Bytes of the whole port.
  public var byteCount: Int { elementByteCount * elementCount }

  /// `input scores_data_i, 128 bits`, `output sums_o [4], 8 bits`.
  public var description: String { "\(direction.rawValue) \(name)\(shape)" }

  /// What stands after the name: ` [4], 8 bits`.
  var shape: String {
    let dimensions = extents.isEmpty ? "" : " " + extents.map { "[\($0)]" }.joined()
    return "\(dimensions), \(bits) \(bits == 1 ? "bit" : "bits")"
  }
}
