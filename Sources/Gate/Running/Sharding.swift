import Foundation

/// Divides tasks among machines that do not talk to each other.
public enum Sharding {
  /// The tasks of one shard.
  ///
  /// Tasks of one device stay together, so that it is built once. The heaviest groups are dealt first, each
  /// to the shard with the least so far; every machine with the same tasks and times comes to the same.
  ///
  /// - Parameters:
  ///   - index: from 1.
  ///   - seconds: recorded times by the name of the task; what is not there is estimated.
  public static func tasks(
    _ tasks: [GateTask], shard index: Int, of count: Int, seconds: [String: Double]
  ) -> [GateTask] {
    guard count > 1 else { return tasks }
    var weights: [String: Double] = [:]
    for task in tasks {
      weights[task.group, default: 0] += seconds[task.id] ?? estimate(task)
    }
    var loads = [Double](repeating: 0, count: count)
    var shards: [String: Int] = [:]
    for (group, weight) in weights.sorted(by: { (-$0.value, $0.key) < (-$1.value, $1.key) }) {
      let least = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0
      loads[least] += weight
      shards[group] = least + 1
    }
    return tasks.filter { shards[$0.group] == index }
  }

  /// Seconds, roughly; only proportions matter.
  static func estimate(_ task: GateTask) -> Double {
    switch task.check {
    case .presence, .fingerprints: 0.01
    case .verify(_, let count, let profiles): 4 + Double(count * profiles.count) / 2000
    case .vectors, .regression, .cycles: 1
    case .accuracy: 2
    case .sweep(let sets, let limit): Double(sets << max(0, min(limit, 40) - 20))
    case .relations(let count): Double(count)
    case .fuzz(_, let count): 10 + Double(count) / 200
    case .mutation(let limit, _, _): Double(limit ?? 500) / 2
    case .coverage: 15
    }
  }

  /// Recorded times, from a file that is a ``GateTimes``; none where there is no such file.
  public static func times(_ path: String) -> GateTimes {
    guard let data = FileManager.default.contents(atPath: path),
      let times = try? JSONDecoder().decode(GateTimes.self, from: data)
    else { return GateTimes() }
    return times
  }
}
