public import Signals

extension IBERTAttention {
  public func transactionCount(
    seed: UInt64, index: Int, in configuration: Configuration
  ) -> Int {
    CounterGenerator.batchSize(seed: seed, index: index)
  }

  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    let count = generator.count(in: 16...64)
    let samples = AttentionStimulus(in: configuration, group: configuration["Lanes"])
    if index % 2 == 1 {
      // A deviation of 8 to 26 codes: nothing saturates.
      let logits = generator.scale(exponents: -6 ... -5)
      let typical = AttentionStimulus.Typical(
        dimension: samples.randomDimension(&generator),
        deviation: Double(generator.count(in: 32...104)) / 4 * logits, logits: logits)
      if let settings = try? settings(from: typical.scales, in: configuration) {
        return samples.batch(
          seed: seed, index: index, count: count, shared: settings,
          typical: configuration["Octaves"] >= 20 ? typical : nil)
      }
    }
    return samples.batch(
      seed: seed, index: index, count: count,
      shared: randomSettings(
        &generator, dimension: samples.typicalDimension, in: configuration))
  }

  /// Requantisers under which codes of all values fill the formats, or saturate, or tie, or do anything,
  /// and a softmax of any scale.
  private func randomSettings(
    _ generator: inout CounterGenerator, dimension: Int, in configuration: Configuration
  ) -> [String: Tensor] {
    let logits = generator.scale(exponents: -10 ... -2)
    var result =
      (try? settings(
        from: ["q": 1, "k": 1, "v": 1, "context": 1, "logits": logits], in: configuration))
      ?? IBERTAttention.plainSettings
    // 74 is the deviation of uniform codes: a sum has 74 * 74 * sqrt(D), or 74 a whole weight.
    for (prefix, sum) in [("qk", 5500 * Double(dimension).squareRoot()), ("av", 256.0 * 74)] {
      var multiplier = generator.value(in: 1 << 30...1 << 31)
      // A power of two makes ties.
      if generator.oneIn(3) { multiplier = 1 << 30 }
      var exponent = Int64((sum / 40).exponent) + 30 + generator.value(in: -2...1)
      if generator.oneIn(8) {
        multiplier = generator.value(in: 0...0xFFFF_FFFF)
        exponent = generator.value(in: 0...60)
      }
      result["\(prefix)_multiplier"] = Tensor(multiplier)
      result["\(prefix)_exponent"] = Tensor(max(0, exponent))
    }
    return result
  }

  /// Settings that are in every domain.
  private static let plainSettings: [String: Tensor] = [
    "x0": Tensor(-1), "b": Tensor(3), "c": Tensor(5), "exp_multiplier": Tensor(1 << 30),
    "exp_exponent": Tensor(60), "qk_multiplier": Tensor(1), "qk_exponent": Tensor(8),
    "av_multiplier": Tensor(1), "av_exponent": Tensor(8),
  ]

  /// Every shape, mask and mode, under settings that keep values in range, saturate, tie, or make all
  /// logits equal.
  public func corners(in configuration: Configuration) -> [Batch] {
    let corners = AttentionCorners(in: configuration, group: configuration["Lanes"])
    let octaves = Int64(configuration["Octaves"])
    var softmax = IBERTAttention.plainSettings
    if let derived = try? settings(
      from: ["q": 1, "k": 1, "v": 1, "context": 1, "logits": 0x1p-5], in: configuration)
    {
      softmax = derived
    }
    func set(
      _ qk: (Int64, Int64), _ av: (Int64, Int64), _ other: [String: Tensor] = [:]
    ) -> [String: Tensor] {
      softmax.merging([
        "qk_multiplier": Tensor(qk.0), "qk_exponent": Tensor(qk.1),
        "av_multiplier": Tensor(av.0), "av_exponent": Tensor(av.1),
      ]) { $1 }.merging(other) { $1 }
    }
    let wide = Int64(Double(corners.dimension * 74 * 74).squareRoot().exponent)
    // Every logit that is not the largest has exponential 0, and one that is has probability 256.
    let oneHot = [
      "x0": Tensor(-1), "b": Tensor(0), "c": Tensor(1), "exp_multiplier": Tensor(1 << 14),
      "exp_exponent": Tensor(octaves),
    ]
    let silent = ["c": Tensor(0), "b": Tensor(0), "x0": Tensor(-1)]
    return [
      corners.shapes("typical", set((1_518_500_250, 33 + wide), (1_518_500_250, 38))),
      corners.modes("typical", set((1_518_500_250, 33 + wide), (1_518_500_250, 38))),
      corners.masks("typical", set((1_518_500_250, 33 + wide), (1_518_500_250, 37))),
      corners.extremes("saturating", set((1 << 31, 31), (1 << 31, 31))),
      corners.extremes("just in range", set((1 << 30, 44), (1 << 30, 38))),
      corners.extremes("ties", set((1, 7), (1, 1))),
      corners.extremes("ties of small sums", set((1, 1), (1, 8))),
      corners.extremes("largest products", set((0xFFFF_FFFF, 0), (0xFFFF_FFFF, 0))),
      corners.extremes("no rest", set((0xFFFF_FFFF, 127), (0xFFFF_FFFF, 127))),
      corners.modes("one key has it all", set((1 << 30, 38), (1 << 30, 38), oneHot)),
      corners.crowds("typical", set((1_518_500_250, 33 + wide), (1_518_500_250, 38))),
      corners.shortRows("typical", set((1_518_500_250, 33 + wide), (1_518_500_250, 38))),
      corners.masks("sums of 0", set((1 << 30, 38), (1 << 30, 38), silent)),
    ] + softmaxes(corners, in: configuration) { set((1, 0), (1 << 30, 38), $0) }
  }

  /// Logits at every kind of distance, under each of the settings to which the softmax is held by itself.
  private func softmaxes(
    _ corners: AttentionCorners, in configuration: Configuration,
    _ set: ([String: Tensor]) -> [String: Tensor]
  ) -> [Batch] {
    let distances: [Int64] = [
      0, 1, 2, 3, 4, 6, 9, 17, 255, 5, 7, 12, 30, 31, 44, 45, 46, 63, 90, 101, 128, 180, 254,
    ]
    // First of all, behind a reset, a row that shows whether its maximum begins anew.
    let logits: [(label: String, logits: [Int64])] = [
      ("low", distances.map { max(-80 - $0, -128) }),
      ("every kind of distance", distances.map { 127 - $0 }), ("two equal", [3, 3]),
      ("one hot", [0, 1, 0]),
    ]
    return IBERTSoftmax().corners(in: IBERTAttention.softmax(configuration)).map { batch in
      let name = batch.labels.first?.split(separator: ":").first.map(String.init) ?? ""
      return corners.rows("softmax, \(name)", set(batch.shared), logits)
    }
  }
}
