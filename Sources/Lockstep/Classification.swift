/// What kind of mistake explains every difference of a failing stream or tap, where one does.
public struct Classification: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case beatLate, beatEarly, beatsLost, lanesReversed, lanesExchanged, laneRepeated, neighbour
    case saturationMissing, ties, rounding, signLost, negated, offset, scaled
    case highBitsLost, lowBitsLost, previousTransaction, notCleared, constant, stuckBit
    case ignored, staleSetting, otherValue, otherAdded
    /// No mechanism, but exactly where it shows.
    case oneLane, onlyWhere, offByOne

    /// Whether it says how values come about, and not only which are wrong, or by how much.
    public var isMechanism: Bool {
      switch self {
      case .oneLane, .onlyWhere, .offByOne: false
      default: true
      }
    }
  }

  public var kind: Kind
  /// One sentence, with the figures that make it certain.
  public var evidence: String
  /// The tap whose values it is about; nil for an output.
  public var tap: String?

  public init(_ kind: Kind, evidence: String, tap: String? = nil) {
    self.kind = kind
    self.evidence = evidence
    self.tap = tap
  }
}
