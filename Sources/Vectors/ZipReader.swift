/// The members of a ZIP archive held in memory.
///
/// The directory at the end is the authority: names, sizes, methods and checksums are taken from
/// it, and local headers only tell where the data begins. Both are checked on opening, so that no
/// member can be lost by a damaged name; a member is unpacked when it is asked for.
package struct ZipReader {
  package let path: String
  package let entries: [Zip.Entry]
  private let bytes: [UInt8]
  /// Where the directory begins; the data of every member ends before.
  private let directoryStart: Int

  /// Reads the directory.
  ///
  /// - Throws: ``VectorError/archive(_:path:member:)``.
  package init(bytes: [UInt8], path: String) throws(VectorError) {
    self.bytes = bytes
    self.path = path
    do throws(VectorError.ArchiveFault) {
      let end = try Self.findEnd(bytes)
      let directory = try Self.directory(bytes, end: end)
      directoryStart = directory.lowerBound
      entries = try Self.entries(bytes, directory: directory, count: bytes.word16(at: end + 10))
    } catch {
      throw .archive(error, path: path, member: nil)
    }
    var seen: Set<String> = []
    for entry in entries {
      guard seen.insert(entry.name).inserted else {
        throw .archive(.duplicateMember, path: path, member: entry.name)
      }
      guard !entry.isEncrypted else { continue }
      do throws(VectorError.ArchiveFault) {
        _ = try dataRange(of: entry)
      } catch {
        throw .archive(error, path: path, member: entry.name)
      }
    }
  }

  /// The unpacked bytes of one member; their size and CRC-32 are those of the directory.
  package func contents(of entry: Zip.Entry) throws(VectorError) -> [UInt8] {
    do throws(VectorError.ArchiveFault) {
      guard !entry.isEncrypted else { throw .encrypted }
      let data = try dataRange(of: entry)
      let result: [UInt8]
      switch entry.method {
      case Zip.stored:
        guard entry.size == entry.compressedSize else {
          throw .size(stated: entry.size, found: entry.compressedSize)
        }
        result = Array(bytes[data])
      case Zip.deflated:
        result = try Deflate.inflate(bytes[data], size: entry.size)
      default:
        throw .method(entry.method)
      }
      let checksum = Deflate.checksum(result)
      guard checksum == entry.checksum else {
        throw .checksum(stated: entry.checksum, found: checksum)
      }
      return result
    } catch {
      throw .archive(error, path: path, member: entry.name)
    }
  }

  /// The end record: the last place where its signature stands and its comment fills the rest.
  private static func findEnd(_ bytes: [UInt8]) throws(VectorError.ArchiveFault) -> Int {
    var offset = bytes.count - Zip.endSize
    let lowest = max(0, offset - Zip.longestComment)
    while offset >= lowest {
      if bytes.word32(at: offset) == Zip.endSignature,
        offset + Zip.endSize + bytes.word16(at: offset + 20) == bytes.count
      {
        return offset
      }
      offset -= 1
    }
    let looksLikeZip = bytes.count >= 4 && bytes.word32(at: 0) == Zip.localSignature
    throw looksLikeZip ? .truncated : .notAnArchive(firstBytes: Array(bytes.prefix(8)))
  }

  /// Where the directory lies: directly in front of the end record.
  private static func directory(
    _ bytes: [UInt8], end: Int
  ) throws(VectorError.ArchiveFault) -> Range<Int> {
    let locator = end - Zip.end64LocatorSize
    if locator >= 0, bytes.word32(at: locator) == Zip.end64LocatorSignature { throw .zip64 }
    let (here, total) = (bytes.word16(at: end + 8), bytes.word16(at: end + 10))
    let (size, start) = (bytes.word32(at: end + 12), bytes.word32(at: end + 16))
    guard total != 0xFFFF, size != .max, start != .max else { throw .zip64 }
    guard bytes.word16(at: end + 4) == 0, bytes.word16(at: end + 6) == 0, here == total else {
      throw .split
    }
    let statedEnd = Int(start) + Int(size)
    guard statedEnd == end else {
      throw .disagreement("the directory is said to end at byte \(statedEnd), but ends at \(end)")
    }
    return Int(start)..<end
  }

  private static func entries(
    _ bytes: [UInt8], directory: Range<Int>, count: Int
  ) throws(VectorError.ArchiveFault) -> [Zip.Entry] {
    var entries: [Zip.Entry] = []
    var offset = directory.lowerBound
    while offset < directory.upperBound {
      guard directory.upperBound - offset >= Zip.centralSize else {
        throw .outOfBounds("line \(entries.count + 1) of the directory")
      }
      guard bytes.word32(at: offset) == Zip.centralSignature else {
        throw .signature("line \(entries.count + 1) of the directory")
      }
      let nameEnd = offset + Zip.centralSize + bytes.word16(at: offset + 28)
      let next = nameEnd + bytes.word16(at: offset + 30) + bytes.word16(at: offset + 32)
      guard next <= directory.upperBound else {
        throw .outOfBounds("line \(entries.count + 1) of the directory")
      }
      let rawName = Array(bytes[(offset + Zip.centralSize)..<nameEnd])
      entries.append(try entry(bytes, at: offset, rawName: rawName))
      offset = next
    }
    guard entries.count == count else {
      throw .disagreement("\(count) members are stated, \(entries.count) are listed")
    }
    return entries
  }

  private static func entry(
    _ bytes: [UInt8], at offset: Int, rawName: [UInt8]
  ) throws(VectorError.ArchiveFault) -> Zip.Entry {
    let flags = bytes.word16(at: offset + 8)
    let isASCII = rawName.allSatisfy { $0 < 0x80 }
    guard isASCII || flags & Zip.utf8Flag != 0,
      let name = String(validating: rawName, as: UTF8.self)
    else { throw .unreadableName }
    let (compressed, size) = (bytes.word32(at: offset + 20), bytes.word32(at: offset + 24))
    let start = bytes.word32(at: offset + 42)
    guard compressed != .max, size != .max, start != .max else { throw .zip64 }
    guard bytes.word16(at: offset + 34) == 0 else { throw .split }
    return Zip.Entry(
      name: name, rawName: rawName, flags: flags, method: bytes.word16(at: offset + 10),
      checksum: bytes.word32(at: offset + 16), compressedSize: Int(compressed), size: Int(size),
      offset: Int(start))
  }

  /// Where the data of a member lies, behind its local header, which must bear the member's name.
  private func dataRange(of entry: Zip.Entry) throws(VectorError.ArchiveFault) -> Range<Int> {
    guard entry.offset <= directoryStart - Zip.localSize else {
      throw .outOfBounds("the local header")
    }
    guard bytes.word32(at: entry.offset) == Zip.localSignature else {
      throw .signature("the local header")
    }
    let nameStart = entry.offset + Zip.localSize
    let nameEnd = nameStart + bytes.word16(at: entry.offset + 26)
    guard nameEnd <= directoryStart else { throw .outOfBounds("the name in the local header") }
    guard bytes[nameStart..<nameEnd].elementsEqual(entry.rawName) else {
      throw .disagreement("the local header bears another name than the directory")
    }
    let start = nameEnd + bytes.word16(at: entry.offset + 28)
    guard start <= directoryStart, entry.compressedSize <= directoryStart - start else {
      throw .outOfBounds("the data")
    }
    return start..<(start + entry.compressedSize)
  }
}
