public import Blocks
import Devices
public import Signals

/// Where the transactions of a run come from.
///
/// A workload is cut into chunks (batches), and chunks into shards, each simulated from reset by itself.
/// The cut depends on the workload alone, so that results do not depend on the number of workers.
public struct Workload: Sendable {
  /// One batch and, where the caller has it, the answer that it wants (else golden's).
  public struct Part: Sendable {
    public var batch: Batch
    public var expected: Batch?
    public init(batch: Batch, expected: Batch? = nil) {
      self.batch = batch
      self.expected = expected
    }
  }

  /// What the transactions are, in words, for reports.
  public var summary: String
  /// Transactions of each chunk.
  public var transactions: [Int]
  public var chunksPerShard: Int
  /// Leading chunks that are a shard each: what goes wrong just after reset shows there.
  public var singleChunks: Int
  /// Makes chunk *i*; must be a pure function of *i*.
  package let part: @Sendable (Int) throws -> Part

  /// - Parameters:
  ///   - transactions: of each chunk; chunks without any are left out.
  ///   - chunksPerShard: 1 or more.
  ///   - singleChunks: leading chunks that are a shard each.
  ///   - part: makes chunk *i*, the same one whenever it is asked.
  public init(
    summary: String, transactions: [Int], chunksPerShard: Int, singleChunks: Int = 0,
    part: @escaping @Sendable (Int) throws -> Part
  ) {
    precondition(chunksPerShard > 0 && singleChunks >= 0)
    let kept = transactions.indices.filter { transactions[$0] > 0 }
    self.summary = summary
    self.transactions = kept.map { transactions[$0] }
    self.chunksPerShard = chunksPerShard
    self.singleChunks = min(singleChunks, kept.count)
    self.part = { try part(kept[$0]) }
  }

  public var chunkCount: Int { transactions.count }

  var shardCount: Int {
    singleChunks + (chunkCount - singleChunks + chunksPerShard - 1) / chunksPerShard
  }

  func chunks(ofShard shard: Int) -> Range<Int> {
    if shard < singleChunks { return shard..<shard + 1 }
    let first = singleChunks + (shard - singleChunks) * chunksPerShard
    return first..<min(first + chunksPerShard, chunkCount)
  }

  /// Corners, then random transactions until there are `count` of these. Each batch of corners begins
  /// after a reset of its own.
  public static func directedAndRandom(
    _ block: any Block, in configuration: Configuration, seed: UInt64, count: Int
  ) -> Workload {
    let corners = block.corners(in: configuration)
    // How many transactions a random batch has is the block's choice; ask until there are enough.
    var indices: [(index: Int, transactions: Int)] = []
    var missing = count
    while missing > 0 {
      let size = block.transactionCount(seed: seed, index: indices.count, in: configuration)
      precondition(size > 0, "\(block.name) has a stimulus without transactions")
      indices.append((indices.count, min(size, missing)))
      missing -= size
    }
    let random = indices
    let directed = corners.reduce(0) { $0 + $1.count }
    return Workload(
      summary: "\(directed) corner and \(count) random "
        + (directed + count == 1 ? "transaction" : "transactions"),
      transactions: corners.map(\.count) + random.map(\.transactions), chunksPerShard: 8,
      singleChunks: corners.count
    ) { chunk in
      if chunk < corners.count { return Part(batch: corners[chunk]) }
      let (index, transactions) = random[chunk - corners.count]
      let batch = block.stimulus(seed: seed, index: index, in: configuration)
      return Part(
        batch: transactions < batch.count ? batch.transactions(0..<transactions) : batch)
    }
  }

  /// The transactions of one batch, in order, all in one simulation.
  ///
  /// - Parameter settings: arrays of which each transaction may have its own, but which change only while
  ///   none is in flight.
  public static func whole(
    _ batch: Batch, expected: Batch? = nil, summary: String, settings: [String] = []
  ) -> Workload {
    let size = 128
    let own = settings.compactMap { batch.items[$0] }
    var starts = [0]
    for transaction in stride(from: 1, to: batch.count, by: 1) {
      let changes = own.contains { $0[transaction].values != $0[transaction - 1].values }
      if changes || transaction - starts[starts.count - 1] == size { starts.append(transaction) }
    }
    let ends = starts.dropFirst() + [batch.count]
    let ranges = zip(starts, ends).map { $0..<$1 }
    return Workload(
      summary: summary, transactions: ranges.map(\.count), chunksPerShard: max(ranges.count, 1)
    ) { index in
      let range = ranges[index]
      return Part(
        batch: batch.transactions(range), expected: expected.map { $0.transactions(range) })
    }
  }
}

/// A chunk ready to be driven: inputs and expected outputs as beats, at addresses that do not move.
final class Chunk: @unchecked Sendable {
  // @unchecked: the memory behind `runs` is written in `init` only.
  let index: Int
  let batch: Batch
  /// The answer that the outputs are compared with.
  let expected: Batch
  let stimulus: Stimulus
  let response: Response
  let work: Work
  /// CRC-32 of every output stream's expected beats.
  let digests: [UInt32]
  /// Elements that the outputs carry.
  let elements: [Int]
  /// The memory that it takes, about.
  let byteCount: Int
  /// What taps should show.
  let taps: [Beats]
  /// Whether the values of each tap fit its signal.
  let holdsTap: [Bool]
  /// The golden values of each tap.
  private let tapItems: [RaggedTensor?]
  /// Which bits of each tap's beats are compared; nil for all.
  private let tapMasks: [BeatRun?]
  private let runs: [[BeatRun]]

  /// The beats of one stream in memory.
  struct BeatRun {
    let base: UnsafeRawPointer
    let count: Int

    init(_ beats: Beats) { self.init(beats.bytes, count: beats.count) }

    init(_ bytes: [UInt8], count: Int) {
      let memory = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 8), alignment: 8)
      bytes.withUnsafeBytes { bytes in
        if let source = bytes.baseAddress {
          memory.copyMemory(from: source, byteCount: bytes.count)
        }
      }
      base = UnsafeRawPointer(memory)
      self.count = count
    }
  }

  /// - Parameter changed: expected beats in the place of those of the answer.
  init(
    index: Int, part: Workload.Part, block: any Block, configuration: Configuration,
    interface: Interface, taps plans: [TapPlan] = [], filler: UInt64,
    outputs changed: [Beats]? = nil
  ) throws {
    let stimulus = try Stimulus(
      block.derived(part.batch, in: configuration), interface: interface,
      filler: filler &+ UInt64(index))
    let expected: Batch
    if let given = part.expected {
      expected = given
    } else {
      expected = try block.golden(part.batch, in: configuration)
    }
    try Chunk.checkCounts(of: expected, to: part.batch, block: block, interface: interface)
    var response = try Response(expected, interface: interface)
    if let changed { response.outputs = changed }
    var answer = expected
    if plans.contains(where: { answer.items[$0.stream.name] == nil }) {
      answer = try block.golden(part.batch, in: configuration)
    }
    // Several taps may come in one order.
    var schedules: [String: Schedule] = [:]
    for case let order? in plans.map(\.order) where schedules[order.name] == nil {
      schedules[order.name] = order.schedule(part.batch)
    }
    taps = try plans.map { plan in
      try Beats(
        plan.stream, batch: answer, interface: interface, filler: 0,
        schedule: plan.order.flatMap { schedules[$0.name] })
    }
    tapMasks = zip(plans, taps).map { plan, beats in
      plan.tap.absentIsZero ? nil : beats.significantBits().map { BeatRun($0, count: beats.count) }
    }
    holdsTap = plans.map { $0.holds(answer) }
    tapItems = plans.map { answer.items[$0.stream.name] }
    self.index = index
    batch = part.batch
    self.expected = expected
    self.stimulus = stimulus
    self.response = response
    work = block.work(part.batch, in: configuration)
    digests = response.outputs.map { Digest.of($0.bytes) }
    elements = response.outputs.map { Chunk.elements($0, expected) }
    runs = [
      stimulus.data.map(BeatRun.init), stimulus.configuration.map(BeatRun.init),
      response.outputs.map(BeatRun.init), taps.map(BeatRun.init),
    ]
    byteCount =
      2
      * (stimulus.data.size + stimulus.configuration.size + response.outputs.size
        + 2 * taps.size)
      + 8 * tapItems.reduce(0) { $0 + ($1?.valueCount ?? 0) }
      + 8 * batch.items.values.reduce(0) { $0 + $1.valueCount }
  }

  deinit {
    for run in runs.joined() { run.base.deallocate() }
    for case let mask? in tapMasks { mask.base.deallocate() }
  }

  func run(_ role: ChannelRole, _ index: Int) -> BeatRun {
    switch role {
    case .data: runs[0][index]
    case .table: runs[1][index]
    case .output: runs[2][index]
    }
  }

  func tapRun(_ index: Int) -> BeatRun { runs[3][index] }

  /// The bits of a tap's beats that are compared, laid out like the beats; nil for all.
  func tapMask(_ index: Int) -> UnsafeRawPointer? { tapMasks[index]?.base }

  /// The golden values of a tap in one transaction.
  func tapValues(_ index: Int, transaction: Int) -> ArraySlice<Int64> {
    guard let item = tapItems[index] else { return [] }
    return item.values[item.range(of: transaction)]
  }

  func beats(_ role: ChannelRole, _ index: Int) -> Beats {
    switch role {
    case .data: stimulus.data[index]
    case .table: stimulus.configuration[index]
    case .output: response.outputs[index]
    }
  }

  /// Whether it can follow `other` without draining the device and changing its settings.
  func hasSettings(of other: Chunk) -> Bool {
    stimulus.settings == other.stimulus.settings
      && stimulus.configuration.map(\.bytes) == other.stimulus.configuration.map(\.bytes)
  }

  /// Holds an answer that is given element by element to as many elements as the transaction has: what stands
  /// in a beat that is not full is not compared, so that one more or one less could pass.
  ///
  /// - Throws: ``LockstepError/answerCount(block:array:transaction:expected:found:)``.
  private static func checkCounts(
    of answer: Batch, to batch: Batch, block: any Block, interface: Interface
  ) throws(LockstepError) {
    guard case .chunks(let axis, _) = interface.batching else { return }
    func arrays(_ role: ArraySpecification.Role) -> [ArraySpecification] {
      interface.arrays.filter { $0.role == role && $0.axes == [axis] }
    }
    guard let input = arrays(.input).lazy.compactMap({ batch.items[$0.name] }).first,
      input.count == batch.count
    else { return }
    for array in arrays(.output) {
      guard let output = answer.items[array.name] else { continue }
      for transaction in 0..<min(input.count, output.count) {
        let (expected, found) = (
          input.range(of: transaction).count, output.range(of: transaction).count
        )
        guard expected != found else { continue }
        throw .answerCount(
          block: block.name, array: array.name, transaction: transaction, expected: expected,
          found: found)
      }
    }
  }
}

extension [Beats] {
  /// Bytes of all beats.
  fileprivate var size: Int { reduce(0) { $0 + $1.bytes.count } }
}
