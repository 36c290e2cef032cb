import Blocks
import Devices
import Lockstep
import Signals

/// Executes inputs on one thread: decodes, simulates, and says which features are new.
final class FuzzWorker {
  private let decoder: FuzzDecoder
  private let bench: CaseBench
  private let space: FuzzSpace
  private let feedback: FuzzFeedback
  private let arrayBins: ArrayBins
  private let blockGroups: Int
  private var blockBins: Bins
  private(set) var bins: Bins
  /// What the golden model said about batches that it was asked about ahead.
  private var answers: [Batch: Batch] = [:]

  /// What executing one input came to.
  struct Result: Sendable {
    /// Features that nobody had met when the epoch began.
    var new: [Int32] = []
    var findings: [Finding] = []
    var cycles = 0
    var transactions = 0
    var elements = 0
    /// Parts of which something had to be left out.
    var restrained = 0
    var isCancelled = false
  }

  init(_ space: FuzzSpace, bench: CaseBench, feedback: FuzzFeedback) {
    self.space = space
    self.bench = bench
    self.feedback = feedback
    decoder = FuzzDecoder(space)
    var groups: [Bins.Group] = []
    arrayBins = ArrayBins(space.interface, constants: space.constants, &groups)
    let own = space.block.binGroups(in: space.configuration)
    blockGroups = own.count
    blockBins = Bins(own)
    bins = Bins(groups)
  }

  /// Counters that a search has to keep.
  var features: FuzzFeatures {
    FuzzFeatures(
      edges: feedback.contains(.edges) ? bench.library.counters?.count ?? 0 : 0,
      bins: feedback.contains(.bins) ? bins.filled.count + blockBins.filled.count : 0,
      stalls: feedback.contains(.bins) ? bench.occupancyBins : 0)
  }

  /// Groups of bins, those of the block last.
  var groups: [Bins.Group] { bins.groups + blockBins.groups }

  /// Executes an input.
  ///
  /// - Parameter seen: features that were met before, see ``FuzzFeatures``.
  func execute(
    _ input: FuzzInput, seen: UnsafeBufferPointer<UInt8>,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws -> Result {
    var result = Result()
    let (subject, prepared, restrained) = try prepare(input)
    result.restrained = restrained
    guard !prepared.isEmpty else { return result }
    let shown = try bench.run(subject, prepared, isCancelled: isCancelled)
    result.findings = shown.findings
    result.cycles = shown.cycles
    result.transactions = shown.transactions
    result.elements = shown.comparedElements
    result.isCancelled = shown.wasInterrupted
    guard !feedback.isEmpty else { return result }
    if feedback.contains(.bins) { fillBins(prepared) }
    result.new = features.new(
      counters: bench.library.counters, bins: bins.filled + blockBins.filled,
      stalls: shown.occupancy, seen: seen)
    return result
  }

  /// Beats that the device takes of each input while no output moves, as far as stimulus of the block fills it, 0
  /// for inputs that carry settings; empty where occupancy is not noted.
  func rooms() throws -> [Int] {
    guard feedback.contains(.bins) else { return [] }
    let streams = space.interface.streams.filter { $0.direction == .output }
    let still = StallRecord(
      streams.reduce(into: [:]) { $0[$1.name] = [0, max(1, space.hangLimit / 8)] })
    let transactions = (0..<FuzzSpace.mostTransactions).map { [UInt32(1), UInt32($0)] }
    // A random batch as it is, see `FuzzSpace.base(_:)`.
    var (subject, prepared, _) = try prepare(FuzzInput([[], [0, 1, 0, 0]] + transactions))
    guard !prepared.isEmpty else { return [] }
    subject.stalls = StallPlan(.none, seed: 0, recorded: still)
    let taken = try bench.run(subject, prepared, isCancelled: { false }).takenAhead
    let data = space.interface.inputs.filter { $0.phase == .data }
    let rooms = Dictionary(zip(data.map(\.name), taken), uniquingKeysWith: { first, _ in first })
    return space.interface.streams.filter { $0.direction == .input }.map { rooms[$0.name] ?? 0 }
  }

  /// The case that an input stands for, as far as the golden model has answers.
  func decode(_ input: FuzzInput) throws -> Case { try prepare(input).subject }

  private func prepare(
    _ input: FuzzInput
  ) throws -> (subject: Case, prepared: [PreparedPart], restrained: Int) {
    var subject = decoder.plan(input)
    var prepared: [PreparedPart] = []
    var (restrained, transactions) = (0, 0)
    for segments in decoder.parts(of: input) where transactions < FuzzSpace.mostTransactions {
      for restraint in FuzzDecoder.Restraint.allCases {
        let part = decoder.part(
          segments, restraint: restraint, room: FuzzSpace.mostTransactions - transactions,
          origin: transactions)
        var asked = part
        asked.expected = answers[part.batch]
        guard let ready = try bench.prepare(asked, index: prepared.count) else {
          if restraint == .everything { try complain() }
          continue
        }
        if restraint != .none { restrained += 1 }
        transactions += part.batch.count
        prepared.append(ready)
        subject.parts.append(part)
        if space.keepsAnswers {
          subject.parts[subject.parts.count - 1].expected = ready.answer
        }
        break
      }
    }
    return (subject, prepared, restrained)
  }

  /// - Throws: the refusal of a golden model that is no part of this program. The block's own stimulus it has to
  ///   answer, as when a block is verified: that it does not is no limit of its domain.
  private func complain() throws {
    if let refusal = bench.refusal, case .external = refusal { throw refusal }
  }

  // MARK: - Golden models that are programs

  /// Asks the golden model about some inputs at once, where asking costs more than the answer.
  func foresee(_ inputs: ArraySlice<FuzzInput>) {
    guard space.isAskedOutside else { return }
    answers.removeAll(keepingCapacity: true)
    var groups: [[String: Tensor]: [Batch]] = [:]
    for input in inputs {
      var transactions = 0
      for segments in decoder.parts(of: input) where transactions < FuzzSpace.mostTransactions {
        let batch = decoder.part(
          segments, restraint: .none, room: FuzzSpace.mostTransactions - transactions,
          origin: transactions
        ).batch
        transactions += batch.count
        groups[batch.shared, default: []].append(batch)
      }
    }
    for batches in groups.values { ask(batches[...]) }
  }

  /// What is refused together is asked in halves; a single one is left to those who need it.
  private func ask(_ batches: ArraySlice<Batch>) {
    guard batches.count > 1, let joined = Batch(joining: batches) else { return }
    if let answer = try? space.block.golden(joined, in: space.configuration) {
      var first = 0
      for batch in batches {
        answers[batch] = answer.transactions(first..<first + batch.count)
        first += batch.count
      }
      return
    }
    let middle = batches.startIndex + batches.count / 2
    ask(batches[..<middle])
    ask(batches[middle...])
  }

  private func fillBins(_ parts: [PreparedPart]) {
    bins.clear()
    blockBins.clear()
    for part in parts {
      arrayBins.fill(&bins, batch: part.batch, answer: part.answer)
      if blockGroups > 0 {
        space.block.fillBins(
          &blockBins, for: part.batch, answer: part.answer, in: space.configuration)
      }
    }
  }
}

extension Batch {
  /// The transactions of some batches that have the same settings, in order.
  fileprivate init?(joining batches: ArraySlice<Batch>) {
    guard let first = batches.first else { return nil }
    var items = first.items
    for name in items.keys {
      for batch in batches.dropFirst() {
        guard let more = batch.items[name] else { return nil }
        for index in 0..<more.count { items[name]?.append(more[index]) }
      }
    }
    self.init(count: batches.reduce(0) { $0 + $1.count }, shared: first.shared, items: items)
  }
}
