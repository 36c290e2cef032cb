public import Foundation
public import Lockstep

/// The outcomes of one invocation as JSON, from which every other rendering could be made.
public struct JSONReport: Codable, Sendable {
  /// Version of this form.
  public var version = 1
  public var outcomes: [Outcome]
  public var agrees: Bool

  public init(_ outcomes: [Outcome]) {
    self.outcomes = outcomes
    agrees = !outcomes.isEmpty && outcomes.allSatisfy(\.agrees)
  }

  /// Keys sorted, indented.
  public func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }
}
