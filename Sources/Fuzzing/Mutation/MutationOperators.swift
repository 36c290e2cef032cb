import Signals

/// What may stand in the place of an expression.
struct MutationAlternative: Equatable {
  var kind: Mutant.Kind
  /// The token whose line is the mutant's.
  var token: Int
  var original: String
  var changed: String
  /// What is written for `changed`: signed wherever the original may be, since an unsigned arm would make
  /// all of a conditional unsigned, the original in it too.
  var code: String

  init(
    kind: Mutant.Kind, token: Int, original: String, changed: String, code: String? = nil
  ) {
    self.kind = kind
    self.token = token
    self.original = original
    self.changed = changed
    self.code = code ?? changed
  }
}

/// The changes that are made to expressions: first order, one at a time, all of the same width and sign as
/// what they replace.
struct MutationOperators {
  let tokens: [SourceToken]
  let walker: SourceWalker
  let seed: UInt64

  /// Tokens as one line.
  func flat(_ range: Range<Int>) -> String {
    var result = ""
    for index in range {
      let token = tokens[index]
      // Apart only where they were apart, so that what is shown looks like the source.
      if index > range.lowerBound, tokens[index - 1].range.upperBound < token.range.lowerBound {
        result += " "
      }
      result += token.text.contains("\n") ? token.text.replacing("\n", with: " ") : token.text
    }
    return result
  }

  /// Changes of one node of an expression, not of its children.
  func alternatives(of node: SourceExpression) -> [MutationAlternative] {
    switch node.kind {
    case .opaque, .wrapper: []
    case .literal: literals(node)
    case .unary: unary(node)
    case .binary(let symbol): binary(node, symbol)
    case .conditional: conditional(node)
    }
  }

  /// Changes of a whole expression because of where it stands.
  func alternatives(of root: SourceExpression, at site: SourceSite) -> [MutationAlternative] {
    func make(
      _ kind: Mutant.Kind, _ changed: String, code: String? = nil
    ) -> MutationAlternative {
      MutationAlternative(
        kind: kind, token: root.range.lowerBound, original: flat(root.range), changed: changed,
        code: code)
    }
    switch site.kind {
    case .condition:
      guard root.kind != .literal else { return [] }
      return [
        make(.condition, "!(\(flat(root.range)))"), make(.condition, "1'b1"),
        make(.condition, "1'b0"),
      ]
    case .value(let target):
      guard root.kind != .literal, !isWholeArray(target) else { return [] }
      if isTruth(root) { return ["1'b0", "1'b1"].map { make(.value, $0) } }
      return [make(.value, "'0", code: "1'sb0")]
    case .register(let target):
      guard !isWholeArray(target) else { return [] }
      let isName = root.kind == .opaque && root.range.count == 1
      var result = [
        make(.value, flat(target), code: isName ? nil : "$signed(\(flat(target)))")
      ]
      if let other = sibling(of: root, not: target) { result.append(make(.value, other)) }
      return result.filter { $0.changed != flat(root.range) }
    case .selector, .connection:
      return []
    }
  }

  // MARK: - Operators

  private static let replacements: [String: [String]] = [
    "+": ["-"], "-": ["+"], "*": ["+"], "&": ["|"], "|": ["&"], "^": ["~^"], "~^": ["^"],
    "^~": ["^"], "&&": ["||"], "||": ["&&"], "==": ["!="], "!=": ["=="], "===": ["!=="],
    "!==": ["==="], "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"],
    "<<": [">>"], ">>": ["<<"], "<<<": [">>>"], ">>>": ["<<<", ">>"],
  ]

  private func binary(_ node: SourceExpression, _ symbol: Int) -> [MutationAlternative] {
    let name = tokens[symbol].text
    let (left, right) = (operand(node.children[0]), operand(node.children[1]))
    func make(_ kind: Mutant.Kind, _ changed: String) -> MutationAlternative {
      MutationAlternative(
        kind: kind, token: symbol, original: flat(node.range), changed: changed)
    }
    var result = (MutationOperators.replacements[name] ?? []).map {
      make(.operator, "\(left) \($0) \(right)")
    }
    switch name {
    case "-": result.append(make(.operands, "\(right) - \(left)"))
    case "&&":
      result += ["\(left) && 1'b1", "1'b1 && \(right)"].map { make(.condition, $0) }
    case "||":
      result += ["\(left) || 1'b0", "1'b0 || \(right)"].map { make(.condition, $0) }
    default: break
    }
    return result
  }

  /// As an operand of any operator.
  private func operand(_ node: SourceExpression) -> String {
    switch node.kind {
    case .binary, .conditional: "(\(flat(node.range)))"
    default: flat(node.range)
    }
  }

  private func unary(_ node: SourceExpression) -> [MutationAlternative] {
    let symbol = node.range.lowerBound
    let operand = flat(node.children[0].range)
    let changed: String? =
      switch tokens[symbol].text {
      case "~", "-": operand
      // Its operand counts as one truth value.
      case "!": "!(!(\(operand)))"
      case "&": "|\(operand)"
      case "|": "&\(operand)"
      case "^": "~^\(operand)"
      default: nil
      }
    return changed.map {
      [
        MutationAlternative(
          kind: .operator, token: symbol, original: flat(node.range), changed: $0)
      ]
    } ?? []
  }

  private func conditional(_ node: SourceExpression) -> [MutationAlternative] {
    let parts = node.children.map { flat($0.range) }
    return [
      (Mutant.Kind.operands, "\(parts[0]) ? \(parts[2]) : (\(parts[1]))"),
      (.condition, "1'b1 ? \(parts[1]) : \(parts[2])"),
      (.condition, "1'b0 ? \(parts[1]) : \(parts[2])"),
    ].map {
      MutationAlternative(
        kind: $0, token: node.children[0].range.upperBound, original: flat(node.range),
        changed: $1)
    }
  }

  // MARK: - Literals

  private func literals(_ node: SourceExpression) -> [MutationAlternative] {
    let token = tokens[node.range.lowerBound]
    var generator = CounterGenerator(
      seed: seed, stream: 7, index: UInt64(truncatingIfNeeded: token.range.lowerBound))
    return SourceLiteral(token.text).map { literal in
      literal.neighbours(flipping: generator.next()).map {
        MutationAlternative(
          kind: .literal, token: node.range.lowerBound, original: token.text, changed: $0)
      }
    } ?? []
  }

  // MARK: - Right-hand sides

  /// Whether a target is an unpacked array without an index.
  private func isWholeArray(_ target: Range<Int>) -> Bool {
    target.count == 1 && walker.arrays.contains(tokens[target.lowerBound].text)
  }

  /// Whether an expression is one bit by its form.
  private func isTruth(_ node: SourceExpression) -> Bool {
    switch node.kind {
    case .unary: ["!", "&", "|", "^"].contains(tokens[node.range.lowerBound].text)
    case .binary(let symbol):
      ["&&", "||", "==", "!=", "<", ">", ">=", "===", "!=="].contains(tokens[symbol].text)
    case .wrapper:
      node.children.count == 1 && tokens[node.range.lowerBound].text == "("
        && isTruth(node.children[0])
    default: false
    }
  }

  /// Another variable that was declared together with the one on the right-hand side.
  private func sibling(of root: SourceExpression, not target: Range<Int>) -> String? {
    guard root.kind == .opaque, root.range.count == 1 else { return nil }
    let candidates = (walker.siblings[tokens[root.range.lowerBound].text] ?? []).filter {
      $0 != flat(target)
    }
    guard !candidates.isEmpty else { return nil }
    var generator = CounterGenerator(
      seed: seed, stream: 8,
      index: UInt64(truncatingIfNeeded: tokens[root.range.lowerBound].range.lowerBound))
    return candidates[Int(generator.value(in: 0...Int64(candidates.count - 1)))]
  }
}

/// A number of SystemVerilog without unknown bits.
struct SourceLiteral {
  /// Nil for a number without a size.
  private var width: Int?
  private var isSigned = false
  private var value: UInt64 = 0
  /// `'0` or `'1`.
  private var fill: Character?

  init?(_ text: String) {
    let text = text.filter { $0 != "_" && $0 != " " }.lowercased()
    if text == "'0" || text == "'1" {
      fill = text.last
      return
    }
    let parts = text.split(separator: "'", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      guard let value = UInt64(text), value < 1 << 31 else { return nil }
      self.value = value
      return
    }
    guard let width = Int(parts[0]), (1...64).contains(width) else { return nil }
    var digits = parts[1]
    if digits.first == "s" {
      isSigned = true
      digits = digits.dropFirst()
    }
    let radixes: [Character: Int] = ["b": 2, "o": 8, "d": 10, "h": 16]
    guard let radix = digits.first.flatMap({ radixes[$0] }),
      let value = UInt64(digits.dropFirst(), radix: radix)
    else { return nil }
    self.width = width
    self.value = value
  }

  /// One more, one less, and one bit turned over, of the same width.
  func neighbours(flipping random: UInt64) -> [String] {
    if let fill { return [fill == "0" ? "'1" : "'0"] }
    guard let width else {
      return ["\(value + 1)", value == 0 ? "(-1)" : "\(value - 1)"]
    }
    let mask = width == 64 ? UInt64.max : (1 << UInt64(width)) - 1
    var values: [UInt64] = []
    for candidate in [value &+ 1, value &- 1, value ^ (1 << (random % UInt64(width)))] {
      let candidate = candidate & mask
      if candidate != value & mask && !values.contains(candidate) { values.append(candidate) }
    }
    return values.map { "\(width)'\(isSigned ? "s" : "")h\(String($0, radix: 16))" }
  }
}
