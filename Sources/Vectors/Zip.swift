/// The ZIP container: names, signatures and sizes of its records.
///
/// Source: PKWARE's APPNOTE.TXT 6.3, sections 4.3 and 4.4. Everything is little-endian.
package enum Zip {
  package static let localSignature: UInt32 = 0x0403_4B50
  package static let localSize = 30
  package static let centralSignature: UInt32 = 0x0201_4B50
  package static let centralSize = 46
  package static let endSignature: UInt32 = 0x0605_4B50
  package static let endSize = 22
  package static let longestComment = 0xFFFF
  /// Stands in front of the end record when the 64-bit extension is used.
  package static let end64LocatorSignature: UInt32 = 0x0706_4B50
  package static let end64LocatorSize = 20

  package static let stored = 0
  package static let deflated = 8

  /// General purpose bits: encrypted, strong encryption, masked directory.
  package static let encryptionFlags = 1 << 0 | 1 << 6 | 1 << 13
  /// General purpose bit: names are UTF-8.
  package static let utf8Flag = 1 << 11

  /// One line of the directory.
  package struct Entry {
    package var name: String
    package var rawName: [UInt8]
    package var flags: Int
    package var method: Int
    package var checksum: UInt32
    package var compressedSize: Int
    package var size: Int
    /// Where the local header begins.
    package var offset: Int

    package var isEncrypted: Bool { flags & Zip.encryptionFlags != 0 }
  }
}

extension [UInt8] {
  /// The little-endian 16 bits at `offset`, which the caller has checked.
  package func word16(at offset: Int) -> Int { Int(self[offset]) | Int(self[offset + 1]) << 8 }

  /// The little-endian 32 bits at `offset`, which the caller has checked.
  package func word32(at offset: Int) -> UInt32 {
    UInt32(word16(at: offset)) | UInt32(word16(at: offset + 2)) << 16
  }

  package mutating func append16(_ value: Int) {
    append(UInt8(truncatingIfNeeded: value))
    append(UInt8(truncatingIfNeeded: value >> 8))
  }

  package mutating func append32(_ value: UInt32) {
    append16(Int(value & 0xFFFF))
    append16(Int(value >> 16))
  }
}
