public import Signals

extension Log2Softmax {
  public func corners(in configuration: Configuration) -> [Batch] {
    let range = Signals.IntegerFormat.signed(configuration["ScoreBits"]).range
    let lanes = configuration["Lanes"]
    let maxLength = configuration["MaxLength"]
    func settings(_ x0: Int64, _ b: Int64, _ c: Int64) -> [String: Tensor] {
      ["x0": Tensor(x0), "b": Tensor(b), "c": Tensor(c)]
    }
    var shapes = RowCorners(range: range, maxLength: maxLength)
    shapes.addShapes(lanes: lanes)
    shapes.add("every step", (0..<256).map { range.upperBound - $0 })
    var typical = shapes
    typical.addLengths(lanes: lanes, spread: 40)
    var ratios = RowCorners(range: range, maxLength: maxLength)
    // Equal scores have the ratio of their number: around 1.5 times a power of two.
    for count in [1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 23, 24, 25] {
      ratios.add("\(count) equal", Array(repeating: 1, count: count))
      // One at half the others: the ratio is a tie.
      ratios.add("\(count) equal and a half", Array(repeating: 1, count: count) + [0])
    }
    var result = [
      ratios.batch("scores", prefix: "ratios, x0 -1", shared: settings(-1, 3, 5)),
      shapes.batch("scores", prefix: "cut off at Octaves", shared: settings(-2, 7, 22)),
      shapes.batch("scores", prefix: "c 0", shared: settings(-1, 1, 0)),
      // The quadratic is -1, just below what is cut off, at a distance of 2.
      shapes.batch("scores", prefix: "E -1", shared: settings(-4, 5, 5)),
      shapes.batch("scores", prefix: "widest", shared: settings(-1023, 1022, (1 << 22) - 1)),
      shapes.batch("scores", prefix: "E below 0", shared: settings(-1023, 4095, 1 << 14)),
    ]
    if let derived = try? self.settings(from: ["scores": 0x1p-6], in: configuration) {
      result.insert(
        typical.batch("scores", prefix: "S 1/64", shared: derived, scales: ["scores": 0x1p-6]),
        at: 0)
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
    // Anything whose quadratic is nowhere above c.
    let x0 = -generator.value(in: 1...generator.value(in: 1...1023))
    var settings = [
      "x0": Tensor(x0), "b": Tensor(generator.value(in: (-x0 - 1)...4095)),
      "c": Tensor(generator.value(in: 0...(1 << generator.value(in: 0...22)) - 1)),
    ]
    var scale: Double?
    if !generator.oneIn(4) {
      let isClaimed = !generator.oneIn(4)
      let candidate = generator.scale(exponents: isClaimed ? -10 ... -6 : -5...0)
      if let derived = try? self.settings(from: ["scores": candidate], in: configuration) {
        settings = derived
        scale = isClaimed && configuration["Octaves"] >= 20 ? candidate : nil
      }
    }
    let range = Signals.IntegerFormat.signed(configuration["ScoreBits"]).range
    let octave = Double(-(settings["x0"]?.scalar ?? -1))
    let rows = RowStimulus(
      range: range, lanes: configuration["Lanes"], maxLength: configuration["MaxLength"])
    let spread = min(2.5 * octave, Double(range.upperBound) / 2)
    return Batch(
      count: count, shared: settings,
      items: ["scores": rows.rows(seed: seed, index: index, count: count, spread: spread)],
      scales: scale.map { ["scores": $0] } ?? [:])
  }
}
