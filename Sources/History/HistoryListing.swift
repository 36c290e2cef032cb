public import Foundation

/// What a history says: of all blocks, or of one.
public struct HistoryListing: Sendable, Hashable, Codable {
  /// One run in a line.
  public struct Run: Sendable, Hashable, Codable {
    public var id: String
    public var began: Date
    public var commit: String?
    public var isDirty: Bool?
    public var level: String
    public var verdict: String
    public var hosts: [String]
    public var program: String?
    public var simulator: String
    public var compiler: String
    public var planned: Int
    public var passed: Int
    /// Failed, flaky, or broken.
    public var failed: Int
    public var trusted: Int
    public var leftOut: Int
    public var elements: Int
    /// Clock cycles that were simulated.
    public var simulated: Int
    /// Wall time; nil where nobody took it.
    public var seconds: Double?

    /// The first digits of the commit, with a `+` where files differed from it.
    public var name: String {
      (commit.map { String($0.prefix(8)) } ?? "-") + (isDirty == true ? "+" : "")
    }
  }

  /// Wall time of a task, in the runs in which it ran.
  public struct Slow: Sendable, Hashable, Codable {
    public var task: String
    public var runs: Int
    /// Half of the runs took no longer.
    public var median: Double
    public var longest: Double
  }

  /// The file.
  public var file: String
  /// Runs in the file.
  public var recorded: Int
  public var block: String?
  public var configuration: String?
  /// The last ones, those that began first first.
  public var runs: [Run]
  /// Of these runs.
  public var series: [HistorySeries]
  /// Those that came last first.
  public var changes: [CycleChange]
  /// Those that take longest first.
  public var slowest: [Slow]

  /// - Parameters:
  ///   - file: to be read.
  ///   - limit: the last so many runs.
  ///   - root: the project's folder; its repository says in which order commits are.
  /// - Throws: ``HistoryError``.
  public init(
    _ file: HistoryFile, block: String? = nil, configuration: String? = nil, limit: Int,
    root: String
  ) async throws(HistoryError) {
    let runs = try file.runs(block: block, configuration: configuration, limit: limit)
    let graph = await CommitGraph(of: runs.compactMap(\.commit), root: root)
    self.init(
      runs, graph: graph, file: file.path, recorded: try file.count(), block: block,
      configuration: configuration)
  }

  /// - Parameters:
  ///   - runs: those that began first first.
  ///   - graph: of the repository; nil to go by time.
  public init(
    _ runs: [HistoryRun], graph: CommitGraph?, file: String, recorded: Int, block: String? = nil,
    configuration: String? = nil
  ) {
    self.file = file
    self.recorded = recorded
    self.block = block
    self.configuration = configuration
    self.runs = runs.map(Run.init)
    series = HistorySeries.all(of: runs, graph: graph).filter {
      $0.block == block ?? $0.block && $0.configuration == configuration ?? $0.configuration
    }
    changes = series.flatMap { $0.cycleChanges(graph: graph) }
    var seconds: [String: [Double]] = [:]
    for task in runs.flatMap(\.tasks) {
      if let taken = task.seconds { seconds[task.name, default: []].append(taken) }
    }
    slowest = seconds.map { name, times in
      let sorted = times.sorted()
      return Slow(
        task: name, runs: sorted.count, median: sorted[(sorted.count - 1) / 2],
        longest: sorted[sorted.count - 1])
    }.sorted { (-$0.median, $0.task) < (-$1.median, $1.task) }
    // Dates of one commit mean nothing: the order is that of the commits.
    let places = Dictionary(
      (graph?.commits ?? []).enumerated().map { ($1.id, $0) }, uniquingKeysWith: { $1 })
    if !places.isEmpty {
      changes.sort {
        (-(places[$0.commit] ?? -1), $0.block, $0.configuration)
          < (-(places[$1.commit] ?? -1), $1.block, $1.configuration)
      }
    }
  }

  /// As JSON: keys in order, dates in UTC.
  public func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }
}

extension HistoryListing.Run {
  fileprivate init(_ run: HistoryRun) {
    id = run.facts.id
    began = run.facts.began
    commit = run.commit
    isDirty = run.facts.isDirty
    level = run.level
    verdict = run.verdict
    hosts = run.facts.hosts
    program = run.facts.program
    simulator = run.simulator
    compiler = run.compiler
    planned = run.planned
    passed = run.tasks.count { $0.verdict == "passed" }
    failed = run.tasks.count - passed
    trusted = run.tasks.count(where: \.isTrusted)
    leftOut = run.leftOut
    elements = run.tasks.reduce(0) { $0 + $1.elements }
    simulated = run.tasks.reduce(0) { $0 + $1.simulated }
    seconds = run.facts.seconds
  }
}
