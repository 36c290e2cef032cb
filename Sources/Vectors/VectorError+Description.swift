extension VectorError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotRead(let path, let reason):
      "cannot read '\(path)': \(reason)"
    case .cannotWrite(let path, let reason):
      "cannot write '\(path)': \(reason); what was there before is unchanged"
    case .archive(let fault, let path, let member):
      "cannot \(fault.verb) \(prefix("member", member))'\(path)': \(fault.sentence)"
    case .missingArray(let name, let path, let known):
      "'\(path)' has no array '\(name)'; "
        + (known.isEmpty ? "it has none at all" : "it has \(known.joined(separator: ", "))")
    case .array(let fault, let place):
      "cannot read \(prefix("array", place.member))'\(place.path)': \(fault.sentence)"
    case .duplicateName(let name):
      "cannot write two arrays named '\(name)' to one archive; rename one"
    case .unusableName(let name):
      "cannot write an array named '\(name)': a name must not be empty, begin with a dot, or "
        + "have a slash, a backslash or a control character"
    case .valueDoesNotFit(let name, let index, let value, let type):
      "cannot write \(name.isEmpty ? "an array" : "array '\(name)'") as \(type): "
        + "the value \(value)\(at(index)) is outside its range "
        + (type.range.map { "\($0.lowerBound)...\($0.upperBound)" } ?? "not one of integers")
    }
  }
}

extension VectorError.ArchiveFault {
  fileprivate var verb: String {
    switch self {
    case .tooLarge, .deflate: "write"
    default: "read"
    }
  }

  fileprivate var sentence: String {
    switch self {
    case .notAnArchive(let bytes):
      "it is not a ZIP archive: \(beginning(bytes)); write it with numpy.savez_compressed"
    case .truncated:
      "it begins as a ZIP archive but has no end record, so it was cut short; "
        + "write or copy it again"
    case .zip64:
      "it uses the 64-bit extension of ZIP (more than 4 GiB or 65534 members), which is not read; "
        + "split it into smaller archives"
    case .split:
      "it is one part of a split ZIP archive; join the parts"
    case .encrypted:
      "it is encrypted; write it without a password"
    case .method(let method):
      "it is compressed by ZIP method \(method); only stored (0) and deflated (8) are read"
    case .outOfBounds(let record):
      "it is damaged: \(record) ends outside the place for it"
    case .signature(let record):
      "it is damaged: \(record) does not begin with its signature"
    case .disagreement(let what):
      "it is damaged: \(what)"
    case .duplicateMember:
      "the archive has two members of this name"
    case .unreadableName:
      "it has a member whose name is neither ASCII nor marked as UTF-8; rename it"
    case .inflate(let reason):
      "it is damaged: the deflated data is not valid (\(reason))"
    case .size(let stated, let found):
      "it is damaged: the directory states \(stated) bytes, but the data is \(found)"
    case .checksum(let stated, let found):
      "it is damaged: its CRC-32 is \(hex(found)), but the directory states \(hex(stated))"
    case .deflate(let status):
      "zlib could not pack it (status \(status)); there may be too little memory"
    case .tooLarge:
      "it needs the 64-bit extension of ZIP (more than 4 GiB or 65534 members), "
        + "which is not written; split it"
    }
  }
}

extension VectorError.ArrayFault {
  fileprivate var sentence: String {
    switch self {
    case .notAnArray(let bytes):
      "it is not an array in NumPy's format: \(beginning(bytes))"
    case .version(let major, let minor):
      "it is version \(major).\(minor) of NumPy's format; 1.0, 2.0 and 3.0 are read"
    case .truncatedHeader(let stated, let available):
      "its header ends at byte \(stated), but there are only \(available)"
    case .header(let reason):
      "its header is not NumPy's: \(reason)"
    case .payload(let stated, let found):
      "its shape and type need \(stated) bytes of elements, but there are \(found)"
    case .notIntegers(let descriptor):
      "its elements are \(kind(descriptor)), but integers are expected; "
        + "convert it, for example with .astype(numpy.int32)"
    case .notReals(let descriptor):
      "its elements are \(kind(descriptor)), but numbers are expected; "
        + "convert it, for example with .astype(numpy.float64)"
    case .aboveInt64(let index, let value):
      "the value \(value)\(at(index)) is above the largest that is read, \(Int64.max)"
    case .inexact(let index, let value):
      "the integer \(value)\(at(index)) cannot be represented as a float64"
    case .boolean(let index, let value):
      "the Boolean\(at(index)) is \(value), but must be 0 or 1"
    }
  }
}

/// `member 'x' of `, in front of a path; nothing where the whole file is meant.
private func prefix(_ word: String, _ name: String?) -> String {
  name.map { "\(word) '\($0)' of " } ?? ""
}

/// What the first bytes of a file are, or look like.
private func beginning(_ bytes: [UInt8]) -> String {
  if bytes.isEmpty { return "it is empty" }
  if bytes.starts(with: NPYHeader.magic) { return "it is a single array (.npy)" }
  if bytes.starts(with: "version ".utf8) {
    return "it begins as text, like a Git LFS pointer that was not fetched"
  }
  let digits = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
  return "it begins with the bytes \(digits.joined(separator: " "))"
}

/// ` at [1, 2]`; nothing for a scalar.
private func at(_ index: [Int]) -> String {
  index.isEmpty ? "" : " at [\(index.map(String.init).joined(separator: ", "))]"
}

private func hex(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
}

/// What elements of a descriptor are, in words.
private func kind(_ descriptor: String) -> String {
  let word: String
  switch descriptor.drop(while: { "<>|=".contains($0) }).first {
  case "f", "g": word = "reals"
  case "c": word = "complex numbers"
  case "U", "S", "a": word = "strings"
  case "O": word = "Python objects"
  case "M", "m": word = "dates or times"
  case "V", "[": word = "records"
  default: word = "of a kind that is not read"
  }
  return "\(word) ('\(descriptor)')"
}
