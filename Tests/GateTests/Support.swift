import Blocks
import Foundation
import Gate
import Lockstep
import Signals
import Testing

/// A temporary folder that goes with its owner.
final class Scratch {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appendingPathComponent("cosim-gate-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws {
    let url = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }
}

/// The project's own folder.
let projectFolder = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .resolvingSymlinksInPath().path

func task(_ block: String, _ check: Check) -> GateTask { task(block, "default", check) }

func task(_ block: String, _ configuration: String?, _ check: Check) -> GateTask {
  GateTask(
    block: block, configuration: configuration.map { Configuration(name: $0, values: ["N": 1]) },
    check: check)
}

let verify = Check.verify(seed: 1, count: 8, profiles: [.none])

func passed(_ task: GateTask) -> TaskResult {
  var evidence = Evidence()
  evidence.key = "key of \(task.id.replacing("/", with: "-"))"
  evidence.elements = 10
  evidence.digests = ["none 00000001"]
  return TaskResult(task, evidence: evidence, command: "cosim verify \(task.block)")
}

func failed(
  _ task: GateTask, _ failure: Failure = Failure("mismatch", place: "y.data", "1 is not 2"),
  isBroken: Bool = false
) -> TaskResult {
  TaskResult(
    task, failures: [failure], isBroken: isBroken, command: "cosim verify \(task.block) --seed 1")
}

/// A whole result of these tasks.
func gateResult(_ tasks: [TaskResult]) -> GateResult {
  var result = GateResult(level: .merge)
  result.results = tasks.sorted { $0.task.id < $1.task.id }
  result.planned = result.results.map(\.task.id)
  result.remarks = ["no base was given, so everything runs"]
  return result
}
