import CZlib

/// CRC-32 of observed outputs, to say whether two runs answered the same.
///
/// Only beats that differ from the expectation need hashing as they occur: the observed sequence is the
/// expected one with those beats replaced.
enum Digest {
  static func of(_ bytes: [UInt8], continuing start: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBufferPointer {
      UInt32(truncatingIfNeeded: crc32_z(UInt(start), $0.baseAddress, $0.count))
    }
  }

  /// Folds a number into a digest.
  static func combine(_ digest: UInt32, _ word: UInt64) -> UInt32 {
    of((0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }, continuing: digest)
  }
}
