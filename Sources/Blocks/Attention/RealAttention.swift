import Foundation
import Signals

extension Attention {
  /// The real scales that both blocks derive their settings from.
  struct Scales {
    /// Of a product of q and k, after the division.
    let products: Double
    /// Of a product of a probability, in units of 1/256, and a value.
    let weighted: Double
    let context: Double
    let v: Double

    /// - Throws: ``BlockError`` for a scale that is missing or not positive.
    init(_ scales: [String: Double], block: String) throws(BlockError) {
      func scale(_ name: String, _ otherwise: Double? = nil) throws(BlockError) -> Double {
        guard let value = scales[name] ?? otherwise else {
          throw .missingScale(block: block, name: name)
        }
        guard value > 0, value.isFinite else {
          throw .scaleOutOfRange(
            block: block, limit: "a scale must be positive and finite", found: "\(value)")
        }
        return value
      }
      let (q, k) = (try scale("q"), try scale("k"))
      products = try q * k / scale("divisor", 1)
      v = try scale("v")
      weighted = v / 256
      context = try scale("context")
    }
  }
}

/// Attention in double precision.
struct RealAttention {
  /// One value for each element of the context, in storage order, clamped to what its codes reach.
  private(set) var context: [Double] = []

  /// The attention of the real values that a batch stands for; nil without its scales.
  init?(_ batch: Batch) {
    guard let scales = try? Attention.Scales(batch.scales, block: "") else { return nil }
    AttentionHeads(batch).forEach { _, head in
      for query in 0..<head.queries { append(head, query, scales) }
    }
  }

  private mutating func append(_ head: AttentionHead, _ query: Int, _ scales: Attention.Scales) {
    let visible = head.visible(to: query)
    let keys = (0..<visible.end).filter { visible.contains($0) }
    var sums = [Double](repeating: 0, count: head.dimension)
    let logits = keys.map { key in
      var sum: Int64 = 0
      for index in 0..<head.dimension {
        sum += head.q[query * head.dimension + index] * head.k[key * head.dimension + index]
      }
      return Double(sum) * scales.products
    }
    let maximum = logits.max() ?? 0
    let weights = logits.map { exp($0 - maximum) }
    let total = weights.reduce(0, +)
    for (key, weight) in zip(keys, weights) {
      for index in 0..<head.dimension {
        sums[index] += weight / total * Double(head.v[key * head.dimension + index])
      }
    }
    let (low, high) = (-128 * scales.context, 127 * scales.context)
    context += sums.map { min(max($0 * scales.v, low), high) }
  }
}
