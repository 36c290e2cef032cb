import ArgumentParser
import Blocks
import Devices
import Foundation
import Fuzzing
import Lockstep
import Reports
import Signals
import Verilation

/// Every input of a scalar unit.
extension SweepCommand {
  func sweepInputs() async throws {
    let block = try Program.block(named: block)
    let manifest = try project.manifest(of: block)
    let verilation = try await build.verilation()
    var outcomes: [SweepOutcome] = []
    for configuration in try parameters.configurations(of: block, manifest) {
      Progress.show("\(block.name) \(configuration.name): building")
      let outcome = try await Interrupt.orNil {
        let built = try await verilation.interruptibleLibrary(for: manifest, configuration)
        return try sweep(block, configuration, manifest, try built.open(), verilation.cache)
      }
      guard let outcome else { break }
      outcomes.append(outcome)
      Progress.clear()
      if !json { print(SweepReport().render(outcome)) }
    }
    Progress.clear()
    if json { print(try JSONText.encode(outcomes)) }
    fflush(nil)
    if Interrupt.isRequested { throw ExitCode(130) }
    if !outcomes.allSatisfy(\.agrees) { throw ExitCode(1) }
  }

  private func sweep(
    _ block: any Block, _ configuration: Configuration, _ manifest: Manifest,
    _ library: DeviceLibrary, _ cache: Cache
  ) throws -> SweepOutcome {
    let path = "\(cache.root)/sweeps/\(block.name)/\(library.contentKey).json"
    if fresh { try? FileManager.default.removeItem(atPath: path) }
    return try Sweep(
      block, in: configuration, library: library, manifest: manifest, seed: seed, sets: constants,
      limit: limit, jobs: jobs, command: command(configuration),
      notes: (path, SweepCommand.harness), isCancelled: { Interrupt.isRequested },
      progress: { Progress.show($0) }
    ).run()
  }

  /// This executable: another one may have another golden model.
  private static var harness: String {
    let path = Bundle.main.executablePath ?? CommandLine.arguments[0]
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let date = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return "\(date) \(attributes?[.size] as? Int ?? 0)"
  }

  private func command(_ configuration: Configuration) -> String {
    var words = ["cosim", "sweep", block, "--exhaustive"]
    words += parameters.words(choosing: configuration)
    words += ["--constants", String(constants), "--limit", String(limit), "--seed", String(seed)]
    return words.joined(separator: " ")
  }
}
