/// One small change of the RTL, of the kind that a designer makes by mistake.
public struct Mutant: Sendable, Codable, Equatable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Another operator, or none.
    case `operator`
    /// A condition negated, or stuck.
    case condition
    /// A constant one more, one less, or with a bit turned over.
    case literal
    /// Another right-hand side: nothing, all ones, the old value, another variable of the same type.
    case value
    /// The operands of an operator exchanged.
    case operands
  }

  /// From 1: what the select variable says.
  public var number: Int
  /// As the manifest spells it.
  public var file: String
  /// From 1.
  public var line: Int
  public var kind: Kind
  /// What stood there and what stands there now, without line ends and comments.
  public var original: String
  public var changed: String
  /// The line of the source, trimmed.
  public var text: String
  /// Which one this is, from 1, among those with the same file, text of the line, original and change.
  public var occurrence: Int

  public init(
    number: Int, file: String, line: Int, kind: Kind, original: String, changed: String,
    text: String, occurrence: Int = 1
  ) {
    self.number = number
    self.file = file
    self.line = line
    self.kind = kind
    self.original = original
    self.changed = changed
    self.text = text
    self.occurrence = occurrence
  }

  /// `` `a + b` becomes `a - b` ``.
  public var change: String { "`\(original)` becomes `\(changed)`" }

  /// What stays the same when lines are added or removed elsewhere.
  var identity: MutantIdentity {
    MutantIdentity(
      file: file, text: text, original: original, changed: changed, occurrence: occurrence)
  }
}

/// A mutant as waivers and saved results know it.
struct MutantIdentity: Hashable, Codable {
  var file: String
  var text: String
  var original: String
  var changed: String
  var occurrence: Int
}
