import ArgumentParser
import Blocks
import Devices
import Foundation
import Fuzzing
import Reports
import Signals
import Verilation

struct SweepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Compare RTL with golden on every input there is.",
    discussion: """
      --exhaustive drives every value of a scalar unit's input through its RTL, for several sets of \
      constants. An input of more than --limit bits is stratified, and the statement says so. An \
      interrupted sweep goes on where it was.

      Examples:
        cosim sweep lut_activation --exhaustive
        cosim sweep dyadic_requantizer --exhaustive --set InputBits=24 --constants 1
      """)

  @Argument(help: "The unit: a block that works element by element.")
  var block: String

  @Flag(help: "Every value of the input.")
  var exhaustive = false

  @OptionGroup var project: ProjectOptions
  @OptionGroup var build: BuildOptions
  @OptionGroup var parameters: ConfigurationOptions

  @Option(help: "Sets of constants.")
  var constants = 16

  @Option(help: "Bits of an input up to which every value is driven.")
  var limit = 24

  @Option(help: "Seed of constants and strata.")
  var seed: UInt64 = 1

  @Option(help: "Threads at work; results do not depend on it.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "Begin anew, whatever an earlier run has done.")
  var fresh = false

  @Flag(help: "Print what was found as JSON.")
  var json = false

  func validate() throws {
    guard exhaustive else { throw ValidationError("say what to sweep: --exhaustive") }
    guard jobs >= 1 else { throw ValidationError("--jobs must be at least 1") }
    guard constants >= 1 else { throw ValidationError("--constants must be at least 1") }
    guard (1...40).contains(limit) else { throw ValidationError("--limit must be 1 to 40") }
  }

  func run() async throws {
    let signals = Interrupt.watch()
    defer { signals.forEach { $0.cancel() } }
    let block = try cosim.block(named: block)
    let manifest = try project.manifest(of: block)
    let verilation = try await build.verilation()
    var outcomes: [SweepOutcome] = []
    for configuration in try parameters.configurations(of: block, manifest) {
      Progress.show("\(block.name) \(configuration.name): building")
      let outcome = try await Interrupt.orNil {
        let built = try await Interrupt.cancelling {
          try await verilation.library(for: manifest, configuration: configuration)
        }
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
    if parameters.assignments.isEmpty {
      words += ["--config", configuration.name]
    } else {
      if let config = parameters.config { words += ["--config", config] }
      words += parameters.assignments.flatMap { ["--set", $0] }
    }
    words += ["--constants", String(constants), "--limit", String(limit), "--seed", String(seed)]
    return words.joined(separator: " ")
  }
}
