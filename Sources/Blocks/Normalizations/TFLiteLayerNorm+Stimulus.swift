public import Signals

extension TFLiteLayerNorm {
  private static let codes: ClosedRange<Int64> = -32768...32767

  /// Batches of one length each: shapes, variances about 1, outputs about both ends, and settings at
  /// their limits.
  public func corners(in configuration: Configuration) -> [Batch] {
    let (lanes, longest) = (configuration["Lanes"], configuration["MaxLength"])
    let lengths = Set([1, 2, 3, max(1, lanes - 1), lanes, lanes + 1, 3 * lanes + 1, longest])
    var batches: [Batch] = []
    for length in lengths.sorted() where length <= longest {
      for style in AffineStyle.allCases {
        batches.append(corners(length, style))
      }
    }
    batches.append(crowd(length: min(lanes, longest)))
    return batches
  }

  /// More rows of one beat than there are places for, with every variance.
  private func crowd(length: Int) -> Batch {
    var generator = CounterGenerator(seed: 0, stream: 0xC3, index: UInt64(length))
    var rows = RowCorners(range: TFLiteLayerNorm.codes, maxLength: length)
    rows.addCrowd(length: length, sigmas: [0.5, 8, 500, 8000, 32768])
    let weights = (0..<length).map { _ in generator.value(in: -32768...32767) }
    return admissible(
      rows.batch(
        "x", prefix: "crowd",
        shared: [
          "weight": Tensor(weights), "bias": Tensor([Int64](repeating: 0, count: length)),
          "multiplier": Tensor(1 << 30), "shift": Tensor(-14), "variance_limit": Tensor(1),
        ]))
  }

  /// How weight, bias and settings are chosen.
  private enum AffineStyle: CaseIterable {
    case usual, saturating, zero, oddTies
  }

  private func corners(_ length: Int, _ style: AffineStyle) -> Batch {
    var generator = CounterGenerator(seed: 0, stream: 0xC2, index: UInt64(length))
    var shared: [String: [Int64]] = [:]
    var (multiplier, shift, limit): (Int64, Int64, Int64) = (1 << 30, -14, 1)
    switch style {
    case .usual:
      shared["weight"] = (0..<length).map { _ in generator.value(in: -32768...32767) }
      shared["bias"] = (0..<length).map { _ in generator.value(in: -4_194_304...4_194_304) }
    case .saturating:
      shared["weight"] = (0..<length).map { $0 % 2 == 0 ? 32767 : -32768 }
      shared["bias"] = (0..<length).map { $0 % 3 == 0 ? 0x3FFF_FFFF : -0x4000_0000 }
      (multiplier, shift, limit) = (0x7FFF_FFFF, -12, 0x7FFF_FFFF)
    case .zero:
      shared["weight"] = [Int64](repeating: 0, count: length)
      shared["bias"] = [Int64](repeating: 0, count: length)
      (multiplier, limit) = (0, 10000)
    case .oddTies:
      // Weight 0: v is the bias, on odd multiples of 512, half of them negative, and the last scale
      // is 1/2, so that both roundings see ties.
      shared["weight"] = [Int64](repeating: 0, count: length)
      shared["bias"] = (0..<length).map { (2 * Int64($0 % 64) - 63) * 512 + Int64($0 / 64 % 3) - 1 }
      shift = -12
    }
    var settings = shared.mapValues { Tensor($0) }
    settings["multiplier"] = Tensor(multiplier)
    settings["shift"] = Tensor(shift)
    settings["variance_limit"] = Tensor(limit)
    var rows = RowCorners(range: TFLiteLayerNorm.codes, maxLength: length)
    let low = -Int64(32768)
    for value: Int64 in [low, -1, 0, 1, 32767] {
      rows.add("all \(value)", [Int64](repeating: value, count: length))
    }
    rows.add("one hot", (0..<length).map { $0 == length / 2 ? 32767 : low })
    rows.add("one cold", (0..<length).map { $0 == 0 ? low : 32767 })
    rows.add("alternating", (0..<length).map { $0 % 2 == 0 ? low : 32767 })
    rows.add("alternating by 1", (0..<length).map { Int64($0 % 2) })
    // The least variance that is not replaced by the limit, where the length is a power of two.
    rows.add("alternating by 2", (0..<length).map { $0 % 2 == 0 ? -1 : 1 })
    rows.add("one element off by 1", (0..<length).map { $0 == length - 1 ? 8 : 7 })
    rows.addRamps(length: length)
    rows.add("normal", (0..<length).map { _ in generator.bell(sigma: 500, in: low...32767) })
    let batch = rows.batch("x", prefix: "\(style), length \(length)", shared: settings)
    return admissible(batch)
  }

  /// The rows of a batch that are in the domain, with their labels.
  private func admissible(_ batch: Batch) -> Batch {
    guard let affine = try? TFLiteAffine(batch, block: name) else { return batch }
    var y = [Int64](repeating: 0, count: batch.item("x").values.count)
    let chosen = (0..<batch.count).filter { index in
      (try? golden(batch.item("x"), index, affine, batch.scalar("variance_limit"), into: &y)) != nil
    }
    let x = batch.item("x")
    var kept = RaggedTensor(rank: 1)
    for index in chosen { kept.append(x[index]) }
    return Batch(
      count: chosen.count, shared: batch.shared, items: ["x": kept],
      labels: batch.labels.isEmpty ? [] : chosen.map { batch.labels[$0] }, scales: batch.scales)
  }

  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var settings = CounterGenerator.settings(seed: seed, index: index)
    return stimulus(
      seed: seed, index: index, count: settings.count(in: 16...64), in: configuration)
  }

  /// The first `count` rows of stimulus `index`, all of one length: normal codes of the domain, or
  /// mixed styles under weights and settings of any scale.
  func stimulus(seed: UInt64, index: Int, count: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    _ = generator.next()
    let rows = RowStimulus(
      range: TFLiteLayerNorm.codes, lanes: configuration["Lanes"],
      maxLength: configuration["MaxLength"])
    let isNormal = index % 3 == 0 && rows.maxLength >= 16
    var length = min(rows.length(&generator), 2048)
    if isNormal {
      let longest = min(rows.maxLength, 2048)
      length = 1 << generator.count(in: 4...(Int.bitWidth - 1 - longest.leadingZeroBitCount))
    }
    let scale = isNormal ? 1.0 / 32768 : generator.scale(exponents: -16 ... -11)
    var settings = (try? self.settings(from: ["weight": scale], in: configuration)) ?? [:]
    let weights = isNormal ? 32767 : generator.value(in: 0...32767)
    let biases = generator.choice([0, 1 << 10, 1 << 20, 1 << 22]) as Int64
    settings["weight"] = Tensor((0..<length).map { _ in generator.value(in: -weights...weights) })
    settings["bias"] = Tensor((0..<length).map { _ in generator.value(in: -biases...biases) })
    var values: [Int64] = []
    for transaction in 0..<count {
      var generator = CounterGenerator.transaction(
        seed: seed, index: index, transaction: transaction)
      let start = values.count
      let spread = isNormal ? 0 : generator.scale(exponents: 0...12)
      if isNormal {
        let sigma = 40.0 * generator.scale(exponents: 0...6) * 0.75
        for _ in 0..<length { values.append(generator.bell(sigma: max(40, sigma), in: rows.range)) }
      } else {
        rows.append(to: &values, length: length, spread: spread, &generator)
        keepInDomain(&values, start, settings)
      }
    }
    return Batch(
      count: count, shared: settings,
      items: ["x": RaggedTensor(count: count, shape: [length], values: values)],
      scales: isNormal ? ["weight": scale] : [:])
  }

  /// Replaces the row from `start` on by one of equal elements where it is outside the domain.
  private func keepInDomain(_ values: inout [Int64], _ start: Int, _ settings: [String: Tensor]) {
    let row = Array(values[start...])
    let batch = Batch(
      count: 1, shared: settings, items: ["x": RaggedTensor(rows: [row.count], values: row)])
    if admissible(batch).count == 1 { return }
    values.removeSubrange(start...)
    values.append(contentsOf: [Int64](repeating: row[0], count: row.count))
  }
}
