public import Foundation

/// The figures of one block in one configuration, by commit.
public struct HistorySeries: Sendable, Hashable, Codable {
  /// What one run says.
  public struct Point: Sendable, Hashable, Codable {
    /// Of the run.
    public var run: String
    public var began: Date
    public var commit: String?
    /// The run was not of the commit as it is; nil where that is not known.
    public var isDirty: Bool?
    /// First line of the commit's message; empty where there is no repository.
    public var subject: String
    public var level: String
    /// The worst of the run's tasks.
    public var verdict: String
    /// Nothing of it was run: all of it passed before.
    public var isTrusted: Bool
    /// Of the fixed workload, with its budget.
    public var cycles: Int?
    public var budget: ClosedRange<Int>?
    public var elements: Int
    /// Clock cycles that were simulated.
    public var simulated: Int
    public var coveredLines: Int?
    public var countableLines: Int?
    public var executions: Int?
    public var killedMutants: Int?
    public var countedMutants: Int?
    /// Wall time of all tasks; nil where nothing ran.
    public var seconds: Double?

    /// The share of lines that ran, 0 to 1.
    public var coverage: Double? { HistorySeries.share(coveredLines, of: countableLines) }
    /// The share of mutants that were noticed, 0 to 1.
    public var mutationScore: Double? { HistorySeries.share(killedMutants, of: countedMutants) }
    /// The first digits of the commit, with a `+` where files differed from it.
    public var name: String {
      (commit.map { String($0.prefix(8)) } ?? "-") + (isDirty == true ? "+" : "")
    }
  }

  public var block: String
  /// `-` for what needs no device.
  public var configuration: String
  /// In the order of commits, runs of one commit in the order of time.
  public var points: [Point]

  static func share(_ part: Int?, of whole: Int?) -> Double? {
    guard let part, let whole, whole > 0 else { return nil }
    return Double(part) / Double(whole)
  }
}

/// A commit that changed the cycles of a block.
public struct CycleChange: Sendable, Hashable, Codable {
  public var block: String
  public var configuration: String
  /// Cycles of the fixed workload, before and after.
  public var from: Int
  public var to: Int
  /// The first commit with the new figure, and its message's first line where there is a repository.
  public var commit: String
  public var subject: String
  /// The last one with the old figure.
  public var previous: String
  /// Commits between the two that nobody measured: each of them may be the cause.
  public var between: Int
}

extension HistorySeries {
  /// The series of runs.
  ///
  /// - Parameters:
  ///   - runs: those that began first first.
  ///   - graph: the repository; without, commits are in the order of time.
  static func all(of runs: [HistoryRun], graph: CommitGraph?) -> [HistorySeries] {
    var points: [String: [String: [Point]]] = [:]
    for run in inOrder(runs, graph) {
      let groups = Dictionary(grouping: run.tasks) { [$0.block, $0.configuration ?? "-"] }
      for (key, tasks) in groups {
        points[key[0], default: [:]][key[1], default: []].append(Point(run, tasks, graph))
      }
    }
    return points.sorted { $0.key < $1.key }.flatMap { block, series in
      // What needs no device stands at the end.
      series.sorted { ($0.key == "-" ? 1 : 0, $0.key) < ($1.key == "-" ? 1 : 0, $1.key) }
        .map { HistorySeries(block: block, configuration: $0, points: $1) }
    }
  }

  private static func inOrder(_ runs: [HistoryRun], _ graph: CommitGraph?) -> [HistoryRun] {
    guard let graph else { return runs }
    var commits: [String] = []
    for commit in runs.map({ $0.commit ?? "" }) where !commits.contains(commit) {
      commits.append(commit)
    }
    let byCommit = Dictionary(grouping: runs) { $0.commit ?? "" }
    return graph.ordered(commits).flatMap { byCommit[$0] ?? [] }
  }

  /// Which commits changed the cycles, those that came last first.
  ///
  /// Runs of files that differ from their commit say nothing here. Where a commit was measured more than once,
  /// the last time counts. The commit before it is the nearest one that was measured on the same branch.
  func cycleChanges(graph: CommitGraph?) -> [CycleChange] {
    var cycles: [String: Int] = [:]
    var order: [String] = []
    for point in points where point.isDirty != true {
      guard let commit = point.commit, let figure = point.cycles else { continue }
      if cycles.updateValue(figure, forKey: commit) == nil { order.append(commit) }
    }
    let measured = Set(order)
    var changes: [CycleChange] = []
    for (index, commit) in order.enumerated() {
      var before = index > 0 ? (id: order[index - 1], between: 0) : nil
      if let graph, graph[commit] != nil {
        before = graph.nearest(before: commit, in: measured)
      }
      guard let before, let from = cycles[before.id], let to = cycles[commit], from != to else {
        continue
      }
      changes.append(
        CycleChange(
          block: block, configuration: configuration, from: from, to: to, commit: commit,
          subject: graph?[commit]?.subject ?? "", previous: before.id, between: before.between))
    }
    return changes.reversed()
  }
}

extension HistorySeries.Point {
  fileprivate init(_ run: HistoryRun, _ tasks: [HistoryTask], _ graph: CommitGraph?) {
    func sum(_ figure: (HistoryTask) -> Int?) -> Int? {
      let figures = tasks.compactMap(figure)
      return figures.isEmpty ? nil : figures.reduce(0, +)
    }
    let measured = tasks.first { $0.cycles != nil }
    let seconds = tasks.compactMap(\.seconds)
    self.init(
      run: run.facts.id, began: run.facts.began, commit: run.commit, isDirty: run.facts.isDirty,
      subject: run.commit.flatMap { graph?[$0]?.subject } ?? "", level: run.level,
      verdict: HistoryTask.worst(tasks), isTrusted: tasks.allSatisfy(\.isTrusted),
      cycles: measured?.cycles, budget: measured?.budget, elements: sum(\.elements) ?? 0,
      simulated: sum(\.simulated) ?? 0, coveredLines: sum(\.coveredLines),
      countableLines: sum(\.countableLines), executions: sum(\.executions),
      killedMutants: sum(\.killedMutants), countedMutants: sum(\.countedMutants),
      seconds: seconds.isEmpty ? nil : seconds.reduce(0, +))
  }
}

extension HistoryTask {
  /// The worst verdict of several tasks; `passed` where there is none.
  static func worst(_ tasks: [HistoryTask]) -> String {
    let found = Set(tasks.map(\.verdict))
    return ["failed", "flaky", "broken"].first { found.contains($0) } ?? "passed"
  }
}
