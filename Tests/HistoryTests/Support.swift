import Foundation
import Gate
import History
import Lockstep
import Signals
import Testing

/// A temporary folder that goes with its owner.
final class Scratch {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appendingPathComponent("cosim-history-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A file in it.
  subscript(name: String) -> String { "\(path)/\(name)" }
}

/// Commit number `index`: `1111…`, `2222…`.
func commit(_ index: Int) -> String { String(repeating: String(index), count: 40) }

/// Minute number `minute` of a day.
func time(_ minute: Int) -> Date {
  Date(timeIntervalSince1970: 1_800_000_000 + 60 * Double(minute))
}

/// The fixed workload of a block took so many cycles.
func cycles(_ block: String, _ cycles: Int, passes: Bool = true) -> TaskResult {
  let task = GateTask(
    block: block, configuration: Configuration(name: "default", values: ["N": 1]), check: .cycles)
  var evidence = Evidence()
  evidence.cycles = cycles
  evidence.elements = 1000
  evidence.simulator = "Verilator 5.006"
  let failures = passes ? [] : [Failure("cycles", place: "default", "too many")]
  var result = TaskResult(task, failures: failures, evidence: evidence, command: "cosim perf")
  result.cycles = CycleFigures(measured: cycles, budget: 4000...4300)
  return result
}

/// A run of these tasks, two seconds each.
func run(
  _ name: String, at minute: Int, commit: String? = nil, isDirty: Bool = false,
  _ results: [TaskResult]
) -> HistoryRun {
  var result = GateResult(level: .merge)
  result.commit = commit
  result.results = results.sorted { $0.task.id < $1.task.id }
  result.planned = result.results.map(\.task.id)
  var times = GateTimes()
  for task in results { times.seconds[task.task.id] = 2 }
  return HistoryRun(
    result, times: times,
    facts: RunFacts(
      part: name, began: time(minute), seconds: 3.25, hosts: ["ada"], isDirty: isDirty,
      program: "abc"))
}

/// What an operation says that fails; nil if it does not.
func message(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return "\(error)"
  }
}
