/// Failures that most likely have one cause: of one kind, at one place, in one position.
///
/// What is said about them plays no part, so that values, cycles and configurations do not keep apart what
/// belongs together.
public struct Cluster: Sendable, Hashable, Encodable {
  /// `ibert_softmax: first divergence, tap sum, first beat, ties`.
  public var name: String
  /// Names of the tasks, in order.
  public var tasks: [String]
  /// The failure of the first task.
  public var example: Failure
  public var verdict: TaskResult.Verdict
  /// The command that repeats the first task.
  public var command: String
  /// It did not fail at the base; true where nothing is known about the base.
  public var isNew: Bool
}

extension GateResult {
  /// What failed, new things first, then by how many tasks show it.
  public var clusters: [Cluster] {
    var found: [String: Cluster] = [:]
    for result in results {
      guard let failure = result.failures.first else { continue }
      let name = GateResult.name(of: failure, in: result)
      if found[name] != nil {
        found[name]?.tasks.append(result.task.id)
      } else {
        found[name] = Cluster(
          name: name, tasks: [result.task.id], example: failure, verdict: result.verdict,
          command: result.command, isNew: !known.contains(name))
      }
    }
    return found.values.sorted {
      ($0.isNew ? 0 : 1, -$0.tasks.count, $0.name) < ($1.isNew ? 0 : 1, -$1.tasks.count, $1.name)
    }
  }

  private static func name(of failure: Failure, in result: TaskResult) -> String {
    // A line of RTL is one place, whichever blocks contain it.
    let isShared = failure.file.map { failure.line != nil && failure.place.hasPrefix($0) } ?? false
    let owner = isShared ? "" : result.task.block + ": "
    let flaky = result.verdict == .flaky ? "flaky" : nil
    let parts = [flaky, failure.kind, failure.place, failure.position, failure.classification]
    return owner + parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ")
  }
}
