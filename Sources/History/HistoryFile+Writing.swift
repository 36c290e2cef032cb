import Foundation
import GRDB

extension HistoryFile {
  /// Adds a run, whole or not at all.
  ///
  /// A run is there once: one whose parts are all there already adds nothing, and one that contains parts
  /// that were added by themselves, as shards, takes their place.
  ///
  /// - Returns: whether it was added.
  /// - Throws: ``HistoryError``; the history is then as it was.
  @discardableResult
  public func append(_ run: HistoryRun) throws(HistoryError) -> Bool {
    try access { queue in
      try queue.write { db in
        let parts = Set(run.facts.parts)
        var kept: [String: Set<String>] = [:]
        for row in try Row.fetchAll(
          db,
          sql: """
            SELECT run, name FROM part WHERE run IN (SELECT run FROM part WHERE name IN \
            (\(parts.map { _ in "?" }.joined(separator: ", "))))
            """, arguments: StatementArguments(parts))
        {
          kept[row["run"], default: []].insert(row["name"])
        }
        if kept.values.contains(where: { parts.isSubset(of: $0) }) { return false }
        for (id, its) in kept where its.isSubset(of: parts) {
          try db.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [id])
        }
        try HistoryFile.insert(run, db)
        return true
      }
    }
  }

  private static func insert(_ run: HistoryRun, _ db: Database) throws {
    let facts = run.facts
    try insert(
      "run",
      [
        "id": facts.id, "began": facts.began.formatted(.iso8601), "seconds": facts.seconds,
        "hosts": facts.hosts.joined(separator: " "), "commit_id": run.commit,
        "is_dirty": facts.isDirty, "base": run.base, "level": run.level, "verdict": run.verdict,
        "program": facts.program, "simulator": run.simulator, "compiler": run.compiler,
        "planned": run.planned, "left_out": run.leftOut,
      ], db)
    for name in facts.parts {
      try db.execute(
        sql: "INSERT OR REPLACE INTO part (name, run) VALUES (?, ?)", arguments: [name, facts.id])
    }
    for task in run.tasks {
      try insert(
        "task",
        [
          "run": facts.id, "name": task.name, "block": task.block,
          "configuration": task.configuration, "check": task.check, "verdict": task.verdict,
          "is_trusted": task.isTrusted, "failure": task.failure,
          "transactions": task.transactions, "elements": task.elements,
          "simulated": task.simulated, "cycles": task.cycles,
          "budget_low": task.budget?.lowerBound, "budget_high": task.budget?.upperBound,
          "covered_lines": task.coveredLines, "countable_lines": task.countableLines,
          "executions": task.executions, "killed_mutants": task.killedMutants,
          "counted_mutants": task.countedMutants, "seconds": task.seconds,
          "device": task.device,
        ], db)
    }
  }

  private static func insert(
    _ table: String, _ values: KeyValuePairs<String, (any DatabaseValueConvertible)?>,
    _ db: Database
  ) throws {
    let names = values.map { "\"\($0.key)\"" }.joined(separator: ", ")
    let marks = values.map { _ in "?" }.joined(separator: ", ")
    let statement = try db.cachedStatement(
      sql: "INSERT INTO \"\(table)\" (\(names)) VALUES (\(marks))")
    try statement.execute(arguments: StatementArguments(values.map(\.value)))
  }
}
