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
    var filler = CounterGenerator(seed: seed, stream: RandomUse.filler, index: 0)
    let salt = filler.next()
    var before = 0
    var parts: [Case.Part] = []
    for index in 0..<workload.chunks(ofShard: shard).upperBound {
      let count = workload.transactions[index]
      if workload.chunks(ofShard: shard).contains(index) {
        let part = try workload.part(index)
        parts.append(
          Case.Part(
            batch: part.batch, expected: part.expected, filler: salt &+ UInt64(index),
            origins: Array(before..<before + count)))
      }
      before += count
    }
    let failing = Case(
      parts: parts, stalls: StallPlan(plan.profile, seed: seed),
      initialState: initialState(plan, shard), hangLimit: hangLimit, shard: shard)
    let rehearsal = CounterGenerator(
      seed: seed, stream: RandomUse.rehearsal, index: UInt64(shard))
    return try Explainer(
      runner: CaseRunner(
        block: block, configuration: configuration, library: library, manifest: manifest,
        interface: interface, isCancelled: isCancelled),
      options: explainer, run: run, profile: plan.profile, seed: seed, command: command
    ).explain(
      failing, rehearsal: plan.rehearses(shard) ? .drawn(rehearsal) : nil, found: found)
  }
}
