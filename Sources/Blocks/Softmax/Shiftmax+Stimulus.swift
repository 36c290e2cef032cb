public import Signals

extension Shiftmax {
  public func corners(in configuration: Configuration) -> [Batch] {
    let scores = Signals.IntegerFormat.signed(configuration["ScoreBits"]).range
    let lanes = configuration["Lanes"]
    let maxLength = configuration["MaxLength"]
    let widest = -ShiftExponential.x0(octaves: configuration["Octaves"]).range.upperBound
    let settings: [(String, Int64)] = [
      ("x0 -40", -40), ("x0 -1", -1), ("x0 -2", -2), ("x0 -86", -86), ("widest x0", widest),
    ]
    return settings.filter { $0.1 >= widest }.map { label, x0 in
      var rows = RowCorners(range: scores, maxLength: maxLength)
      rows.addShapes(lanes: lanes)
      rows.add("every step", (0..<256).map { scores.upperBound - $0 })
      rows.addLengths(lanes: lanes, spread: 30, longest: x0 == -40 || maxLength <= 1024)
      // With the widest x0, the sum saturates from two elements on.
      rows.add("two equal", [1, 1])
      return rows.batch(
        "scores", prefix: label, shared: ["x0": Tensor(x0)],
        scales: x0 == -40 && configuration["Octaves"] == 15 && maxLength <= 1024
          ? ["scores": 0.025] : [:])
    }
  }

  public func transactionCount(
    seed: UInt64, index: Int, in configuration: Configuration
  ) -> Int {
    CounterGenerator.batchSize(seed: seed, index: index)
  }

  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    let count = generator.count(in: 16...64)
    let widest = -ShiftExponential.x0(octaves: configuration["Octaves"]).range.upperBound
    var settings = ["x0": Tensor(-generator.value(in: 1...generator.value(in: 1...(-widest))))]
    var scale: Double?
    if generator.oneIn(2) {
      let candidate = generator.scale(exponents: -6 ... -6)
      if let derived = try? self.settings(from: ["scores": candidate], in: configuration) {
        settings = derived
        // |x0| is at most 64 there, and rows of up to 1024 elements do not saturate.
        scale = configuration["Octaves"] == 15 ? candidate : nil
      }
    } else if generator.oneIn(3) {
      settings["x0"] = Tensor(max(-generator.value(in: 1...4), widest))
    }
    let range = Signals.IntegerFormat.signed(configuration["ScoreBits"]).range
    let octave = Double(-(settings["x0"]?.scalar ?? -1))
    var rows = RowStimulus(
      range: range, lanes: configuration["Lanes"], maxLength: configuration["MaxLength"])
    if scale != nil { rows.maxLength = min(1024, rows.maxLength) }
    let spread = min(2 * octave, Double(range.upperBound) / 2)
    return Batch(
      count: count, shared: settings,
      items: ["scores": rows.rows(seed: seed, index: index, count: count, spread: spread)],
      scales: scale.map { ["scores": $0] } ?? [:])
  }
}
