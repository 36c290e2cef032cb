import Foundation
import Vectors

/// An array in NumPy's format, byte by byte, so that the reader is not tested with the writer.
struct NPYFixture {
  var version: (major: UInt8, minor: UInt8) = (1, 0)
  var header: String
  var payload: [UInt8]

  init(_ descriptor: String, fortran: Bool = false, shape: String, _ payload: [UInt8]) {
    header =
      "{'descr': '\(descriptor)', 'fortran_order': \(fortran ? "True" : "False"), "
      + "'shape': \(shape), }"
    self.payload = payload
  }

  init(header: String, _ payload: [UInt8] = []) {
    self.header = header
    self.payload = payload
  }

  var bytes: [UInt8] {
    let length = header.utf8.count + 1
    var result: [UInt8] = [0x93] + Array("NUMPY".utf8) + [version.major, version.minor]
    result += [UInt8(length & 0xFF), UInt8(length >> 8)]
    if version.major > 1 { result += [0, 0] }
    return result + Array(header.utf8) + [0x0A] + payload
  }

  func array() throws -> NPYArray { try NPYArray(bytes: bytes, place: .init(path: "a.npy")) }
}

/// A ZIP archive, byte by byte.
struct ZipFixture {
  struct Member {
    var name: [UInt8]
    var data: [UInt8]
    /// What is stored; the data itself unless given.
    var packed: [UInt8]
    var method = 0
    var flags = 0
    var localExtra: [UInt8] = []
    var centralExtra: [UInt8] = []
    var comment: [UInt8] = []
    /// Sizes and checksum stand behind the data, and the local header has zeros (bit 3).
    var hasDescriptor = false
    /// The local header has 0xFFFFFFFF for sizes, as NumPy writes it.
    var hidesLocalSizes = false
    var checksum: UInt32
    var statedSize: UInt32
    var statedPacked: UInt32?

    init(_ name: String, _ data: [UInt8]) {
      self.name = Array(name.utf8)
      self.data = data
      packed = data
      checksum = crc32(data)
      statedSize = UInt32(data.count)
    }

    /// Deflated as blocks without compression, which is valid deflate.
    func deflated(method: Int = 8) -> Member {
      var result = self
      result.method = method
      let length = UInt16(data.count)
      result.packed = [1] + little(length) + little(~length) + data
      return result
    }
  }

  var members: [Member]
  var comment: [UInt8] = []
  /// Bytes between the directory and the end record.
  var beforeEnd: [UInt8] = []
  var disk: UInt16 = 0
  /// What the end record states, where it lies.
  var statedCount: UInt16?
  var statedDirectorySize: UInt32?

  init(_ members: [Member]) { self.members = members }

  var bytes: [UInt8] {
    var result: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let flags = UInt16(member.flags | (member.hasDescriptor ? 8 : 0))
      let sizes =
        little(member.checksum) + little(member.statedPacked ?? UInt32(member.packed.count))
        + little(member.statedSize)
      let first: [UInt8] =
        [45, 0] + little(flags) + little(UInt16(member.method)) + [0, 0, 0x21, 0]
      var localSizes = sizes
      if member.hasDescriptor { localSizes = [UInt8](repeating: 0, count: 12) }
      if member.hidesLocalSizes {
        localSizes.replaceSubrange(4..., with: [UInt8](repeating: 255, count: 8))
      }
      let offset = UInt32(result.count)
      let nameSize = little(UInt16(member.name.count))
      result += [0x50, 0x4B, 3, 4] + first + localSizes + nameSize
      result += little(UInt16(member.localExtra.count)) + member.name + member.localExtra
      result += member.packed
      if member.hasDescriptor { result += [0x50, 0x4B, 7, 8] + sizes }
      directory += [0x50, 0x4B, 1, 2, 45, 3] + first + sizes + nameSize
      directory += little(UInt16(member.centralExtra.count)) + little(UInt16(member.comment.count))
      directory += [UInt8](repeating: 0, count: 8) + little(offset) + member.name
      directory += member.centralExtra + member.comment
    }
    let start = UInt32(result.count)
    let count = statedCount ?? UInt16(members.count)
    result += directory + beforeEnd + [0x50, 0x4B, 5, 6] + little(disk) + little(disk)
    result += little(count) + little(count)
    result += little(statedDirectorySize ?? UInt32(directory.count)) + little(start)
    return result + little(UInt16(comment.count)) + comment
  }

  func archive() throws -> NPZArchive { try NPZArchive(bytes: bytes, path: "a.npz") }
}

func little<Word: FixedWidthInteger>(_ value: Word) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

func big<Word: FixedWidthInteger>(_ value: Word) -> [UInt8] { little(value).reversed() }

/// CRC-32 bit by bit, not zlib's.
func crc32(_ bytes: [UInt8]) -> UInt32 {
  var state = UInt32.max
  for byte in bytes {
    state ^= UInt32(byte)
    for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0xEDB8_8320 : state >> 1 }
  }
  return ~state
}

/// A folder that lasts as long as the body.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "cosim-vectors-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}

/// The text of the error that the body throws; nil if it throws none.
func message(_ body: () throws -> some Any) -> String? {
  do {
    _ = try body()
    return nil
  } catch {
    return "\(error)"
  }
}
