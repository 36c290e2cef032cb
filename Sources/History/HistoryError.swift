/// Why a history could not be written or read. No verdict depends on it.
public enum HistoryError: Error, Sendable, Hashable {
  /// Not what a database looks like, or not any more.
  case damaged(path: String, reason: String)
  /// A database of another program.
  case foreign(path: String)
  /// Written by a newer program, with what this one does not know.
  case newer(path: String, form: String)
  case cannotOpen(path: String, reason: String)
  case cannotWrite(path: String, reason: String)
  /// Another process holds it for too long.
  case busy(path: String, seconds: Int)
  /// There is no such file to read.
  case missing(path: String)
}
