package import Blocks
package import Devices
package import Signals

/// Runs many cases on one device, from a new instance each, to the first finding.
///
/// Belongs to one thread at a time.
package final class CaseBench {
  package let library: DeviceLibrary
  private let block: any Block
  private let configuration: Configuration
  private let interface: Interface
  private let manifest: Manifest
  private let taps: [TapPlan]
  /// Note how deep stalls are and how full the device is meanwhile.
  private let notesOccupancy: Bool
  /// Why the last part that the golden model has no answer to has none.
  package private(set) var refusal: BlockError?

  /// What a case showed.
  package struct Result {
    package var findings: [Finding]
    package var cycles: Int
    package var transactions: Int
    package var comparedElements: Int
    /// 1 for each stall depth and occupancy that was met, see ``OccupancyProbe``; empty unless noted.
    package var occupancy: [UInt8]
    /// Beats of each input that crossed before any output moved; empty unless occupancy is noted.
    package var takenAhead: [Int]
    package var wasInterrupted: Bool
  }

  /// - Throws: ``BlockError``, ``LockstepError`` and ``DeviceError`` for a device that does not fit the
  ///   block.
  package init(
    _ block: any Block, in configuration: Configuration, library: DeviceLibrary,
    manifest: Manifest, notesOccupancy: Bool
  ) throws {
    self.block = block
    self.configuration = configuration
    self.library = library
    self.manifest = manifest
    self.notesOccupancy = notesOccupancy
    interface = try block.interface(in: configuration)
    let interface = interface
    taps = try manifest.taps.map {
      try TapPlan(
        $0, of: block, interface: interface, configuration: configuration, library: library)
    }
  }

  /// Bins of ``Result/occupancy``.
  package var occupancyBins: Int {
    guard notesOccupancy else { return 0 }
    let inputs = interface.inputs.count
    return OccupancyProbe.bins(inputs: inputs, outputs: interface.outputs.count)
  }

  /// Computes what a part of a case must answer.
  ///
  /// - Parameter index: place of the part in its case.
  /// - Returns: nil for a part that the golden model has no answer to.
  package func prepare(_ part: Case.Part, index: Int) throws -> PreparedPart? {
    do {
      return PreparedPart(
        chunk: try Chunk(
          index: index, part: Workload.Part(batch: part.batch, expected: part.expected),
          block: block, configuration: configuration, interface: interface, taps: taps,
          filler: part.filler &- UInt64(index)))
    } catch let error as BlockError {
      refusal = error
      return nil
    } catch is SignalError {
      return nil
    }
  }

  /// Simulates a case from a new instance.
  ///
  /// Counters of the library, if it has any, are those of this case alone afterwards.
  ///
  /// - Parameter parts: those of the case, in order, one at least.
  /// - Throws: ``LockstepError`` and ``DeviceError`` for pins that do not fit.
  package func run(
    _ subject: Case, _ parts: [PreparedPart], isCancelled: @escaping @Sendable () -> Bool
  ) throws -> Result {
    let pins = try Pins(
      library, initialState: subject.initialState, interface: interface, manifest: manifest)
    if let counters = library.counters { counters.update(repeating: 0) }
    let before = parts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.batch.count) }
    let simulation = try Simulation(
      pins: pins, interface: interface,
      queue: ChunkQueue(0..<parts.count, ahead: false) { parts[$0].chunk }, chunks: 0..<parts.count,
      stalls: StallSource(subject.stalls, hangLimit: subject.hangLimit), taps: taps,
      shard: subject.shard,
      limits: SimulationLimits(
        hang: subject.hangLimit, endsAtFirstFinding: true, isCancelled: isCancelled),
      firstTransaction: { before[$0] })
    if notesOccupancy { simulation.occupancy = OccupancyProbe(simulation) }
    defer { simulation.occupancy?.deallocate() }
    try simulation.run(rehearsal: subject.rehearsedBeats.map(Rehearsal.beats))
    let shown = simulation.result
    return Result(
      findings: shown.findings, cycles: shown.cycles, transactions: shown.transactions,
      comparedElements: shown.comparedElements,
      occupancy: simulation.occupancy.map { Array($0.bins) } ?? [],
      takenAhead: simulation.occupancy.map { Array($0.takenAhead) } ?? [],
      wasInterrupted: shown.wasInterrupted)
  }
}

/// A part of a case with its answer, ready to be driven.
package struct PreparedPart: Sendable {
  let chunk: Chunk

  package var batch: Batch { chunk.batch }
  /// Outputs and intermediate values of the golden model.
  package var answer: Batch { chunk.expected }
}

extension Case {
  /// Makes the case small, proves that it repeats on `library`, classifies it and stores it.
  ///
  /// - Parameters:
  ///   - library: the device as ``Verification`` runs it, that can trace.
  ///   - found: what it showed.
  ///   - command: finds it again.
  /// - Throws: errors of the golden model, and ``BundleError`` if nothing can be written.
  package func explained(
    _ block: any Block, in configuration: Configuration, library: DeviceLibrary,
    manifest: Manifest, found: Finding, options: ExplainerOptions, seed: UInt64, command: String,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws -> Explanation? {
    try Explainer(
      runner: CaseRunner(
        block: block, configuration: configuration, library: library, manifest: manifest,
        interface: block.interface(in: configuration), isCancelled: isCancelled),
      options: options, run: 0, profile: stalls.profile, seed: seed, command: command
    ).explain(self, rehearsal: rehearsedBeats.map(Rehearsal.beats), found: found)
  }
}
