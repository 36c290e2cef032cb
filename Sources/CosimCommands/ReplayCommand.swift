import ArgumentParser
import Blocks
import Devices
import External
import Foundation
import Lockstep
import Reports
import Signals
import Verilation

struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Repeat a failure from its bundle.",
    discussion: """
      Runs the minimal case of a bundle that `cosim verify` wrote, with the same stimulus, stalls and \
      initial values. Exit status 1 if the device still disagrees, 0 if it agrees now, 2 if the golden \
      model or the interface has changed since, unless --force. Other RTL, as after a fix, is only \
      mentioned. A bundle that is copied into vectors/BLOCK/regressions/ is a part of `cosim verify \
      BLOCK` from then on.
      """)

  @Argument(help: "The bundle.")
  var bundle: String

  @OptionGroup var project: ProjectOptions
  @OptionGroup var build: BuildOptions

  @Option(help: "Runs, from a new device each.")
  var times = 1

  @Option(
    help: ArgumentHelp(
      "Write a waveform of the cycles around the failure, and a .gtkw file beside it.",
      valueName: "FST"))
  var wave: String?

  @Option(
    help: ArgumentHelp(
      "Cycles before and after the failure in the waveform.", valueName: "BEFORE:AFTER"))
  var window: String?

  @Flag(help: "Replay even if the golden model or the interface has changed.")
  var force = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    guard times >= 1 else { throw ValidationError("--times must be at least 1") }
    _ = try limits()
  }

  func run() async throws {
    let signals = Interrupt.watch()
    defer { signals.forEach { $0.cancel() } }
    let bundle = try CaseBundle(contentsOf: self.bundle)
    var block = try Program.block(named: bundle.record.manifest ?? bundle.record.block)
    if let foreign = block as? ManifestBlock {
      block = try foreign.answeredByVectors(in: bundle.record.configuration)
    }
    let replay = try await Replay(
      bundle, block: block, project: project, build: build, path: self.bundle)
    let result = try replay.run(
      times: times, wave: wave, window: try limits(), isForced: force, path: self.bundle)
    Progress.clear()
    if Interrupt.isRequested { throw ExitCode(130) }
    if json {
      print(String(decoding: try ReplayReport.encoded(result), as: UTF8.self))
    } else {
      print(ReplayReport().render(result, of: bundle.record, wave: wave))
    }
    fflush(nil)
    if !result.agrees { throw ExitCode(1) }
  }

  private func limits() throws -> WindowLimits {
    guard let window else { return WindowLimits() }
    let numbers = window.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let before = numbers[0], let after = numbers[1], before >= 0,
      after >= 0
    else { throw ValidationError("--window must be two numbers of cycles, like 100:20") }
    return WindowLimits(before: before, after: after)
  }
}

extension Replay {
  /// A replay on a device with the bundle's parameters, whatever the manifest's configurations are now.
  init(
    _ bundle: CaseBundle, block: any Block, project: ProjectOptions, build: BuildOptions,
    path: String
  ) async throws {
    let recorded = bundle.record.configuration
    let configuration: Configuration
    do {
      configuration = try block.configuration(named: recorded.name, recorded.values)
    } catch {
      throw BundleError.damaged(
        path: path, reason: "its configuration is none of the block: \(error)")
    }
    let manifest = try project.manifest(of: block)
    let verilation = try await build.verilation()
    Progress.show("\(block.name) \(configuration.name): building")
    let built = try await verilation.interruptibleLibrary(for: manifest, configuration)
    self.init(
      bundle, block: block, library: try built.open(), manifest: manifest,
      isCancelled: { Interrupt.isRequested })
  }
}
