public import Blocks
public import Lockstep
public import Signals

/// What became of one relation.
public struct RelationResult: Sendable, Codable {
  public var name: String
  public var statement: String
  /// Pairs of batches that were held against each other.
  public var cases = 0
  /// Pairs that the device answered.
  public var deviceCases = 0
  /// Pairs of which the golden model's answers break the relation, and the first place.
  public var goldenViolations = 0
  public var golden: RelationViolation?
  /// Pairs of which the device's answers do, and the first place.
  public var deviceViolations = 0
  public var device: RelationViolation?
  /// The first thing that kept the device from answering.
  public var trouble: Finding?

  /// Held of every pair, and there were some.
  public var holds: Bool {
    cases > 0 && goldenViolations == 0 && deviceViolations == 0 && trouble == nil
  }
}

/// The relations of one block in one configuration.
public struct RelationOutcome: Sendable, Codable {
  public var block: String
  public var configuration: Configuration
  /// The command that repeats it.
  public var command: String
  public var seed: UInt64
  /// Batches that relations were tried on.
  public var batches: Int
  /// Whether there was a device, or only the golden model.
  public var hasDevice: Bool
  public var results: [RelationResult]
  public var wasInterrupted: Bool
  public var seconds: Double

  /// Every relation holds, and everything was tried.
  public var agrees: Bool { !wasInterrupted && !results.isEmpty && results.allSatisfy(\.holds) }
}
