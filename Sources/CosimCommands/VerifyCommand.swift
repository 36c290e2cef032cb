import ArgumentParser
import Blocks
import Devices
import External
import Foundation
import Lockstep
import Reports
import Signals
import Verilation

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Hold RTL against its golden model in lockstep.",
    discussion: """
      Without --vectors, every corner case and --count random transactions are compared under every \
      stall profile. With --vectors, the transactions of the files are compared, back to back; where a \
      file also holds expected outputs, RTL and golden model are both held against these.

      Examples:
        cosim verify
        cosim verify ibert_softmax --config default --count 20000 --seed 7
        cosim verify ibert_softmax --vectors vectors/ibert_softmax/minilm_layer0.npz
      """)

  @Argument(help: "Blocks to verify (default: every block that has RTL).")
  var blocks: [String] = []

  @OptionGroup var project: ProjectOptions
  @OptionGroup var build: BuildOptions
  @OptionGroup var parameters: ConfigurationOptions
  @OptionGroup var scaling: ScaleOptions

  @Option(
    help: ArgumentHelp("Inputs, or inputs and expected outputs; may be repeated.", valueName: "NPZ")
  )
  var vectors: [String] = []

  @Option(help: "Seed of everything random.")
  var seed: UInt64 = 1

  @Option(help: "Random transactions for each configuration.")
  var count = 4096

  @Option(
    help: ArgumentHelp(
      "Stall profile: \(StallProfile.allCases.map(\.rawValue).joined(separator: ", ")), or all; may "
        + "be repeated (default: none and random).", valueName: "PROFILE"))
  var stalls: [String] = []

  @Option(help: "Threads at work, and builds that run at once; results do not depend on it.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Cycles without any transfer after which a run hangs.")
  var hangLimit = 10_000

  @OptionGroup var explaining: ExplainingOptions

  @Flag(help: "Print the outcomes as JSON.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Folder for report.json, report.html and the failing transactions.", valueName: "DIR"))
  var report: String?

  func validate() throws {
    guard jobs >= 1 else { throw ValidationError("--jobs must be at least 1") }
    guard count >= 0 else { throw ValidationError("--count must not be negative") }
    guard hangLimit >= 1 else { throw ValidationError("--hang-limit must be at least 1") }
    guard vectors.isEmpty || blocks.count == 1 else {
      throw ValidationError("--vectors needs exactly one block")
    }
    for name in stalls where name != "all" && StallProfile(rawValue: name) == nil {
      throw ValidationError("there is no stall profile '\(name)'")
    }
  }

  func run() async throws {
    let signals = Interrupt.watch()
    defer { signals.forEach { $0.cancel() } }
    var outcomes: [Outcome] = []
    let folder = try report.map(ReportFolder.init(path:))
    let planned = try plan()
    let verilation = try await build.verilation()
    let queue = BuildQueue(
      verilation, planned.filter { $0.regression == nil }.map(\.request), width: jobs)
    do {
      for job in planned {
        guard let outcome = try await Interrupt.orNil({ try await verify(job, queue) }) else {
          break
        }
        outcomes.append(outcome)
        Progress.clear()
        if !json { print(TerminalReport().render(outcome)) }
        try folder?.write(outcomes, planned: planned.count)
        fflush(nil)
      }
    } catch {
      await queue.cancel()
      throw error
    }
    await queue.cancel()
    try finish(outcomes, planned: planned.count, folder)
  }

  /// Prints what stands at the end, and ends with the status of the verdict.
  private func finish(_ outcomes: [Outcome], planned: Int, _ folder: ReportFolder?) throws {
    if Interrupt.isRequested && outcomes.count < planned {
      Progress.say("cosim: interrupted with \(planned - outcomes.count) of \(planned) not begun")
    }
    Progress.clear()
    let report = JSONReport(outcomes, planned: planned)
    if json {
      print(String(decoding: try report.encoded(), as: UTF8.self))
    } else {
      print(TerminalReport().summary(outcomes, planned: planned))
      if let folder { print("report: \(folder.page)") }
    }
    fflush(nil)
    if report.verdict != .agreement { throw ExitCode(report.verdict.exitStatus) }
  }

  private var profiles: [StallProfile] {
    if stalls.contains("all") { return StallProfile.allCases }
    let named = stalls.compactMap(StallProfile.init(rawValue:))
    return named.isEmpty ? [.none, .random] : named
  }
}

// MARK: - What there is to verify

extension VerifyCommand {
  /// One block in one configuration over one workload.
  private struct Job {
    var block: any Block
    var manifest: Manifest
    var configuration: Configuration
    var vectors: String?
    /// One of the files that the manifest names in place of a golden model.
    var recorded: String?
    /// A failure that was kept as a test; nothing else is verified then.
    var regression: Regression?

    var request: BuildQueue.Request { BuildQueue.Request(manifest, configuration) }
  }

  /// A bundle in the folder of a block's regressions.
  private struct Regression {
    var bundle: CaseBundle
    /// Where it lies, and how reports name it.
    var path: String
    var name: String
  }

  private func plan() throws -> [Job] {
    let chosen =
      try blocks.isEmpty
      ? Program.catalogue.blocks.filter { try project.hasManifest($0) }
      : blocks.map { try Program.block(named: $0) }
    var jobs: [Job] = []
    for block in chosen {
      let manifest = try project.manifest(of: block)
      var configurations = try parameters.configurations(of: block, manifest)
      // Files are verified in one configuration unless another is asked for.
      if !vectors.isEmpty { configurations = Array(configurations.prefix(1)) }
      for configuration in configurations {
        let recorded = vectors.isEmpty ? (block as? ManifestBlock)?.recordedPaths ?? [] : []
        for path in recorded {
          jobs.append(
            Job(
              block: block, manifest: manifest, configuration: configuration, recorded: path))
        }
        let files = vectors.isEmpty && recorded.isEmpty ? [nil] : vectors.map(Optional.init)
        for file in files {
          jobs.append(
            Job(block: block, manifest: manifest, configuration: configuration, vectors: file))
        }
      }
      jobs += try regressions(of: block, manifest)
    }
    return jobs
  }

  private func verify(_ job: Job, _ queue: BuildQueue) async throws -> Outcome {
    if let regression = job.regression { return try await replay(regression, of: job.block) }
    let name = "\(job.block.name) \(job.configuration.name)"
    // Inputs first: a file that cannot be read should not wait for a compiler.
    var job = job
    let (workload, findings, errors) = try workload(&job)
    if queue.finished < queue.count {
      Progress.show("\(name): building; \(queue.finished) of \(queue.count) devices are ready")
    }
    let request = job.request
    let built = try await Interrupt.cancelling { try await queue.device(request) }
    var verification = Verification(
      job.block, in: job.configuration, library: try built.open(), manifest: job.manifest,
      workload: workload, seed: seed, profiles: profiles, jobs: jobs, hangLimit: hangLimit,
      command: command(job), isCancelled: { Interrupt.isRequested },
      progress: { Progress.show("\(name): \($0) of \($1) shards") })
    let root =
      job.block is ManifestBlock
      ? FileManager.default.currentDirectoryPath : try project.folder().path
    verification.explainer = explaining.options(root: root)
    var outcome = try verification.run()
    outcome.findings.insert(contentsOf: findings, at: 0)
    outcome.errors = errors
    outcome.seconds.build = built.seconds
    return outcome
  }

  private func replay(_ regression: Regression, of block: any Block) async throws -> Outcome {
    let replay = try await Replay(
      regression.bundle, block: block, project: project, build: build, path: regression.path)
    return try replay.outcome(path: regression.name, command: "cosim replay \(regression.path)")
  }

  /// The bundles that are tests of a block, in the configurations asked for.
  private func regressions(
    of block: any Block, _ manifest: Manifest
  ) throws -> [Job] {
    guard vectors.isEmpty, parameters.assignments.isEmpty, !(block is ManifestBlock) else {
      return []
    }
    let folder = try project.folder().appendingPathComponent("vectors/\(block.name)/regressions")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    var jobs: [Job] = []
    for name in names.sorted() where name.hasSuffix(".npz") {
      let path = folder.appendingPathComponent(name).path
      let bundle = try CaseBundle(contentsOf: path)
      guard bundle.record.block == block.name else {
        throw BundleError.damaged(
          path: path, reason: "it is a failure of '\(bundle.record.block)', not of '\(block.name)'")
      }
      let configuration = bundle.record.configuration
      guard parameters.config.map({ $0 == configuration.name }) ?? true else { continue }
      let regression = Regression(
        bundle: bundle, path: path, name: "vectors/\(block.name)/regressions/\(name)")
      jobs.append(
        Job(
          block: block, manifest: manifest, configuration: configuration, vectors: nil,
          regression: regression))
    }
    return jobs
  }

  private func workload(_ job: inout Job) throws -> (Workload, [Finding], [RealError]) {
    if let foreign = job.block as? ManifestBlock,
      let path = job.vectors ?? job.recorded
    {
      return (try recorded(path, foreign, &job), [], [])
    }
    guard let path = job.vectors else {
      return (
        .directedAndRandom(job.block, in: job.configuration, seed: seed, count: count), [], []
      )
    }
    let scales = try scaling.scales(of: job.block, in: job.configuration)
    let file = try vectorFile(
      path, block: job.block, configuration: job.configuration, scales: scales)
    do {
      // What only the golden model can refuse should not wait for a compiler either.
      _ = try job.block.golden(file.batch, in: job.configuration)
    } catch {
      throw CommandError.badVectors(path: path, block: job.block.name, reason: "\(error)")
    }
    let errors = try file.errors(of: job.block, in: job.configuration)
    let size = "\(file.batch.count) \(file.batch.count == 1 ? "transaction" : "transactions")"
    if file.expected.isEmpty {
      let summary = "\(size) of \(path)"
      return (.whole(file.batch, summary: summary), [], errors)
    }
    let (expected, findings) = try file.held(against: job.block, in: job.configuration)
    let summary = "\(size) of \(path) with its expected outputs"
    return (.whole(file.batch, expected: expected, summary: summary), findings, errors)
  }

  /// The transactions of a file, which also says how they are answered.
  private func recorded(
    _ path: String, _ block: ManifestBlock, _ job: inout Job
  ) throws -> Workload {
    let file = try vectorFile(
      path, block: block, configuration: job.configuration, scales: [:])
    let interface = try block.interface(in: job.configuration)
    let answer = try file.answer()
    if let answer {
      let golden = try GoldenVectors(
        name: block.name, [(path: path, inputs: file.batch, outputs: answer)],
        interface: interface)
      job.block = ManifestBlock(block.manifest, golden: golden)
    }
    return .whole(
      file.batch, expected: answer, summary: "\(file.batch.count) transactions of \(path)",
      settings: interface.settings.map(\.name))
  }

  /// The command that repeats one job.
  private func command(_ job: Job) -> String {
    let foreign = (job.block as? ManifestBlock)?.manifest.file
    var words = ["cosim", "verify", foreign ?? job.block.name]
    words += parameters.words(choosing: job.configuration)
    words += ["--seed", String(seed)]
    if let path = job.vectors ?? job.recorded {
      words += ["--vectors", path] + scaling.scale.flatMap { ["--scale", $0] }
    } else {
      words += ["--count", String(count)]
    }
    words += profiles.flatMap { ["--stalls", $0.rawValue] }
    if hangLimit != 10_000 { words += ["--hang-limit", String(hangLimit)] }
    return words.joined(separator: " ")
  }
}

extension ManifestBlock {
  /// The vectors that stand for a golden model.
  fileprivate var recordedPaths: [String] {
    manifest.golden?.vectors.map(manifest.path) ?? []
  }
}
