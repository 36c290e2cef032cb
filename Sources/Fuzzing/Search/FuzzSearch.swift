import Blocks
import Devices
import Foundation
import Lockstep
import Signals
import Synchronization

/// The search in one configuration: a corpus that grows by epochs.
///
/// An epoch is a fixed number of inputs, made of the corpus as it was when the epoch began and executed by
/// all workers; what they met is put together in the order of the inputs. So nothing depends on their number.
final class FuzzSearch: @unchecked Sendable {
  // @unchecked: workers write to places of their own, and everything else is done between epochs.
  let configuration: Configuration
  private let space: FuzzSpace
  private let workers: [FuzzWorker]
  private let features: FuzzFeatures
  private let seen: UnsafeMutableBufferPointer<UInt8>
  private let seed: UInt64
  private let files: FuzzCorpus?
  /// Every input is new.
  private let isUniform: Bool
  private let isCancelled: @Sendable () -> Bool

  private struct Entry {
    var input: FuzzInput
    var cycles: Int
  }

  private var corpus: [Entry] = []
  /// Inputs from the disk and the block's corners that are still to be executed.
  private var waiting: [FuzzInput] = []
  /// Inputs to be executed one at a time, because a process died of one of them.
  private var suspects: [FuzzInput] = []
  private var epochs: UInt64 = 0
  /// Beats that the device takes of each input while no output moves, see ``FuzzWorker/rooms()``.
  private var rooms: [Int] = []
  private(set) var record: FuzzRecord

  /// Something wrong, and what shows it.
  struct Hit {
    var input: FuzzInput
    var findings: [Finding]
    /// Inputs executed in this configuration, this one included.
    var execution: Int
    var subject: Case
  }

  /// Inputs of an epoch.
  static let epoch = 64
  /// Tells the search apart from other uses of a seed.
  private static let stream: UInt32 = 0xF2

  /// - Parameters:
  ///   - libraries: one for each worker, with counters of its own.
  ///   - corpus: folder of this block and configuration; nothing is kept if nil.
  init(
    _ space: FuzzSpace, libraries: [DeviceLibrary], manifest: Manifest, feedback: FuzzFeedback,
    seed: UInt64, isUniform: Bool = false, corpus folder: String?,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    self.space = space
    configuration = space.configuration
    self.seed = seed
    self.isUniform = isUniform
    self.isCancelled = isCancelled
    workers = try libraries.map { library in
      FuzzWorker(
        space,
        bench: try CaseBench(
          space.block, in: space.configuration, library: library, manifest: manifest,
          notesOccupancy: feedback.contains(.bins)), feedback: feedback)
    }
    features = workers[0].features
    seen = .allocate(capacity: features.count)
    seen.initialize(repeating: 0)
    record = FuzzRecord(configuration: space.configuration)
    files = try folder.map(FuzzCorpus.init)
    if let files {
      suspects = try files.abandoned()
      let deadly = Set(files.deadly())
      record.deadly = deadly.map { "\(files.folder)/deadly/\($0.digest).input" }.sorted()
      suspects.removeAll { deadly.contains($0) }
      waiting = files.inputs().filter { !deadly.contains($0) && !suspects.contains($0) }
    }
    if !isUniform {
      rooms = try workers[0].rooms()
      let known = Set(waiting + suspects + (files?.deadly() ?? []))
      waiting += (space.cornerInputs() + space.extremeInputs()).filter { !known.contains($0) }
    }
    record.edges = features.edges
    record.groups = workers[0].groups.map { FuzzRecord.Group(name: $0.name, bins: $0.count) }
  }

  deinit {
    files?.end()
    seen.deallocate()
  }

  /// Executes the next inputs.
  ///
  /// - Parameter most: of them.
  /// - Returns: the first that shows something wrong.
  func advance(most: Int) throws -> Hit? {
    let (inputs, areStored) = next(most: most)
    try files?.begin(inputs)
    let results = try execute(inputs)
    for (index, input) in inputs.enumerated() {
      guard let result = results[index], !result.isCancelled else { break }
      record.executions += 1
      record.transactions += result.transactions
      record.elements += result.elements
      record.cycles += result.cycles
      record.restrained += result.restrained
      try keep(input, result, isStored: areStored)
      if !result.findings.isEmpty {
        // Kept whatever it met, so that a later run begins with it.
        try files?.add(input)
        return Hit(
          input: input, findings: result.findings, execution: record.executions,
          subject: try workers[0].decode(input))
      }
    }
    return nil
  }

  /// The next inputs, and whether they are files of the corpus.
  private func next(most: Int) -> (inputs: [FuzzInput], areStored: Bool) {
    if let suspect = suspects.first {
      suspects.removeFirst()
      return ([suspect], true)
    }
    if !waiting.isEmpty {
      let inputs = Array(waiting.prefix(most))
      waiting.removeFirst(inputs.count)
      return (inputs, true)
    }
    let all = corpus.map(\.input)
    defer { epochs += 1 }
    let inputs = (0..<min(most, FuzzSearch.epoch)).map { index in
      var generator = CounterGenerator(
        seed: seed, stream: FuzzSearch.stream, index: epochs << 8 | UInt64(index))
      let (kind, place) = (generator.next() % 4, generator.next())
      var mutator = FuzzMutator(generator, rooms: rooms)
      guard !isUniform, !all.isEmpty, kind > 0 else { return mutator.fresh() }
      // What was found last is changed most.
      let recent = max(1, all.count / 4)
      let parent =
        kind == 1 ? all.count - 1 - Int(place % UInt64(recent)) : shorter(of: place)
      return mutator.changed(all[parent], corpus: all)
    }
    return (inputs, false)
  }

  /// Of two inputs of the corpus the one that takes fewer cycles, so that inputs do not grow and grow.
  private func shorter(of draw: UInt64) -> Int {
    let count = UInt64(corpus.count)
    let (first, second) = (Int(draw % count), Int((draw >> 32) % count))
    return corpus[second].cycles < corpus[first].cycles ? second : first
  }

  private func execute(_ inputs: [FuzzInput]) throws -> [FuzzWorker.Result?] {
    let taken = Atomic(0)
    // A program as golden model is asked about several inputs at once.
    let step = space.isAskedOutside ? FuzzSearch.epoch / 4 : 1
    /// The first input that showed something: later ones are not needed.
    let first = Atomic(Int.max)
    let shares = try concurrently(workers.count, jobs: workers.count) { worker in
      var share: [(Int, FuzzWorker.Result)] = []
      while !self.isCancelled() {
        let start = taken.add(step, ordering: .relaxed).oldValue
        guard start < inputs.count, start < first.load(ordering: .relaxed) else { break }
        let range = start..<min(start + step, inputs.count)
        self.workers[worker].foresee(inputs[range])
        for index in range where !self.isCancelled() {
          guard index < first.load(ordering: .relaxed) else { break }
          let result = try self.workers[worker].execute(
            inputs[index], seen: UnsafeBufferPointer(self.seen), isCancelled: self.isCancelled)
          if !result.findings.isEmpty { first.min(index, ordering: .relaxed) }
          share.append((index, result))
        }
      }
      return share
    }
    var results = [FuzzWorker.Result?](repeating: nil, count: inputs.count)
    for (index, result) in shares.compactMap({ $0 }).joined() { results[index] = result }
    return results
  }

  /// Keeps an input that met something new.
  ///
  /// - Parameter isStored: it is a file of the corpus. Others may equal one, and meet nothing new for that
  ///   reason alone.
  private func keep(_ input: FuzzInput, _ result: FuzzWorker.Result, isStored: Bool) throws {
    var new = 0
    for feature in result.new where seen[Int(feature)] == 0 {
      seen[Int(feature)] = 1
      new += 1
    }
    guard new > 0 else {
      // All of it was met by smaller ones.
      if isStored && features.edges > 0 && features.bins > 0 { files?.remove(input) }
      return
    }
    record.features += new
    record.lastFind = record.executions
    corpus.append(Entry(input: input, cycles: result.cycles))
    record.corpus = corpus.count
    try files?.add(input)
  }

  /// The record with the bins that were filled, group by group.
  func finished() -> FuzzRecord {
    var result = record
    let edges = features.edges * FuzzFeatures.kinds
    for edge in 0..<features.edges {
      let first = edge * FuzzFeatures.kinds
      if (first..<first + FuzzFeatures.kinds).contains(where: { seen[$0] != 0 }) {
        result.edgesTaken += 1
      }
    }
    guard features.bins > 0 else {
      result.groups = []
      return result
    }
    var place = edges
    for index in result.groups.indices {
      let end = place + result.groups[index].bins
      result.groups[index].filled = (place..<end).count { seen[$0] != 0 }
      place = end
    }
    let stalls = place..<place + features.stalls
    result.groups.append(
      FuzzRecord.Group(
        name: "stall depth and occupancy", bins: stalls.count,
        filled: stalls.count { seen[$0] != 0 }))
    return result
  }
}
