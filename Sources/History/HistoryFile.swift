import Foundation
import GRDB

/// The SQLite file of a history: what gates came to, one run after the other.
///
/// Any number of processes may write at once. A run is there with all of its tasks or not at all. There is
/// one file and no other beside it when nobody writes, so that a copy is whole; it may lie on a file system
/// of a network that has locks.
public struct HistoryFile: Sendable {
  public let path: String
  private let queue: DatabaseQueue

  /// Seconds to wait for other writers.
  public static let patience = 20

  /// Opens a history to write to it; begins one where there is no file.
  ///
  /// - Throws: ``HistoryError``.
  public init(writing path: String, patience: Int = HistoryFile.patience) throws(HistoryError) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .cannotOpen(path: path, reason: error.localizedDescription)
    }
    self = try HistoryFile(path, isReadOnly: false, patience: patience)
  }

  /// Opens a history to read it.
  ///
  /// - Throws: ``HistoryError``; ``HistoryError/missing(path:)`` where there is none.
  public init(reading path: String, patience: Int = HistoryFile.patience) throws(HistoryError) {
    guard FileManager.default.fileExists(atPath: path) else { throw .missing(path: path) }
    let file: HistoryFile
    do throws(HistoryError) {
      file = try HistoryFile(path, isReadOnly: true, patience: patience)
    } catch {
      // A writer that died in the middle is undone by whoever may write.
      guard case .cannotWrite = error else { throw error }
      self = try HistoryFile(path, isReadOnly: false, patience: patience)
      return
    }
    let isCurrent = try file.access { queue in
      try queue.read { try HistorySchema.migrator.hasCompletedMigrations($0) }
    }
    // Written by an older program, or empty: brought up to date.
    self = isCurrent ? file : try HistoryFile(path, isReadOnly: false, patience: patience)
  }

  private init(_ path: String, isReadOnly: Bool, patience: Int) throws(HistoryError) {
    self.path = path
    var configuration = Configuration()
    configuration.busyMode = .timeout(TimeInterval(patience))
    configuration.readonly = isReadOnly
    do {
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try HistoryFile.check(queue, path)
      if !isReadOnly { try HistoryFile.migrate(queue) }
    } catch {
      throw HistoryFile.error(error, path, patience: patience)
    }
  }

  /// That the file is a history, and not of a newer form.
  private static func check(_ queue: DatabaseQueue, _ path: String) throws {
    try queue.read { db in
      let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
      // Another process that begins it makes the list of migrations first.
      let isEmpty =
        try Int.fetchOne(
          db,
          sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'") == 0
      guard application == HistorySchema.application || application == 0 && isEmpty else {
        throw HistoryError.foreign(path: path)
      }
      let migrator = HistorySchema.migrator
      let applied = isEmpty ? [] : try migrator.appliedIdentifiers(db)
      if let unknown = applied.subtracting(migrator.migrations).max() {
        throw HistoryError.newer(path: path, form: unknown)
      }
    }
  }

  /// Two processes may begin a history at once: the one that comes second finds the tables there.
  private static func migrate(_ queue: DatabaseQueue) throws {
    let migrator = HistorySchema.migrator
    do {
      try migrator.migrate(queue)
    } catch {
      guard try queue.read({ try migrator.hasCompletedMigrations($0) }) else { throw error }
    }
  }

  /// The version of SQLite.
  public static var engine: String? {
    try? DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") }
  }

  /// Does something with the database; what goes wrong is put in our words.
  func access<Value>(
    _ body: (DatabaseQueue) throws -> Value
  ) throws(HistoryError) -> Value {
    do {
      return try body(queue)
    } catch {
      throw HistoryFile.error(error, path, patience: HistoryFile.patience)
    }
  }

  private static func error(_ error: any Error, _ path: String, patience: Int) -> HistoryError {
    if let error = error as? HistoryError { return error }
    guard let error = error as? DatabaseError else {
      return .cannotOpen(path: path, reason: "\(error)")
    }
    let reason = error.message ?? "\(error.resultCode)"
    switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT: return .damaged(path: path, reason: reason)
    case .SQLITE_BUSY, .SQLITE_LOCKED: return .busy(path: path, seconds: patience)
    case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY:
      return .cannotWrite(path: path, reason: reason)
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
      return .cannotOpen(path: path, reason: reason)
    // A table or column that should be there is not.
    default: return .damaged(path: path, reason: reason)
    }
  }
}
