import Devices
import Signals

extension Verification {
  /// The values that registers of a shard begin with.
  func initialState(_ plan: RunPlan, _ shard: Int) -> InitialState {
    var generator = CounterGenerator(
      seed: plan.initialState, stream: RandomUse.initialState, index: UInt64(shard) + 1 << 20)
    return .random(seed: generator.next() >> 32)
  }

  /// Looks into the first failing shard of the first run that fails at its pins, or inside where none
  /// does.
  func explain(
    _ executed: [ExecutedRun], _ planned: [RunPlan], interface: Interface
  ) throws -> Explanation? {
    guard let explainer,
      let run = executed.firstIndex(where: \.endsEarly)
        ?? executed.firstIndex(where: { $0.failingShard != nil }),
      let shard = executed[run].failingShard,
      let found = Symptom.telling(of: executed[run].run.findings)
    else { return nil }
    let plan = planned[run]
    let own = workload.chunks(ofShard: shard)
    let failing = Case(
      parts: try own.map(part), stalls: StallPlan(plan.profile, seed: seed),
      initialState: initialState(plan, shard), hangLimit: hangLimit, shard: shard)
    let rehearsal = CounterGenerator(
      seed: seed, stream: RandomUse.rehearsal, index: UInt64(shard))
    return try Explainer(
      runner: CaseRunner(
        block: block, configuration: configuration, library: library, manifest: manifest,
        interface: interface, isCancelled: isCancelled),
      options: explainer, run: run, profile: plan.profile, seed: seed, command: command,
      more: try survey(without: own), others: try others(executed, planned, but: run)
    ).explain(
      failing, rehearsal: plan.rehearses(shard) ? .drawn(rehearsal) : nil, found: found)
  }

  /// The failing shards of other runs than `run`, two at most.
  private func others(
    _ executed: [ExecutedRun], _ planned: [RunPlan], but run: Int
  ) throws -> [Case] {
    var cases: [Case] = []
    for index in executed.indices where index != run && cases.count < 2 {
      guard let shard = executed[index].failingShard else { continue }
      let plan = planned[index]
      cases.append(
        Case(
          parts: try workload.chunks(ofShard: shard).map(part),
          stalls: StallPlan(plan.profile, seed: seed),
          initialState: initialState(plan, shard), hangLimit: hangLimit, shard: shard))
    }
    return cases
  }

  /// A chunk as part of a case.
  private func part(_ index: Int) throws -> Case.Part {
    var filler = CounterGenerator(seed: seed, stream: RandomUse.filler, index: 0)
    let salt = filler.next()
    let before = workload.transactions.prefix(index).reduce(0, +)
    let part = try workload.part(index)
    return Case.Part(
      batch: part.batch, expected: part.expected, filler: salt &+ UInt64(index),
      origins: Array(before..<before + workload.transactions[index]))
  }

  /// Some of the other chunks: random ones as a whole, and the beginning of every corner.
  private func survey(without own: Range<Int>) throws -> [Case.Part] {
    let corners = 0..<workload.singleChunks
    var parts: [Case.Part] = []
    var (transactions, values) = (768, 40_000)
    for index in corners.upperBound..<workload.chunkCount
    where !own.contains(index) && transactions > 0 && values > 0 {
      let part = try part(index)
      transactions -= part.batch.count
      values -= part.valueCount
      parts.append(part)
    }
    // Long corners must not crowd out those behind them.
    let share = 40_000 / max(corners.count, 1)
    for index in corners where !own.contains(index) {
      var part = try part(index).beginning(48)
      while part.batch.count > 1 && part.valueCount > share {
        part = part.beginning(part.batch.count / 2)
      }
      parts.append(part)
    }
    return parts
  }
}

extension Case.Part {
  /// Elements of all its arrays.
  fileprivate var valueCount: Int { batch.items.values.reduce(0) { $0 + $1.valueCount } }

  /// Its first transactions, `count` at most.
  fileprivate func beginning(_ count: Int) -> Case.Part {
    guard batch.count > count else { return self }
    let kept = Array(0..<count)
    var part = self
    part.batch = batch.selecting(kept)
    part.expected = expected?.selecting(kept)
    part.origins = Array(origins.prefix(count))
    return part
  }
}
