import Signals

/// One head in the making.
struct AttentionSample {
  let queries: Int
  let tokens: Int
  let dimension: Int
  var q: [Int64]
  var k: [Int64]
  var v: [Int64]
  /// Nil where no key is padding.
  var length: Int?
  var isCausal = false
  var decodes = false
  /// [Q, T]; nil where every element is 1.
  var mask: [Int64]?

  /// Operands of which each is drawn by `value`, that of `k` and `v` after that of `q`.
  init(queries: Int, tokens: Int, dimension: Int, _ value: () -> Int64) {
    (self.queries, self.tokens, self.dimension) = (queries, tokens, dimension)
    q = (0..<queries * dimension).map { _ in value() }
    k = (0..<tokens * dimension).map { _ in value() }
    v = (0..<tokens * dimension).map { _ in value() }
  }

  /// A mask by query and key.
  func mask(_ isVisible: (_ query: Int, _ key: Int) -> Bool) -> [Int64] {
    (0..<queries * tokens).map { isVisible($0 / tokens, $0 % tokens) ? 1 : 0 }
  }
}

/// Heads on their way into a batch.
struct AttentionSamples {
  private var labels: [String] = []
  private var samples: [AttentionSample] = []

  mutating func append(_ label: String = "", _ sample: AttentionSample) {
    labels.append(label)
    samples.append(sample)
  }

  /// The heads as a batch; without an array `mask` where none has one.
  func batch(shared: [String: Tensor], scales: [String: Double] = [:]) -> Batch {
    var items: [String: RaggedTensor] = [:]
    func add(_ name: String, _ values: (AttentionSample) -> ([Int], [Int64])) {
      var tensor = RaggedTensor(rank: samples.first.map { values($0).0.count } ?? 0)
      for sample in samples {
        let (shape, values) = values(sample)
        tensor.append(shape: shape, values: values)
      }
      items[name] = tensor
    }
    add("q") { ([$0.queries, $0.dimension], $0.q) }
    add("k") { ([$0.tokens, $0.dimension], $0.k) }
    add("v") { ([$0.tokens, $0.dimension], $0.v) }
    add("length") { ([], [Int64($0.length ?? 65535)]) }
    add("causal") { ([], [$0.isCausal ? 1 : 0]) }
    add("decode") { ([], [$0.decodes ? 1 : 0]) }
    var shared = shared
    if samples.contains(where: { $0.mask != nil }) {
      add("mask") { ([$0.queries, $0.tokens], $0.mask ?? $0.mask { _, _ in true }) }
    } else {
      shared["mask"] = Tensor(1)
    }
    return Batch(
      count: samples.count, shared: shared, items: items,
      labels: labels.contains("") ? [] : labels, scales: scales)
  }
}
