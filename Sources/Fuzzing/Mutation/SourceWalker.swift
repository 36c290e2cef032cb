/// A place of a source where hardware says what it computes.
struct SourceSite: Equatable {
  enum Kind: Equatable {
    /// The right-hand side of a continuous or blocking assignment to these tokens.
    case value(target: Range<Int>)
    /// The right-hand side of an assignment with `<=`.
    case register(target: Range<Int>)
    case condition
    /// What a `case` looks at.
    case selector
    /// What an instance's port is connected to.
    case connection
  }

  var kind: Kind
  /// Tokens of the expression.
  var range: Range<Int>
}

/// A module of a source.
struct SourceModule: Equatable {
  var name: String
  /// The token `module`.
  var start: Int
  /// The parenthesis that opens the list of ports; nil if there is none.
  var portList: Int?
  /// The token `endmodule`.
  var end: Int
}

/// Finds the expressions of a source that a simulation evaluates: nothing that has to be constant
/// (parameters, ranges, generate conditions, case labels), nothing in functions, loop heads, initial blocks
/// or assertions.
struct SourceWalker {
  private let tokens: [SourceToken]
  private var place = 0
  private(set) var sites: [SourceSite] = []
  private(set) var modules: [SourceModule] = []
  /// Variables with unpacked dimensions, which cannot be compared or set as a whole.
  private(set) var arrays: Set<String> = []
  /// Variables that are declared together, hence of one type.
  private(set) var siblings: [String: [String]] = [:]

  init(_ tokens: [SourceToken]) {
    self.tokens = tokens
    while place < tokens.count {
      if text == "module" {
        module()
      } else if ["package", "interface", "class", "program", "primitive"].contains(text) {
        skip(to: "end" + text)
      } else {
        place += 1
      }
    }
  }

  // MARK: - Tokens

  private var text: String { text(place) }
  private func text(_ place: Int) -> String { place < tokens.count ? tokens[place].text : "" }
  private var isWord: Bool { place < tokens.count && tokens[place].kind == .word }

  private mutating func skip(to word: String) {
    while place < tokens.count && text != word { place += 1 }
    place += 1
  }

  /// The token behind the bracket that closes the one at `open`.
  private func matching(_ open: Int) -> Int {
    var depth = 0
    var place = open
    while place < tokens.count {
      if tokens[place].kind == .symbol {
        switch tokens[place].text {
        case "(", "[", "{", "'{": depth += 1
        case ")", "]", "}": depth -= 1
        default: break
        }
      }
      place += 1
      if depth == 0 { return place }
    }
    return place
  }

  /// The first of some symbols outside brackets.
  private func find(_ symbols: Set<String>, from start: Int) -> Int {
    var place = start
    while place < tokens.count {
      if tokens[place].kind == .symbol {
        if symbols.contains(tokens[place].text) { return place }
        if ["(", "[", "{", "'{"].contains(tokens[place].text) {
          place = matching(place)
          continue
        }
      }
      place += 1
    }
    return place
  }

  private mutating func skipStatement() { place = find([";"], from: place) + 1 }

  private mutating func skipLabel() {
    if text == ":" { place += 2 }
  }

  private mutating func parentheses() {
    if text == "(" { place = matching(place) }
  }

  // MARK: - Modules

  private mutating func module() {
    let start = place
    place += 1
    while text == "automatic" || text == "static" { place += 1 }
    let name = text
    place += 1
    while text == "import" { skipStatement() }
    if text == "#" {
      place += 1
      parentheses()
    }
    var found = SourceModule(name: name, start: start, portList: nil, end: 0)
    if text == "(" {
      found.portList = place
      place = matching(place)
    }
    skipStatement()
    while place < tokens.count && text != "endmodule" { item() }
    found.end = place
    place += 1
    modules.append(found)
  }

  private static let declarations: Set<String> = [
    "localparam", "parameter", "typedef", "genvar", "import", "export", "input", "output", "inout",
    "defparam", "timeunit", "timeprecision", "bind", "alias", "specparam", "let",
  ]
  private static let variables: Set<String> = [
    "logic", "wire", "reg", "bit", "int", "integer", "byte", "shortint", "longint", "var", "tri",
    "uwire", "time", "real", "string", "struct", "enum", "const", "static", "automatic", "signed",
    "unsigned",
  ]
  private static let skippedBlocks: Set<String> = [
    "function", "task", "property", "sequence", "covergroup", "specify", "checker", "clocking",
  ]

  private mutating func item() {
    let start = place
    switch text {
    case "assign": continuousAssignments()
    case "always_ff", "always_comb", "always_latch", "always":
      place += 1
      events()
      statement(counts: true)
    case "initial", "final":
      place += 1
      statement(counts: false)
    case "generate", "endgenerate", "else", ";": place += 1
    case "begin", "end":
      place += 1
      skipLabel()
    case "if", "for":
      place += 1
      parentheses()
    case "case": generateCase()
    case "assert", "assume", "cover", "restrict", "default", "disable": skipStatement()
    case let word where SourceWalker.skippedBlocks.contains(word): skip(to: "end" + word)
    case let word where SourceWalker.declarations.contains(word): skipStatement()
    case let word where SourceWalker.variables.contains(word): declaration()
    default: instanceOrOther()
    }
    if place == start { place += 1 }
  }

  private mutating func events() {
    if text == "@" {
      place += 1
      if text == "*" { place += 1 } else { parentheses() }
    }
  }

  private mutating func continuousAssignments() {
    place += 1
    if text == "#" {
      place += 1
      if text == "(" { parentheses() } else { place += 1 }
    }
    repeat {
      let target = place
      let equals = find(["=", ";"], from: place)
      guard text(equals) == "=" else {
        place = equals + 1
        return
      }
      place = find([",", ";"], from: equals + 1)
      sites.append(
        SourceSite(kind: .value(target: target..<equals), range: (equals + 1)..<place))
      place += 1
    } while text(place - 1) == ","
  }

  private mutating func generateCase() {
    place += 1
    parentheses()
    while place < tokens.count && text != "endcase" {
      // Labels, then one item.
      let colon = find([":", ";"], from: place)
      guard text(colon) == ":" else { return }
      place = colon + 1
      if text == "begin" {
        var depth = 0
        repeat {
          if text == "begin" { depth += 1 }
          if text == "end" { depth -= 1 }
          item()
        } while depth > 0 && place < tokens.count
      } else {
        item()
      }
    }
    place += 1
  }

  private mutating func declaration() {
    let end = find([";"], from: place)
    var names: [String] = []
    var index = place
    while index < end {
      if tokens[index].kind == .symbol, ["(", "[", "{", "'{"].contains(tokens[index].text) {
        index = matching(index)
        continue
      }
      let next = text(index + 1)
      if tokens[index].kind == .word, next == "," || next == ";" || next == "=" || next == "[",
        !SourceWalker.variables.contains(tokens[index].text)
      {
        names.append(tokens[index].text)
        if next == "[" { arrays.insert(tokens[index].text) }
        // Its value has to be found before time begins.
        if next == "=" { index = find([",", ";"], from: index + 2) }
      }
      index += 1
    }
    for name in names { siblings[name] = names.filter { $0 != name && !arrays.contains($0) } }
    place = end + 1
  }

  /// `type #(…) name (…);`, a declaration of a variable of a named type, a macro or a label.
  private mutating func instanceOrOther() {
    if place < tokens.count, tokens[place].kind == .macro {
      place += 1
      if text == ";" { place += 1 }
      return
    }
    guard isWord else { return skipStatement() }
    if text(place + 1) == ":" {
      // A label: most often of an assertion.
      place += 2
      return
    }
    let end = find([";"], from: place)
    var index = place + 1
    if text(index) == "#" { index = text(index + 1) == "(" ? matching(index + 1) : index + 2 }
    while index < end && text(index) != "(" {
      index = text(index) == "[" ? matching(index) : index + 1
    }
    if index < end { connections(in: (index + 1)..<(matching(index) - 1)) }
    place = end + 1
  }

  private mutating func connections(in range: Range<Int>) {
    var index = range.lowerBound
    while index < range.upperBound {
      let end = min(find([","], from: index), range.upperBound)
      if text(index) == ".", text(index + 2) == "(" {
        sites.append(
          SourceSite(kind: .connection, range: (index + 3)..<(matching(index + 2) - 1)))
      }
      index = end + 1
    }
  }
}

// MARK: - Statements

extension SourceWalker {
  /// - Parameter counts: whether what it holds is hardware that can be changed.
  private mutating func statement(counts: Bool) {
    let start = place
    switch text {
    case "begin":
      place += 1
      skipLabel()
      while place < tokens.count && text != "end" && text != "endmodule" {
        statement(counts: counts)
      }
      place += 1
      skipLabel()
    case "unique", "unique0", "priority": place += 1; statement(counts: counts)
    case "if":
      place += 1
      parenthesised(.condition, counts: counts)
      statement(counts: counts)
      if text == "else" {
        place += 1
        statement(counts: counts)
      }
    case "case", "casez", "casex": caseStatement(counts: counts)
    case "for", "foreach":
      place += 1
      parentheses()
      statement(counts: counts)
    case "while", "repeat", "wait":
      // What ends the loop must not be changed.
      place += 1
      parentheses()
      statement(counts: false)
    case "forever":
      place += 1
      statement(counts: false)
    case "do":
      place += 1
      statement(counts: false)
      skipStatement()
    case "@":
      events()
      statement(counts: counts)
    case "assert", "assume", "cover", "return", "break", "continue", "disable", "localparam",
      "typedef", "import":
      skipStatement()
    case let word where SourceWalker.variables.contains(word): skipStatement()
    case ";": place += 1
    case let word where word.hasPrefix("$"): skipStatement()
    default: assignment(counts: counts)
    }
    if place == start { place += 1 }
  }

  private mutating func parenthesised(_ kind: SourceSite.Kind, counts: Bool) {
    guard text == "(" else { return }
    let end = matching(place)
    if counts { sites.append(SourceSite(kind: kind, range: (place + 1)..<(end - 1))) }
    place = end
  }

  private mutating func caseStatement(counts: Bool) {
    place += 1
    // Before a constant selector, `case (1'b1)`, stand expressions that are looked at as labels.
    parenthesised(.selector, counts: counts)
    if text == "inside" || text == "matches" { place += 1 }
    while place < tokens.count && text != "endcase" && text != "endmodule" {
      if text == "default" {
        place += 1
        if text == ":" { place += 1 }
      } else {
        place = find([":"], from: place) + 1
      }
      statement(counts: counts)
    }
    place += 1
  }

  private static let assignments: Set<String> = [
    "=", "<=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "<<<=", ">>>=", ";",
  ]

  private mutating func assignment(counts: Bool) {
    if place < tokens.count, tokens[place].kind == .macro {
      place += 1
      if text == ";" { place += 1 }
      return
    }
    let target = place
    let symbol = find(SourceWalker.assignments, from: place)
    guard text(symbol) != ";", symbol < tokens.count else {
      place = symbol + 1
      return
    }
    var start = symbol + 1
    if text(start) == "#" { start = text(start + 1) == "(" ? matching(start + 1) : start + 2 }
    place = find([";"], from: start)
    if counts && start < place {
      let range = start..<place
      switch text(symbol) {
      case "=":
        sites.append(SourceSite(kind: .value(target: target..<symbol), range: range))
      case "<=":
        sites.append(SourceSite(kind: .register(target: target..<symbol), range: range))
      default:
        // What is added or combined may change; the operation itself stays.
        sites.append(SourceSite(kind: .connection, range: range))
      }
    }
    place += 1
  }
}
