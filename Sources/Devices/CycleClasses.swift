/// Cycles of one stream by what happened in them: a part of a budget.
public struct CycleClasses: Sendable, Hashable, Codable {
  /// What a cycle is of a stream, in the order in which a manifest lists them.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Valid and ready.
    case transfer
    /// Ready alone: the receiver waits.
    case starved
    /// Valid alone: the sender waits.
    case blocked
    /// Neither.
    case idle
  }

  private var cycles: [Kind: Int]

  public init(transfer: Int, starved: Int, blocked: Int, idle: Int) {
    cycles = [.transfer: transfer, .starved: starved, .blocked: blocked, .idle: idle]
  }

  /// Cycles of a class.
  public subscript(kind: Kind) -> Int { cycles[kind, default: 0] }
}

extension Manifest {
  /// What a budget was made of: a configuration's streams, by name.
  public typealias BudgetStreams = [String: CycleClasses]
}
