import Foundation
import Synchronization

/// Ctrl-C: the first one asks for an orderly end, the second one ends at once.
enum Interrupt {
  private static let count = Atomic<Int>(0)
  /// Cancels what is running.
  private static let cancel = Mutex<(@Sendable () -> Void)?>(nil)

  static var isRequested: Bool { count.load(ordering: .sequentiallyConsistent) > 0 }

  /// Begins to watch for SIGINT and SIGTERM.
  static func watch() -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if count.add(1, ordering: .sequentiallyConsistent).newValue > 1 { _exit(130) }
        cancel.withLock { $0 }?()
      }
      source.resume()
      return source
    }
  }

  /// Runs `operation` as a task that the first signal cancels.
  static func cancelling<Value: Sendable>(
    _ operation: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let task = Task { try await operation() }
    cancel.withLock { $0 = { task.cancel() } }
    defer { cancel.withLock { $0 = nil } }
    // A signal may have come before there was something to cancel.
    if isRequested { task.cancel() }
    return try await task.value
  }

  /// What `operation` returns; nil if it is not begun, or does not end, because of a signal.
  static func orNil<Value>(_ operation: () async throws -> Value) async throws -> Value? {
    guard !isRequested else { return nil }
    do {
      return try await operation()
    } catch  where isRequested {
      return nil
    }
  }
}
