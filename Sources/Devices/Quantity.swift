public import Signals

/// A number of a manifest that may depend on the parameters: `8`, `LANES * 2`, `clog2(DEPTH)`.
///
/// Integers (decimal or `0x…`), names of parameters, `+ - * / % **`, parentheses, `clog2`, `min` and `max`.
/// Division rounds towards zero, as in Verilog.
public struct Quantity: Sendable, Hashable, CustomStringConvertible, ExpressibleByIntegerLiteral {
  /// As it was written.
  public let text: String

  public init(_ text: String) { self.text = text }
  public init(integerLiteral value: Int) { text = String(value) }

  public var description: String { text }

  /// What is wrong with one.
  enum Problem: Error {
    case syntax
    case unknownName(String)
    case undefined(String)
  }

  /// Its value under a configuration; nil where it has none.
  public func value(in configuration: Configuration) -> Int? {
    try? evaluate(configuration.values)
  }

  func evaluate(_ values: [String: Int]) throws(Problem) -> Int {
    var parser = QuantityParser(text, values)
    let value = try parser.sum()
    guard parser.isAtEnd else { throw .syntax }
    return value
  }
}

/// Recursive descent over the tokens of an expression.
private struct QuantityParser {
  private var tokens: [Substring] = []
  private var place = 0
  private let values: [String: Int]

  init(_ text: String, _ values: [String: Int]) {
    self.values = values
    var rest = text[...]
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
        continue
      }
      var token =
        first.isLetter || first.isNumber || first == "_"
        ? rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" } : rest.prefix(1)
      if rest.hasPrefix("**") { token = rest.prefix(2) }
      tokens.append(token)
      rest = rest[token.endIndex...]
    }
  }

  var isAtEnd: Bool { place == tokens.count }

  private mutating func take(_ token: String) -> Bool {
    guard !isAtEnd, tokens[place] == token else { return false }
    place += 1
    return true
  }

  mutating func sum() throws(Quantity.Problem) -> Int {
    var value = try product()
    while true {
      if take("+") {
        value = try checked(value.addingReportingOverflow(try product()))
      } else if take("-") {
        value = try checked(value.subtractingReportingOverflow(try product()))
      } else {
        return value
      }
    }
  }

  private mutating func product() throws(Quantity.Problem) -> Int {
    var value = try power()
    while true {
      if take("*") {
        value = try checked(value.multipliedReportingOverflow(by: try power()))
      } else if take("/") {
        value = try checked(value.dividedReportingOverflow(by: try power()))
      } else if take("%") {
        value = try checked(value.remainderReportingOverflow(dividingBy: try power()))
      } else {
        return value
      }
    }
  }

  private mutating func power() throws(Quantity.Problem) -> Int {
    let base = try atom()
    guard take("**") else { return base }
    let exponent = try power()
    guard (0...62).contains(exponent) else { throw .undefined("a power of \(exponent)") }
    var value = 1
    for _ in 0..<exponent { value = try checked(value.multipliedReportingOverflow(by: base)) }
    return value
  }

  private mutating func atom() throws(Quantity.Problem) -> Int {
    if take("-") {
      return try checked(0.subtractingReportingOverflow(try atom()))
    }
    if take("(") {
      let value = try sum()
      guard take(")") else { throw .syntax }
      return value
    }
    guard !isAtEnd else { throw .syntax }
    let token = tokens[place]
    place += 1
    if token.hasPrefix("0x"), let value = Int(token.dropFirst(2), radix: 16) { return value }
    if let value = Int(token) { return value }
    if take("(") { return try call(String(token)) }
    guard let first = token.first, first.isLetter || first == "_" else { throw .syntax }
    guard let value = values[String(token)] else { throw .unknownName(String(token)) }
    return value
  }

  private mutating func call(_ name: String) throws(Quantity.Problem) -> Int {
    var arguments = [try sum()]
    while take(",") { arguments.append(try sum()) }
    guard take(")") else { throw .syntax }
    switch (name, arguments.count) {
    case ("clog2", 1):
      let value = arguments[0]
      guard value >= 0 else { throw .undefined("the logarithm of \(value)") }
      return value <= 1 ? 0 : Int.bitWidth - (value - 1).leadingZeroBitCount
    case ("min", 2): return min(arguments[0], arguments[1])
    case ("max", 2): return max(arguments[0], arguments[1])
    default: throw .unknownName(name)
    }
  }

  private func checked(
    _ result: (partialValue: Int, overflow: Bool)
  ) throws(Quantity.Problem) -> Int {
    if result.overflow { throw .undefined("a result of its range, or a division by zero") }
    return result.partialValue
  }
}
