import ArgumentParser
import Blocks
import Devices
import External
import Foundation
import Fuzzing
import Lockstep
import Reports
import Signals
import Verilation

struct FuzzCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuzz",
    abstract: "Search for an input at which RTL and golden model differ.",
    discussion: """
      Stimulus, shapes, settings, stalls, initial values and resets are chosen so that they lie where \
      approximations fail: limits, ties, plateaus, powers of two, the constants of the RTL, long bursts. \
      Inputs that meet something new are kept and changed further: an edge of the model's code, counted by \
      clang, or a functional bin, such as an octave, a limit, a table segment, a stall depth.

      The first thing that is wrong ends the search, is made small and stored as `cosim verify` does it, and \
      gives exit status 1. With the same seed, count and corpus the search finds the same.

      Examples:
        cosim fuzz ibert_softmax --time 60s
        cosim fuzz --count 2000 --seed 7
        cosim fuzz int8_gemm --corpus build/corpus --time 10m
      """)

  /// What guides the search.
  enum Feedback: String, CaseIterable, ExpressibleByArgument {
    case edges, bins, both, none

    var value: FuzzFeedback {
      switch self {
      case .edges: [.edges]
      case .bins: [.bins]
      case .both: [.edges, .bins]
      case .none: []
      }
    }
  }

  /// What inputs are made of.
  enum Generator: String, CaseIterable, ExpressibleByArgument {
    case structured, uniform

    var value: FuzzGenerator { self == .uniform ? .uniform : .structured }
  }

  @Argument(help: "Blocks (default: every block that has RTL).")
  var blocks: [String] = []

  @OptionGroup var project: ProjectOptions
  @OptionGroup var build: BuildOptions
  @OptionGroup var parameters: ConfigurationOptions

  @Option(
    help: ArgumentHelp(
      "How long to search each block: 60s, 10m, 2h (default: 60s, unless --count is given).",
      valueName: "TIME"))
  var time: String?

  @Option(help: "How many inputs to execute for each block.")
  var count: Int?

  @Option(help: "Seed of everything random.")
  var seed: UInt64 = 1

  @Option(help: "Threads at work; results do not depend on it.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Option(
    help: ArgumentHelp(
      "Keep inputs that meet something new, and begin with them.", valueName: "DIR"))
  var corpus: String?

  @Option(
    help: "What guides the search: \(Feedback.allCases.map(\.rawValue).joined(separator: ", ")).")
  var feedback = Feedback.both

  @Option(
    help: """
      What inputs are made of: structured, or uniform, a baseline without corners and feedback, which fills no \
      corpus.
      """)
  var generator = Generator.structured

  @Option(help: "Cycles without any transfer after which a run hangs.")
  var hangLimit = 10_000

  @OptionGroup var explaining: ExplainingOptions

  @Flag(help: "Print what was found as JSON.")
  var json = false

  func validate() throws {
    guard jobs >= 1 else { throw ValidationError("--jobs must be at least 1") }
    guard generator == .structured || corpus == nil else {
      throw ValidationError("--generator uniform goes without --corpus")
    }
    guard count.map({ $0 >= 1 }) ?? true else {
      throw ValidationError("--count must be at least 1")
    }
    guard hangLimit >= 1 else { throw ValidationError("--hang-limit must be at least 1") }
    if let time, FuzzCommand.seconds(time) == nil {
      throw ValidationError("--time must be a number of s, m or h, such as 60s")
    }
  }

  /// `60s`, `1.5m`, `2h`, or a number of seconds.
  static func seconds(_ text: String) -> Double? {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
    let unit = text.last.flatMap { units[$0] }
    guard let number = Double(unit == nil ? text[...] : text.dropLast()), number > 0,
      number.isFinite
    else { return nil }
    return number * (unit ?? 1)
  }

  func run() async throws {
    let signals = Interrupt.watch()
    defer { signals.forEach { $0.cancel() } }
    let chosen =
      try blocks.isEmpty
      ? Program.catalogue.blocks.filter { try project.hasManifest($0) }
      : blocks.map { try Program.block(named: $0) }
    let plain = try await build.verilation()
    let counting = wanted.contains(.edges) ? await plain.counting() : nil
    var outcomes: [FuzzOutcome] = []
    for block in chosen {
      let outcome = try await Interrupt.orNil { try await fuzz(block, plain, counting) }
      guard let outcome else { break }
      outcomes.append(outcome)
      Progress.clear()
      if !json { print(FuzzReport().render(outcome)) }
      fflush(nil)
    }
    Progress.clear()
    if json { print(try JSONText.encode(outcomes)) }
    fflush(nil)
    if Interrupt.isRequested { throw ExitCode(130) }
    if !outcomes.allSatisfy(\.agrees) { throw ExitCode(1) }
  }

  private func fuzz(
    _ block: any Block, _ plain: Verilation, _ counting: Verilation?
  ) async throws -> FuzzOutcome {
    let manifest = try project.manifest(of: block)
    let configurations = MutationCampaign.byCost(
      try parameters.configurations(of: block, manifest))
    var block = block
    if let foreign = block as? ManifestBlock {
      block = try foreign.answeredByVectors(in: configurations[0])
    }
    // One after the other: later ones are built while the first are searched.
    let queue = BuildQueue(
      counting ?? plain, configurations.map { BuildQueue.Request(manifest, $0) }, width: 1)
    let name = block.name
    let fuzz = Fuzz(
      block, manifest: manifest, configurations: configurations, settings: try settings(of: block),
      command: command(block),
      build: { configuration, flavour in
        try await Interrupt.cancelling {
          if flavour == .counting || counting == nil {
            return try await queue.device(BuildQueue.Request(manifest, configuration)).path
          }
          // What is built for later is not needed any more.
          await queue.cancel()
          return try await plain.library(for: manifest, configuration: configuration).path
        }
      },
      isCancelled: { Interrupt.isRequested },
      progress: { Progress.show("\(name) \($0.words)") })
    var searched = fuzz
    if counting == nil && wanted.contains(.edges) {
      searched.missingFeedback = "there is no clang++, in PATH or beside swift, to count them"
    }
    do {
      let outcome = try await searched.run()
      await queue.cancel()
      return outcome
    } catch {
      await queue.cancel()
      throw error
    }
  }

  /// Uniform inputs are guided by nothing.
  private var wanted: FuzzFeedback { generator == .uniform ? [] : feedback.value }

  private func settings(of block: any Block) throws -> Fuzz.Settings {
    var settings = Fuzz.Settings()
    settings.seed = seed
    settings.count = count
    settings.seconds = time.flatMap(FuzzCommand.seconds) ?? (count == nil ? 60 : nil)
    settings.jobs = jobs
    settings.feedback = wanted
    settings.generator = generator.value
    settings.corpus = corpus
    settings.hangLimit = hangLimit
    settings.keepsAnswers = (block as? ManifestBlock)?.recorded.isEmpty == false
    let root =
      block is ManifestBlock
      ? FileManager.default.currentDirectoryPath : try project.folder().path
    settings.explainer = explaining.options(root: root)
    return settings
  }

  /// The command that finds the same, but for its count.
  private func command(_ block: any Block) -> String {
    let foreign = (block as? ManifestBlock)?.manifest.file
    var words = ["cosim", "fuzz", foreign ?? block.name]
    words += parameters.words
    words += ["--seed", String(seed)]
    if let corpus { words += ["--corpus", corpus] }
    if feedback != .both { words += ["--feedback", feedback.rawValue] }
    if generator != .structured { words += ["--generator", generator.rawValue] }
    if hangLimit != 10_000 { words += ["--hang-limit", String(hangLimit)] }
    return words.joined(separator: " ")
  }
}

extension Fuzz.Progress {
  /// `single_lane: 1210/s, 12345 inputs, 2345 features, corpus 210, new 3 s ago`.
  fileprivate var words: String {
    "\(configuration): \(Int(executionsPerSecond))/s, \(executions) inputs, \(features) features, "
      + "corpus \(corpus), last find \(Int(secondsSinceFind)) s ago"
  }
}
