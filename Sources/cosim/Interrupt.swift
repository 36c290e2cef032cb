import Foundation
import Synchronization

/// Ctrl-C: the first one asks for an orderly end, the second one ends at once.
enum Interrupt {
  private static let count = Atomic<Int>(0)

  static var isRequested: Bool { count.load(ordering: .relaxed) > 0 }

  /// Begins to watch for SIGINT and SIGTERM.
  static func watch(then action: @escaping @Sendable () -> Void = {}) -> [any DispatchSourceSignal]
  {
    [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if count.add(1, ordering: .relaxed).newValue > 1 { _exit(130) }
        action()
      }
      source.resume()
      return source
    }
  }
}
