public import Foundation
public import Lockstep

/// The outcomes of one invocation as JSON, from which every other rendering could be made.
public struct JSONReport: Codable, Sendable {
  /// Version of this form.
  public var version = 1
  public var outcomes: [Outcome]
  public var verdict: Verdict
  /// Whether ``verdict`` is agreement.
  public var agrees: Bool

  /// - Parameter planned: outcomes that there were to be.
  public init(_ outcomes: [Outcome], planned: Int) {
    self.outcomes = outcomes
    verdict = Verdict(outcomes, planned: planned)
    agrees = verdict == .agreement
  }

  /// Keys sorted, indented.
  public func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }
}
