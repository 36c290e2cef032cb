public import Signals

extension GemmlowpSoftmax {
  /// Rows of the sum's limit, every depth below a maximum, and lengths, for scales from the finest to
  /// the coarsest and for settings at their limits.
  public func corners(in configuration: Configuration) -> [Batch] {
    var batches = [0x1p-10, 0.0117, 0.05, 0x1p-4, 0.125, 1, 20].compactMap { scale in
      (try? settings(from: ["scores": scale], in: configuration)).map {
        corners("scale \(scale)", settings: $0, in: configuration)
      }
    }
    let extremes: [(Int64, Int64, Int64)] = [
      (0, 0, 0), (0x7FFF_FFFF, 31, -1), (0x7FFF_FFFF, 23, -255), (1 << 30, 24, -128),
      (1, 23, -0x8000_0000 >> 8), (0x7FFF_FFFF, 0, -0x8000_0000), (1 << 30, 22, -200),
    ]
    for (multiplier, shift, minimum) in extremes {
      batches.append(
        corners(
          "multiplier \(multiplier), left_shift \(shift), diff_min \(minimum)",
          settings: [
            "multiplier": Tensor(multiplier), "left_shift": Tensor(shift),
            "diff_min": Tensor(max(minimum, -((1 << 31) >> shift))),
          ], in: configuration))
    }
    return batches
  }

  private func corners(
    _ prefix: String, settings: [String: Tensor], in configuration: Configuration
  ) -> Batch {
    let table = GemmlowpExponentialTable(Batch(count: 0, shared: settings))
    var rows = RowCorners(range: -128...127, maxLength: configuration["MaxLength"])
    rows.addShapes(lanes: configuration["Lanes"])
    rows.addLengths(lanes: configuration["Lanes"], spread: 30, longest: false)
    for start in stride(from: Int64(0), through: 255, by: 64) {
      rows.add(
        "depths from \(start)", [127] + (start..<start + 64).map { 127 - $0 })
    }
    rows.add("sum just below 512, equal", [Int64](repeating: -7, count: 511))
    let longest = configuration["MaxLength"]
    if longest > 512 {
      var generator = CounterGenerator(seed: 0, stream: 0xC1, index: 0)
      let row = (0..<longest).map { _ in generator.bell(sigma: 30, in: -128...127) }
      rows.add("length MaxLength", Array(row.prefix(table.admissible(row))))
      let steps = (0..<longest).map { $0 < 505 ? Int64(100) : 100 - Int64($0 % 200) }
      rows.add("sum just below 512, steps", Array(steps.prefix(table.admissible(steps))))
    }
    return rows.batch("scores", prefix: prefix, shared: settings)
  }

  public func transactionCount(
    seed: UInt64, index: Int, in configuration: Configuration
  ) -> Int {
    CounterGenerator.batchSize(seed: seed, index: index)
  }

  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var settings = CounterGenerator.settings(seed: seed, index: index)
    return stimulus(
      seed: seed, index: index, count: settings.count(in: 16...64), in: configuration)
  }

  /// The first `count` rows of stimulus `index`: normal logits of the domain, or mixed styles under the
  /// settings of any scale, or any settings; every fourth under those of the stimulus before it but for
  /// one.
  func stimulus(seed: UInt64, index: Int, count: Int, in configuration: Configuration) -> Batch {
    let own = independent(seed: seed, index: index, count: count, in: configuration)
    guard index % 4 == 2 else { return own }
    let before = independent(seed: seed, index: index - 1, count: 1, in: configuration)
    var generator = CounterGenerator.settings(seed: seed, index: index)
    let settings = changed(before.shared, using: &generator)
    return Batch(
      count: count, shared: settings,
      items: ["scores": admissible(own.item("scores"), under: settings)])
  }

  /// Settings with one of them drawn anew: a device that computes anything of them beforehand must
  /// follow each.
  private func changed(
    _ settings: [String: Tensor], using generator: inout CounterGenerator
  ) -> [String: Tensor] {
    let before = Batch(count: 0, shared: settings)
    let deepest = min(255, -before.scalar("diff_min"))
    let representable = min(256, (Int64(1) << 31) >> before.scalar("left_shift"))
    var result = settings
    switch generator.count(in: 0...2) {
    case 0: result["multiplier"] = Tensor(generator.value(in: 0...0x7FFF_FFFF))
    case 1: result["diff_min"] = Tensor(-generator.value(in: 0...representable))
    default:
      // As long as what counts fits 32 bits.
      let largest = (0...31 as ClosedRange<Int64>).last { deepest << $0 <= 1 << 31 } ?? 0
      result["left_shift"] = Tensor(generator.value(in: 0...largest))
    }
    return result
  }

  private func independent(
    seed: UInt64, index: Int, count: Int, in configuration: Configuration
  ) -> Batch {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    _ = generator.next()
    let rows = RowStimulus(
      range: -128...127, lanes: configuration["Lanes"], maxLength: configuration["MaxLength"])
    if index % 3 == 0 {
      // The source keeps scales in single precision.
      let scale = Double(Float(generator.scale(exponents: -7 ... -1)))
      if let settings = try? settings(from: ["scores": scale], in: configuration) {
        let items = rows.normal(
          seed: seed, index: index, count: count, sigmas: (1 / scale)...(4 / scale))
        return Batch(
          count: count, shared: settings, items: ["scores": items], scales: ["scores": scale])
      }
    }
    let (settings, spread) = randomSettings(&generator, in: configuration)
    let items = rows.rows(seed: seed, index: index, count: count, spread: spread)
    return Batch(
      count: count, shared: settings, items: ["scores": admissible(items, under: settings)])
  }

  /// Rows cut to what the settings admit.
  private func admissible(
    _ rows: RaggedTensor, under settings: [String: Tensor]
  ) -> RaggedTensor {
    let table = GemmlowpExponentialTable(Batch(count: 0, shared: settings))
    var result = RaggedTensor(rank: 1)
    for row in 0..<rows.count {
      let values = rows.values[rows.range(of: row)]
      let kept = values.prefix(table.admissible(Array(values)))
      result.append(shape: [kept.count], values: kept)
    }
    return result
  }

  private func randomSettings(
    _ generator: inout CounterGenerator, in configuration: Configuration
  ) -> (settings: [String: Tensor], spread: Double) {
    if generator.oneIn(2) {
      let scale = generator.scale(exponents: -12...4)
      let beta = generator.choice([1, 1, 0.125, 0.5, 3])
      if let settings = try? settings(from: ["scores": scale, "beta": beta], in: configuration) {
        return (settings, min(3 / (scale * beta), 60))
      }
    }
    let shift = generator.value(in: 0...31)
    let deepest = min(Int64(256), (1 << 31) >> shift)
    let settings = [
      "multiplier": Tensor(generator.value(in: 0...0x7FFF_FFFF)), "left_shift": Tensor(shift),
      "diff_min": Tensor(-generator.value(in: 0...deepest)),
    ]
    return (settings, 30)
  }
}
