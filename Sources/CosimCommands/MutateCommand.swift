import ArgumentParser
import Blocks
import Devices
import Foundation
import Fuzzing
import Gate
import Lockstep
import Reports
import Signals
import Verilation

struct MutateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mutate",
    abstract: "Change RTL in many small ways, and see whether verification notices.",
    discussion: """
      Operators, conditions, constants, right-hand sides and operands are changed one at a time. All \
      mutants of a configuration are one build; each meets the suite of `cosim verify`, cheap runs first, \
      until a run finds something. Those that are left meet the next larger configuration.

      A survivor is a gap of the suite or a change that nobody could notice. The latter are listed, with \
      the reason, in mutants.yaml beside the sources. Any other survivor gives exit status 1. What was \
      found is kept: the same command goes on where it was interrupted, and one that tries other mutants \
      of the same RTL with the same program adds to it.

      Of each survivor without a waiver, Yosys is asked whether its module does the same as the original \
      from any state that the assertions of the RTL allow, or else the modules around it. If it does, in \
      every configuration in which the mutant survived, the mutant does not count. Yosys is looked for at \
      --yosys, else in ci/setup's Python environment, else in the search path.

      The bench itself is tried as well: wrong answers, wrong constants and table entries, and beats that \
      are lost, doubled, exchanged, damaged or late, held against the unchanged device.

      Examples:
        cosim mutate ita_requantizer
        cosim mutate ibert_softmax --config single_lane --files row_scaler.sv
      """)

  @Argument(help: "Blocks whose RTL is changed (default: every block that has RTL).")
  var blocks: [String] = []

  @OptionGroup var project: ProjectOptions
  @OptionGroup var build: BuildOptions
  @OptionGroup var parameters: ConfigurationOptions

  @Option(help: "Seed of everything random.")
  var seed: UInt64 = 1

  @Option(help: "Random transactions of the suite, besides all corners.")
  var count = 1024

  @Option(help: "Threads at work; results do not depend on it.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: ArgumentHelp("At most so many mutants, drawn at random.", valueName: "N"))
  var limit: Int?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Change only these sources.", valueName: "FILE"))
  var files: [String] = []

  @Option(help: "The Yosys to use; it must have read_slang.")
  var yosys: String?

  @Flag(inversion: .prefixedNo, help: "Ask Yosys about survivors.")
  var prove = true

  @Option(help: ArgumentHelp("Seconds for each proof.", valueName: "S"))
  var proveTime = 30

  @Option(help: ArgumentHelp("Write a page with scores and survivors.", valueName: "FILE"))
  var html: String?

  @Flag(help: "List the mutants and stop.")
  var list = false

  @Flag(help: "Print what was found as JSON.")
  var json = false

  func validate() throws {
    guard jobs >= 1 else { throw ValidationError("--jobs must be at least 1") }
    guard count >= 0 else { throw ValidationError("--count must not be negative") }
    guard proveTime >= 1 else { throw ValidationError("--prove-time must be at least 1") }
    guard limit.map({ $0 >= 1 }) ?? true else {
      throw ValidationError("--limit must be at least 1")
    }
  }

  func run() async throws {
    let signals = Interrupt.watch()
    defer { signals.forEach { $0.cancel() } }
    let chosen =
      try blocks.isEmpty
      ? Program.catalogue.blocks.filter { try project.hasManifest($0) }.map { ($0.name, $0) }
      : blocks.map { ($0, try Program.block(named: $0)) }
    if list { return try chosen.forEach { try printMutants($0.1) } }
    let verilation = try await build.verilation()
    let prover = try await prover(verilation.cache)
    var outcomes: [MutationOutcome] = []
    for (word, block) in chosen {
      let campaign = try campaign(block, named: word, verilation, prover)
      guard let outcome = try await Interrupt.orNil(campaign.run) else { break }
      outcomes.append(outcome)
      Progress.clear()
      if !json { print(MutationReport().render(outcome)) }
      fflush(nil)
    }
    Progress.clear()
    if json { print(try JSONText.encode(outcomes)) }
    if let html { try writePage(MutationReport().page(outcomes), to: html) }
    if !json && outcomes.count > 1 {
      print(MutationReport().summaries(outcomes))
    }
    fflush(nil)
    if Interrupt.isRequested { throw ExitCode(130) }
    if !outcomes.allSatisfy(\.passes) { throw ExitCode(1) }
  }

  private func campaign(
    _ block: any Block, named word: String, _ verilation: Verilation,
    _ prover: MutationCampaign.Prover?
  ) throws -> MutationCampaign {
    let manifest = try project.manifest(of: block)
    let configurations = try parameters.configurations(of: block, manifest)
    var settings = MutationCampaign.Settings()
    settings.seed = seed
    settings.count = count
    settings.jobs = jobs
    settings.limit = limit
    settings.files = files
    settings.program = try Harness(
      path: GateCommand.executable, rememberedIn: verilation.cache.root + "/tools"
    ).digest
    return MutationCampaign(
      block, manifest: manifest, configurations: MutationCampaign.byCost(configurations),
      settings: settings, command: command(word),
      folder: "\(verilation.cache.root)/mutants/\(block.name)",
      build: { manifest, configuration in
        let built = try await verilation.interruptibleLibrary(for: manifest, configuration)
        return (try built.open(), built.seconds)
      },
      identify: { try verilation.key(for: $0, configuration: $1).hexadecimal },
      prove: prover, isCancelled: { Interrupt.isRequested }, progress: { Progress.show($0) })
  }

  /// Yosys with a limit of time; nil where no proofs are wanted, or there is none.
  private func prover(_ cache: Cache) async throws -> MutationCampaign.Prover? {
    guard prove else { return nil }
    guard let tool = Yosys.find(yosys, cache: cache),
      try await Interrupt.cancelling({ try await tool.prepare() })
    else {
      guard yosys == nil else { throw CommandError.noYosys(path: yosys ?? "") }
      Progress.show("no Yosys with read_slang: survivors stay unproven")
      return nil
    }
    return tool.prover(limit: .seconds(proveTime), isCancelled: { Interrupt.isRequested })
  }

  private func printMutants(_ block: any Block) throws {
    let plan = try MutationPlan(try project.manifest(of: block), seed: seed, files: files)
    for mutant in plan.mutants {
      print("\(mutant.number) \(mutant.file):\(mutant.line): \(mutant.kind): \(mutant.change)")
    }
  }

  /// - Parameter word: what the user called the block, which may be a folder.
  private func command(_ word: String) -> String {
    var words = ["cosim", "mutate", word]
    words += parameters.words
    words += ["--seed", String(seed), "--count", String(count)]
    if let limit { words += ["--limit", String(limit)] }
    if !files.isEmpty { words += ["--files"] + files }
    return words.joined(separator: " ")
  }
}
