/// One token of SystemVerilog and where it stands.
struct SourceToken: Equatable {
  enum Kind {
    /// Identifiers, keywords and system names.
    case word
    /// Numbers, based or not, and the fills `'0`, `'1`, `'x`, `'z`.
    case number
    case string
    case symbol
    /// The use of a macro with its arguments: what it stands for is not known.
    case macro
  }

  var kind: Kind
  var text: String
  /// Bytes of the file.
  var range: Range<Int>
  /// From 1.
  var line: Int
}

/// Cuts SystemVerilog into tokens.
///
/// Comments, attributes and compiler directives are left out, and so is what stands between
/// `` `ifdef SYNTHESIS `` or `` `ifndef SYNTHESIS `` and its end: it is there for one kind of reader only
/// and no part of the hardware. Branches of other conditions are all kept.
struct SourceLexer {
  private let bytes: [UInt8]
  private var place = 0
  private var line = 1
  private var tokens: [SourceToken] = []
  /// For each open condition, whether it hides its tokens.
  private var conditions: [Bool] = []

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  static func tokens(of bytes: [UInt8]) -> [SourceToken] {
    var lexer = SourceLexer(bytes)
    while lexer.place < bytes.count { lexer.advance() }
    return lexer.tokens
  }

  // MARK: - One token

  private mutating func advance() {
    let byte = bytes[place]
    switch byte {
    case UInt8(ascii: "\n"):
      line += 1
      place += 1
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): place += 1
    case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"): skipLine()
    case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): skip(past: "*/", from: place + 2)
    case UInt8(ascii: "(") where peek(1) == UInt8(ascii: "*") && peek(2) != UInt8(ascii: ")"):
      skip(past: "*)", from: place + 2)
    case UInt8(ascii: "`"): takeDirective()
    case UInt8(ascii: "\""): takeString()
    case UInt8(ascii: "\\"):
      take(.word, through: end(from: place) { $0 > UInt8(ascii: " ") })
    case UInt8(ascii: "'"): takeApostrophe()
    default:
      if SourceLexer.isDigit(byte) {
        takeNumber()
      } else if SourceLexer.isWord(byte) {
        take(.word, through: end(from: place, while: SourceLexer.isWord))
      } else {
        take(.symbol, through: place + symbolLength())
      }
    }
  }

  private func peek(_ distance: Int) -> UInt8? {
    place + distance < bytes.count ? bytes[place + distance] : nil
  }

  private func end(from start: Int, while matches: (UInt8) -> Bool) -> Int {
    var end = start
    while end < bytes.count && matches(bytes[end]) { end += 1 }
    return end
  }

  private mutating func take(_ kind: SourceToken.Kind, through end: Int) {
    let end = min(end, bytes.count)
    if !conditions.contains(true) {
      let text = String(decoding: bytes[place..<end], as: UTF8.self)
      tokens.append(SourceToken(kind: kind, text: text, range: place..<end, line: line))
    }
    line += bytes[place..<end].count { $0 == UInt8(ascii: "\n") }
    place = end
  }

  private mutating func skipLine() {
    place = end(from: place) { $0 != UInt8(ascii: "\n") }
  }

  private mutating func skip(past text: String, from start: Int) {
    let mark = Array(text.utf8)
    var end = start
    while end < bytes.count && !bytes[end...].starts(with: mark) { end += 1 }
    end = min(end + mark.count, bytes.count)
    line += bytes[place..<end].count { $0 == UInt8(ascii: "\n") }
    place = end
  }

  private mutating func takeString() {
    var end = place + 1
    while end < bytes.count && bytes[end] != UInt8(ascii: "\"") {
      end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    take(.string, through: end + 1)
  }

  /// A based number, a fill, a pattern or the apostrophe of a cast.
  private mutating func takeApostrophe() {
    guard let next = peek(1) else { return take(.symbol, through: place + 1) }
    if next == UInt8(ascii: "{") { return take(.symbol, through: place + 2) }
    guard SourceLexer.isWord(next) else { return take(.symbol, through: place + 1) }
    takeNumber()
  }

  private mutating func takeNumber() {
    var end = self.end(from: place) { SourceLexer.isDigit($0) || $0 == UInt8(ascii: "_") }
    if end < bytes.count, bytes[end] == UInt8(ascii: "'") {
      let after = end + 1
      if after < bytes.count, SourceLexer.isWord(bytes[after]) {
        end = self.end(from: after) { SourceLexer.isWord($0) || $0 == UInt8(ascii: "?") }
        // `8'h FF`: digits may stand apart.
        if end - after <= 2, end < bytes.count, bytes[end] == UInt8(ascii: " "),
          SourceLexer.isLetter(bytes[end - 1])
        {
          end = self.end(from: end) { $0 == UInt8(ascii: " ") }
          end = self.end(from: end, while: SourceLexer.isWord)
        }
      }
    } else {
      // Reals and times.
      end = self.end(from: end) { SourceLexer.isWord($0) || $0 == UInt8(ascii: ".") }
    }
    take(.number, through: max(end, place + 1))
  }

  // MARK: - Directives

  private mutating func takeDirective() {
    let nameEnd = end(from: place + 1, while: SourceLexer.isWord)
    let name = String(decoding: bytes[(place + 1)..<nameEnd], as: UTF8.self)
    switch name {
    case "ifdef", "ifndef":
      place = nameEnd
      let condition = takeName()
      conditions.append(condition == "SYNTHESIS")
    case "elsif":
      place = nameEnd
      _ = takeName()
    case "else": place = nameEnd
    case "endif":
      _ = conditions.popLast()
      place = nameEnd
    case "define":
      skipDefinition()
    case "include", "timescale", "default_nettype", "undef", "resetall", "pragma", "line",
      "celldefine", "endcelldefine", "begin_keywords", "end_keywords":
      skipLine()
    default:
      var end = nameEnd
      let open = self.end(from: end) { $0 == UInt8(ascii: " ") }
      if open < bytes.count, bytes[open] == UInt8(ascii: "(") { end = matching(open) }
      take(.macro, through: end)
    }
  }

  private mutating func takeName() -> String {
    let start = end(from: place) { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    place = end(from: start, while: SourceLexer.isWord)
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private mutating func skipDefinition() {
    repeat {
      skipLine()
      guard place < bytes.count, place > 0, bytes[place - 1] == UInt8(ascii: "\\") else { return }
      line += 1
      place += 1
    } while true
  }

  /// The end of the parentheses that open at `open`.
  private func matching(_ open: Int) -> Int {
    var depth = 0
    var place = open
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "(") { depth += 1 }
      if bytes[place] == UInt8(ascii: ")") {
        depth -= 1
        if depth == 0 { return place + 1 }
      }
      place += 1
    }
    return place
  }

  // MARK: - Characters

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
  }

  private func symbolLength() -> Int {
    for length in [4, 3, 2] where place + length <= bytes.count {
      let text = String(decoding: bytes[place..<(place + length)], as: UTF8.self)
      if SourceLexer.symbols.contains(text) { return length }
    }
    return 1
  }

  private static let symbols: Set<String> = [
    "<<<=", ">>>=", "<<<", ">>>", "<<=", ">>=", "===", "!==", "==?", "!=?", "|->", "|=>", "<->",
    "->>", "&&&", "->", "##", "::", "<=", ">=", "==", "!=", "&&", "||", "<<", ">>", "**", "++",
    "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "~&", "~|", "~^", "^~", "+:", "-:", ".*",
  ]
}
