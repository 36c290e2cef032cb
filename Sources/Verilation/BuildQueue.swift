public import Devices
public import Signals
import Synchronization

/// Builds devices ahead of their use, a few at a time, in the order in which they are needed.
///
///     let queue = BuildQueue(verilation, requests, width: 2)
///     let built = try await queue.device(requests[0])   // the others are being built meanwhile
///     await queue.cancel()
public final class BuildQueue: Sendable {
  /// One device.
  public struct Request: Sendable, Hashable {
    public var manifest: Manifest
    public var configuration: Configuration

    public init(_ manifest: Manifest, _ configuration: Configuration) {
      self.manifest = manifest
      self.configuration = configuration
    }
  }

  private struct State {
    var next = 0
    var results: [Request: Result<BuiltDevice, VerilationError>] = [:]
    var waiting: [Request: [CheckedContinuation<Void, Never>]] = [:]
    var workers: [Task<Void, Never>] = []
  }

  private let verilation: Verilation
  private let requests: [Request]
  private let state = Mutex(State())

  /// Begins to build.
  ///
  /// - Parameters:
  ///   - requests: what is needed, first things first. What stands there twice is built once.
  ///   - width: builds that run at once. Each runs two compilers for a part of its time.
  public init(_ verilation: Verilation, _ requests: [Request], width: Int) {
    self.verilation = verilation
    var known: Set<Request> = []
    self.requests = requests.filter { known.insert($0).inserted }
    let count = max(1, min(width, self.requests.count))
    let workers = (0..<count).map { _ in Task { await self.work() } }
    state.withLock { $0.workers = workers }
  }

  /// How many devices there are to be.
  public var count: Int { requests.count }

  /// How many devices are ready, or cannot be built.
  public var finished: Int { state.withLock { $0.results.count } }

  /// The device for one of the requests, when it is ready. Cancelling the task cancels every build.
  ///
  /// - Throws: ``VerilationError`` as ``Verilation/library(for:configuration:)``.
  public func device(_ request: Request) async throws(VerilationError) -> BuiltDevice {
    precondition(requests.contains(request), "a device that the queue was not asked for")
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          if state.results[request] != nil { return true }
          state.waiting[request, default: []].append(continuation)
          return false
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      stop()
    }
    guard let result = state.withLock({ $0.results[request] }) else { throw .cancelled }
    return try result.get()
  }

  /// Gives up what is not ready, and returns when no compiler runs any more.
  public func cancel() async {
    stop()
    for worker in state.withLock({ $0.workers }) { await worker.value }
  }

  private func stop() {
    for worker in state.withLock({ $0.workers }) { worker.cancel() }
  }

  private func work() async {
    while let request = take() {
      let result: Result<BuiltDevice, VerilationError>
      do throws(VerilationError) {
        if Task.isCancelled { throw .cancelled }
        result = .success(
          try await verilation.library(
            for: request.manifest, configuration: request.configuration))
      } catch {
        result = .failure(error)
      }
      let waiting = state.withLock { state in
        state.results[request] = result
        return state.waiting.removeValue(forKey: request) ?? []
      }
      for continuation in waiting { continuation.resume() }
    }
  }

  private func take() -> Request? {
    state.withLock { state in
      guard state.next < requests.count else { return nil }
      state.next += 1
      return requests[state.next - 1]
    }
  }
}
