import Signals

/// The integer units that an attention block is made of.
protocol AttentionStages {
  /// A sum of q·k, requantised.
  func logit(_ sum: Int64) -> Int64

  /// Sets the probabilities of the row `range` of logits, 0 for those that are left out.
  func setProbabilities(
    _ range: Range<Int>, of logits: UnsafeBufferPointer<Int64>,
    _ probs: UnsafeMutableBufferPointer<Int64>, where isPresent: (Int) -> Bool)

  /// A sum of probs·v, requantised.
  func context(_ sum: Int64) -> Int64
}

extension Attention {
  /// The context of every head and its intermediate values.
  ///
  /// - Throws: ``BlockError/outsideDomain(block:transaction:limit:found:)`` for extents that the
  ///   configuration does not hold.
  static func golden(
    _ batch: Batch, in configuration: Configuration, block: String, _ stages: some AttentionStages
  ) throws(BlockError) -> Batch {
    let heads = AttentionHeads(batch)
    try check(heads, in: configuration, block: block)
    var answer = Answer()
    heads.forEach { answer.append($1, stages) }
    return batch.answer(answer.items)
  }

  private static func check(
    _ heads: AttentionHeads, in configuration: Configuration, block: String
  ) throws(BlockError) {
    let (tokens, dimension, depth) = (
      configuration["MaxTokens"], configuration["MaxDimension"], configuration["Depth"]
    )
    for index in 0..<heads.count {
      let head = heads.extents(of: index)
      func require(_ holds: Bool, _ limit: String, _ found: Int) throws(BlockError) {
        if holds { return }
        throw .outsideDomain(block: block, transaction: index, limit: limit, found: "\(found)")
      }
      try require(
        (1...tokens).contains(head.tokens), "a head has 1 to MaxTokens = \(tokens) tokens",
        head.tokens)
      try require(
        (1...head.tokens).contains(head.queries),
        "a head of \(head.tokens) tokens has 1 to \(head.tokens) queries", head.queries)
      try require(
        (1...dimension).contains(head.dimension) && head.dimension % depth == 0,
        "the dimension is a multiple of Depth = \(depth), at most MaxDimension = \(dimension)",
        head.dimension)
    }
  }

  /// Outputs and taps in the making.
  private struct Answer {
    private var context = RaggedTensor(rank: 2)
    private var visible = RaggedTensor(rank: 2)
    private var dots = RaggedTensor(rank: 2)
    private var logits = RaggedTensor(rank: 2)
    private var probs = RaggedTensor(rank: 2)
    private var acc = RaggedTensor(rank: 2)

    var items: [String: RaggedTensor] {
      [
        "context": context, "visible": visible, "dots": dots, "logits": logits, "probs": probs,
        "acc": acc,
      ]
    }

    mutating func append(_ head: AttentionHead, _ stages: some AttentionStages) {
      let sums = IntegerProduct.multiply(
        NarrowMatrix(rows: head.queries, columns: head.dimension, values: head.q),
        NarrowMatrix(rows: head.tokens, columns: head.dimension, values: head.k))
      let (seen, dots) = Answer.pairs(head, sums)
      let (logits, probs) = Filled.two(count: sums.count) { logits, probs in
        for query in 0..<head.queries {
          let row = query * head.tokens..<(query + 1) * head.tokens
          Answer.fill(
            head.visible(to: query), sums[row],
            UnsafeMutableBufferPointer(rebasing: logits[row]),
            UnsafeMutableBufferPointer(rebasing: probs[row]), stages)
        }
      }
      let acc = probs.withUnsafeBufferPointer {
        IntegerProduct.multiply(
          NarrowMatrix(rows: head.queries, columns: head.tokens, values: $0),
          NarrowMatrix(transposing: head.v, rows: head.dimension, columns: head.tokens)
        ).map { Int64($0) }
      }
      let scores = [head.queries, head.tokens]
      let values = [head.queries, head.dimension]
      visible.append(shape: scores, values: seen)
      self.dots.append(shape: scores, values: dots)
      self.logits.append(shape: scores, values: logits)
      self.probs.append(shape: scores, values: probs)
      self.acc.append(shape: values, values: acc)
      context.append(shape: values, values: Answer.context(acc, head, stages))
    }

    /// Which pairs are visible, and the sums of those, 0 at others.
    private static func pairs(
      _ head: AttentionHead, _ sums: [Int32]
    ) -> (visible: [Int64], dots: [Int64]) {
      Filled.two(count: sums.count) { visible, dots in
        for query in 0..<head.queries {
          let seen = head.visible(to: query)
          for key in 0..<head.tokens {
            let place = query * head.tokens + key
            let isVisible = key < seen.end && seen.contains(key)
            visible[place] = isVisible ? 1 : 0
            dots[place] = isVisible ? Int64(sums[place]) : 0
          }
        }
      }
    }

    /// The logits and probabilities of one query.
    private static func fill(
      _ visible: AttentionHead.Visible, _ sums: ArraySlice<Int32>,
      _ logits: UnsafeMutableBufferPointer<Int64>, _ probs: UnsafeMutableBufferPointer<Int64>,
      _ stages: some AttentionStages
    ) {
      logits.update(repeating: 0)
      probs.update(repeating: 0)
      for key in 0..<visible.end where visible.contains(key) {
        logits[key] = stages.logit(Int64(sums[sums.startIndex + key]))
      }
      stages.setProbabilities(0..<visible.end, of: UnsafeBufferPointer(logits), probs) {
        visible.contains($0)
      }
    }

    /// Requantised, but 0 for a query that sees nothing.
    private static func context(
      _ acc: [Int64], _ head: AttentionHead, _ stages: some AttentionStages
    ) -> [Int64] {
      var result = [Int64](repeating: 0, count: acc.count)
      for query in 0..<head.queries {
        let visible = head.visible(to: query)
        guard (0..<visible.end).contains(where: { visible.contains($0) }) else { continue }
        for index in query * head.dimension..<(query + 1) * head.dimension {
          result[index] = stages.context(acc[index])
        }
      }
      return result
    }
  }
}

// MARK: - Side-bands and work

extension Attention {
  /// The batch with what tells the device which keys are visible.
  static func derived(_ batch: Batch) -> Batch {
    var keys: [Int64] = []
    var bounded: [Int64] = []
    var masked: [Int64] = []
    var masks = RaggedTensor(rank: 2)
    AttentionHeads(batch).forEach { _, head in
      keys.append(Int64(head.keys))
      bounded.append(head.isBounded ? 1 : 0)
      if let mask = head.mask, mask.contains(0) {
        masked.append(1)
        masks.append(shape: [head.queries, head.tokens], values: mask)
      } else {
        masked.append(0)
        masks.append(shape: [0, 0], values: [])
      }
    }
    var result = batch
    result.items["keys"] = RaggedTensor(scalars: keys)
    result.items["bounded"] = RaggedTensor(scalars: bounded)
    result.items["masked"] = RaggedTensor(scalars: masked)
    result.items["masks"] = masks
    return result
  }

  /// Multiplications of both products for the pairs that are visible, and the cycles that the array needs
  /// at least.
  static func work(_ batch: Batch, in configuration: Configuration) -> Work {
    let tiles = AttentionTiles(in: configuration)
    var (amount, cycles) = (0, 0)
    AttentionHeads(batch).forEach { _, head in
      amount += 2 * head.pairs * head.dimension
      cycles += tiles.cycles(head)
    }
    return Work(
      amount, .multiplications, peakPerCycle: multipliers(in: configuration), idealCycles: cycles)
  }
}
