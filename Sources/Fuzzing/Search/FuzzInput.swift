/// One input of a search: the choices from which a ``FuzzSpace`` makes a case.
///
/// Choices stand in segments. The first is about stalls, initial values and reset; each other one is a change
/// of settings or a transaction. Every sequence of choices means something: what is left out counts as 0,
/// what is too much is not read, and a choice among n takes the remainder. So that any part can be cut out,
/// doubled, changed, or put into another input.
package struct FuzzInput: Sendable, Hashable {
  package var segments: [[UInt32]]

  package init(_ segments: [[UInt32]]) { self.segments = segments }

  /// Choices in all.
  package var size: Int { segments.reduce(0) { $0 + $1.count } }

  // MARK: - Bytes

  private static let mark: [UInt8] = Array("cosimfz1".utf8)

  /// As it stands in a file: a mark, the number of segments, then length and choices of each, little-endian
  /// words of 32 bits, and a checksum.
  package var bytes: [UInt8] {
    var words = [UInt32(segments.count)]
    for segment in segments { words += [UInt32(segment.count)] + segment }
    words.append(FuzzInput.checksum(words[...]))
    return FuzzInput.mark
      + words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
  }

  /// - Returns: nil for bytes that are no input, or not a whole one.
  package init?(bytes: [UInt8]) {
    guard bytes.starts(with: FuzzInput.mark), bytes.count % 4 == 0 else { return nil }
    let words = stride(from: FuzzInput.mark.count, to: bytes.count, by: 4).map { place in
      (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << ($1 * 8) }
    }
    guard let sum = words.last, let count = words.first,
      sum == FuzzInput.checksum(words.dropLast())
    else { return nil }
    segments = []
    var place = 1
    for _ in 0..<count {
      guard place < words.count - 1 else { return nil }
      let end = place + 1 + Int(words[place])
      guard end <= words.count - 1 else { return nil }
      segments.append(Array(words[place + 1..<end]))
      place = end
    }
    guard place == words.count - 1 else { return nil }
  }

  /// FNV-1a over words.
  private static func checksum(_ words: ArraySlice<UInt32>) -> UInt32 {
    words.reduce(0x811C_9DC5) { ($0 ^ $1) &* 0x0100_0193 }
  }

  /// Of the choices: the name of its file.
  var digest: String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for segment in segments {
      hash = (hash ^ UInt64(segment.count)) &* 0x100_0000_01B3
      for word in segment { hash = (hash ^ UInt64(word)) &* 0x100_0000_01B3 }
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
