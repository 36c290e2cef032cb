public import Blocks
public import Devices
import Foundation
import Signals

/// Runs the minimal case of a bundle again.
public struct Replay: Sendable {
  public var bundle: CaseBundle
  public var block: any Block
  public var library: DeviceLibrary
  public var manifest: Manifest
  public var isCancelled: @Sendable () -> Bool

  /// - Parameters:
  ///   - block: the golden model that the bundle names.
  ///   - library: a device with the bundle's parameters.
  public init(
    _ bundle: CaseBundle, block: any Block, library: DeviceLibrary, manifest: Manifest,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.bundle = bundle
    self.block = block
    self.library = library
    self.manifest = manifest
    self.isCancelled = isCancelled
  }

  /// What replaying came to.
  public struct Result: Sendable, Codable {
    /// Runs in which nothing was found.
    public var agreeing = 0
    /// Runs with the bundle's finding, in place and values.
    public var repeating = 0
    /// Runs with other findings.
    public var differing = 0
    /// What the first run that found anything found.
    public var findings: [Finding] = []
    /// What has changed since the bundle was written.
    public var differences: [FingerprintDifference] = []
    public var window: SignalWindow?
    public var waveView: String?

    public var runs: Int { agreeing + repeating + differing }
    /// Whether every run agreed.
    public var agrees: Bool { runs > 0 && agreeing == runs }
  }

  /// Runs the minimal case some times, from a new device each.
  ///
  /// - Parameters:
  ///   - times: 1 or more.
  ///   - wave: where to write a waveform of the window around the failure, with a save file for GTKWave
  ///     beside it.
  ///   - isForced: run even where the golden model or the interface has changed.
  /// - Throws: ``BundleError/otherFingerprints(path:differences:)``; errors of the golden model and of
  ///   the device's pins.
  public func run(
    times: Int = 1, wave: String? = nil, window: WindowLimits = WindowLimits(),
    isForced: Bool = false, path: String = ""
  ) throws -> Result {
    let interface = try block.interface(in: bundle.record.configuration)
    try bundle.check(interface, path: path)
    let runner = CaseRunner(
      block: block, configuration: bundle.record.configuration, library: library,
      manifest: manifest, interface: interface, isCancelled: isCancelled)
    var result = Result()
    let cycle = bundle.record.finding.cycle ?? 0
    for index in 0..<times where !isCancelled() {
      let range = window.range(around: cycle)
      var seen: WindowProbe?
      let run = try runner.run(bundle.minimal, trail: window.after) { simulation in
        guard index == 0 else { return [] }
        let probe = WindowProbe(simulation, range)
        seen = probe
        let waves = try wave.map { [try WaveProbe(simulation, range, path: $0)] } ?? []
        return [probe] + waves
      }
      if index == 0 {
        result.differences = differences(interface, run.chunks)
        let forbidding = result.differences.filter(\.forbidsReplay)
        if !isForced && !forbidding.isEmpty {
          throw BundleError.otherFingerprints(path: path, differences: forbidding)
        }
        result.window = seen?.window(failingAt: cycle, on: bundle.record.finding.stream)
        if let wave {
          result.waveView = try WaveView.write(
            interface, library: library, manifest: manifest, wave: wave, failingCycle: cycle)
        }
      }
      if run.findings.isEmpty {
        result.agreeing += 1
      } else if run.findings.contains(bundle.record.finding) {
        result.repeating += 1
      } else {
        result.differing += 1
      }
      if result.findings.isEmpty { result.findings = run.findings }
    }
    return result
  }

  /// What has changed since the bundle was written.
  private func differences(_ interface: Interface, _ chunks: [Chunk]) -> [FingerprintDifference] {
    let then = bundle.record.fingerprints
    let now = Fingerprints(
      tool: then.tool, device: library.contentKey, simulator: library.simulator,
      interface: Fingerprints.of(interface), golden: Fingerprints.of(chunks))
    let pairs: [(FingerprintDifference.Subject, String, String)] = [
      (.interface, then.interface, now.interface), (.golden, then.golden, now.golden),
      (.device, then.device, now.device), (.simulator, then.simulator, now.simulator),
    ]
    return pairs.filter { $0.1 != $0.2 }.map {
      FingerprintDifference(subject: $0, recorded: $1, found: $2)
    }
  }

  /// The bundle as a test: one run of the minimal case, held against the golden model of today.
  ///
  /// - Parameters:
  ///   - path: of the bundle, for people.
  ///   - command: repeats it.
  public func outcome(path: String, command: String) throws -> Outcome {
    let start = ContinuousClock.now
    let interface = try block.interface(in: bundle.record.configuration)
    try bundle.check(interface, path: path)
    let runner = CaseRunner(
      block: block, configuration: bundle.record.configuration, library: library,
      manifest: manifest, interface: interface, isCancelled: isCancelled)
    let run = try runner.run(bundle.minimal)
    let profile = bundle.record.profile
    let executed = ExecutedRun(
      RunPlan(profile: profile, initialState: 0, rehearsed: nil), shards: [run.shard], of: 1)
    var outcome = Outcome(
      block: block.name, configuration: bundle.record.configuration, device: library.contentKey,
      seed: bundle.record.seed, workload: "regression \(path)", command: command,
      runs: [executed.run], findings: [], wasInterrupted: executed.wasInterrupted,
      seconds: Seconds())
    if !outcome.wasInterrupted && run.shard.findings.isEmpty && executed.run.comparedBeats == 0 {
      outcome.runs[0].findings.append(.vacuous(.nothingCompared))
    }
    outcome.seconds.total = (ContinuousClock.now - start).seconds
    return outcome
  }
}

extension CaseBundle {
  /// Checks that the arrays are the block's and in range.
  ///
  /// - Throws: ``BundleError/damaged(path:reason:)``.
  func check(_ interface: Interface, path: String) throws(BundleError) {
    let inputs = interface.arrays.filter { $0.role == .input }
    for part in minimal.parts {
      for specification in inputs {
        let name = specification.name
        guard let values = part.batch.items[name]?.values ?? part.batch.shared[name]?.values else {
          throw .damaged(path: path, reason: "it has no array '\(name)', which the block reads")
        }
        if let bad = values.first(where: { !specification.range.contains($0) }) {
          throw .damaged(
            path: path, reason: "\(name) holds \(bad), outside \(specification.range)")
        }
      }
      let names = Set(part.batch.items.keys).union(part.batch.shared.keys)
      for name in names.sorted() where !inputs.contains(where: { $0.name == name }) {
        throw .damaged(
          path: path, reason: "it has an array '\(name)', which the block does not know")
      }
    }
  }
}
