import Foundation

/// Verdicts on disk, so that an interrupted run goes on where it was.
final class MutationRecord: @unchecked Sendable {
  // @unchecked: everything that changes is guarded by `lock`.
  private struct Contents: Keyed {
    /// What the verdicts are about.
    var key: String
    var verdicts: [Int: MutationRun.Verdict]
  }

  private let path: String
  private let key: String
  private let lock = NSLock()
  private var verdicts: [Int: MutationRun.Verdict] = [:]
  private var saved = ContinuousClock.now

  /// - Parameter key: device and suite; verdicts of others are not taken.
  init(path: String, key: String) {
    self.path = path
    self.key = key
    verdicts = Contents.read(from: path, about: key)?.verdicts ?? [:]
  }

  var known: [Int: MutationRun.Verdict] {
    lock.lock()
    defer { lock.unlock() }
    return verdicts
  }

  /// Adds a verdict; saves now and then.
  func add(_ mutant: Int, _ verdict: MutationRun.Verdict) {
    lock.lock()
    defer { lock.unlock() }
    verdicts[mutant] = verdict
    guard ContinuousClock.now - saved > .seconds(2) else { return }
    // A record that cannot be written costs a later run some time and nothing else.
    try? write()
  }

  /// - Throws: ``FuzzingError/file(path:attempt:reason:)``.
  func save() throws(FuzzingError) {
    lock.lock()
    defer { lock.unlock() }
    do {
      try write()
    } catch {
      throw .file(path: path, attempt: "write", reason: error.localizedDescription)
    }
  }

  private func write() throws {
    saved = .now
    try Contents(key: key, verdicts: verdicts).write(to: path)
  }
}
