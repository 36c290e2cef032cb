/// What kind of mistake explains every difference of a failing stream, where one does.
public struct Classification: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case beatLate, beatEarly, lanesReversed, saturationMissing, ties, signLost, negated
    case previousTransaction, constant, stuckBit
  }

  public var kind: Kind
  /// One sentence, with the figures that make it certain.
  public var evidence: String

  public init(_ kind: Kind, evidence: String) {
    self.kind = kind
    self.evidence = evidence
  }
}
