public import Lockstep

/// What the outcomes of one invocation come to. Every rendering and the exit status derive from it.
public enum Verdict: String, Sendable, Codable, CaseIterable {
  case agreement, disagreement
  /// Ended by the user before all was compared, whatever was found until then.
  case unfinished

  /// - Parameters:
  ///   - outcomes: what was found.
  ///   - planned: outcomes that there were to be. Nothing at all is a disagreement.
  public init(_ outcomes: [Outcome], planned: Int) {
    if outcomes.count < planned || outcomes.contains(where: \.wasInterrupted) {
      self = .unfinished
    } else {
      self = !outcomes.isEmpty && outcomes.allSatisfy(\.agrees) ? .agreement : .disagreement
    }
  }

  /// 0 for agreement, 1 for disagreement, 130 as a shell has it for a program that was interrupted.
  public var exitStatus: Int32 {
    switch self {
    case .agreement: 0
    case .disagreement: 1
    case .unfinished: 130
    }
  }

  /// As a heading: `Agreement`.
  public var title: String {
    switch self {
    case .agreement: "Agreement"
    case .disagreement: "Disagreement"
    case .unfinished: "Unfinished"
    }
  }
}
