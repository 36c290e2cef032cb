import Crypto

/// The hash of everything that a device is made of: two devices with one key do the same.
///
/// Names of folders outside the manifest, and dates, are not part of it.
public struct ContentKey: Sendable, Hashable, CustomStringConvertible {
  /// 64 hexadecimal digits.
  public let hexadecimal: String

  package init(hexadecimal: String) { self.hexadecimal = hexadecimal }

  public var description: String { hexadecimal }
}

/// Hashes named pieces so that no two different lists of pieces give the same bytes.
package struct KeyBuilder {
  private var hash = SHA256()

  package init() {}

  /// - Parameter name: what the piece is; part of the hash.
  package mutating func add(_ name: String, _ bytes: [UInt8]) {
    addRaw(Array(name.utf8))
    addRaw(bytes)
  }

  package mutating func add(_ name: String, _ text: String) { add(name, Array(text.utf8)) }

  /// A list: its length is part of the hash.
  package mutating func add(_ name: String, _ list: [String]) {
    add(name, String(list.count))
    for text in list { add(name, text) }
  }

  package consuming func key() -> ContentKey {
    ContentKey(hexadecimal: KeyBuilder.hex(hash.finalize()))
  }

  private mutating func addRaw(_ bytes: [UInt8]) {
    var count = UInt64(bytes.count).littleEndian
    withUnsafeBytes(of: &count) { hash.update(bufferPointer: $0) }
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
  }

  package static func digest(_ bytes: [UInt8]) -> String {
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    return hex(hash.finalize())
  }

  private static func hex(_ digest: SHA256Digest) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
