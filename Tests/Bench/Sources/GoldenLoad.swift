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
    return Batch(
      count: count, shared: try block.settings(from: ["scores": 0x1p-6], in: configuration),
      items: ["scores": uniform(.signed(configuration["ScoreBits"]))])
  }
}
