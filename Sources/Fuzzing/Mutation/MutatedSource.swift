/// One source with its mutants.
struct MutatedSource {
  /// As the manifest spells it.
  let name: String
  /// Every mutant, numbered from the given number on.
  private(set) var mutants: [Mutant] = []
  /// Expressions that were not understood and are left as they are.
  private(set) var skipped = 0
  let modules: [SourceModule]

  private let bytes: [UInt8]
  private let tokens: [SourceToken]
  private let firstNumber: Int
  private var roots: [Root] = []

  private struct Root {
    var expression: SourceExpression
    var site: SourceSite
  }

  /// The variable that says which mutant is alive; 0 for none.
  static let variable = "cosim_mutants_pkg::selected"

  /// What the variable is compared with: a number that nothing else in the design is likely to be. They
  /// lie far apart, so that no compiler makes a table of them, and can be looked for in a library.
  static func code(_ number: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: number) &* 0x9E37_79B1 ^ 0x5C3A_0000
  }

  /// - Parameter unused: modules that no hardware holds, and which are left as they are.
  init(name: String, bytes: [UInt8], seed: UInt64, firstNumber: Int, unused: Set<String> = []) {
    self.name = name
    self.bytes = bytes
    self.firstNumber = firstNumber
    tokens = SourceLexer.tokens(of: bytes)
    let walker = SourceWalker(tokens)
    modules = walker.modules
    let left = walker.modules.filter { unused.contains($0.name) }
    for site in walker.sites {
      if left.contains(where: { $0.start..<$0.end ~= site.range.lowerBound }) { continue }
      guard let expression = SourceExpressionParser.expression(tokens, site.range) else {
        skipped += 1
        continue
      }
      // Without the width of an assignment a fill would be one bit once it is an arm of a condition.
      if site.kind == .connection,
        tokens[site.range].contains(where: { $0.kind == .number && $0.text.first == "'" })
      {
        continue
      }
      roots.append(Root(expression: expression, site: site))
    }
    let operators = MutationOperators(tokens: tokens, walker: walker, seed: seed)
    collect(operators)
  }

  // MARK: - The mutants

  /// Alternatives by node, in the order of the nodes, each with its number.
  private var numbered: [NodeKey: [(number: Int, code: String)]] = [:]

  private struct NodeKey: Hashable {
    var range: Range<Int>
    /// The whole of a site, besides the expression that it is.
    var isSite: Bool
  }

  private mutating func collect(_ operators: MutationOperators) {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    var occurrences: [MutantIdentity: Int] = [:]
    func visit(_ node: SourceExpression, _ body: (SourceExpression) -> Void) {
      body(node)
      for child in node.children { visit(child, body) }
    }
    var found: [(NodeKey, [MutationAlternative])] = []
    for root in roots {
      found.append(
        (
          NodeKey(range: root.expression.range, isSite: true),
          operators.alternatives(of: root.expression, at: root.site)
        ))
      visit(root.expression) {
        found.append((NodeKey(range: $0.range, isSite: false), operators.alternatives(of: $0)))
      }
    }
    for (key, alternatives) in found {
      for alternative in alternatives {
        let line = tokens[alternative.token].line
        var mutant = Mutant(
          number: firstNumber + mutants.count, file: name, line: line, kind: alternative.kind,
          original: alternative.original, changed: alternative.changed,
          text: String(decoding: lines[line - 1], as: UTF8.self).trimmed)
        let count = (occurrences[mutant.identity] ?? 0) + 1
        occurrences[mutant.identity] = count
        mutant.occurrence = count
        mutants.append(mutant)
        numbered[key, default: []].append((mutant.number, alternative.code))
      }
    }
  }

  // MARK: - The text

  /// The source with some of its mutants, line by line where it was.
  ///
  /// - Parameters:
  ///   - kept: numbers.
  ///   - select: the top module's name and the signal that its clock is, for the source that has the top
  ///     module: it gets a port and the register behind the variable.
  func text(
    keeping kept: Set<Int>, select: (top: String, clock: String)?
  ) throws(FuzzingError) -> String {
    // Signals that only a waveform would show need not be computed.
    var edits: [Edit] = [(0..<0, "/*verilator tracing_off*/ ")]
    edits += changes(.selecting(kept))
    if let select, let module = modules.first(where: { $0.name == select.top }) {
      guard let open = module.portList, tokens[open + 1].text != ")" else {
        throw .noPorts(file: name, module: select.top)
      }
      let behind = tokens[open].range.upperBound
      let declaration = "input logic [31:0] \(MutationPlan.port)"
      if ["input", "output", "inout"].contains(tokens[open + 1].text) {
        edits.append((behind..<behind, declaration + ", "))
      } else {
        // Names in the list, directions behind it.
        edits.append((behind..<behind, MutationPlan.port + ", "))
        let head = tokens[open...].first { $0.text == ";" }?.range.upperBound ?? behind
        edits.append((head..<head, " \(declaration);"))
      }
      let end = tokens[module.end].range.lowerBound
      // Chosen as soon as it is driven: at the first edge of the clock, which is one of the reset, the
      // mutant has to be there, or that edge would reset what a mutant leaves unreset. A register all
      // the same: what follows from an input at once is computed anew whenever any input changes.
      edits.append(
        (
          end..<end,
          "always_ff @(posedge \(select.clock), \(MutationPlan.port)) "
            + "\(MutatedSource.variable) <= \(MutationPlan.port); "
        ))
    }
    return edited(edits)
  }

  /// The module that a mutant of this source is in.
  func module(of mutant: Int) -> String? {
    guard let line = mutants.first(where: { $0.number == mutant })?.line else { return nil }
    return modules.last { tokens[$0.start].line <= line }?.name
  }

  /// The source as it is.
  var original: String { String(decoding: bytes, as: UTF8.self) }

  /// The source with one mutant in the place of the original, and no choice.
  func text(applying mutant: Int) -> String { edited(changes(.applying(mutant))) }

  /// What is written for expressions that have mutants.
  private enum Mode {
    /// These mutants, the original and a choice among them.
    case selecting(Set<Int>)
    /// This one.
    case applying(Int)
  }

  private typealias Edit = (range: Range<Int>, text: String)

  private func changes(_ mode: Mode) -> [Edit] {
    roots.compactMap { root in
      let text = text(of: root, mode)
      let range = bytes(of: root.expression.range)
      return text == string(range) ? nil : (range, text)
    }
  }

  private func edited(_ edits: [Edit]) -> String {
    var result: [UInt8] = []
    var place = 0
    for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      result += bytes[place..<edit.range.lowerBound]
      result += Array(edit.text.utf8)
      place = edit.range.upperBound
    }
    result += bytes[place...]
    return String(decoding: result, as: UTF8.self)
  }

  private func bytes(of range: Range<Int>) -> Range<Int> {
    tokens[range.lowerBound].range.lowerBound..<tokens[range.upperBound - 1].range.upperBound
  }

  private func string(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  private func text(of root: Root, _ mode: Mode) -> String {
    wrapped(
      text(of: root.expression, mode), NodeKey(range: root.expression.range, isSite: true), mode)
  }

  private func text(of node: SourceExpression, _ mode: Mode) -> String {
    var result = ""
    var place = bytes(of: node.range).lowerBound
    for child in node.children {
      let range = bytes(of: child.range)
      result += string(place..<range.lowerBound) + text(of: child, mode)
      place = range.upperBound
    }
    result += string(place..<bytes(of: node.range).upperBound)
    return wrapped(result, NodeKey(range: node.range, isSite: false), mode)
  }

  private func wrapped(_ text: String, _ key: NodeKey, _ mode: Mode) -> String {
    let alternatives = numbered[key] ?? []
    guard case .selecting(let kept) = mode else {
      guard case .applying(let mutant) = mode,
        let chosen = alternatives.first(where: { $0.number == mutant })
      else { return text }
      return "(\(chosen.code))"
    }
    var result = text
    var isWrapped = false
    for (number, code) in alternatives where kept.contains(number) {
      let selector = String(MutatedSource.code(number), radix: 16)
      // The original stays last, so that its line ends stay where they were.
      result = "(\(MutatedSource.variable) == 32'h\(selector)) ? (\(code)) : (\(result))"
      isWrapped = true
    }
    return isWrapped ? "(\(result))" : result
  }
}

extension String {
  /// Without white space at its ends.
  var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}
