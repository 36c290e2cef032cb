import Foundation
public import Verilation

/// What passed before, under the hash of all that it follows from.
///
/// Failures are never kept: they are found again. Everything may be deleted at any time.
public struct VerdictCache: Sendable {
  private let folder: String

  public init(_ cache: Cache) { folder = cache.root + "/verdicts" }

  /// The result of a task that passed with this evidence.
  ///
  /// - Returns: nil for what is not there, damaged, or about something else.
  public func result(of task: GateTask, key: String) -> TaskResult? {
    guard let data = FileManager.default.contents(atPath: path(key)),
      let entry = try? JSONDecoder().decode(Entry.self, from: data), entry.result.task == task,
      entry.result.evidence.key == key, entry.result.verdict == .passed,
      entry.digest == Entry.digest(of: entry.result)
    else { return nil }
    var result = entry.result
    result.isTrusted = true
    return result
  }

  /// Keeps a result if it passed. What cannot be written is not kept.
  public func keep(_ result: TaskResult) {
    guard result.verdict == .passed, !result.isTrusted, !result.evidence.key.isEmpty else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(Entry(result: result)) else { return }
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try? data.write(to: URL(fileURLWithPath: path(result.evidence.key)), options: .atomic)
  }

  private func path(_ key: String) -> String { "\(folder)/\(key).json" }

  private struct Entry: Codable {
    var result: TaskResult
    /// Of the result, so that a damaged entry is noticed.
    var digest: String

    init(result: TaskResult) {
      self.result = result
      digest = Entry.digest(of: result)
    }

    static func digest(of result: TaskResult) -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      return KeyBuilder.digest(Array((try? encoder.encode(result)) ?? Data()))
    }
  }
}
