public import Blocks
public import Devices
import Foundation
public import Lockstep
public import Signals

/// What a sweep found.
public struct SweepOutcome: Sendable, Codable {
  public var block: String
  public var configuration: Configuration
  /// The command that repeats it.
  public var command: String
  /// The input that takes every value, and its bits.
  public var input: String
  public var bits: Int
  /// Every value of the input was driven, for every set of constants; otherwise some out of each
  /// of up to 65,536 equal parts.
  public var isExhaustive: Bool
  /// The sets: every other input, by name.
  public var constants: [[String: Int64]]
  /// For each set the inputs that have an answer, and how many values of these are driven.
  public var domains: [ClosedRange<Int64>]
  public var inputs: [Int]
  /// The sets with which some inputs have no answer.
  public var restricted: [Int]
  /// Elements that were compared, in this run and in earlier ones that it goes on from.
  public var compared = 0
  public var mismatchedBeats = 0
  /// The first thing that went wrong, with the set of constants and the input at which it did.
  public var findings: [SweepFinding] = []
  public var wasInterrupted = false
  public var seconds = 0.0

  public var agrees: Bool {
    findings.isEmpty && !wasInterrupted && compared == inputs.reduce(0, +) && compared > 0
  }

  /// What has been shown, in one sentence.
  public var statement: String {
    let driven = isExhaustive ? "all" : "\(inputs.max() ?? 0) of"
    let part = "\(driven) 2^\(bits) inputs" + (isExhaustive ? "" : " (stratified)")
    var sets = "\(constants.count) \(constants.count == 1 ? "set" : "sets") of constants"
    if !restricted.isEmpty {
      sets += ", with \(restricted.count) of them those inputs that have an answer"
    }
    let rest =
      findings.isEmpty
      ? "\(mismatchedBeats) mismatches" : "\(findings.count) of the sets disagree"
    return "\(part), \(sets), \(rest)" + (wasInterrupted ? ", interrupted" : "")
  }
}

/// What went wrong for one set of constants.
public struct SweepFinding: Sendable, Codable {
  /// Index of the set.
  public var set: Int
  /// The value of the input; nil where the finding has no place.
  public var input: Int64?
  public var finding: Finding
}

/// Drives every value of a scalar unit's main input through its RTL and compares it with golden.
///
/// All other inputs stay constant; a sweep has several sets of these, drawn as the block's random stimulus
/// draws them. With some of them not every input has an answer, as where a shift to the left leaves
/// 32 bits: those that have one are driven. An input of more bits than the limit is stratified.
public struct Sweep: Sendable {
  public var block: any Block
  public var configuration: Configuration
  public var library: DeviceLibrary
  public var manifest: Manifest
  public var seed: UInt64
  /// Sets of constants.
  public var sets: Int
  /// Bits of an input up to which every value is driven.
  public var limit: Int
  public var jobs: Int
  public var command: String
  /// Where finished parts are noted, and what they depend on besides the device; nil for no notes.
  public var notes: (path: String, harness: String)?
  public var isCancelled: @Sendable () -> Bool
  public var progress: @Sendable (String) -> Void

  public init(
    _ block: any Block, in configuration: Configuration, library: DeviceLibrary,
    manifest: Manifest, seed: UInt64 = 1, sets: Int = 16, limit: Int = 24, jobs: Int = 1,
    command: String, notes: (path: String, harness: String)? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.block = block
    self.configuration = configuration
    self.library = library
    self.manifest = manifest
    self.seed = seed
    self.sets = sets
    self.limit = limit
    self.jobs = jobs
    self.command = command
    self.notes = notes
    self.isCancelled = isCancelled
    self.progress = progress
  }

  /// Elements of a transaction, and transactions of a batch.
  private static let length = 1024
  private static let batch = 8

  /// Values of one verification, of so many; finished ones are noted.
  private static func slice(of count: Int) -> Int { min(max(1 << 20, count / 64), 1 << 24) }

  /// - Throws: ``FuzzingError/notScalar(block:)``, and what a verification throws.
  public func run() throws -> SweepOutcome {
    let start = ContinuousClock.now
    let interface = try block.interface(in: configuration)
    guard case .chunks = interface.batching,
      let main = interface.arrays.first(where: { $0.role == .input })
    else { throw FuzzingError.notScalar(block: block.name) }
    let sets = try constantSets(main, interface)
    var outcome = SweepOutcome(
      block: block.name, configuration: configuration, command: command, input: main.name,
      bits: main.format.width, isExhaustive: sets.allSatisfy(\.inputs.isExhaustive),
      constants: sets.map(\.values), domains: sets.map(\.inputs.range),
      inputs: sets.map(\.inputs.count),
      restricted: sets.indices.filter { sets[$0].inputs.range != main.range })
    let record = notes.map { SweepNotes(path: $0.path, key: "\(library.contentKey) \($0.harness)") }
    let total = outcome.inputs.reduce(0, +)
    sets: for (index, set) in sets.enumerated() {
      let values = set.inputs
      let slice = Sweep.slice(of: values.count)
      for first in stride(from: 0, to: values.count, by: slice) {
        let range = first..<min(first + slice, values.count)
        let note = "\(seed) \(limit) \(index) \(first)"
        if record?.contains(note) == true {
          outcome.compared += range.count
          continue
        }
        let done = outcome.inputs[..<index].reduce(first, +)
        let percent = 100 * done / max(1, total)
        progress("\(block.name): \(percent) %, set \(index + 1) of \(sets.count)")
        var part = try verify(set, range, main: main.name, taps: false)
        if !part.agrees && !part.wasInterrupted {
          // Once more, to say where it begins.
          let located = try verify(set, range, main: main.name, taps: true)
          if !located.agrees { part = located }
        }
        outcome.compared += part.runs.first?.comparedElements ?? 0
        outcome.mismatchedBeats += part.runs.first?.mismatchedBeats ?? 0
        if part.wasInterrupted {
          outcome.wasInterrupted = true
          break sets
        }
        if let finding = part.runs.first?.findings.first ?? part.findings.first {
          outcome.findings.append(place(finding, index, values, range))
          continue sets
        }
        try record?.add(note)
      }
    }
    outcome.seconds = (ContinuousClock.now - start) / .seconds(1)
    return outcome
  }

  /// - Parameter taps: look at signals inside the device, too: what a sweep states is about its outputs.
  private func verify(
    _ set: Constants, _ range: Range<Int>, main: String, taps: Bool
  ) throws -> Outcome {
    let values = set.inputs
    let perChunk = Sweep.length * Sweep.batch
    let starts = Array(stride(from: range.lowerBound, to: range.upperBound, by: perChunk))
    let ends = starts.map { min($0 + perChunk, range.upperBound) }
    @Sendable func lengths(_ chunk: Int) -> [Int] {
      let count = ends[chunk] - starts[chunk]
      let whole = [Int](repeating: Sweep.length, count: count / Sweep.length)
      return count % Sweep.length == 0 ? whole : whole + [count % Sweep.length]
    }
    let workload = Workload(
      summary: "\(range.count) inputs", transactions: starts.indices.map { lengths($0).count },
      chunksPerShard: min(max(1, starts.count / 8), 64)
    ) { chunk in
      let inputs = values.values(starts[chunk]..<ends[chunk])
      return Workload.Part(
        batch: set.batch(main, RaggedTensor(rows: lengths(chunk), values: inputs)))
    }
    var manifest = manifest
    if !taps { (manifest.taps, manifest.stages) = ([], []) }
    return try Verification(
      block, in: configuration, library: library, manifest: manifest, workload: workload,
      seed: seed, profiles: [.none], jobs: jobs, command: command, isCancelled: isCancelled
    ).run()
  }

  private func place(
    _ finding: Finding, _ set: Int, _ values: SweepValues, _ range: Range<Int>
  ) -> SweepFinding {
    var input: Int64?
    if case .mismatch(let mismatch) = finding, let element = mismatch.element {
      let position = range.lowerBound + mismatch.transaction * Sweep.length + element
      if range.contains(position) { input = values.value(position) }
    }
    return SweepFinding(set: set, input: input, finding: finding)
  }
}
