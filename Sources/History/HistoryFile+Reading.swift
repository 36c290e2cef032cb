import Foundation
import GRDB

extension HistoryFile {
  /// The number of runs.
  ///
  /// - Throws: ``HistoryError``.
  public func count() throws(HistoryError) -> Int {
    try access { queue in
      try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM run") ?? 0 }
    }
  }

  /// Runs with their tasks, those that began first first; of one second, in the order of recording.
  ///
  /// - Parameters:
  ///   - block: only tasks of this block, and runs that have some; nil for all.
  ///   - configuration: only tasks in this configuration; nil for all.
  ///   - limit: the last so many runs; nil for all.
  /// - Throws: ``HistoryError``.
  public func runs(
    block: String? = nil, configuration: String? = nil, limit: Int? = nil
  ) throws(HistoryError) -> [HistoryRun] {
    try access { queue in
      try queue.read { db in
        let filter = """
          (:block IS NULL OR task.block = :block) AND \
          (:configuration IS NULL OR task.configuration = :configuration)
          """
        let arguments: StatementArguments = [
          "block": block, "configuration": configuration, "limit": limit ?? -1,
        ]
        let chosen = """
          SELECT * FROM run WHERE (:block IS NULL AND :configuration IS NULL) OR EXISTS \
          (SELECT 1 FROM task WHERE task.run = run.id AND \(filter)) \
          ORDER BY began DESC, rowid DESC LIMIT :limit
          """
        var runs = try Row.fetchAll(db, sql: chosen, arguments: arguments).map {
          try HistoryFile.run($0, db)
        }
        runs.reverse()
        let rows = try Row.fetchAll(
          db,
          sql: "SELECT task.* FROM task JOIN (\(chosen)) AS chosen ON task.run = chosen.id "
            + "WHERE \(filter) ORDER BY task.run, task.name", arguments: arguments)
        let tasks = Dictionary(grouping: rows) { $0["run"] as String }
        for index in runs.indices {
          runs[index].tasks = (tasks[runs[index].facts.id] ?? []).map(HistoryFile.task)
        }
        return runs
      }
    }
  }

  private static func run(_ row: Row, _ db: Database) throws -> HistoryRun {
    let parts = try String.fetchAll(
      db, sql: "SELECT name FROM part WHERE run = ? ORDER BY name", arguments: [row["id"] as String]
    )
    let began = try? Date(row["began"] as String, strategy: .iso8601)
    let facts = RunFacts(
      id: row["id"], parts: parts, began: began ?? Date(timeIntervalSince1970: 0),
      seconds: row["seconds"],
      hosts: (row["hosts"] as String).split(separator: " ").map(String.init),
      isDirty: row["is_dirty"], program: row["program"])
    return HistoryRun(
      facts: facts, level: row["level"], verdict: row["verdict"], commit: row["commit_id"],
      base: row["base"], simulator: row["simulator"], compiler: row["compiler"],
      planned: row["planned"], leftOut: row["left_out"])
  }

  private static func task(_ row: Row) -> HistoryTask {
    var task = HistoryTask(
      name: row["name"], block: row["block"], configuration: row["configuration"],
      check: row["check"], verdict: row["verdict"], isTrusted: row["is_trusted"],
      transactions: row["transactions"], elements: row["elements"], simulated: row["simulated"])
    task.failure = row["failure"]
    task.cycles = row["cycles"]
    if let low = row["budget_low"] as Int?, let high = row["budget_high"] as Int?, low <= high {
      task.budget = low...high
    }
    task.coveredLines = row["covered_lines"]
    task.countableLines = row["countable_lines"]
    task.executions = row["executions"]
    task.killedMutants = row["killed_mutants"]
    task.countedMutants = row["counted_mutants"]
    task.seconds = row["seconds"]
    task.device = row["device"]
    return task
  }
}
