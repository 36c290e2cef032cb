import Blocks
import Signals

/// One run to be made: what varies between the runs of a verification.
struct RunPlan {
  var profile: StallProfile
  var initialState: UInt64
  /// Shards whose number leaves this remainder modulo 2 are reset in the middle of traffic before they
  /// begin; none if nil.
  var rehearsed: Int?

  func rehearses(_ shard: Int) -> Bool { shard % 2 == rehearsed }
}

/// The shards of a run put together, in their order.
struct ExecutedRun {
  var run: Run
  var wasInterrupted = false
  var simulating = 0.0
  var preparing = 0.0
  /// The shard that found something.
  var failingShard: Int?

  /// A shard found something that can be seen from outside, so that those after it were not needed.
  private(set) var endsEarly = false

  /// Something in the device's behaviour differs from the expectation.
  var differs: Bool { !run.findings.isEmpty }

  /// Whether the device did the same as in another run of the same stimulus and stalls.
  func behaves(like other: ExecutedRun) -> Bool {
    run.findings == other.run.findings && run.digest == other.run.digest
  }

  /// - Parameters:
  ///   - shards: results up to the first shard that ends the run.
  ///   - planned: how many shards there are.
  init(
    _ plan: RunPlan, shards: [ShardResult], of planned: Int
  ) {
    run = Run(profile: plan.profile, initialState: plan.initialState, streams: [])
    for shard in shards { add(shard) }
    endsEarly = shards.last?.endsRun ?? false
    failingShard =
      shards.firstIndex { $0.endsRun } ?? shards.firstIndex { !$0.findings.isEmpty }
    keepOneDivergence(failingShard.map { shards[$0] })
    if shards.count < planned && !endsEarly { wasInterrupted = true }
  }

  /// Every shard may have a first divergence: that of the shard that fails is told, or the first.
  private mutating func keepOneDivergence(_ failing: ShardResult?) {
    func isDivergence(_ finding: Finding) -> Bool {
      if case .divergence = finding { true } else { false }
    }
    guard
      let kept = failing?.findings.first(where: isDivergence)
        ?? run.findings.first(where: isDivergence)
    else { return }
    run.findings = [kept] + run.findings.filter { !isDivergence($0) }
  }

  private mutating func add(_ shard: ShardResult) {
    run.transactions += shard.transactions
    run.comparedElements += shard.comparedElements
    run.cycles += shard.cycles
    run.asideCycles += shard.asideCycles
    run.latency = run.latency ?? shard.latency
    run.mismatchedBeats += shard.mismatchedBeats
    run.findings += shard.findings
    if let work = shard.work {
      if run.work == nil { run.work = work } else { run.work?.add(work) }
    }
    if run.taps.isEmpty {
      run.taps = shard.taps
    } else {
      for (index, tap) in shard.taps.enumerated() { run.taps[index].values += tap.values }
    }
    if run.stages.isEmpty {
      run.stages = shard.stages
    } else {
      for (index, stage) in shard.stages.enumerated() { run.stages[index].cycles += stage.cycles }
    }
    run.leeways.add(shard.leeways)
    for digest in shard.digests { run.digest = Digest.combine(run.digest, UInt64(digest)) }
    if run.streams.isEmpty {
      run.streams = shard.streams
    } else {
      for (index, stream) in shard.streams.enumerated() { run.streams[index].add(stream) }
    }
    run.comparedBeats =
      run.streams.filter { $0.direction == .output }.reduce(0) { $0 + $1.transfer }
    wasInterrupted = wasInterrupted || shard.wasInterrupted
    simulating += shard.simulating
    preparing += shard.preparing
  }
}

extension StreamActivity {
  mutating func add(_ other: StreamActivity) {
    transfer += other.transfer
    starved += other.starved
    blocked += other.blocked
    idle += other.idle
    withheld += other.withheld
    due += other.due
  }
}

extension Run {
  /// Adds what makes a run worthless that found nothing, and what a hang may have hidden.
  mutating func addVacuity() {
    let hangs = findings.contains { if case .hang = $0 { true } else { false } }
    guard findings.isEmpty || hangs else { return }
    if comparedBeats == 0 { findings.append(.vacuous(.nothingCompared)) }
    for stream in streams where stream.transfer == 0 && stream.due > 0 {
      findings.append(
        .vacuous(
          stream.direction == .input
            ? .inputNeverConsumed(stream: stream.stream)
            : .streamNeverMoved(stream: stream.stream)))
    }
    let withheld = streams.reduce(0) { $0 + $1.withheld }
    if profile != .none && comparedBeats > 0 && withheld == 0 && !isUnstallable {
      findings.append(.vacuous(.nothingStalled(profile: profile)))
    }
  }
}
