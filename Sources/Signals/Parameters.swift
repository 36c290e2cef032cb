/// A named integer that shapes a block, with the range in which the block is defined.
///
/// The name is spelt the same everywhere: on the command line (`--set Lanes=8`), in the manifest and
/// as the parameter of the RTL module.
public struct Parameter: Sendable, Hashable, Codable {
  /// UpperCamelCase name, as in the RTL.
  public var name: String
  /// The values that the block accepts.
  public var range: ClosedRange<Int>
  /// The value where nothing else is said.
  public var defaultValue: Int
  /// One sentence: what it is, with its unit.
  public var summary: String
  /// Where only some values of `range` make sense, these; otherwise nil.
  public var choices: [Int]?

  public init(
    _ name: String, _ range: ClosedRange<Int>, default defaultValue: Int, _ summary: String,
    choices: [Int]? = nil
  ) {
    self.name = name
    self.range = range
    self.defaultValue = defaultValue
    self.summary = summary
    self.choices = choices
  }
}

/// A complete set of parameter values: every parameter of a block, by name.
public struct Configuration: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The name that the manifest gives this set, or a description of how it was made.
  public var name: String
  /// Value by parameter name.
  public var values: [String: Int]
  /// Parameters of a foreign design that are no integers, as Verilog spells them: `"weights.hex"` with its
  /// quotation marks, `128'hFF00`, `0.5`.
  public var texts: [String: String]

  public init(name: String, values: [String: Int], texts: [String: String] = [:]) {
    self.name = name
    self.values = values
    self.texts = texts
  }

  private enum CodingKeys: CodingKey { case name, values, texts }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    values = try container.decode([String: Int].self, forKey: .values)
    texts = try container.decodeIfPresent([String: String].self, forKey: .texts) ?? [:]
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(values, forKey: .values)
    if !texts.isEmpty { try container.encode(texts, forKey: .texts) }
  }

  /// The value of a parameter that the configuration is known to have.
  ///
  /// A missing parameter is a programmer's error and traps: configurations are checked for
  /// completeness by ``init(name:values:of:)`` before a block sees them.
  public subscript(parameter: String) -> Int {
    guard let value = values[parameter] else {
      preconditionFailure("configuration '\(name)' has no parameter \(parameter)")
    }
    return value
  }

  /// Completes `values` with the defaults of `parameters` and checks every value.
  ///
  /// - Throws: ``SignalError`` for a name that is not a parameter and a value out of range; never
  ///   for a missing one, which takes its default.
  public init(name: String, values: [String: Int], of parameters: [Parameter]) throws(SignalError) {
    var complete: [String: Int] = [:]
    for parameter in parameters {
      let value = values[parameter.name] ?? parameter.defaultValue
      let allowed = parameter.choices.map { $0.contains(value) } ?? true
      guard parameter.range.contains(value), allowed else {
        throw .parameterOutOfRange(parameter, value: value)
      }
      complete[parameter.name] = value
    }
    for name in values.keys.sorted() where complete[name] == nil {
      throw .unknownParameter(name, known: parameters.map(\.name))
    }
    self.init(name: name, values: complete)
  }

  /// `default {Lanes=16, MaxLength=1024}`, parameters in alphabetical order.
  public var description: String {
    let all = values.mapValues(String.init).merging(texts) { value, _ in value }
    let list = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return "\(name) {\(list.joined(separator: ", "))}"
  }
}
