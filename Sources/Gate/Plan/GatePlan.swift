public import Lockstep

/// How much is checked: before a merge, every night, before a release.
public enum GateLevel: String, Sendable, Codable, CaseIterable { case merge, nightly, release }

/// What a gate checks at each level, for every block and for single ones.
///
/// `gate.yaml` in the project's folder, or none:
///
///     required: all                 # or a list of blocks, which must have RTL
///     fingerprints: required        # every folder of vectors must have a SHA256SUMS
///     timeout: 900                  # seconds for one task
///     times: ci/gate-times.json     # recorded times, by which shards are balanced
///     history: ci/history.sqlite    # where runs are recorded, or false
///     merge:
///       verify: {count: 1024, seeds: [1], stalls: [none, random]}
///       cycles: budgeted            # or required, or false
///     nightly:
///       sweep: {constants: 4, limit: 20}
///       relations: 16
///       fuzz: 5000
///       mutation: {limit: 200, count: 512, score: 0.9}
///     blocks:
///       ita_gelu:
///         merge: {verify: {count: 4096}}
///
/// A level that says nothing about a check has the default of that level; a block, that of its level.
/// `false` switches a check off.
public struct GatePlan: Sendable, Hashable, Codable {
  /// Blocks that must have RTL.
  public enum Required: Sendable, Hashable, Codable {
    case all
    case named([String])
  }

  /// Where runs are recorded.
  public enum History: Sendable, Hashable, Codable {
    /// In the cache.
    case standard
    case off
    /// Below the project's folder, unless it begins with a slash.
    case file(String)
  }

  /// Where it stands, for complaints.
  public var file = GatePlan.fileName
  public var required = Required.named([])
  /// Whether a folder of vectors without `SHA256SUMS` is a failure.
  public var needsFingerprints = false
  /// Seconds that one task may take.
  public var timeout = 1800
  /// File of recorded times, below the project's folder.
  public var times: String?
  public var history = History.standard
  public var levels: [GateLevel: Checks]
  /// Complete checks of single blocks, by name.
  public var blocks: [String: [GateLevel: Checks]] = [:]

  /// The plan where there is none.
  public init() {
    levels = Dictionary(
      uniqueKeysWithValues: GateLevel.allCases.map { ($0, Checks(defaultsOf: $0)) })
  }

  /// What is checked of a block at a level.
  public func checks(of block: String, at level: GateLevel) -> Checks {
    blocks[block]?[level] ?? levels[level] ?? Checks(defaultsOf: level)
  }

  /// The checks of one block at one level.
  public struct Checks: Sendable, Hashable, Codable {
    public struct Verify: Sendable, Hashable, Codable {
      /// Random transactions, besides all corners.
      public var count: Int
      public var seeds: [UInt64]
      public var stalls: [StallProfile]
    }
    public struct Sweep: Sendable, Hashable, Codable {
      /// Sets of constants.
      public var constants: Int
      /// Bits of an input up to which every value is driven.
      public var limit: Int
    }
    public struct Mutation: Sendable, Hashable, Codable {
      /// The most mutants; nil for all.
      public var limit: Int?
      /// Random transactions of the suite.
      public var count: Int
      /// The least share of killed mutants, 0 to 1.
      public var score: Double
    }
    public struct Coverage: Sendable, Hashable, Codable {
      /// Random transactions, besides all corners.
      public var count: Int
      /// The least share of lines, 0 to 1, waived ones left out.
      public var lines: Double
    }
    /// Whether cycles are held against budgets.
    public enum Cycles: String, Sendable, Hashable, Codable, CaseIterable {
      /// Where the manifest has a budget.
      case budgeted
      /// And a configuration without one is a failure.
      case required
      case off
    }

    /// Nil for none.
    public var verify: Verify?
    /// Configurations of the manifest; nil for all.
    public var configurations: [String]?
    public var vectors = true
    public var regressions = true
    public var cycles = Cycles.budgeted
    public var accuracy = true
    public var sweep: Sweep?
    /// Batches that relations between answers are tried on.
    public var relations: Int?
    /// Inputs of a search.
    public var fuzz: Int?
    public var mutation: Mutation?
    public var coverage: Coverage?

    /// What a level has where the plan does not say otherwise.
    public init(defaultsOf level: GateLevel) {
      switch level {
      case .merge:
        verify = Verify(count: 1024, seeds: [1], stalls: [.none, .random])
      case .nightly:
        verify = Verify(count: 8192, seeds: [1], stalls: StallProfile.allCases)
        sweep = Sweep(constants: 2, limit: 20)
        (relations, fuzz) = (8, 2000)
        mutation = Mutation(limit: 100, count: 512, score: 0.8)
        coverage = Coverage(count: 256, lines: 0.8)
      case .release:
        verify = Verify(count: 16384, seeds: [1, 2, 3], stalls: StallProfile.allCases)
        sweep = Sweep(constants: 8, limit: 24)
        (relations, fuzz) = (32, 20_000)
        mutation = Mutation(limit: nil, count: 1024, score: 0.9)
        coverage = Coverage(count: 1024, lines: 0.9)
      }
    }
  }
}
