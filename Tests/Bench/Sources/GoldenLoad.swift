import Blocks
import Signals

/// Batches that a golden model is timed with: about 16 Ki elements, so that arrays stay in the caches.
enum GoldenLoad {
  private static let elements = 1 << 14

  /// Transactions of `length` uniform elements.
  static func batch(
    for block: any Block, length: Int, in configuration: Configuration
  ) throws -> Batch {
    let count = max(1, elements / length)
    var generator = CounterGenerator(seed: 1, stream: 0, index: UInt64(length))
    func uniform(_ format: IntegerFormat) -> RaggedTensor {
      RaggedTensor(
        rows: Array(repeating: length, count: count),
        values: (0..<count * length).map { _ in generator.value(in: format.range) })
    }
    if block is DyadicRequantizer {
      let shared = try block.settings(from: ["x": 0x1p-20, "y": 1], in: configuration)
      return Batch(
        count: count,
        shared: shared.merging(
          ["identity", "identity_multiplier", "identity_exponent"].map { ($0, Tensor(0)) }
        ) { $1 }, items: ["x": uniform(.signed(configuration["InputBits"]))])
    }
    if block is ITAAttention || block is IBERTAttention {
      return try heads(for: block, tokens: length, in: configuration, &generator)
    }
    return Batch(
      count: count, shared: try block.settings(from: ["scores": 0x1p-6], in: configuration),
      items: ["scores": uniform(.signed(configuration["ScoreBits"]))])
  }

  /// Heads of `tokens` tokens and dimension 32, with logits that spread over their format.
  private static func heads(
    for block: any Block, tokens: Int, in configuration: Configuration,
    _ generator: inout CounterGenerator
  ) throws -> Batch {
    let count = max(1, elements / (32 * tokens))
    var batch = Batch(
      count: count,
      shared: try block.settings(
        from: ["q": 0x1p-6, "k": 0x1p-6, "v": 1, "context": 1, "logits": 0x1p-4], in: configuration)
    )
    for name in ["q", "k", "v"] {
      batch.items[name] = RaggedTensor(
        count: count, shape: [tokens, 32],
        values: (0..<count * tokens * 32).map { _ in generator.bell(sigma: 40, in: -128...127) })
    }
    for array in try block.interface(in: configuration).arrays where array.role == .input {
      if batch.items[array.name] == nil, batch.shared[array.name] == nil {
        batch.shared[array.name] = Tensor(array.defaultValue ?? 0)
      }
    }
    return batch
  }
}
