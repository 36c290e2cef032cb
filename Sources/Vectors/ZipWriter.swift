/// Makes a ZIP archive in memory: members deflated, or stored as they are, sizes in front, no dates, no extra
/// fields.
package struct ZipWriter {
  private let isDeflated: Bool
  private var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  /// - Parameter isDeflated: false for what is read at once and thrown away.
  package init(isDeflated: Bool = true) { self.isDeflated = isDeflated }

  /// The version of ZIP that an extractor needs for deflated members: 2.0.
  private static let neededVersion = 20
  /// 1980-01-01, the earliest that the format can say.
  private static let date = 0x0021
  /// The largest size or offset, and number of members, that are not marks of the 64-bit extension.
  private static let largest = Int(UInt32.max) - 1
  private static let most = 0xFFFE

  /// Appends a member.
  ///
  /// - Throws: ``VectorError/ArchiveFault/tooLarge`` where the archive would need the 64-bit
  ///   extension.
  package mutating func append(_ name: String, _ data: [UInt8]) throws(VectorError.ArchiveFault) {
    let rawName = Array(name.utf8)
    guard data.count <= Self.largest, rawName.count <= 0xFFFF, count < Self.most else {
      throw .tooLarge
    }
    let packed = isDeflated ? try Deflate.deflate(data) : data
    let offset = bytes.count
    let directoryEnd =
      offset + Zip.localSize + 2 * rawName.count + packed.count + directory.count + Zip.centralSize
    guard directoryEnd <= Self.largest else { throw .tooLarge }

    var common: [UInt8] = []
    common.append16(Self.neededVersion)
    common.append16(rawName.allSatisfy { $0 < 0x80 } ? 0 : Zip.utf8Flag)
    common.append16(isDeflated ? Zip.deflated : Zip.stored)
    common.append16(0)
    common.append16(Self.date)
    common.append32(Deflate.checksum(data))
    common.append32(UInt32(packed.count))
    common.append32(UInt32(data.count))
    common.append16(rawName.count)
    common.append16(0)

    bytes.append32(Zip.localSignature)
    bytes += common + rawName + packed

    directory.append32(Zip.centralSignature)
    directory.append16(Self.neededVersion)
    // Behind what the local header says too: comment, disk, attributes (none), where it lies.
    directory += common
    for _ in 0..<3 { directory.append16(0) }
    directory.append32(0)
    directory.append32(UInt32(offset))
    directory += rawName
    count += 1
  }

  /// The archive: the members, their directory and the end record.
  package consuming func finished() -> [UInt8] {
    let start = bytes.count
    bytes += directory
    bytes.append32(Zip.endSignature)
    bytes.append32(0)
    bytes.append16(count)
    bytes.append16(count)
    bytes.append32(UInt32(directory.count))
    bytes.append32(UInt32(start))
    bytes.append16(0)
    return bytes
  }
}
