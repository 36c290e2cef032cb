public import Signals

extension BitmapSpMM {
  private func shapes(_ configuration: Configuration) -> SparseStimulus {
    let beat = configuration["Lanes"] * configuration["Window"]
    return SparseStimulus(
      tile: ProductExtents(m: configuration["Rows"], n: 5, k: min(beat, 64)),
      most: ProductExtents(m: 256, n: 256, k: configuration["MaxDepth"]))
  }

  public func corners(in configuration: Configuration) -> [Batch] {
    [joined(shapes(configuration).corners().map { compress($0, configuration) })]
  }

  public func transactionCount(
    seed: UInt64, index: Int, in configuration: Configuration
  ) -> Int {
    CounterGenerator.batchSize(seed: seed, index: index)
  }

  /// Products of all patterns and densities; one in eight stores some zeros.
  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    let count = generator.count(in: 16...64)
    let shapes = shapes(configuration)
    return joined(
      (0..<count).map { transaction in
        var generator = CounterGenerator.transaction(
          seed: seed, index: index, transaction: transaction)
        var part = compress(shapes.operands(&generator), configuration)
        if generator.oneIn(8) { part.batch.storeZeros(&generator) }
        return part
      })
  }

  private func compress(
    _ operands: SparseStimulus.Operands, _ configuration: Configuration
  ) -> (label: String, batch: Batch) {
    // Every matrix has a bitmap.
    guard
      let batch = try? batch(a: operands.a, weights: operands.weights, in: configuration)
    else { preconditionFailure("\(name) refuses its own stimulus") }
    return (operands.label, batch)
  }
}

extension Batch {
  /// Makes some stored weights 0: their bits stay set.
  fileprivate mutating func storeZeros(_ generator: inout CounterGenerator) {
    guard var values = items["values"] else { return }
    for index in values.values.indices where generator.oneIn(4) { values.values[index] = 0 }
    items["values"] = values
  }
}
