import Blocks
import Devices
import Signals

/// Runs cases on one device.
struct CaseRunner {
  let block: any Block
  let configuration: Configuration
  let library: DeviceLibrary
  let manifest: Manifest
  let interface: Interface
  let isCancelled: @Sendable () -> Bool

  /// What a run of a case showed.
  struct Result {
    var shard: ShardResult
    /// Stalls as they happened.
    var stalls: StallRecord
    var rehearsedBeats: Int?
    /// What was driven and expected, part by part.
    var chunks: [Chunk]
    /// The cycle after the last one.
    var end: Int

    var findings: [Finding] { shard.findings }
    /// Beats that each data input had to give.
    var inputBeats: [Int] {
      guard let first = chunks.first else { return [] }
      return first.stimulus.data.indices.map { stream in
        chunks.reduce(0) { $0 + $1.stimulus.data[stream].count }
      }
    }
  }

  /// - Parameters:
  ///   - rehearsal: in place of the case's own number of beats.
  ///   - watching: makes probes for the simulation before it begins.
  ///   - trail: quiet cycles to run after a case that found something.
  ///   - limits: in place of those of a run that looks for the first differences.
  /// - Throws: errors of the golden model for a stimulus that it has no answer to.
  func run(
    _ subject: Case, rehearsal: Rehearsal? = nil, trail: Int = 0,
    limits: SimulationLimits? = nil,
    watching: ((Simulation) throws -> [any CycleProbe])? = nil
  ) throws -> Result {
    let taps = try manifest.taps.map {
      try TapPlan(
        $0, of: block, interface: interface, configuration: configuration, library: library)
    }
    let chunks = try subject.parts.enumerated().map { index, part in
      // A chunk adds its index to the filler.
      try Chunk(
        index: index, part: Workload.Part(batch: part.batch, expected: part.expected),
        block: block, configuration: configuration, interface: interface, taps: taps,
        filler: part.filler &- UInt64(index))
    }
    let pins = try Pins(
      library, initialState: subject.initialState, interface: interface, manifest: manifest)
    let before = subject.parts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.batch.count) }
    let simulation = try Simulation(
      pins: pins, interface: interface,
      queue: ChunkQueue(0..<chunks.count, ahead: false) { chunks[$0] }, chunks: 0..<chunks.count,
      stalls: StallSource(subject.stalls, isRecording: true, hangLimit: subject.hangLimit),
      taps: taps, stages: manifest.stages,
      shard: subject.shard,
      limits: limits ?? SimulationLimits(hang: subject.hangLimit, isCancelled: isCancelled),
      firstTransaction: { before[$0] })
    if let watching { simulation.probes = CycleProbes(probes: try watching(simulation)) }
    try simulation.run(rehearsal: rehearsal ?? subject.rehearsedBeats.map(Rehearsal.beats))
    if simulation.result.isFinal { simulation.trail(trail) }
    return Result(
      shard: simulation.result, stalls: simulation.stalls.record,
      rehearsedBeats: simulation.rehearsedBeats, chunks: chunks, end: simulation.loop.cycle)
  }
}

extension Simulation {
  /// Runs cycles after the end, for those who watch.
  func trail(_ cycles: Int) {
    for _ in 0..<cycles { _ = loop.quietCycle(pins, probes) }
  }
}
