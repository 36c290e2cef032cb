import GRDB

/// The tables of a history.
///
/// A form that has been published is never changed: what comes later is another migration.
enum HistorySchema {
  /// "cosm": what tells a history from other databases.
  static let application: Int32 = 0x636F_736D

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(sql: first)
      try db.execute(sql: "PRAGMA application_id = \(application)")
    }
    return migrator
  }

  /// Times are UTC, `2026-01-31T23:59:59Z`; hosts are separated by spaces.
  private static let first = """
    CREATE TABLE run (
      id TEXT NOT NULL PRIMARY KEY,
      began TEXT NOT NULL,
      seconds REAL,
      hosts TEXT NOT NULL,
      commit_id TEXT,
      is_dirty INTEGER,
      base TEXT,
      level TEXT NOT NULL,
      verdict TEXT NOT NULL,
      program TEXT,
      simulator TEXT NOT NULL,
      compiler TEXT NOT NULL,
      planned INTEGER NOT NULL,
      left_out INTEGER NOT NULL
    );
    CREATE INDEX run_by_time ON run (began);
    -- The runs on single machines that a run consists of: each of them is in one run alone.
    CREATE TABLE part (
      name TEXT NOT NULL PRIMARY KEY,
      run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE
    );
    CREATE INDEX part_by_run ON part (run);
    CREATE TABLE task (
      run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      block TEXT NOT NULL,
      configuration TEXT,
      "check" TEXT NOT NULL,
      verdict TEXT NOT NULL,
      is_trusted INTEGER NOT NULL,
      failure TEXT,
      transactions INTEGER NOT NULL,
      elements INTEGER NOT NULL,
      simulated INTEGER NOT NULL,
      cycles INTEGER,
      budget_low INTEGER,
      budget_high INTEGER,
      covered_lines INTEGER,
      countable_lines INTEGER,
      executions INTEGER,
      killed_mutants INTEGER,
      counted_mutants INTEGER,
      seconds REAL,
      device TEXT,
      PRIMARY KEY (run, name)
    ) WITHOUT ROWID;
    CREATE INDEX task_by_block ON task (block, configuration);
    """
}
