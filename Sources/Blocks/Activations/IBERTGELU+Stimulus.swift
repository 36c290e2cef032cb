public import Signals

extension IBERTGELU {
  public func corners(in configuration: Configuration) -> [Batch] {
    let range = Signals.IntegerFormat.signed(configuration["InputBits"]).range
    let lanes = configuration["Lanes"]
    var result: [Batch] = []
    for scale in [0x1p-14, 0x1p-5] {
      guard let settings = try? settings(from: ["x": scale], in: configuration) else { continue }
      let knee = -(settings["b"]?.scalar ?? 0)
      var rows = RowCorners(range: range, maxLength: 256)
      rows.add("around 0", Array(-16...16))
      rows.add("around the knees", [-knee, knee].flatMap { end in (-8...8).map { end + $0 } })
      rows.add("extremes", [range.lowerBound, range.lowerBound + 1, range.upperBound])
      rows.addRamps(length: 256)
      rows.addLengths(lanes: lanes, spread: Double(knee), longest: false)
      result.append(
        rows.batch("x", prefix: scale == 0x1p-14 ? "S 2^-14" : "S 1/32", shared: settings))
    }
    // The ends of b and c, and c a multiple of what is dropped: floors of both signs are exact.
    let extremes: [(String, Int64, Int64)] = [
      ("widest", -(1 << 18), -(1 << 37)), ("b -1, c -1", -1, -1), ("c -1", -(1 << 18), -1),
      ("b -1", -1, -(1 << 37)), ("floors are exact", -(1 << 12), -(1 << 24)),
      ("floors are just below", -(1 << 12), -(1 << 24) - 1),
    ]
    for (label, b, c) in extremes {
      var rows = RowCorners(range: range, maxLength: 256)
      rows.addRamps(length: 32)
      rows.add("around 0", Array(-4...4))
      rows.add("around the knees", [b, -b].flatMap { end in (-2...2).map { end + $0 } })
      result.append(rows.batch("x", prefix: label, shared: ["b": Tensor(b), "c": Tensor(c)]))
    }
    return result
  }

  public func transactionCount(
    seed: UInt64, index: Int, in configuration: Configuration
  ) -> Int {
    CounterGenerator.batchSize(seed: seed, index: index)
  }

  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    let count = generator.count(in: 16...64)
    let range = Signals.IntegerFormat.signed(configuration["InputBits"]).range
    let shift = configuration["ErfShift"]
    var settings = ["b": Tensor(-generator.value(in: 1...(1 << 18)))]
    settings["c"] = Tensor(-generator.value(in: 1...(1 << generator.value(in: 0...37))))
    var scales: [String: Double] = [:]
    var allowed = range
    if !generator.oneIn(4) {
      let scale = generator.scale(exponents: -16...(shift == 14 ? -12 : -6))
      if let derived = try? self.settings(from: ["x": scale], in: configuration) {
        settings = derived
        scales = ["x": scale, "y": outputScale(of: scale, in: configuration)]
        let limit = Int64(8 / scale)
        allowed = max(range.lowerBound, -limit)...min(range.upperBound, limit)
      }
    }
    let knee = -(settings["b"]?.scalar ?? -1)
    var lengths: [Int] = []
    var values: [Int64] = []
    for transaction in 0..<count {
      var generator = CounterGenerator.transaction(
        seed: seed, index: index, transaction: transaction)
      lengths.append(generator.chunkLength(lanes: configuration["Lanes"]))
      for _ in 0..<lengths[transaction] {
        let value =
          switch generator.count(in: 0...7) {
          case 0: generator.choice([allowed.lowerBound, allowed.upperBound, 0, -1, 1])
          case 1: generator.choice([-knee, knee]) + generator.value(in: -2...2)
          case 2, 3: generator.bell(sigma: Double(knee), in: allowed)
          case 4: generator.value(in: -64...64)
          default: generator.value(in: allowed)
          }
        values.append(min(max(value, allowed.lowerBound), allowed.upperBound))
      }
    }
    return Batch(
      count: count, shared: settings,
      items: ["x": RaggedTensor(rows: lengths, values: values)], scales: scales)
  }
}
