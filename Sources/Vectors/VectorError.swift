/// Why vectors could not be read or written.
///
/// Every case names the file, and where it applies the member, and carries what was found there.
public enum VectorError: Error, Sendable, Hashable {
  /// The operating system refused to give the bytes of the file.
  case cannotRead(path: String, reason: String)
  /// The operating system refused to take the bytes; nothing half-written was left.
  case cannotWrite(path: String, reason: String)
  /// The container is damaged, cut short, of another kind, or uses a part of ZIP that is not read.
  case archive(ArchiveFault, path: String, member: String?)
  /// The archive has no array of this name.
  case missingArray(String, path: String, known: [String])
  /// The header or the payload of an array is damaged or of another kind.
  case array(ArrayFault, Place)
  /// Two arrays to be written have one name.
  case duplicateName(String)
  /// A name that cannot be a member of an archive.
  case unusableName(String)
  /// A value to be written does not fit the declared element type.
  case valueDoesNotFit(array: String, index: [Int], value: Int64, type: NPYType)

  /// Where an array comes from: a file and, in an archive, the member.
  public struct Place: Sendable, Hashable {
    public var path: String
    public var member: String?

    public init(path: String, member: String? = nil) {
      self.path = path
      self.member = member
    }
  }

  /// What is wrong with a ZIP container.
  public enum ArchiveFault: Error, Sendable, Hashable {
    /// It does not begin as a ZIP archive does; the first bytes say what it may be.
    case notAnArchive(firstBytes: [UInt8])
    /// It begins as a ZIP archive but its end, where the directory lies, is not there.
    case truncated
    /// It needs the 64-bit extension, which is for more than 4 GiB or 65534 members.
    case zip64
    /// It is one part of an archive that was split.
    case split
    /// The member is encrypted.
    case encrypted
    /// The member is compressed by a method other than 0 (stored) and 8 (deflated).
    case method(Int)
    /// A record lies outside the file or the archive's directory.
    case outOfBounds(String)
    /// A record does not have its signature.
    case signature(String)
    /// Two records that must agree do not.
    case disagreement(String)
    /// Two members have one name.
    case duplicateMember
    /// The name is not ASCII and is not marked as UTF-8, or is not UTF-8.
    case unreadableName
    /// The compressed data is not valid; zlib's own words where it has any.
    case inflate(String)
    /// The data unpacks to another size than the directory states.
    case size(stated: Int, found: Int)
    /// The data has another CRC-32 than the directory states.
    case checksum(stated: UInt32, found: UInt32)
    /// zlib could not pack the data, with its status.
    case deflate(status: Int32)
    /// It is too large to be written without the 64-bit extension.
    case tooLarge
  }

  /// What is wrong with an array in NumPy's format.
  public enum ArrayFault: Error, Sendable, Hashable {
    /// It does not begin with `\x93NUMPY`.
    case notAnArray(firstBytes: [UInt8])
    /// A version of the format other than 1.0, 2.0 and 3.0.
    case version(major: Int, minor: Int)
    /// The header ends outside the file.
    case truncatedHeader(stated: Int, available: Int)
    /// The header is not the dictionary that the format prescribes.
    case header(String)
    /// The payload has another size than the header states.
    case payload(stated: String, found: Int)
    /// Integers were asked for, but the elements are of another kind.
    case notIntegers(descriptor: String)
    /// Real numbers were asked for, but the elements are of another kind.
    case notReals(descriptor: String)
    /// An unsigned 64-bit value above the largest signed one.
    case aboveInt64(index: [Int], value: UInt64)
    /// An integer that no `Double` represents, where real numbers were asked for.
    case inexact(index: [Int], value: Int64)
    /// A Boolean that is neither 0 nor 1.
    case boolean(index: [Int], value: UInt8)
  }
}
