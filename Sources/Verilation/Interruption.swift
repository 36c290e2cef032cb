import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Runs `operation` so that Ctrl-C (SIGINT) and SIGTERM cancel it instead of ending the process at once.
///
/// A build that is cancelled terminates its tools and removes what it began. The signals have their
/// usual meaning again when this returns; a second one while the operation ends is ignored.
///
/// - Returns: what `operation` returned, or nil if a signal came and it threw because of that.
/// - Throws: what `operation` throws of its own accord.
public func cancellingOnInterrupt<Value: Sendable>(
  _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
  let task = Task { try await operation() }
  let sources = [SIGINT, SIGTERM].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler { task.cancel() }
    source.resume()
    return source
  }
  defer {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }
  return try await withTaskCancellationHandler {
    do {
      return try await task.value
    } catch {
      if task.isCancelled, !Task.isCancelled { return nil }
      throw error
    }
  } onCancel: {
    task.cancel()
  }
}
