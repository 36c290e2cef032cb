import Foundation
import Logging
import Synchronization

/// Progress on stderr: one line that is rewritten on a terminal, a plain line now and then elsewhere.
enum Progress {
  private static let isTerminal = isatty(STDERR_FILENO) == 1
  private static let last = Mutex(ContinuousClock.now - .seconds(60))
  private static let isDrawn = Atomic<Bool>(false)

  /// Shows `text` unless something was shown a moment ago.
  static func show(_ text: String) {
    let due = last.withLock { last in
      let now = ContinuousClock.now
      guard now - last >= (isTerminal ? .milliseconds(100) : .seconds(10)) else { return false }
      last = now
      return true
    }
    guard due else { return }
    write(isTerminal ? "\r\u{1B}[K\(text)" : text + "\n")
    isDrawn.store(isTerminal, ordering: .relaxed)
  }

  /// Shows `text` whatever was shown before.
  static func say(_ text: String) {
    clear()
    write(text + "\n")
  }

  /// Removes the line from a terminal.
  static func clear() {
    if isDrawn.exchange(false, ordering: .relaxed) { write("\r\u{1B}[K") }
  }

  private static func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}

/// Shows what a library logs as progress.
struct ProgressLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .info

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    if event.level >= .warning {
      Progress.say("\(event.level): \(event.message)")
    } else {
      Progress.show("\(event.message)")
    }
  }
}
