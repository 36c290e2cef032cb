import ArgumentParser
import Blocks
import Devices
import Foundation
import Fuzzing
import Lockstep
import Reports
import Signals
import Verilation

struct RelationsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "relations",
    abstract: "Check what must hold between answers to related inputs, of golden model and RTL.",
    discussion: """
      A golden model that repeats a mistake of the RTL agrees with it. Relations need no right answer: the \
      answers to shifted, reordered, doubled or padded inputs must fit each other, in the golden model \
      and in the RTL, each by itself. Every block says which ones hold of its algorithm; that \
      transactions do not depend on each other holds of all.

      Exit status 1 if one does not hold, or never applied to any of the batches.

      Examples:
        cosim relations
        cosim relations ibert_softmax --config single_lane
        cosim relations ita_attention --golden-only --count 100
      """)

  @Argument(help: "Blocks to look at (default: every block that has RTL).")
  var blocks: [String] = []

  @OptionGroup var project: ProjectOptions
  @OptionGroup var build: BuildOptions
  @OptionGroup var parameters: ConfigurationOptions

  @Option(help: "Random batches, besides all corners.")
  var count = 8

  @Option(help: "Seed of everything random.")
  var seed: UInt64 = 1

  @Option(help: "Threads at work; results do not depend on it.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "Look at the golden model alone.")
  var goldenOnly = false

  @Flag(help: "Print what was found as JSON.")
  var json = false

  func validate() throws {
    guard jobs >= 1 else { throw ValidationError("--jobs must be at least 1") }
    guard count >= 0 else { throw ValidationError("--count must not be negative") }
  }

  func run() async throws {
    let signals = Interrupt.watch()
    defer { signals.forEach { $0.cancel() } }
    let chosen =
      try blocks.isEmpty
      ? Program.catalogue.blocks.filter { try project.hasManifest($0) }
      : blocks.map { try Program.block(named: $0) }
    let verilation = goldenOnly ? nil : try await build.verilation()
    var outcomes: [RelationOutcome] = []
    for block in chosen where !Interrupt.isRequested {
      let manifest = try project.manifest(of: block)
      for configuration in try parameters.configurations(of: block, manifest) {
        Progress.show("\(block.name) \(configuration.name): relations")
        let outcome = try await Interrupt.orNil {
          try await check(block, configuration, manifest, verilation)
        }
        guard let outcome else { break }
        outcomes.append(outcome)
        Progress.clear()
        if !json { print(RelationReport().render(outcome)) }
        fflush(nil)
      }
    }
    Progress.clear()
    if json { print(try JSONText.encode(outcomes)) }
    fflush(nil)
    if Interrupt.isRequested { throw ExitCode(130) }
    if !outcomes.allSatisfy(\.agrees) { throw ExitCode(1) }
  }

  private func check(
    _ block: any Block, _ configuration: Configuration, _ manifest: Manifest,
    _ verilation: Verilation?
  ) async throws -> RelationOutcome {
    var device: (library: DeviceLibrary, manifest: Manifest)?
    if let verilation {
      let built = try await verilation.interruptibleLibrary(for: manifest, configuration)
      device = (try built.open(), manifest)
    }
    return try RelationCheck(
      block, in: configuration, device: device, seed: seed, count: count, jobs: jobs,
      command: command(block, configuration), isCancelled: { Interrupt.isRequested }
    ).run()
  }

  private func command(_ block: any Block, _ configuration: Configuration) -> String {
    var words = ["cosim", "relations", block.name]
    words += parameters.words(choosing: configuration)
    words += ["--count", String(count), "--seed", String(seed)]
    if goldenOnly { words.append("--golden-only") }
    return words.joined(separator: " ")
  }
}
