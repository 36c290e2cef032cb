import Blocks
import Devices
import Foundation
import Signals

/// What is done about a failure before it is reported.
public struct ExplainerOptions: Sendable {
  public var limits: MinimisingLimits
  /// Folder for bundles and waves; nothing is written if nil.
  public var bundles: String?
  public var window: WindowLimits
  /// Runs of the minimal case that prove that it repeats.
  public var repetitions: Int
  /// Version of the harness, for fingerprints.
  public var tool: String

  public init(
    limits: MinimisingLimits = MinimisingLimits(), bundles: String? = nil,
    window: WindowLimits = WindowLimits(), repetitions: Int = 3, tool: String
  ) {
    self.limits = limits
    self.bundles = bundles
    self.window = window
    self.repetitions = repetitions
    self.tool = tool
  }
}

/// Looks into one failing shard: repeats it, makes it small, proves that it repeats, classifies it, stores
/// it.
struct Explainer {
  let runner: CaseRunner
  let options: ExplainerOptions
  /// The run of the outcome that fails.
  let run: Int
  let profile: StallProfile
  let seed: UInt64
  let command: String
  /// More of the workload, for minimising and classifying.
  var more: [Case.Part] = []
  /// What failed under other stalls, for classifying.
  var others: [Case] = []

  /// A case together with what a run of it showed.
  private struct Shown {
    var subject: Case
    var result: CaseRunner.Result

    func size(_ interface: Interface) -> CaseSize {
      subject.size(interface, beats: result.inputBeats)
    }
  }

  /// - Parameters:
  ///   - failing: the shard as it was run, with random stalls.
  ///   - rehearsal: the reset in mid-flight that it began with, if any.
  ///   - found: what it showed.
  /// - Returns: nil where the minimal case does not repeat as the original does.
  /// - Throws: errors of the golden model, and ``BundleError`` if nothing can be written.
  func explain(
    _ failing: Case, rehearsal: Rehearsal?, found: Finding
  ) throws -> Explanation? {
    let whole = try record(failing, rehearsal)
    guard let first = Symptom.telling(of: whole.result.findings), let symptom = Symptom(first)
    else { return unrepeated(whole, found) }
    let original = try truncate(whole, after: first, symptom)
    // Saved before anything else is tried, in case that a side dies of it.
    let saved = try save(original, original, symptom.finding(in: original.result.findings) ?? first)
    let minimiser = Minimiser(
      original.subject, symptom: symptom, profile: profile, runner: runner, limits: options.limits,
      more: more + failing.parts)
    minimiser.run()
    var minimal = Shown(subject: minimiser.best, result: try prover.run(minimiser.best))
    var shown = minimiser.symptom.finding(in: minimal.result.findings)
    // Tries give up sooner on a hang than real runs do.
    if shown == nil {
      minimal = original
      shown = symptom.finding(in: original.result.findings)
    }
    guard let finding = shown else { return nil }
    let repeated = try (0..<options.repetitions).filter { _ in
      try prover.run(minimal.subject).findings == minimal.result.findings
    }
    var explanation = describe(minimal, original, finding)
    explanation.errors = errors(original, first)
    explanation.classification = try Survey(
      runner: runner, more: more, others: others
    ).classify(
      whole.subject, whole.result.findings, first)
    explanation.minimising = minimiser.record
    explanation.reproduced = repeated.count
    explanation.window = try window(minimal.subject, finding)
    if let path = try save(minimal, original, finding) {
      explanation.files = Explanation.Files(bundle: path)
      try addWave(of: minimal.subject, finding, &explanation)
      if let saved, saved != path { try? FileManager.default.removeItem(atPath: saved) }
    }
    return explanation
  }

  /// A failure that did not happen again.
  private func unrepeated(_ whole: Shown, _ found: Finding) -> Explanation {
    let size = whole.size(runner.interface)
    return Explanation(
      run: run, finding: found, findings: whole.result.findings, isolation: nil, original: size,
      minimal: size, minimising: Minimising(end: .off, tries: 0, seconds: 0), reproduced: 0,
      repetitions: 1, stimulus: [], errors: [])
  }

  /// Runs the shard once more, with everything random written down.
  private func record(_ failing: Case, _ rehearsal: Rehearsal?) throws -> Shown {
    let result = try runner.run(failing, rehearsal: rehearsal)
    var subject = failing
    subject.stalls.recorded = result.stalls
    subject.rehearsedBeats = result.rehearsedBeats
    // An answer that golden gives too needs no file.
    for index in subject.parts.indices where subject.parts[index].expected != nil {
      let batch = subject.parts[index].batch
      let golden = try runner.block.golden(batch, in: runner.configuration)
      let response = try Response(golden, interface: runner.interface)
      if response.outputs.map(\.bytes) == result.chunks[index].response.outputs.map(\.bytes) {
        subject.parts[index].expected = nil
      }
    }
    return Shown(subject: subject, result: result)
  }

  /// Without what comes after the failing transaction, if it fails without it.
  private func truncate(
    _ whole: Shown, after finding: Finding, _ symptom: Symptom
  ) throws -> Shown {
    guard let transaction = finding.transaction,
      transaction + 1 < whole.subject.transactions
    else { return whole }
    var subject = whole.subject.keeping(Array(whole.subject.places.prefix(transaction + 1)))
    let result = try runner.run(subject)
    guard symptom.finding(in: result.findings) != nil else { return whole }
    subject.stalls.recorded = result.stalls
    return Shown(subject: subject, result: result)
  }

  /// Runs what must be run even after the user has asked for an end: short cases.
  private var prover: CaseRunner {
    CaseRunner(
      block: runner.block, configuration: runner.configuration, library: runner.library,
      manifest: runner.manifest, interface: runner.interface, isCancelled: { false })
  }

  /// Where the outputs of the transaction differ that failed first.
  private func errors(_ original: Shown, _ first: Finding) -> [ErrorMap] {
    let origins = original.subject.parts.flatMap(\.origins)
    guard let place = first.transaction, place < origins.count else { return [] }
    return original.result.errorMaps(
      of: place, origin: origins[place], interface: runner.interface)
  }

  private func describe(
    _ minimal: Shown, _ original: Shown, _ finding: Finding
  ) -> Explanation {
    let interface = runner.interface
    let history = minimal.subject.transactions - 1
    return Explanation(
      run: run, finding: finding, findings: minimal.result.findings,
      isolation: options.limits.seconds > 0
        ? (history == 0 ? .alone : .needsHistory(transactions: history)) : nil,
      original: original.size(interface), minimal: minimal.size(interface),
      minimising: Minimising(end: .off, tries: 0, seconds: 0), reproduced: 0,
      repetitions: options.repetitions, stimulus: contents(minimal.subject), errors: [])
  }

  /// The arrays of a small case.
  private func contents(_ subject: Case) -> [Explanation.Content] {
    let size = subject.parts.reduce(0) { sum, part in
      sum + part.batch.items.values.reduce(0) { $0 + $1.values.count }
    }
    guard size <= 64 else { return [] }
    var result: [Explanation.Content] = []
    var first = 0
    for part in subject.parts {
      for array in runner.interface.arrays where array.role == .input {
        if let tensor = part.batch.shared[array.name], tensor.values.count <= 16 {
          result.append(
            .init(array: array.name, transaction: nil, shape: tensor.shape, values: tensor.values))
        } else if let item = part.batch.items[array.name] {
          result += (0..<item.count).map {
            .init(
              array: array.name, transaction: first + $0, shape: item.shape(of: $0),
              values: item[$0].values)
          }
        }
      }
      first += part.batch.count
    }
    return result
  }

  private func window(_ subject: Case, _ finding: Finding) throws -> SignalWindow? {
    guard let cycle = finding.cycle else { return nil }
    var probe: WindowProbe?
    _ = try prover.run(subject, trail: options.window.after) { simulation in
      let made = WindowProbe(simulation, options.window.range(around: cycle))
      probe = made
      return [made]
    }
    return probe?.window(failingAt: cycle, on: finding.stream)
  }

  // MARK: - Files

  /// Writes the bundle.
  /// - Returns: its path; nil where none is wanted.
  private func save(_ minimal: Shown, _ original: Shown, _ finding: Finding) throws -> String? {
    guard let folder = options.bundles else { return nil }
    let interface = runner.interface
    var bundle = CaseBundle(
      record: BundleRecord(
        block: runner.block.name,
        manifest: runner.manifest.wiring == nil ? nil : runner.manifest.file,
        configuration: runner.configuration,
        fingerprints: Fingerprints(
          tool: options.tool, device: runner.library.contentKey,
          simulator: runner.library.simulator, interface: Fingerprints.of(interface),
          golden: Fingerprints.of(minimal.result.chunks)),
        command: command, seed: seed, profile: profile, finding: finding,
        minimal: CaseRecord(
          minimal.subject, size: minimal.size(interface), findings: minimal.result.findings),
        original: CaseRecord(
          original.subject, size: original.size(interface), findings: original.result.findings)),
      minimal: minimal.subject, original: original.subject)
    bundle.answers = minimal.result.answers(interface)
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw BundleError.cannotWrite(path: folder, reason: error.localizedDescription)
    }
    let path = folder + "/" + bundle.fileName
    try bundle.write(to: path)
    return path
  }

  private func addWave(
    of subject: Case, _ finding: Finding, _ explanation: inout Explanation
  ) throws {
    guard runner.library.canTrace, let cycle = finding.cycle, let path = explanation.files?.bundle
    else { return }
    let wave = String(path.dropLast(4)) + ".fst"
    _ = try prover.run(subject, trail: options.window.after) { simulation in
      [try WaveProbe(simulation, options.window.range(around: cycle), path: wave)]
    }
    explanation.files?.wave = wave
    explanation.files?.waveView = try WaveView.write(
      runner.interface, library: runner.library, manifest: runner.manifest, wave: wave,
      failingCycle: cycle)
  }
}

extension CaseRunner.Result {
  /// Outputs as expected and as observed, part by part.
  func answers(_ interface: Interface) -> [CaseBundle.Answer] {
    var result = chunks.map { chunk in
      CaseBundle.Answer(expected: chunk.expected.items, observed: chunk.expected.items)
    }
    let before = chunks.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.batch.count) }
    for (index, stream) in interface.outputs.enumerated() {
      for field in stream.fields.indices {
        guard
          let seen = Observation(self, interface: interface, stream: index, field: field)
        else { continue }
        for beat in seen.beats where beat.isWrong {
          guard let part = before.lastIndex(where: { $0 <= beat.transaction }), part < chunks.count,
            let item = chunks[part].expected.items[seen.array.name]
          else { continue }
          let start = item.range(of: beat.transaction - before[part]).lowerBound
          for (place, value) in zip(beat.places, beat.observed) {
            result[part].observed[seen.array.name]?.values[start + place] = value
          }
        }
      }
    }
    for index in result.indices {
      let outputs = Set(interface.arrays.filter { $0.role == .output }.map(\.name))
      result[index].expected = result[index].expected.filter { outputs.contains($0.key) }
      result[index].observed = result[index].observed.filter { outputs.contains($0.key) }
    }
    return result
  }
}
