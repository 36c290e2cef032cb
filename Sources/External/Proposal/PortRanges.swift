import Devices

/// Ranges of ports as the source spells them, so that a manifest can name parameters instead of numbers.
enum PortRanges {
  /// By port, the size of each range before its name and behind it: `WIDTH` for `[WIDTH-1:0]`, and the text
  /// itself for what is no such range.
  static func read(_ text: String) -> [String: [String]] {
    var result: [String: [String]] = [:]
    for match in text.matches(
      of: /\b(?:input|output)\b((?:\s+(?:wire|reg|logic|signed|unsigned|var))*)\s*((?:\[[^\]]*\]\s*)*)([^;)]*)/)
    {
      let ranges = sizes(String(match.2))
      for item in match.3.split(separator: ",") {
        let words = item.trimmingPrefix { $0.isWhitespace }
        if words.hasPrefix("input") || words.hasPrefix("output") || words.hasPrefix("inout") { break }
        let name = String(words.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        if name.isEmpty || result[name] != nil { continue }
        result[name] = ranges + sizes(String(words.dropFirst(name.count)))
      }
    }
    return result
  }

  private static func sizes(_ text: String) -> [String] {
    text.matches(of: /\[([^\]]*)\]/).map { match in
      let range = String(match.1).filter { !$0.isWhitespace }
      if let down = range.wholeMatch(of: /(.+)-1:0/) { return String(down.1) }
      if let up = range.wholeMatch(of: /0:(.+)-1/) { return String(up.1) }
      return range
    }
  }
}

/// The integer parameters of a design, to see whether an expression of them is what it should be.
struct ParameterValues {
  private let values: [String: Int]

  init(_ parameters: [DesignSketch.Parameter]) {
    values = Dictionary(
      parameters.compactMap { parameter in Int(parameter.value).map { (parameter.name, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  /// The expression, where it is a product of parameters and numbers, with at least one parameter, and has
  /// that value; nil otherwise.
  func expression(_ text: String, equal value: Int) -> String? {
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
}
