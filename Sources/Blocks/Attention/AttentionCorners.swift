import Signals

/// Directed heads, each with a label: what every attention block is held to.
struct AttentionCorners {
  private let rows: Int
  private let columns: Int
  private let depth: Int
  private let group: Int
  private let maxTokens: Int
  private let maxDimension: Int

  /// - Parameter group: logits in a beat of the softmax unit.
  init(in configuration: Configuration, group: Int) {
    rows = configuration["Rows"]
    columns = configuration["Columns"]
    depth = configuration["Depth"]
    maxTokens = configuration["MaxTokens"]
    maxDimension = configuration["MaxDimension"]
    self.group = group
  }

  /// The dimension of most corners: two steps of the sum where that is possible.
  var dimension: Int { min(2 * depth, maxDimension) }

  /// A head of bell-shaped values, its extents cut to what there may be.
  private func head(
    _ tokens: Int, queries: Int? = nil, dimension: Int? = nil, seed: Int = 0
  ) -> AttentionSample {
    let tokens = min(max(1, tokens), maxTokens)
    var generator = CounterGenerator(seed: 0, stream: 0xA7, index: UInt64(seed << 20 + tokens))
    return AttentionSample(
      queries: min(max(1, queries ?? tokens), tokens), tokens: tokens,
      dimension: dimension ?? self.dimension
    ) { generator.bell(sigma: 60, in: -128...127) }
  }

  /// Sequences, queries and dimensions of one, of a tile and around it, prime, and the largest.
  func shapes(_ prefix: String, _ settings: [String: Tensor]) -> Batch {
    var samples = AttentionSamples()
    func add(_ label: String, _ sample: AttentionSample) {
      samples.append("\(prefix): \(label)", sample)
    }
    add("one token", head(1, dimension: depth))
    add("13 tokens", head(13))
    add("fewer tokens after more", head(5, seed: 1))
    for (name, size) in [("Rows", rows), ("Columns", columns), ("lanes of the softmax", group)] {
      for offset in [-1, 0, 1] where size + offset > 0 {
        add("\(name) \(offset < 0 ? "-" : "+") \(abs(offset)) tokens", head(size + offset))
      }
    }
    add("one query", head(17, queries: 1))
    add("Rows + 1 queries", head(2 * columns + 3, queries: rows + 1))
    add("dimension Depth", head(11, dimension: depth))
    add("dimension 3 Depth", head(7, dimension: min(3 * depth, maxDimension)))
    add("largest dimension", head(6, dimension: maxDimension))
    add("one token, largest dimension", head(1, dimension: maxDimension))
    add("7 queries of 23 tokens", head(23, queries: 7))
    add("19 queries of 37 tokens", head(37, queries: 19, dimension: depth))
    add("dimension 5 Depth", head(3, dimension: min(5 * depth, maxDimension)))
    add("most tokens", head(maxTokens, queries: min(rows + 1, maxTokens), dimension: depth))
    add("two tokens after most", head(2, seed: 2))
    return samples.batch(shared: settings)
  }

  /// Heads of which each row has two beats for the softmax unit, with one tile of one step in each: while
  /// answers are held up, scores fill everything behind them, the softmax unit in the middle of a row.
  func crowds(_ prefix: String, _ settings: [String: Tensor]) -> Batch {
    var samples = AttentionSamples()
    for number in 0..<24 {
      var sample = head(max(group + 1, 4), dimension: depth, seed: 4 + number)
      let last = sample.tokens - 1
      sample.mask = sample.mask { _, key in key == 0 || key == last }
      samples.append("\(prefix): crowd \(number)", sample)
    }
    return samples.batch(shared: settings)
  }

  /// Heads of which each row is one beat for the softmax unit, and of which an answer takes more beats than a
  /// query: rows come faster than they go, and fill everything before the answers, up to the softmax unit,
  /// which has places for fewer rows than for beats.
  func shortRows(_ prefix: String, _ settings: [String: Tensor]) -> Batch {
    var samples = AttentionSamples()
    for number in 0..<2 {
      var sample = head(
        maxTokens, dimension: min(rows * depth, maxDimension), seed: 28 + number)
      sample.length = 1
      samples.append("\(prefix): short rows \(number)", sample)
    }
    return samples.batch(shared: settings)
  }

  /// Causal heads, decoding, and every kind of length.
  func modes(_ prefix: String, _ settings: [String: Tensor]) -> Batch {
    var samples = AttentionSamples()
    func add(
      _ label: String, _ sample: AttentionSample, _ change: (inout AttentionSample) -> Void
    ) {
      var sample = sample
      change(&sample)
      samples.append("\(prefix): \(label)", sample)
    }
    let tokens = 2 * columns + 3
    // Behind a reset, when what the last head left behind must be gone.
    add("first, all padding", head(tokens, queries: rows + 1)) { $0.length = 0 }
    add("causal", head(tokens)) { $0.isCausal = true }
    add("causal, one token", head(1)) { $0.isCausal = true }
    add("causal, whole tiles", head(2 * columns)) { $0.isCausal = true }
    add("causal, last queries", head(tokens, queries: rows + 1)) { $0.isCausal = true }
    add("decode one", head(tokens, queries: 1)) { $0.decodes = true }
    add("decode some", head(tokens, queries: rows + 2)) { $0.decodes = true }
    add("decode all", head(rows + columns + 1)) { $0.decodes = true }
    add("decode one token", head(1)) { $0.decodes = true }
    add("not causal after decoding", head(tokens, seed: 1)) { _ in }
    for length in [0, 1, columns, columns + 1, tokens - 1, tokens, tokens + 1] {
      add("length \(length) of \(tokens)", head(tokens, queries: rows + 1)) { $0.length = length }
    }
    add("causal, padded", head(tokens)) { ($0.isCausal, $0.length) = (true, columns - 1) }
    add("decode, padded", head(tokens, queries: 3)) { ($0.decodes, $0.length) = (true, 2) }
    add("decode, all padding", head(5)) { ($0.decodes, $0.length) = (true, 0) }
    add("nothing masked after padding", head(tokens, seed: 2)) { _ in }
    return samples.batch(shared: settings)
  }

  /// Masks by bit and by block, empty rows, masks together with causality and length.
  func masks(_ prefix: String, _ settings: [String: Tensor]) -> Batch {
    var samples = AttentionSamples()
    let tokens = 2 * max(columns, min(group, 16)) + 3
    func add(
      _ label: String, queries: Int? = nil, causal: Bool = false, length: Int? = nil,
      decodes: Bool = false, _ isVisible: (_ query: Int, _ key: Int) -> Bool
    ) {
      var sample = head(tokens, queries: queries ?? min(tokens, 2 * rows + 1))
      (sample.isCausal, sample.length, sample.decodes) = (causal, length, decodes)
      sample.mask = sample.mask(isVisible)
      samples.append("\(prefix): mask \(label)", sample)
    }
    let (rows, columns) = (rows, columns)
    add("all zeros") { _, _ in false }
    add("checkerboard") { ($0 + $1) % 2 == 0 }
    add("all ones") { _, _ in true }
    add("first row empty") { query, _ in query != 0 }
    add("last row empty", queries: rows + 1) { query, _ in query != rows }
    add("every second row empty") { query, _ in query % 2 == 1 }
    add("first key") { _, key in key == 0 }
    add("last key") { _, key in key == tokens - 1 }
    add("diagonal", queries: tokens) { $0 == $1 }
    add("one pair") { $0 == 1 && $1 == columns }
    add("first tile empty") { _, key in key >= columns }
    add("middle tile only") { _, key in key / columns == 1 }
    add("blocks", queries: tokens) { ($0 / columns + $1 / columns) % 2 == 0 }
    add("blocks beside tiles", queries: tokens) {
      (($0 + 1) / columns + ($1 + 1) / columns) % 2 == 0
    }
    add("above the diagonal, causal", queries: tokens, causal: true) { $1 > $0 }
    add("below the diagonal, causal", queries: tokens, causal: true) { $1 < $0 }
    add("of padding only", length: columns) { _, key in key >= columns }
    add("and padding", length: columns + 1) { _, key in key % 3 == 0 }
    add("while decoding", queries: 3, decodes: true) { ($0 + $1) % 3 == 0 }
    add("one query, one key", queries: 1) { _, key in key == 2 }
    var plain = head(tokens, queries: rows, seed: 3)
    plain.mask = nil
    samples.append("\(prefix): no mask after masks", plain)
    return samples.batch(shared: settings)
  }

  /// Given rows of logits, and such that rise at the end of the longest sequence, 16 codes with each beat of
  /// the softmax unit: as many halvings of a running sum as there can be, of which the probabilities know
  /// half.
  ///
  /// - Parameter settings: such that logits are products.
  func logits(
    _ prefix: String, _ settings: [String: Tensor], and rows: [(label: String, logits: [Int64])]
  ) -> Batch {
    let rises = [4, 9, 15].map { rises in
      (
        "\(rises) rises",
        (0..<maxTokens).map { key in
          Int64(16 * max(0, rises - (maxTokens - 1 - key) / group) - 128)
        }
      )
    }
    return self.rows(prefix, settings, rises + rows.filter { $0.logits.count <= maxTokens })
  }

  /// Heads of one query each, whose logits are given, cut to the most tokens.
  ///
  /// - Parameter settings: such that logits are products.
  func rows(
    _ prefix: String, _ settings: [String: Tensor], _ rows: [(label: String, logits: [Int64])]
  ) -> Batch {
    var samples = AttentionSamples()
    for row in rows {
      var sample = head(row.logits.count, queries: 1, dimension: depth)
      sample.q = sample.q.indices.map { $0 == 0 ? 1 : 0 }
      sample.k = sample.k.indices.map { $0 % depth == 0 ? row.logits[$0 / depth] : 0 }
      samples.append("\(prefix): \(row.label)", sample)
    }
    return samples.batch(shared: settings)
  }

  /// Operands at the limits of their format, in all signs, and rows of equal logits.
  func extremes(_ prefix: String, _ settings: [String: Tensor]) -> Batch {
    var samples = AttentionSamples()
    func add(
      _ label: String, dimension: Int? = nil, _ q: (Int) -> Int64, _ k: (Int) -> Int64,
      _ v: (Int) -> Int64
    ) {
      var sample = head(columns + 3, queries: rows + 1, dimension: dimension)
      sample.q = sample.q.indices.map(q)
      sample.k = sample.k.indices.map(k)
      sample.v = sample.v.indices.map(v)
      samples.append("\(prefix): \(label)", sample)
    }
    let low: (Int) -> Int64 = { _ in -128 }
    let high: (Int) -> Int64 = { _ in 127 }
    let zero: (Int) -> Int64 = { _ in 0 }
    let mixed: (Int) -> Int64 = { $0 % 3 == 0 ? -128 : 127 }
    let ramp: (Int) -> Int64 = { Int64($0 % 256) - 128 }
    add("largest sums", dimension: maxDimension, low, low, low)
    add("most negative sums", dimension: maxDimension, high, low, high)
    add("zero", zero, zero, zero)
    add("equal logits", low, high, ramp)
    add("equal logits, zero values", ramp, zero, zero)
    add("mixed limits", mixed, mixed, mixed)
    add("ramps", ramp, { Int64($0 * 37 % 256) - 128 }, ramp)
    add("small odd products", { Int64($0 % 3) - 1 }, { Int64($0 % 5) - 2 }, { Int64($0 % 7) - 3 })
    // Among equal logits a sum that wraps shows nowhere; beside others it does.
    let largest = maxDimension
    add(
      "one largest sum", dimension: largest, low, { $0 / largest == 1 ? -128 : 0 },
      { $0 / largest == 1 ? 127 : -128 })
    // One key ahead of all others by the whole range of a logit.
    let ahead = 2 * dimension
    add("one key ahead", high, { $0 / ahead == 1 ? 127 : -128 }, { $0 / ahead == 1 ? -128 : 127 })
    return samples.batch(shared: settings)
  }
}
