public import Blocks
public import Devices
import Foundation
public import Signals

/// Holds a device against a block: every stall profile over the whole workload, from different initial
/// states, and what a difference between runs means.
public struct Verification: Sendable {
  public var block: any Block
  public var configuration: Configuration
  public var library: DeviceLibrary
  /// Names and polarities of clock and reset.
  public var manifest: Manifest
  public var workload: Workload
  public var seed: UInt64
  public var profiles: [StallProfile]
  /// Threads at work, golden models included. Results do not depend on it.
  public var jobs: Int
  /// Cycles without any transfer after which a run hangs.
  public var hangLimit: Int
  /// Cycles are run by the general loop even where a faster one does the same.
  package var isGeneral = false
  /// The command that repeats this.
  public var command: String
  /// What is done about a failure before it is reported; nothing if nil.
  public var explainer: ExplainerOptions?
  /// Polled; true ends the verification with what was found so far.
  public var isCancelled: @Sendable () -> Bool
  /// Called from worker threads with the shards done and to do.
  public var progress: @Sendable (_ done: Int, _ all: Int) -> Void

  public init(
    _ block: any Block, in configuration: Configuration, library: DeviceLibrary,
    manifest: Manifest, workload: Workload, seed: UInt64,
    profiles: [StallProfile] = [.none, .random], jobs: Int = 1, hangLimit: Int = 10_000,
    command: String, isCancelled: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) {
    precondition(jobs >= 1 && !profiles.isEmpty)
    self.block = block
    self.configuration = configuration
    self.library = library
    self.manifest = manifest
    self.workload = workload
    self.seed = seed
    self.profiles = profiles
    self.jobs = jobs
    self.hangLimit = hangLimit
    self.command = command
    self.isCancelled = isCancelled
    self.progress = progress
  }

  /// Runs everything.
  ///
  /// - Returns: what was found; a disagreement is a result, not an error.
  /// - Throws: ``LockstepError`` if a pin is missing or of another width than the block's, and the
  ///   errors of the workload and of the golden model.
  public func run() throws -> Outcome {
    let start = ContinuousClock.now
    let interface = try block.interface(in: configuration)
    // What does not fit is worth saying before anything is simulated.
    _ = try tapPlans(interface)
    try Pins.checkPresence(of: interface, in: library, manifest)
    let planned = profiles.enumerated().map {
      RunPlan(profile: $1, initialState: initialState($0), rehearsed: ($0 + 1) % 2)
    }
    let executed = try execute(planned, interface: interface)
    var outcome = Outcome(
      block: block.name, configuration: configuration, device: library.contentKey, seed: seed,
      workload: workload.summary, command: command, runs: executed.map(\.run), findings: [],
      wasInterrupted: executed.contains { $0.wasInterrupted }, seconds: Seconds())
    if !outcome.wasInterrupted {
      for index in outcome.runs.indices { outcome.runs[index].addVacuity() }
      outcome.findings = try attribute(executed, planned, interface: interface)
      outcome.explanation = try explain(executed, planned, interface: interface)
      if let finding = outcome.explanation?.dependence { outcome.findings.append(finding) }
    }
    outcome.golden = block.goldenVersion
    for part in executed {
      outcome.seconds.simulation += part.simulating
      outcome.seconds.preparing += part.preparing
    }
    outcome.seconds.total = (ContinuousClock.now - start).seconds
    return outcome
  }

  /// A seed of initial values, different for each run.
  private func initialState(_ run: Int) -> UInt64 {
    var generator = CounterGenerator(
      seed: seed, stream: RandomUse.initialState, index: UInt64(run))
    return generator.next() >> 16
  }

  // MARK: - What a difference between runs means

  /// Repeats the first failing run with one thing changed at a time: initial values, reset in mid-flight,
  /// stalls.
  private func attribute(
    _ executed: [ExecutedRun], _ planned: [RunPlan], interface: Interface
  ) throws -> [Finding] {
    guard let failing = executed.firstIndex(where: { $0.differs }) else { return [] }
    let plan = planned[failing]
    var variants: [Variant] = []
    let other = initialState(profiles.count + failing)
    variants.append(
      Variant(
        plan, .dependsOnInitialState(profile: plan.profile, seeds: [plan.initialState, other]),
        \.initialState, other
      ) { !$0.behaves(like: executed[failing]) })
    if (0..<workload.shardCount).contains(where: plan.rehearses) {
      variants.append(
        Variant(plan, .survivesReset(profile: plan.profile), \.rehearsed, nil) { !$0.differs })
    }
    let agreeing = executed.firstIndex { !$0.differs }.map { planned[$0].profile }
    // Without stalls the device is most likely right, if it ever is.
    if let profile = agreeing ?? (profiles.contains(.none) ? nil : StallProfile.none) {
      variants.append(
        Variant(
          plan, .dependsOnTiming(agreeing: profile, differing: plan.profile), \.profile, profile
        ) { !$0.differs })
    }
    let results = try execute(variants.map(\.plan), interface: interface)
    return zip(variants, results).filter { !$1.wasInterrupted && $0.shows($1) }.map { $0.0.finding }
  }

  /// A run that differs in one thing from a failing one, and what is found if that makes a difference.
  private struct Variant {
    var plan: RunPlan
    let finding: Finding
    let shows: (ExecutedRun) -> Bool

    init<Value>(
      _ plan: RunPlan, _ finding: Finding, _ change: WritableKeyPath<RunPlan, Value>,
      _ value: Value, _ shows: @escaping (ExecutedRun) -> Bool
    ) {
      self.plan = plan
      self.plan[keyPath: change] = value
      self.finding = finding
      self.shows = shows
    }
  }

  // MARK: - Shards on workers

  private func execute(_ plans: [RunPlan], interface: Interface) throws -> [ExecutedRun] {
    let shards = workload.shardCount
    let workers = max(1, min(jobs, plans.count * shards))
    // With fewer tasks than threads, the rest prepare golden answers ahead of the simulation.
    let preparesAhead = jobs > workers || plans.count * shards < 2 * jobs && jobs > 1
    let taps = try tapPlans(interface)
    let makeChunk = chunkMaker(interface, taps)
    let workload = workload
    let board = TaskBoard(runs: plans.count, shards: shards, progress: progress) { shard, runs in
      ShardChunks(
        workload.chunks(ofShard: shard), runs: runs, ahead: preparesAhead, make: makeChunk)
    }
    let before = workload.transactions.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    let group = DispatchGroup()
    for _ in 0..<workers {
      group.enter()
      let thread = Thread {
        var shard: Int?
        while let task = board.take(after: shard) {
          shard = task.shard
          let result = Result {
            try simulate(
              plans[task.run], task, interface: interface, taps: taps,
              firstTransaction: { before[$0] })
          }
          board.finish(task.run, task.shard, result, isCancelled: isCancelled())
        }
        group.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    group.wait()
    return try zip(plans, board.results()).map { plan, results in
      ExecutedRun(plan, shards: results, of: shards)
    }
  }

  private func tapPlans(_ interface: Interface) throws -> [TapPlan] {
    try manifest.taps.map {
      try TapPlan(
        $0, of: block, interface: interface, configuration: configuration, library: library)
    }
  }

  private func chunkMaker(
    _ interface: Interface, _ taps: [TapPlan]
  ) -> @Sendable (Int) throws -> Chunk {
    var filler = CounterGenerator(seed: seed, stream: RandomUse.filler, index: 0)
    let salt = filler.next()
    let (block, configuration, workload) = (block, configuration, workload)
    return { index in
      try Chunk(
        index: index, part: workload.part(index), block: block, configuration: configuration,
        interface: interface, taps: taps, filler: salt)
    }
  }

  private func simulate(
    _ plan: RunPlan, _ task: TaskBoard.Task, interface: Interface, taps: [TapPlan],
    firstTransaction: @escaping (Int) -> Int
  ) throws -> ShardResult {
    let shard = task.shard
    let pins = try Pins(
      library, initialState: initialState(plan, shard), interface: interface, manifest: manifest,
      isChecked: true)
    let simulation = try Simulation(
      pins: pins, interface: interface, queue: task.queue, chunks: workload.chunks(ofShard: shard),
      stalls: StallSource(StallPlan(plan.profile, seed: seed), hangLimit: hangLimit),
      taps: taps, stages: manifest.stages, shard: shard,
      limits: SimulationLimits(hang: hangLimit, isGeneral: isGeneral, isCancelled: isCancelled),
      firstTransaction: firstTransaction)
    let start = ContinuousClock.now
    let rehearsal = CounterGenerator(
      seed: seed, stream: RandomUse.rehearsal, index: UInt64(shard))
    try simulation.run(rehearsal: plan.rehearses(shard) ? .drawn(rehearsal) : nil)
    var result = simulation.result
    let total = (ContinuousClock.now - start).seconds
    (result.preparing, result.simulating) = task.queue.shares(ofSeconds: total)
    return result
  }
}
