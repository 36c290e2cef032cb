/// What a gate found. Every output and the exit status are made from this value alone.
///
/// It holds no times, hosts or dates: the same checks of the same things give the same bytes, be they one
/// run or shards that were merged. Times are in ``GateTimes``.
public struct GateResult: Sendable, Codable {
  /// What the gate comes to.
  public enum Verdict: String, Sendable, Codable, CaseIterable {
    case passed
    /// Something is wrong with what was checked.
    case failed
    /// Nothing was found to be wrong, but not everything could be checked.
    case broken
    /// Ended by the user.
    case interrupted

    /// 0, 1, 2 and 130.
    public var exitStatus: Int32 {
      switch self {
      case .passed: 0
      case .failed: 1
      case .broken: 2
      case .interrupted: 130
      }
    }
  }

  /// Which parts of a run are here.
  public struct Shards: Sendable, Codable, Hashable {
    public var count: Int
    /// From 1, in order.
    public var present: [Int]

    public init(count: Int = 1, present: [Int] = [1]) {
      self.count = count
      self.present = present
    }

    public var missing: [Int] { (1...max(count, 1)).filter { !present.contains($0) } }
  }

  /// A task that was not run, and why.
  public struct LeftOut: Sendable, Codable, Hashable {
    public var task: String
    public var reason: String

    public init(task: String, reason: String) {
      self.task = task
      self.reason = reason
    }
  }

  /// Version of this form.
  public var version = GateResult.current
  public static let current = 1
  public var level: GateLevel
  /// The commit that was checked and that it was compared with, where they are known.
  public var commit: String?
  public var base: String?
  public var shards: Shards
  /// Every task of every shard, by name, in order: what there must be a result for.
  public var planned: [String]
  /// In the order of names.
  public var leftOut: [LeftOut]
  /// In the order of names.
  public var results: [TaskResult]
  /// What the change is, in sentences: which files, what they touch.
  public var remarks: [String]
  /// Names of the clusters that failed at the base, where its report was given.
  public var known: [String] = []
  public var wasInterrupted = false

  public init(level: GateLevel, shards: Shards = Shards()) {
    self.level = level
    self.shards = shards
    (planned, leftOut, results, remarks) = ([], [], [], [])
  }

  /// Planned tasks without a result: of missing shards, or lost.
  public var lost: [String] {
    let there = Set(results.map(\.task.id))
    return planned.filter { !there.contains($0) }
  }

  public var verdict: Verdict {
    if wasInterrupted { return .interrupted }
    if results.contains(where: { $0.verdict == .failed || $0.verdict == .flaky }) {
      return .failed
    }
    if !lost.isEmpty || !shards.missing.isEmpty || planned.isEmpty && leftOut.isEmpty {
      return .broken
    }
    return results.contains { $0.verdict == .broken } ? .broken : .passed
  }

  public func count(_ verdict: TaskResult.Verdict) -> Int {
    results.count { $0.verdict == verdict }
  }

  /// Tasks that passed before with the same evidence.
  public var trusted: Int { results.count(where: \.isTrusted) }

  private enum Derived: CodingKey { case verdict, exitStatus, clusters }

  /// Besides what is read again, what follows from it, for other programs.
  public func encode(to encoder: any Encoder) throws {
    var derived = encoder.container(keyedBy: Derived.self)
    try derived.encode(verdict, forKey: .verdict)
    try derived.encode(verdict.exitStatus, forKey: .exitStatus)
    try derived.encode(clusters, forKey: .clusters)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(version, forKey: .version)
    try container.encode(level, forKey: .level)
    try container.encodeIfPresent(commit, forKey: .commit)
    try container.encodeIfPresent(base, forKey: .base)
    try container.encode(shards, forKey: .shards)
    try container.encode(planned, forKey: .planned)
    try container.encode(leftOut, forKey: .leftOut)
    try container.encode(results, forKey: .results)
    try container.encode(remarks, forKey: .remarks)
    try container.encode(known, forKey: .known)
    try container.encode(wasInterrupted, forKey: .wasInterrupted)
  }

  /// Puts everything in its order.
  mutating func sort() {
    planned.sort()
    leftOut.sort { $0.task < $1.task }
    results.sort { $0.task.id < $1.task.id }
    remarks = Array(Set(remarks)).sorted()
    known = Array(Set(known)).sorted()
    shards.present = Array(Set(shards.present)).sorted()
    if shards.missing.isEmpty { shards = Shards() }
  }
}

/// Wall time of tasks, which is no part of a result.
public struct GateTimes: Sendable, Codable, Equatable {
  /// Seconds by the name of the task.
  public var seconds: [String: Double] = [:]

  public init() {}
}
