import Signals

/// One transaction of an attention block, as a view into the arrays of its batch.
struct AttentionHead {
  /// Extents Q, T and D.
  let queries: Int
  let tokens: Int
  let dimension: Int
  let q: UnsafeBufferPointer<Int64>
  let k: UnsafeBufferPointer<Int64>
  let v: UnsafeBufferPointer<Int64>
  /// Keys before the padding, at most ``tokens``.
  let keys: Int
  /// Whether a query sees no key after its own position.
  let isBounded: Bool
  /// Whether queries are answered one by one.
  let decodes: Bool
  /// The mask [Q, T] of this head; nil where every element is 1.
  let mask: UnsafeBufferPointer<Int64>?

  /// The keys that a query may see: those before `end` for which ``mask`` is not 0.
  struct Visible {
    let end: Int
    /// The query's row of the mask; nil where every element is 1.
    let mask: UnsafePointer<Int64>?

    @inline(__always)
    func contains(_ key: Int) -> Bool { mask.map { $0[key] != 0 } ?? true }

    /// Whether the query sees one of these keys, of which those from ``end`` do not count.
    func containsAny(of keys: Range<Int>) -> Bool {
      let end = min(keys.upperBound, end)
      guard keys.lowerBound < end else { return false }
      guard let mask else { return true }
      return (keys.lowerBound..<end).contains { mask[$0] != 0 }
    }

    var count: Int { (0..<end).count { contains($0) } }
  }

  func visible(to query: Int) -> Visible {
    let end = isBounded ? min(keys, max(0, tokens - queries + query + 1)) : keys
    return Visible(end: end, mask: mask?.baseAddress.map { $0 + query * tokens })
  }

  /// Pairs of a query and a key that it sees.
  var pairs: Int { (0..<queries).reduce(0) { $0 + visible(to: $1).count } }
}

/// The heads of a validated batch.
struct AttentionHeads {
  private let q: RaggedTensor
  private let k: RaggedTensor
  private let v: RaggedTensor
  private let length: Operand
  private let causal: Operand
  private let decode: Operand
  private let mask: Mask

  private enum Mask {
    /// One value for every pair.
    case constant(Int64)
    case shared([Int64])
    case own(RaggedTensor)
  }

  init(_ batch: Batch) {
    (q, k, v) = (batch.item("q"), batch.item("k"), batch.item("v"))
    length = Operand("length", of: batch, count: batch.count)
    causal = Operand("causal", of: batch, count: batch.count)
    decode = Operand("decode", of: batch, count: batch.count)
    if let item = batch.items["mask"] {
      mask = .own(item)
    } else {
      let shared = batch.shared["mask"]
      mask =
        shared?.shape.isEmpty ?? true
        ? .constant(shared?.scalar ?? 1) : .shared(shared?.values ?? [])
    }
  }

  var count: Int { q.count }

  /// Extents Q, T and D.
  func extents(of head: Int) -> (queries: Int, tokens: Int, dimension: Int) {
    (q.extents[2 * head], k.extents[2 * head], q.extents[2 * head + 1])
  }

  /// Calls `body` with each head in turn.
  func forEach(_ body: (_ index: Int, AttentionHead) -> Void) {
    q.values.withUnsafeBufferPointer { q in
      k.values.withUnsafeBufferPointer { k in
        v.values.withUnsafeBufferPointer { v in
          withMasks { mask in
            for index in 0..<count {
              body(index, head(index, q, k, v, mask: mask(index)))
            }
          }
        }
      }
    }
  }

  private func head(
    _ index: Int, _ q: UnsafeBufferPointer<Int64>, _ k: UnsafeBufferPointer<Int64>,
    _ v: UnsafeBufferPointer<Int64>, mask: UnsafeBufferPointer<Int64>?
  ) -> AttentionHead {
    let (queries, tokens, dimension) = extents(of: index)
    var keys = Int(min(length[index], Int64(tokens)))
    if case .constant(0) = self.mask { keys = 0 }
    return AttentionHead(
      queries: queries, tokens: tokens, dimension: dimension,
      q: UnsafeBufferPointer(rebasing: q[self.q.range(of: index)]),
      k: UnsafeBufferPointer(rebasing: k[self.k.range(of: index)]),
      v: UnsafeBufferPointer(rebasing: v[self.v.range(of: index)]), keys: keys,
      isBounded: causal[index] != 0 || decode[index] != 0, decodes: decode[index] != 0,
      mask: mask)
  }

  private func withMasks(_ body: ((Int) -> UnsafeBufferPointer<Int64>?) -> Void) {
    switch mask {
    case .constant: body { _ in nil }
    case .shared(let values): values.withUnsafeBufferPointer { mask in body { _ in mask } }
    case .own(let item):
      item.values.withUnsafeBufferPointer { masks in
        body { UnsafeBufferPointer(rebasing: masks[item.range(of: $0)]) }
      }
    }
  }
}
