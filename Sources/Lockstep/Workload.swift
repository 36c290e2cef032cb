public import Blocks
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
