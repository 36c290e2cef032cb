public import Blocks
public import Devices
import Foundation
public import Lockstep
public import Signals

/// Proves that the suite of a block can fail: changes its RTL in many small ways and looks whether a run
/// notices.
///
/// Mutants are tried in one configuration after the other, small ones first; only those that are still
/// alive are built into the next.
public struct MutationCampaign: Sendable {
  /// What is tried and how long.
  public struct Settings: Sendable {
    public var seed: UInt64 = 1
    /// Random transactions of the suite, besides all corners.
    public var count = 1024
    public var profiles: [StallProfile] = [.none, .random]
    public var jobs = 1
    /// The most mutants, drawn from all of them; nil for all.
    public var limit: Int?
    /// Ends of the names of the sources to be changed; all of them if empty.
    public var files: [String] = []
    /// A hash of the program, which holds golden models and bench: verdicts of another one are not taken.
    public var program = ""

    public init() {}
  }

  /// Runs a script of Yosys in a folder, with a limit of time. An error is trouble with Yosys itself.
  public typealias Prover =
    @Sendable (_ script: String, _ folder: String) async throws -> ProverAnswer

  /// Makes a library of a manifest; an error that names lines of sources has the mutants on these lines
  /// left out.
  public typealias Builder =
    @Sendable (Manifest, Configuration) async throws -> (library: DeviceLibrary, seconds: Double)

  /// A hash of all that the library of a manifest would be made of, without building it.
  public typealias Identifier = @Sendable (Manifest, Configuration) throws -> String

  public var block: any Block
  public var manifest: Manifest
  /// In the order in which they are tried.
  public var configurations: [Configuration]
  public var settings: Settings
  /// The command that repeats it.
  public var command: String
  /// Folder for mutated sources and for verdicts.
  public var folder: String
  public var build: Builder
  public var identify: Identifier
  /// Asked about every survivor without a waiver; nil to leave them unproven.
  public var prove: Prover?
  public var isCancelled: @Sendable () -> Bool
  public var progress: @Sendable (String) -> Void

  public init(
    _ block: any Block, manifest: Manifest, configurations: [Configuration],
    settings: Settings = Settings(), command: String, folder: String, build: @escaping Builder,
    identify: @escaping Identifier, prove: Prover? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.block = block
    self.manifest = manifest
    self.configurations = configurations
    self.settings = settings
    self.command = command
    self.folder = folder
    self.build = build
    self.identify = identify
    self.prove = prove
    self.isCancelled = isCancelled
    self.progress = progress
  }

  /// Configurations in order of cost, by the product of their parameters.
  public static func byCost(_ configurations: [Configuration]) -> [Configuration] {
    func cost(_ configuration: Configuration) -> Double {
      configuration.values.values.reduce(1.0) { $0 * Double(max(1, $1)) }
    }
    return configurations.enumerated()
      .sorted { (cost($0.element), $0.offset) < (cost($1.element), $1.offset) }.map(\.element)
  }

  /// Runs everything, or until it is cancelled.
  ///
  /// - Throws: ``FuzzingError``, and what the builder throws for RTL that does not compile even without
  ///   the mutants that it complains about.
  public func run() async throws -> MutationOutcome {
    let start = ContinuousClock.now
    let plan = try MutationPlan(manifest, seed: settings.seed, files: settings.files)
    var state = State(mutants: sample(plan.mutants))
    for configuration in configurations where !isCancelled() && !state.alive.isEmpty {
      try await stage(configuration, plan, &state)
    }
    let isUntried = state.mutants.contains { state.fate(of: $0.number) == .untested }
    state.wasInterrupted = state.wasInterrupted || isUntried
    var waivers = try waivers()
    let stale = waivers.stale(among: try everyMutant(of: plan))
    var results = state.mutants.map { mutant in
      let fate = state.fate(of: mutant.number)
      var result = MutantResult(mutant: mutant, fate: fate)
      if fate == .survived { result.waiver = waivers.reason(for: mutant) }
      return result
    }
    let survivors = results.filter(\.isUnexplained).map(\.mutant.number)
    let equivalent = try await equivalents(survivors, plan, &state)
    for index in results.indices where equivalent.contains(results[index].mutant.number) {
      results[index].fate = .equivalent
    }
    let isWhole =
      settings.limit == nil && settings.files.isEmpty && triesEveryConfiguration
      && !state.wasInterrupted
    return MutationOutcome(
      block: block.name, command: command, seed: settings.seed, suite: state.suite,
      stages: state.stages, results: results, golden: state.golden, beats: state.beats,
      settings: state.settings, proofTrouble: state.proofTrouble,
      skippedExpressions: plan.skippedExpressions,
      unusedWaivers: isWhole
        ? Set(waivers.unused).subtracting(stale).map(\.place).sorted() : [],
      staleWaivers: stale.map(\.place),
      drawnFrom: state.mutants.count < plan.mutants.count ? plan.mutants.count : nil,
      wasInterrupted: state.wasInterrupted,
      seconds: (ContinuousClock.now - start) / .seconds(1))
  }

  /// What survives in another configuration of the manifest may need a waiver there.
  private var triesEveryConfiguration: Bool {
    manifest.configurations.allSatisfy { known in
      configurations.contains { $0.name == known.name }
    }
  }

  /// What waivers can be about: all mutants of all sources. Which bits are turned over depends on the
  /// seed, and waivers are written for the first.
  private func everyMutant(of plan: MutationPlan) throws -> [Mutant] {
    let first = Settings().seed
    guard settings.seed != first || !settings.files.isEmpty else { return plan.mutants }
    return plan.mutants + (try MutationPlan(manifest, seed: first).mutants)
  }

  /// What is known so far.
  struct State {
    var mutants: [Mutant]
    var alive: [Int]
    var fates: [Int: MutantFate] = [:]
    var stages: [MutationStage] = []
    var golden: [GoldenMutantResult] = []
    var beats: [StreamMutantResult] = []
    var settings: [SettingMutantResult] = []
    /// Configurations in which a mutant survived.
    var survivals: [Int: Set<String>] = [:]
    let proofs = ProofMemory()
    var proofTrouble: String?
    var suite = ""
    var wasInterrupted = false

    init(mutants: [Mutant]) {
      self.mutants = mutants
      alive = mutants.map(\.number)
    }

    func fate(of mutant: Int) -> MutantFate { fates[mutant] ?? .untested }

    /// Joins what a configuration showed to what others did.
    mutating func add(_ verdict: MutationRun.Verdict?, of mutant: Int, in configuration: String) {
      switch (verdict, fates[mutant]) {
      case (.killed(let finding), _):
        fates[mutant] = .killed(by: finding, configuration: configuration)
      case (.survived, _):
        fates[mutant] = .survived
        survivals[mutant, default: []].insert(configuration)
      case (.absent, nil): fates[mutant] = .absent
      case (.absent, _): break
      case (nil, _): fates[mutant] = .untested
      }
    }
  }

  private func sample(_ mutants: [Mutant]) -> [Mutant] {
    guard let limit = settings.limit, limit < mutants.count else { return mutants }
    var generator = CounterGenerator(seed: settings.seed, stream: 9, index: 0)
    var left = mutants
    left.shuffle(using: &generator)
    return left.prefix(limit).sorted { $0.number < $1.number }
  }

  // MARK: - One configuration

  private func stage(
    _ configuration: Configuration, _ plan: MutationPlan, _ state: inout State
  ) async throws {
    let name = "\(block.name) \(configuration.name)"
    progress("\(name): building \(state.alive.count) mutants")
    let tried = state.alive.count
    guard let (library, mutated, seconds) = try await library(configuration, plan, &state) else {
      state.wasInterrupted = true
      return
    }
    var start = ContinuousClock.now
    let workload = Workload.directedAndRandom(
      block, in: configuration, seed: settings.seed, count: settings.count)
    state.suite =
      "\(workload.summary) under " + settings.profiles.map(\.rawValue).joined(separator: " and ")
    let bench = try TrialBench(
      block, in: configuration, manifest: mutated, workload: workload, seed: settings.seed,
      tapping: library)
    let run = MutationRun(
      bench: bench, library: library, profiles: settings.profiles, jobs: settings.jobs,
      isCancelled: isCancelled,
      progress: { done, killed in
        progress("\(name): \(done) of \(tried) mutants, \(killed) killed")
      })
    progress("\(name): the suite without a mutant")
    guard let ladder = try run.ladder(block: block.name, configuration: configuration.name) else {
      state.wasInterrupted = true
      return
    }
    if state.golden.isEmpty {
      progress("\(name): wrong answers, beats and constants")
      try tryBench(bench, library, configuration, ladder.map(\.task), &state)
    }
    state.stages.append(
      MutationStage(
        configuration: configuration.name, device: library.contentKey, tried: tried, killed: 0,
        buildSeconds: seconds, runSeconds: 0))
    let index = state.stages.count - 1
    let before = ContinuousClock.now
    let equivalent = try await equivalents(ahead: configuration, plan, &state)
    if state.wasInterrupted { return }
    start += ContinuousClock.now - before
    let left = state.alive.filter { !equivalent.contains($0) }
    let profiles = settings.profiles.map(\.rawValue).joined(separator: ",")
    let record = MutationRecord(
      path: "\(folder)/\(configuration.name).json",
      key: "cycles \(try identity(of: configuration, plan)) \(try bench.fingerprint()) "
        + "\(settings.seed) \(profiles) \(settings.program)")
    let asked = Set(left)
    let verdicts = try run.verdicts(
      of: left, on: ladder, known: record.known.filter { asked.contains($0.key) },
      record: record.add)
    try record.save()
    for mutant in left { state.add(verdicts[mutant], of: mutant, in: configuration.name) }
    state.wasInterrupted = left.contains { verdicts[$0] == nil }
    state.alive.removeAll { if case .killed = state.fates[$0] { true } else { false } }
    state.stages[index].killed = tried - state.alive.count
    state.stages[index].runSeconds = (ContinuousClock.now - start) / .seconds(1)
  }

  /// What verdicts and proofs are about: the RTL with all its mutants. Which of them are tried says nothing
  /// about the others, whose verdicts are kept.
  func identity(of configuration: Configuration, _ plan: MutationPlan) throws -> String {
    try identify(plan.writeAll(to: "\(folder)/all"), configuration)
  }

  /// Whether the bench notices that something else than the RTL is wrong.
  private func tryBench(
    _ bench: TrialBench, _ library: DeviceLibrary, _ configuration: Configuration,
    _ tasks: [TrialTask], _ state: inout State
  ) throws {
    let interface = try block.interface(in: configuration)
    state.golden = try GoldenMutation(
      bench: bench, library: library, interface: interface, seed: settings.seed
    ).results(on: tasks, jobs: settings.jobs)
    state.beats = try StreamMutation(
      bench: bench, library: library, interface: interface, seed: settings.seed
    ).results(on: tasks, jobs: settings.jobs)
    state.settings = try SettingMutation(
      bench: bench, library: library, interface: interface, seed: settings.seed
    ).results(
      on: tasks, sample: try bench.sample(), main: try block.mainInput(in: configuration),
      jobs: settings.jobs)
  }

  /// Builds the mutants that are alive; those that the compiler refuses are left out.
  private func library(
    _ configuration: Configuration, _ plan: MutationPlan, _ state: inout State
  ) async throws -> (DeviceLibrary, Manifest, Double)? {
    while true {
      let mutated = try plan.write(
        keeping: Set(state.alive), to: "\(folder)/\(configuration.name)")
      do {
        let built = try await build(mutated, configuration)
        return (built.library, mutated, built.seconds)
      } catch {
        if isCancelled() { return nil }
        let refused = plan.mutants(blamedBy: "\(error)", among: Set(state.alive))
        guard !refused.isEmpty else { throw error }
        for mutant in refused { state.fates[mutant] = .refused }
        state.alive.removeAll { refused.contains($0) }
        progress("\(block.name): \(refused.count) mutants are no RTL")
      }
    }
  }
}
