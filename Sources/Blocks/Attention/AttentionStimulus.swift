import Signals

/// Makes random heads in the shapes, modes and styles in which attention blocks go wrong.
struct AttentionStimulus {
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

  /// Heads for which tolerances are stated.
  struct Typical {
    /// Of every head of the batch, because the scale of q·k depends on it.
    let dimension: Int
    /// Real scales; q and k have a standard deviation of 32 codes, so that logits have the one asked for.
    let scales: [String: Double]

    /// - Parameters:
    ///   - deviation: of the logits, real.
    ///   - logits: scale of a logit, where the block has it as a setting.
    init(dimension: Int, deviation: Double, logits: Double? = nil) {
      self.dimension = dimension
      let scale = deviation.squareRoot() / 32
      var scales = [
        "q": scale, "k": scale, "divisor": Double(dimension).squareRoot(), "v": 0x1p-7,
        "context": 0x1p-7,
      ]
      scales["logits"] = logits
      self.scales = scales
    }
  }

  /// The dimension that settings which do not follow it may assume.
  var typicalDimension: Int { min(maxDimension, max(depth, 16 / depth * depth)) }

  /// Mostly a few multiples of `Depth`, now and then the largest.
  func randomDimension(_ generator: inout CounterGenerator) -> Int {
    let steps = maxDimension / depth
    if generator.oneIn(12) { return maxDimension }
    return depth * generator.count(in: 1...min(steps, max(1, 32 / depth)))
  }

  /// `count` heads of stimulus `index`, each from a generator of its own; typical ones, or any.
  func batch(
    seed: UInt64, index: Int, count: Int, shared: [String: Tensor], typical: Typical? = nil
  ) -> Batch {
    var samples = AttentionSamples()
    // Batches with a mask and without follow each other.
    let hasMasks = index % 4 < 2
    for number in 0..<count {
      var generator = CounterGenerator.transaction(seed: seed, index: index, transaction: number)
      let tokens = self.tokens(&generator)
      let queries = self.queries(&generator, tokens: tokens)
      var sample =
        typical.map { normal(&generator, queries: queries, tokens: tokens, $0.dimension) }
        ?? styled(&generator, queries: queries, tokens: tokens)
      setMode(&sample, &generator, hasMasks: hasMasks)
      samples.append("", sample)
    }
    return samples.batch(shared: shared, scales: typical?.scales ?? [:])
  }

  // MARK: - Shapes

  /// Mostly few, often around whole tiles and groups, now and then as many as there may be.
  private func tokens(_ generator: inout CounterGenerator) -> Int {
    let tokens: Int =
      switch generator.count(in: 0...15) {
      case 0...5: generator.count(in: 1...12)
      case 6...9: generator.count(in: 1...(2 * columns + 2))
      case 10, 11: rows * generator.count(in: 1...4) + generator.count(in: 0...1)
      case 12, 13: group * generator.count(in: 1...2) + generator.count(in: -1...1)
      case 14: generator.count(in: 1...48)
      default: generator.oneIn(8) ? maxTokens : generator.count(in: 1...80)
      }
    return min(max(tokens, 1), maxTokens)
  }

  /// All of them, one, or some; few of long sequences, which would take long.
  private func queries(_ generator: inout CounterGenerator, tokens: Int) -> Int {
    if tokens > 80 { return generator.count(in: 1...min(tokens, 2 * rows)) }
    return switch generator.count(in: 0...3) {
    case 0: 1
    case 1: generator.count(in: 1...tokens)
    default: tokens
    }
  }

  // MARK: - Values

  private func normal(
    _ generator: inout CounterGenerator, queries: Int, tokens: Int, _ dimension: Int
  ) -> AttentionSample {
    AttentionSample(queries: queries, tokens: tokens, dimension: dimension) {
      generator.bell(sigma: 32, in: -127...127)
    }
  }

  private enum Style: CaseIterable { case bell, uniform, limits, equal, similar, sparse }

  private func styled(
    _ generator: inout CounterGenerator, queries: Int, tokens: Int
  ) -> AttentionSample {
    let dimension = randomDimension(&generator)
    let style = generator.choice(Style.allCases + [.bell, .uniform])
    let sigma = generator.scale(exponents: 2...6)
    let centre = generator.value(in: -128...127)
    var sample = AttentionSample(queries: queries, tokens: tokens, dimension: dimension) {
      switch style {
      case .bell, .similar: generator.bell(sigma: sigma, in: -128...127)
      case .uniform: generator.value(in: -128...127)
      case .limits: generator.oneIn(2) ? -128 : 127
      case .equal: centre
      case .sparse: generator.oneIn(6) ? generator.value(in: -128...127) : 0
      }
    }
    if style == .similar {
      // Each query is its own token's key: one logit of a row stands out.
      let first = (tokens - queries) * dimension
      sample.q = Array(sample.k[first...])
    }
    return sample
  }

  // MARK: - Modes

  private func setMode(
    _ sample: inout AttentionSample, _ generator: inout CounterGenerator, hasMasks: Bool
  ) {
    let tokens = sample.tokens
    switch generator.count(in: 0...7) {
    case 0, 1: sample.isCausal = true
    case 2: sample.decodes = true
    default: break
    }
    if generator.oneIn(4) {
      sample.length = generator.choice(
        [0, 1, tokens - 1, tokens, tokens + 1, generator.count(in: 0...tokens)])
    }
    if hasMasks && !generator.oneIn(3) { sample.mask = mask(sample, &generator) }
  }

  private func mask(
    _ sample: AttentionSample, _ generator: inout CounterGenerator
  ) -> [Int64] {
    let tokens = sample.tokens
    switch generator.count(in: 0...6) {
    case 0:
      return sample.mask { _, _ in generator.oneIn(2) }
    case 1:
      return sample.mask { _, _ in generator.oneIn(8) }
    case 2:
      return sample.mask { _, _ in !generator.oneIn(8) }
    case 3:
      // Blocks, half of them empty, larger and smaller than tiles.
      let size = generator.choice([columns, 2 * columns, group, generator.count(in: 1...9)])
      let across = (tokens - 1) / size + 1
      let blocks = (0..<across * across).map { _ in generator.oneIn(2) }
      return sample.mask { blocks[min($0 / size, across - 1) * across + $1 / size] }
    case 4:
      // Whole rows without anything, others with everything.
      let empty = (0..<sample.queries).map { _ in generator.oneIn(3) }
      return sample.mask { query, _ in !empty[query] }
    case 5:
      let reach = generator.count(in: 0...4)
      return sample.mask { abs(tokens - sample.queries + $0 - $1) <= reach }
    default:
      let only = generator.count(in: 0...(tokens - 1))
      return sample.mask { _, key in key == only }
    }
  }
}
