import Devices
import Foundation
import Signals

/// Ranges of ports as the source spells them, so that a manifest can name parameters instead of
/// numbers.
enum PortRanges {
  /// By port, the size of each range before its name and behind it: `WIDTH` for `[WIDTH-1:0]`, and
  /// the text
  /// itself for what is no such range.
  static func read(_ text: String) -> [String: [String]] {
    var result: [String: [String]] = [:]
    let keywords = /\b(?:input|output|inout)\b/
    for part in text.split(separator: keywords).dropFirst() {
      let declaration = part.prefix { $0 != ";" }
      guard
        let match = declaration.prefixMatch(
          of: /(?:\s+(?:wire|reg|logic|bit|signed|unsigned|var|tri))*\s*((?:\[[^\]]*\]\s*)*)/)
      else { continue }
      let ranges = sizes(String(match.1))
      for item in declaration[match.range.upperBound...].split(separator: ",") {
        let words = item.trimmingPrefix { $0.isWhitespace }
        let name = String(words.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        if name.isEmpty || result[name] != nil { continue }
        let behind = words.dropFirst(name.count).prefix { $0 != ")" }
        result[name] = ranges + sizes(String(behind))
      }
    }
    return result
  }

  private static func sizes(_ text: String) -> [String] {
    text.matches(of: /\[([^\]]*)\]/).map { match in
      let range = String(match.1).filter { !$0.isWhitespace }
      if let down = range.wholeMatch(of: /\((\w+)-1\):0/) { return String(down.1) }
      if let down = range.wholeMatch(of: /(.+)-1:0/) { return String(down.1) }
      if let up = range.wholeMatch(of: /0:(.+)-1/) { return String(up.1) }
      return range
    }
  }
}

/// The integer parameters of a design, to see whether an expression of them is what it should be.
struct ParameterValues {
  private let values: [String: Int]
  /// What constants that cannot be set are made of.
  private let derived: [String: String]

  /// - Parameter text: of the source.
  init(_ parameters: [DesignSketch.Parameter], in text: String) {
    let values = Dictionary(
      parameters.compactMap { parameter in Int(parameter.value).map { (parameter.name, $0) } },
      uniquingKeysWith: { first, _ in first })
    self.values = values
    derived = ParameterValues.constants(text).filter { values[$0.key] == nil }
  }

  /// The names of parameters with the expressions of their defaults.
  private static func constants(_ text: String) -> [String: String] {
    var result: [String: String] = [:]
    for part in text.split(separator: /\b(?:localparam|parameter)\b/).dropFirst() {
      for match in part.prefix(while: { $0 != ";" }).matches(of: /(\w+)\s*=\s*/) {
        // Up to the comma or parenthesis that ends it.
        var depth = 0
        let rest = part[match.range.upperBound...].prefix { character in
          if character == "(" { depth += 1 }
          if character == ")" { depth -= 1 }
          return depth >= 0 && !(depth == 0 && ",;\n".contains(character))
        }
        let name = String(match.1)
        if result[name] == nil {
          result[name] = rest.trimmingCharacters(in: .whitespacesAndNewlines)
        }
      }
    }
    return result
  }

  /// The expression as a manifest may have it, in which every name is a parameter that can be set,
  /// where it has that value; nil otherwise.
  func expression(_ text: String, equal value: Int) -> String? {
    if let plain = product(text, equal: value) { return plain }
    var result = text.replacing("$clog2", with: "clog2")
    for _ in 0..<4 {
      let names = result.matches(of: /[A-Za-z_]\w*/).map { String($0.output) }
      guard let name = names.first(where: { derived[$0] != nil }), let inner = derived[name] else {
        break
      }
      let whole = result == name ? inner : "(\(inner))"
      result = result.replacing(/[A-Za-z_]\w*/) { $0.output == name ? whole : String($0.output) }
        .replacing("$clog2", with: "clog2")
    }
    let names = Set(result.matches(of: /[A-Za-z_]\w*/).map { String($0.output) })
    let isParametric = names.contains { values[$0] != nil }
    let configuration = Configuration(name: "", values: values)
    guard isParametric, !result.contains(where: { "{}\"#'".contains($0) }),
      Quantity(result).value(in: configuration) == value
    else { return nil }
    return result.replacing(/\s+/, with: " ")
  }

  /// A product of parameters and numbers, with at least one parameter.
  private func product(_ text: String, equal value: Int) -> String? {
    var bare = text
    if bare.hasPrefix("("), bare.hasSuffix(")") { bare = String(bare.dropFirst().dropLast()) }
    var product = 1
    var isParametric = false
    for factor in bare.split(separator: "*", omittingEmptySubsequences: false) {
      if let number = Int(factor) {
        product *= number
      } else if let number = values[String(factor)] {
        product *= number
        isParametric = true
      } else {
        return nil
      }
    }
    return isParametric && product == value ? bare : nil
  }

  /// Lanes and bits, where a width is a product of parameters of which one says that it is a width:
  /// `N*DATA_WIDTH`.
  func lanes(
    _ text: String, of bits: Int
  ) -> (lanes: (text: String, value: Int), bits: (text: String, value: Int))? {
    guard product(text, equal: bits) != nil else { return nil }
    let factors = text.split { "*()".contains($0) }.map(String.init)
    let isWidth = { (word: String) in
      let name = word.uppercased()
      return ["WIDTH", "BITS", "PRECISION", "BITWIDTH", "DW", "BW"].contains { name.hasSuffix($0) }
        || name == "W" || name == "B"
    }
    guard factors.count > 1, factors.filter(isWidth).count == 1,
      let place = factors.firstIndex(where: isWidth), let width = values[factors[place]],
      width > 0, width <= 64, bits % width == 0
    else { return nil }
    var others = factors
    others.remove(at: place)
    return ((others.joined(separator: "*"), bits / width), (factors[place], width))
  }

  /// Whether the default of a parameter follows from others, so that it should not be set beside
  /// them.
  static func isDerived(_ name: String, _ all: [String], _ text: String) -> Bool {
    let pattern = "parameter"
    for part in text.split(separator: pattern).dropFirst() {
      for item in part.prefix(while: { $0 != ";" }).split(separator: ",") {
        let sides = item.split(separator: "=", maxSplits: 1)
        guard sides.count == 2 else { continue }
        let words = sides[0].split { !($0.isLetter || $0.isNumber || $0 == "_") }
        guard words.last.map(String.init) == name else { continue }
        let used = sides[1].split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
        return used.contains { $0 != name && all.contains($0) }
      }
    }
    return false
  }
}
