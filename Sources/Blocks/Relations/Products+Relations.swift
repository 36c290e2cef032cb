public import Signals

extension Int8GEMM {
  public func relations(in configuration: Configuration) -> [Relation] {
    [
      .rows(of: "a", axis: 0, "y"),
      .rows(of: "w", axis: 1, "y", with: ["bias", "multiplier", "exponent"]),
      .summands(of: ["a", "w"], axis: 1, ["y"]),
      .sameScale(multiplier: "multiplier", 0...0xFFFF_FFFF, shift: "exponent", 0...127, "y"),
    ]
  }
}

extension NMSpMM {
  public func relations(in configuration: Configuration) -> [Relation] {
    [
      .rows(of: "a", axis: 0, "acc"),
      .rows(of: "values", axis: 1, "acc", with: ["indices"]),
      .doubling(of: "a", range: -128...127, "acc"),
    ]
  }
}

extension BlockSpMM {
  public func relations(in configuration: Configuration) -> [Relation] {
    [.rows(of: "a", axis: 0, "acc"), .doubling(of: "a", range: -128...127, "acc")]
  }
}

extension BitmapSpMM {
  public func relations(in configuration: Configuration) -> [Relation] {
    [.rows(of: "a", axis: 0, "acc"), .doubling(of: "a", range: -128...127, "acc")]
  }
}

extension IBERTAttention {
  public func relations(in configuration: Configuration) -> [Relation] {
    Attention.relations + [
      // The softmax does not depend on the order of its elements.
      .invariance(
        "permutation of keys", "keys in another order, with their values, give the same contexts",
        of: ["context"]
      ) { batch, _, _ in
        guard Attention.seesAll(batch) else { return nil }
        var result = batch
        for name in ["k", "v"] { result.items[name] = batch.items[name]?.reversed(axis: 0) }
        return result
      }
    ]
  }
}

extension ITAAttention {
  public func relations(in configuration: Configuration) -> [Relation] { Attention.relations }
}

extension Attention {
  /// Whether every query of a batch sees every key.
  static func seesAll(_ batch: Batch) -> Bool {
    func values(_ name: String) -> [Int64] {
      batch.items[name]?.values ?? batch.shared[name]?.values ?? []
    }
    let tokens = (0..<batch.count).map { Int64(batch.item("k").shape(of: $0)[0]) }
    let least = tokens.max() ?? 0
    return values("causal").allSatisfy { $0 == 0 } && values("decode").allSatisfy { $0 == 0 }
      && values("mask").allSatisfy { $0 == 1 } && values("length").allSatisfy { $0 >= least }
  }

  /// What holds whatever the softmax is.
  static var relations: [Relation] {
    [
      Relation(
        "permutation of queries", "queries in another order have the same contexts in that order",
        follow: { batch, _, _ in
          guard seesAll(batch) else { return nil }
          var result = batch
          result.items["q"] = batch.item("q").reversed(axis: 0)
          return result
        },
        violation: {
          $0.answer.item("context").reversed(axis: 0)
            .violation(against: $0.relatedAnswer.item("context"), "context")
        }),
      .invariance(
        "permutation of summands", "the order of a head's dimensions changes no logit",
        of: ["context"]
      ) { batch, _, _ in
        var result = batch
        for name in ["q", "k"] { result.items[name] = batch.item(name).reversed(axis: 1) }
        return result
      },
      Relation(
        "permutation of columns", "columns of the values in another order have the same contexts",
        follow: { batch, _, _ in
          var result = batch
          result.items["v"] = batch.item("v").reversed(axis: 1)
          return result
        },
        violation: {
          $0.answer.item("context").reversed(axis: 1)
            .violation(against: $0.relatedAnswer.item("context"), "context")
        }),
      .invariance(
        "padding", "tokens behind the length of a head change nothing", of: ["context"], padded),
    ]
  }

  /// One more token, which the length leaves out.
  @Sendable private static func padded(
    _ batch: Batch, _ configuration: Configuration, _ generator: inout CounterGenerator
  ) -> Batch? {
    guard seesAll(batch) else { return nil }
    var result = batch
    // All ones, and as long as the tokens.
    result.items["mask"] = nil
    result.shared["mask"] = Tensor(1)
    let (k, v) = (batch.item("k"), batch.item("v"))
    let tokens = (0..<batch.count).map { k.shape(of: $0)[0] }
    guard tokens.allSatisfy({ $0 < configuration["MaxTokens"] }) else { return nil }
    for (name, item) in [("k", k), ("v", v)] {
      var extents: [Int] = []
      var values: [Int64] = []
      for head in 0..<batch.count {
        let shape = item.shape(of: head)
        extents += [shape[0] + 1, shape[1]]
        values += item[head].values
        values += (0..<shape[1]).map { _ in generator.value(in: -128...127) }
      }
      result.items[name] = RaggedTensor(rank: 2, extents: extents, values: values)
    }
    result.shared["length"] = nil
    result.items["length"] = RaggedTensor(scalars: tokens.map(Int64.init))
    return result
  }
}
