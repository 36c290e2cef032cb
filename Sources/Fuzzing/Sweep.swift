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
  /// Every value of the input was driven; otherwise some out of each of up to 65,536 equal
  /// parts.
  public var isExhaustive: Bool
  /// Values of the input for each set of constants.
  public var inputs: Int
  /// The sets: every other input, by name.
  public var constants: [[String: Int64]]
  /// Elements that were compared, in this run and in earlier ones that it goes on from.
  public var compared = 0
  public var mismatchedBeats = 0
  /// The first thing that went wrong, with the set of constants and the input at which it did.
  public var findings: [SweepFinding] = []
  public var wasInterrupted = false
  public var seconds = 0.0

  public var agrees: Bool {
    findings.isEmpty && !wasInterrupted && compared == inputs * constants.count && compared > 0
  }

  /// What has been shown, in one sentence.
  public var statement: String {
    let part = isExhaustive ? "all 2^\(bits) inputs" : "\(inputs) of 2^\(bits) inputs (stratified)"
    let sets = "\(constants.count) \(constants.count == 1 ? "set" : "sets") of constants"
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
/// draws them. Sets with which the golden model does not answer every input are left out. An input of more bits than the limit is stratified.
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

  /// Sets that are drawn for each one that is wanted, at most: some have a smaller domain.
  private static let candidates = 16

  /// Values of one verification, of so many; finished ones are noted.
  private static func slice(of count: Int) -> Int { min(max(1 << 20, count / 64), 1 << 24) }

  /// - Throws: ``FuzzingError/notScalar(block:)``, and what a verification throws.
  public func run() throws -> SweepOutcome {
    let start = ContinuousClock.now
    let interface = try block.interface(in: configuration)
    guard case .chunks = interface.batching,
      let main = interface.arrays.first(where: { $0.role == .input })
    else { throw FuzzingError.notScalar(block: block.name) }
    let values = SweepValues(main.range, limit: limit, seed: seed)
    let sets = try constantSets(main, interface)
    var outcome = SweepOutcome(
      block: block.name, configuration: configuration, command: command, input: main.name,
      bits: main.format.width, isExhaustive: values.isExhaustive, inputs: values.count,
      constants: sets.map(\.values))
    let record = notes.map { SweepNotes(path: $0.path, key: "\(library.contentKey) \($0.harness)") }
    let slice = Sweep.slice(of: values.count)
    sets: for (index, set) in sets.enumerated() {
      for first in stride(from: 0, to: values.count, by: slice) {
        let range = first..<min(first + slice, values.count)
        let note = "\(seed) \(limit) \(index) \(first)"
        if record?.contains(note) == true {
          outcome.compared += range.count
          continue
        }
        let done = index * values.count + first
        let percent = 100 * done / max(1, sets.count * values.count)
        progress("\(block.name): \(percent) %, set \(index + 1) of \(sets.count)")
        var part = try verify(set, values, range, main: main.name, taps: false)
        if !part.agrees && !part.wasInterrupted {
          // Once more, to say where it begins.
          let located = try verify(set, values, range, main: main.name, taps: true)
          if !located.agrees { part = located }
        }
        outcome.compared += part.runs.first?.comparedElements ?? 0
        outcome.mismatchedBeats += part.runs.first?.mismatchedBeats ?? 0
        if part.wasInterrupted {
          outcome.wasInterrupted = true
          break sets
        }
        if let finding = part.runs.first?.findings.first ?? part.findings.first {
          outcome.findings.append(place(finding, set: index, values, range))
          continue sets
        }
        try record?.add(note)
      }
    }
    outcome.seconds = (ContinuousClock.now - start) / .seconds(1)
    return outcome
  }

  /// One set of constants: what the first element of random stimulus `index` has beside its main input.
  private struct Constants: Sendable {
    var shared: [String: Tensor]
    var items: [String: Int64]
    var values: [String: Int64]
  }

  /// Sets with which the golden model answers the least and the greatest input.
  ///
  /// - Throws: what the golden model throws where there is none.
  private func constantSets(
    _ main: ArraySpecification, _ interface: Interface
  ) throws -> [Constants] {
    let ends = RaggedTensor(rows: [2], values: [main.range.lowerBound, main.range.upperBound])
    var found: [Constants] = []
    var refusal: BlockError?
    for index in 0..<sets * Sweep.candidates where found.count < sets {
      let set = constants(index, main: main.name, interface)
      do {
        _ = try block.golden(batch(set, main: main.name, ends), in: configuration)
        found.append(set)
      } catch {
        guard case .outsideDomain = error else { throw error }
        refusal = refusal ?? error
      }
    }
    if found.isEmpty, let refusal { throw refusal }
    return found
  }

  private func batch(_ set: Constants, main: String, _ x: RaggedTensor) -> Batch {
    var items = set.items.mapValues { RaggedTensor(like: x, fill: $0) }
    items[main] = x
    return Batch(count: x.count, shared: set.shared, items: items)
  }

  private func constants(_ index: Int, main: String, _ interface: Interface) -> Constants {
    let batch = block.stimulus(seed: seed, index: index, in: configuration)
    var result = Constants(shared: batch.shared, items: [:], values: [:])
    for (name, item) in batch.items where name != main {
      let value = item.values.first ?? 0
      result.values[name] = value
      // One value for all costs nothing to make.
      if interface.array(name)?.allowsScalar == true {
        result.shared[name] = Tensor(value)
      } else {
        result.items[name] = value
      }
    }
    for (name, tensor) in batch.shared {
      if let scalar = tensor.scalar { result.values[name] = scalar }
    }
    return result
  }

  /// - Parameter taps: look at signals inside the device, too: what a sweep states is about its outputs.
  private func verify(
    _ set: Constants, _ values: SweepValues, _ range: Range<Int>, main: String, taps: Bool
  ) throws -> Outcome {
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
        batch: batch(set, main: main, RaggedTensor(rows: lengths(chunk), values: inputs)))
    }
    var manifest = manifest
    if !taps { (manifest.taps, manifest.stages) = ([], []) }
    return try Verification(
      block, in: configuration, library: library, manifest: manifest, workload: workload,
      seed: seed, profiles: [.none], jobs: jobs, command: command, isCancelled: isCancelled
    ).run()
  }

  private func place(
    _ finding: Finding, set: Int, _ values: SweepValues, _ range: Range<Int>
  ) -> SweepFinding {
    var input: Int64?
    if case .mismatch(let mismatch) = finding, let element = mismatch.element {
      let position = range.lowerBound + mismatch.transaction * Sweep.length + element
      if range.contains(position) { input = values.value(position) }
    }
    return SweepFinding(set: set, input: input, finding: finding)
  }
}

/// The values that a sweep drives, in order.
struct SweepValues: Sendable {
  let count: Int
  let isExhaustive: Bool
  private let range: ClosedRange<Int64>
  private let seed: UInt64

  /// Equal parts of the range where not every value is driven.
  private let strata: Int
  private static let perStratum = 16

  init(_ range: ClosedRange<Int64>, limit: Int, seed: UInt64) {
    self.range = range
    self.seed = seed
    let size = UInt64(bitPattern: range.upperBound &- range.lowerBound)
    isExhaustive = limit >= 64 || size < (1 << UInt64(limit))
    strata = Int(max(1, min(1 << 16, size / UInt64(SweepValues.perStratum))))
    count = isExhaustive ? Int(size) + 1 : strata * SweepValues.perStratum
  }

  /// Values in a row.
  func values(_ indices: Range<Int>) -> [Int64] {
    guard isExhaustive else { return indices.map(value) }
    let first = range.lowerBound + Int64(indices.lowerBound)
    return [Int64](first..<first + Int64(indices.count))
  }

  /// Value `index`: all of them in order, or of each stratum its ends and others drawn from the seed.
  func value(_ index: Int) -> Int64 {
    if isExhaustive { return range.lowerBound + Int64(index) }
    let size = UInt64(bitPattern: range.upperBound &- range.lowerBound)
    let stratum = UInt64(index / SweepValues.perStratum)
    // The last stratum takes what is left over.
    let step = max(1, size / UInt64(strata))
    let first = stratum * step
    let last = stratum == UInt64(strata - 1) ? size : first + step - 1
    let offset: UInt64
    switch index % SweepValues.perStratum {
    case 0: offset = first
    case 1: offset = last
    default:
      var generator = CounterGenerator(seed: seed, stream: 10, index: UInt64(index))
      offset = first + generator.next() % (last - first + 1)
    }
    return range.lowerBound &+ Int64(bitPattern: offset)
  }
}

/// Finished parts of sweeps on disk; the file is replaced as a whole.
private final class SweepNotes {
  private struct Contents: Codable {
    var key: String
    var done: Set<String>
  }

  private let path: String
  private var contents: Contents

  init(path: String, key: String) {
    self.path = path
    let data = FileManager.default.contents(atPath: path)
    let known = data.flatMap { try? JSONDecoder().decode(Contents.self, from: $0) }
    contents = known.flatMap { $0.key == key ? $0 : nil } ?? Contents(key: key, done: [])
  }

  func contains(_ note: String) -> Bool { contents.done.contains(note) }

  func add(_ note: String) throws(FuzzingError) {
    contents.done.insert(note)
    do {
      let url = URL(fileURLWithPath: path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try JSONEncoder().encode(contents).write(to: url, options: .atomic)
    } catch {
      throw .file(path: path, attempt: "write", reason: error.localizedDescription)
    }
  }
}
