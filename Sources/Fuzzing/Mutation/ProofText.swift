/// RTL as the prover can read it.
package enum ProofText {
  /// The text with implications within one cycle as conditions, `!(a) || (b)`, and such over more than one
  /// as 1: the prover knows neither, and takes no account of time.
  package static func withoutImplications(_ text: String) -> String {
    var bytes = Array(text.utf8)
    replace("|=>", in: &bytes) { _, _ in Array("1'b1".utf8) }
    replace("|->", in: &bytes) { condition, consequence in
      Array("!(".utf8) + condition + Array(") || (".utf8) + consequence + Array(")".utf8)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func replace(
    _ symbol: String, in bytes: inout [UInt8],
    by body: (_ left: [UInt8], _ right: [UInt8]) -> [UInt8]
  ) {
    let symbol = Array(symbol.utf8)
    var place = 0
    while place + symbol.count <= bytes.count {
      guard bytes[place..<(place + symbol.count)].elementsEqual(symbol),
        !isComment(bytes, place)
      else {
        place += 1
        continue
      }
      let start = edge(bytes, from: place - 1, step: -1) + 1
      let end = edge(bytes, from: place + symbol.count, step: 1)
      let new = body(Array(bytes[start..<place]), Array(bytes[(place + symbol.count)..<end]))
      bytes.replaceSubrange(start..<end, with: new)
      place = start + new.count
    }
  }

  /// Whether `//` stands before a place on its line.
  private static func isComment(_ bytes: [UInt8], _ place: Int) -> Bool {
    var index = place - 1
    while index > 0, bytes[index] != UInt8(ascii: "\n") {
      if bytes[index] == UInt8(ascii: "/"), bytes[index - 1] == UInt8(ascii: "/") { return true }
      index -= 1
    }
    return false
  }

  /// The bracket that holds a place, or the comma beside it, in one direction.
  private static func edge(_ bytes: [UInt8], from place: Int, step: Int) -> Int {
    let openers = Array((step > 0 ? "([{" : ")]}").utf8)
    let closers = Array((step > 0 ? ")]}" : "([{").utf8)
    let separators = Array(",;".utf8)
    var depth = 0
    var index = place
    while bytes.indices.contains(index) {
      let byte = bytes[index]
      if depth == 0, closers.contains(byte) || separators.contains(byte) { return index }
      if openers.contains(byte) { depth += 1 }
      if closers.contains(byte) { depth -= 1 }
      index += step
    }
    return max(-1, min(index, bytes.count))
  }
}
