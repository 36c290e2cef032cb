/// A value written as Python writes it: what the header of an array in NumPy's format consists of.
enum PythonLiteral: Equatable {
  case string(String)
  case integer(Int)
  case boolean(Bool)
  case none
  case sequence([PythonLiteral])
}

/// Parses the dictionary literal of a header, and nothing more of Python than that needs.
///
/// Strings have no escapes that matter (a backslash keeps the next character), numbers are
/// non-negative decimal integers, tuples and lists are not told apart.
struct PythonLiteralParser {
  /// Why a literal could not be parsed: a sentence's end that says where.
  struct Failure: Error {
    var message: String
  }

  private let bytes: ArraySlice<UInt8>
  private var position: Int

  /// Literals nested deeper than this are refused; record types nest, but never so deeply.
  private static let deepest = 16

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// One value of the dictionary and the characters that it was written with.
  typealias Entry = (value: PythonLiteral, text: String)

  /// The whole text as one dictionary with string keys, followed by white space only.
  mutating func dictionary() throws(Failure) -> [String: Entry] {
    var result: [String: Entry] = [:]
    try expect("{")
    while !take("}") {
      guard case .string(let key) = try value(depth: 0) else {
        throw Failure(message: "a key is not a string")
      }
      guard result[key] == nil else { throw Failure(message: "the key '\(key)' stands twice") }
      try expect(":")
      skipSpace()
      let start = position
      let entry = try value(depth: 0)
      result[key] = (entry, String(decoding: bytes[start..<position], as: UTF8.self))
      if !take(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard position == bytes.endIndex else { throw failure("the end") }
    return result
  }

  private mutating func value(depth: Int) throws(Failure) -> PythonLiteral {
    guard depth < Self.deepest else { throw Failure(message: "it is nested too deeply") }
    skipSpace()
    guard position < bytes.endIndex else { throw failure("a value") }
    switch bytes[position] {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return .integer(try integer())
    case UInt8(ascii: "("): return .sequence(try sequence(closedBy: ")", depth: depth))
    case UInt8(ascii: "["): return .sequence(try sequence(closedBy: "]", depth: depth))
    default:
      if takeWord("True") { return .boolean(true) }
      if takeWord("False") { return .boolean(false) }
      if takeWord("None") { return .none }
      throw failure("a value")
    }
  }

  private mutating func string() throws(Failure) -> String {
    let quote = bytes[position]
    position += 1
    let start = position
    while position < bytes.endIndex, bytes[position] != quote {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard position < bytes.endIndex else {
      throw Failure(message: "a string has no end")
    }
    defer { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func integer() throws(Failure) -> Int {
    var result = 0
    while position < bytes.endIndex, case let digit = bytes[position],
      digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9")
    {
      let (scaled, overflow) = result.multipliedReportingOverflow(by: 10)
      let (sum, overflowToo) = scaled.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
      guard !overflow, !overflowToo else { throw Failure(message: "a number is too large") }
      result = sum
      position += 1
    }
    return result
  }

  /// A tuple or a list. `(3)` is refused: in Python it is a number, not a tuple.
  private mutating func sequence(
    closedBy end: Unicode.Scalar, depth: Int
  ) throws(Failure) -> [PythonLiteral] {
    position += 1
    var result: [PythonLiteral] = []
    while !take(end) {
      result.append(try value(depth: depth + 1))
      if !take(",") {
        try expect(end)
        guard result.count > 1 || end == "]" else {
          throw Failure(message: "parentheses around one value without a comma are not a tuple")
        }
        break
      }
    }
    return result
  }

  private mutating func skipSpace() {
    while position < bytes.endIndex, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.endIndex, bytes[position] == UInt8(ascii: character) else {
      return false
    }
    position += 1
    return true
  }

  private mutating func takeWord(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard bytes.endIndex - position >= count else { return false }
    let matches = bytes[position..<(position + count)]
      .elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: count))
    if matches { position += count }
    return matches
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(Failure) {
    guard take(character) else { throw failure("'\(character)'") }
  }

  private func failure(_ expected: String) -> Failure {
    Failure(message: "\(expected) is expected at character \(position - bytes.startIndex)")
  }
}
