import Blocks
import Devices
import Foundation
import Lockstep
import Reports
import Signals
import Verilation

extension GateProject {
  /// The manifest of a block's device that counts lines: another device, which judges nothing.
  static func covering(_ manifest: Manifest) -> Manifest {
    var covering = manifest
    covering.verilatorFlags.append(BuildFlags.coverage)
    return covering
  }
}

extension TaskRunner {
  /// Runs corners and random transactions on a device that counts lines, and holds the share of lines that
  /// ran against the plan. What the device answers is not judged here.
  func coverage(_ task: GateTask, _ evidence: Evidence) async throws -> TaskResult {
    guard case .coverage(let count, let wanted) = task.check,
      let block = project.catalogue[task.block], let manifest = project.manifests[task.block],
      let configuration = task.configuration, let verilation
    else { throw GateError.worker(reason: "'\(task.id)' has no device") }
    let folder = project.folder(of: task.block)
    let waivers = try CoverageWaivers(root: project.root, folder: folder)
    let complete = try project.complete(configuration, of: block)
    let covering = GateProject.covering(manifest)
    let library = try await verilation.library(for: covering, configuration: complete).open()
    let outcome = try Verification(
      block, in: complete, library: library, manifest: covering,
      workload: .directedAndRandom(block, in: complete, seed: 1, count: count), seed: 1,
      jobs: jobs, command: "", isCancelled: isCancelled
    ).run()
    let figures = CoverageFigures(
      library.lineCoverage() ?? [], root: project.root, folder: folder, waivers: waivers.valid)
    var failures = waivers.expired
    let share = figures.share.map { "\(decimal(100 * $0, 1)) %" } ?? "none"
    let text =
      "\(figures.covered) of \(figures.countable) lines ran, \(share); the plan wants "
      + "\(decimal(100 * wanted, 1)) %; \(figures.waived.count) waived"
    if (figures.share ?? 0) < wanted {
      let places = figures.missed.sorted { $0.key < $1.key }.map { file, lines in
        "\(file):\(lines.prefix(12).map(String.init).joined(separator: ","))"
      }
      let first = figures.missed.min { $0.key < $1.key }
      failures.append(
        Failure(
          "coverage", text + ". Never ran: " + places.joined(separator: "; "), file: first?.key,
          line: first?.value.first))
    }
    var evidence = evidence
    evidence.cycles = outcome.runs.reduce(0) { $0 + $1.cycles }
    evidence.transactions = outcome.runs.reduce(0) { $0 + $1.transactions }
    var result = TaskResult(
      task, failures: failures, evidence: evidence, remarks: [text] + figures.needlessSentences,
      command: command(task))
    result.coverage = figures
    return result
  }
}
