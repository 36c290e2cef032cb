/// An expression of SystemVerilog as far as it can be changed: what is not understood, or has to be a
/// constant, is one node without children.
struct SourceExpression {
  enum Kind: Equatable {
    /// A name with its selections, a call, a pattern, a macro.
    case opaque
    case literal
    /// The operator is the first token.
    case unary
    case binary(operator: Int)
    case conditional
    /// Parentheses, casts, concatenations: what they hold can be changed.
    case wrapper
  }

  var kind: Kind
  /// Tokens.
  var range: Range<Int>
  var children: [SourceExpression] = []
}

/// Parses expressions out of tokens.
struct SourceExpressionParser {
  struct Failure: Error {}

  private let tokens: [SourceToken]
  private var place: Int
  private let limit: Int

  private init(_ tokens: [SourceToken], _ range: Range<Int>) {
    self.tokens = tokens
    place = range.lowerBound
    limit = range.upperBound
  }

  /// The expression that a range of tokens is; nil if it is none, or has parts that are not understood
  /// and could hold anything.
  static func expression(_ tokens: [SourceToken], _ range: Range<Int>) -> SourceExpression? {
    var parser = SourceExpressionParser(tokens, range)
    guard !range.isEmpty, let result = try? parser.conditional(), parser.place == parser.limit
    else { return nil }
    return result
  }

  private func text(_ place: Int) -> String { place < limit ? tokens[place].text : "" }

  private func isSymbol(_ place: Int, _ text: String) -> Bool {
    place < limit && tokens[place].kind == .symbol && tokens[place].text == text
  }

  // MARK: - Operators

  private mutating func conditional() throws(Failure) -> SourceExpression {
    let start = place
    let condition = try binary(0)
    guard isSymbol(place, "?") else { return condition }
    place += 1
    let positive = try conditional()
    guard isSymbol(place, ":") else { throw Failure() }
    place += 1
    let negative = try conditional()
    return SourceExpression(
      kind: .conditional, range: start..<place, children: [condition, positive, negative])
  }

  private static let precedences: [String: Int] = [
    "->": 1, "<->": 1, "||": 2, "&&": 3, "|": 4, "^": 5, "~^": 5, "^~": 5, "&": 6, "==": 7,
    "!=": 7, "===": 7, "!==": 7, "==?": 7, "!=?": 7, "<": 8, "<=": 8, ">": 8, ">=": 8, "<<": 9,
    ">>": 9, "<<<": 9, ">>>": 9, "+": 10, "-": 10, "*": 11, "/": 11, "%": 11, "**": 12,
  ]

  private mutating func binary(_ least: Int) throws(Failure) -> SourceExpression {
    let start = place
    var left = try unary()
    while place < limit {
      if text(place) == "inside" {
        place += 1
        try skipBalanced()
        left = SourceExpression(kind: .opaque, range: start..<place)
        continue
      }
      guard tokens[place].kind == .symbol,
        let precedence = SourceExpressionParser.precedences[tokens[place].text],
        precedence > least
      else { break }
      let symbol = place
      place += 1
      let right = try binary(precedence)
      left = SourceExpression(
        kind: .binary(operator: symbol), range: start..<place, children: [left, right])
    }
    return left
  }

  private static let prefixes: Set<String> = [
    "!", "~", "-", "+", "&", "|", "^", "~&", "~|", "~^", "^~",
  ]

  private mutating func unary() throws(Failure) -> SourceExpression {
    guard place < limit else { throw Failure() }
    guard tokens[place].kind == .symbol, SourceExpressionParser.prefixes.contains(text(place))
    else { return try primary() }
    let start = place
    place += 1
    let operand = try unary()
    return SourceExpression(kind: .unary, range: start..<place, children: [operand])
  }

  // MARK: - Primaries

  private mutating func primary() throws(Failure) -> SourceExpression {
    let start = place
    var result: SourceExpression
    switch tokens[place].kind {
    case .string, .macro:
      place += 1
      result = SourceExpression(kind: .opaque, range: start..<place)
    case .number:
      place += 1
      result = SourceExpression(kind: .literal, range: start..<place)
    case .word:
      result = try name()
    case .symbol:
      result = try bracketed()
    }
    while isSymbol(place, "'") {
      // A cast: what stood before it is a size or a type, hence constant.
      place += 1
      guard isSymbol(place, "(") else { throw Failure() }
      let child = try parenthesised()
      result = SourceExpression(kind: .wrapper, range: start..<place, children: [child])
    }
    return result
  }

  private mutating func bracketed() throws(Failure) -> SourceExpression {
    let start = place
    switch text(place) {
    case "(":
      let child = try parenthesised()
      return SourceExpression(kind: .wrapper, range: start..<place, children: [child])
    case "{":
      return try concatenation()
    case "'{":
      try skipBalanced()
      return SourceExpression(kind: .opaque, range: start..<place)
    default:
      throw Failure()
    }
  }

  /// `( expression )`; the place is behind it afterwards.
  private mutating func parenthesised() throws(Failure) -> SourceExpression {
    place += 1
    let child = try conditional()
    guard isSymbol(place, ")") else { throw Failure() }
    place += 1
    return child
  }

  private mutating func concatenation() throws(Failure) -> SourceExpression {
    let start = place
    if isSymbol(start + 1, "<<") || isSymbol(start + 1, ">>") {
      try skipBalanced()
      return SourceExpression(kind: .opaque, range: start..<place)
    }
    place += 1
    var children: [SourceExpression] = []
    while true {
      let element = try conditional()
      if isSymbol(place, "{") {
        // A replication: the count before it is constant.
        children.append(try concatenation())
      } else {
        children.append(element)
      }
      if isSymbol(place, "}") { break }
      guard isSymbol(place, ",") else { throw Failure() }
      place += 1
    }
    place += 1
    var result = SourceExpression(kind: .wrapper, range: start..<place, children: children)
    if isSymbol(place, "[") {
      try skipSelections()
      result.range = start..<place
    }
    return result
  }

  private mutating func name() throws(Failure) -> SourceExpression {
    let start = place
    let isSigning = text(place) == "$signed" || text(place) == "$unsigned"
    place += 1
    while isSymbol(place, "::") || isSymbol(place, ".") {
      place += 1
      guard place < limit, tokens[place].kind == .word else { throw Failure() }
      place += 1
      try skipSelections()
    }
    if isSigning, isSymbol(place, "(") {
      let child = try parenthesised()
      return SourceExpression(kind: .wrapper, range: start..<place, children: [child])
    }
    // Arguments of functions may have to be constant.
    if isSymbol(place, "(") { try skipBalanced() }
    try skipSelections()
    while isSymbol(place, ".") {
      place += 2
      try skipSelections()
    }
    return SourceExpression(kind: .opaque, range: start..<place)
  }

  private mutating func skipSelections() throws(Failure) {
    while isSymbol(place, "[") { try skipBalanced() }
  }

  /// Moves behind the bracket that closes the one here.
  private mutating func skipBalanced() throws(Failure) {
    var depth = 0
    while place < limit {
      if tokens[place].kind == .symbol {
        switch tokens[place].text {
        case "(", "[", "{", "'{": depth += 1
        case ")", "]", "}": depth -= 1
        default: break
        }
      }
      place += 1
      if depth == 0 { return }
    }
    throw Failure()
  }
}
