public import Signals

extension IBERTSoftmax {
  public func corners(in configuration: Configuration) -> [Batch] {
    let scores = Signals.IntegerFormat.signed(configuration["ScoreBits"]).range
    let lanes = configuration["Lanes"]
    let maxLength = configuration["MaxLength"]
    let octaves = Int64(configuration["Octaves"])
    func rows() -> RowCorners { RowCorners(range: scores, maxLength: maxLength) }
    func batch(_ rows: RowCorners, _ prefix: String, _ settings: Settings) -> Batch {
      rows.batch("scores", prefix: prefix, shared: settings.tensors)
    }
    var typical = rows()
    typical.addShapes(lanes: lanes)
    typical.addLengths(lanes: lanes, spread: 40)
    var shapes = rows()
    shapes.addShapes(lanes: lanes)
    var short = rows()
    short.add("length 1", [scores.upperBound])
    short.add("two equal", [3, 3])
    short.add("one hot", [0, 1, 0])
    var steps = rows()
    steps.add("every step", (0..<256).map { scores.upperBound - $0 })
    steps.add("every step, upwards", (0..<256).map { scores.upperBound - 255 + $0 })
    var full = rows()
    full.addShapes(lanes: lanes)
    if maxLength <= 2048 {
      full.add("all equal, MaxLength", Array(repeating: 0, count: maxLength))
    }
    let tie = { (shift: Int64) in octaves + 30 - shift }
    var result = [
      // z takes odd and even values just where half a unit is left.
      batch(steps, "ties, x0 -3", Settings(-3, 10, 44, 1 << 30, tie(9))),
      batch(steps, "ties down, x0 -1", Settings(-1, 3, 5, 1 << 30, tie(0))),
      batch(steps, "ties up, x0 -1", Settings(-1, 0, 7, 1 << 30, tie(0))),
      batch(shapes, "cut off at Octaves", Settings(-2, 7, 22, 1 << 31, tie(11))),
      batch(shapes, "c 0", Settings(-1, 1, 0, 2_147_418_114, 16)),
      batch(full, "exp16 saturates", Settings(-45, 173, 11436, 1 << 30, tie(20))),
      batch(short, "exp16 16384, probability 256", Settings(-1, 0, 1, 1 << 14, octaves)),
      batch(short, "exp16 1, probability 256", Settings(-1, 0, 1, 1, octaves)),
      batch(short, "exp16 below half", Settings(-1, 0, 1, 1, octaves + 1)),
      batch(short, "exp16 just above half", Settings(-1, 0, 1, (1 << 19) + 1, octaves + 20)),
      batch(short, "exp16 just below 3/2", Settings(-1, 0, 1, (3 << 19) - 1, octaves + 20)),
      batch(short, "exp16 rounds up to 32768", Settings(-1, 0, 1, 65535, octaves + 1)),
      // The quadratic is -1, just below what is cut off, at a distance of 2.
      batch(steps, "E -1", Settings(-4, 5, 5, 1 << 30, octaves + 18)),
      // The device then shifts to the left, within the format and beyond it.
      batch(short, "exp16 twice", Settings(-1, 0, 1, 1, max(0, octaves - 1))),
      batch(short, "exp16 8 times", Settings(-1, 0, 1, 1, max(0, octaves - 3))),
      batch(short, "exp16 65536 times", Settings(-1, 0, 1, 1, max(0, octaves - 16))),
    ]
    result += widest(octaves).map { name, settings in
      var far = shapes
      // Just short of whole octaves, where the quadratic is about c again.
      let step = settings.octave - 8
      far.add(
        "octaves apart", (0..<40).map { max(scores.lowerBound, scores.upperBound - $0 * step) })
      return batch(far, name, settings)
    }
    if let settings = try? settings(from: ["scores": 0x1p-6], in: configuration) {
      result.insert(
        typical.batch(
          "scores", prefix: "S 1/64", shared: settings,
          scales: octaves >= 20 && maxLength <= 1024 ? ["scores": 0x1p-6] : [:]),
        at: 0)
    }
    return result
  }

  /// Settings at the ends of their formats, the second with exponentials that are cut at 0.
  private func widest(_ octaves: Int64) -> [(String, Settings)] {
    let limit: Int64 = 1 << min(33, 63 - octaves)
    let exponent = 48 + octaves
    // The largest exponential is just short of 2^15, so that none saturates.
    let whole = octaves + 17 + min(33, 63 - octaves)
    return [
      ("widest E", Settings(-131071, 131070, limit - 1, 0xFFFF_FFFF, exponent)),
      ("largest b", Settings(-131071, 0xF_FFFF, limit - 1, 1 << 31, exponent)),
      ("E below 0", Settings(-131071, 0xF_FFFF, 1 << 24, 1 << 31, exponent - 9)),
      ("largest exponent", Settings(-131071, 131070, limit - 1, 0xFFFF_FFFF, 127)),
      // Every bit of x0 is needed, and every octave is further than two scores can be apart.
      ("x0 -43690", Settings(-43690, 43689, limit - 1, 0xFFFF_FFFF, exponent)),
      ("x0 -87381", Settings(-87381, 87380, limit - 1, 0xFFFF_FFFF, exponent)),
      ("x0 -43690, unsaturated", Settings(-43690, 43689, limit - 1, 0xFFFF_FFFF, whole)),
    ]
  }

  public func transactionCount(
    seed: UInt64, index: Int, in configuration: Configuration
  ) -> Int {
    CounterGenerator.batchSize(seed: seed, index: index)
  }

  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    return stimulus(
      seed: seed, index: index, count: generator.count(in: 16...64), in: configuration)
  }

  /// The first `count` transactions of stimulus `index`.
  func stimulus(seed: UInt64, index: Int, count: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    _ = generator.next()
    let (settings, scale) = randomSettings(&generator, in: configuration)
    let range = Signals.IntegerFormat.signed(configuration["ScoreBits"]).range
    let octave = Double(-(settings["x0"]?.scalar ?? -1))
    let maxLength = configuration["MaxLength"]
    let rows = RowStimulus(
      range: range, lanes: configuration["Lanes"],
      maxLength: scale == nil ? maxLength : min(1024, maxLength))
    let spread = min(2.5 * octave, Double(range.upperBound) / 2)
    return Batch(
      count: count, shared: settings,
      items: ["scores": rows.rows(seed: seed, index: index, count: count, spread: spread)],
      scales: scale.map { ["scores": $0] } ?? [:])
  }

  /// Settings of a batch, and the scale where the tolerance holds.
  private func randomSettings(
    _ generator: inout CounterGenerator, in configuration: Configuration
  ) -> (settings: [String: Tensor], scale: Double?) {
    let octaves = configuration["Octaves"]
    var scales: [String: Double] = [:]
    switch generator.count(in: 0...9) {
    case 0...5:
      let scale = generator.scale(exponents: -12 ... -7)
      if let settings = try? settings(from: ["scores": scale], in: configuration),
        isInDomain(settings, octaves: octaves)
      {
        return (settings, octaves >= 20 ? scale : nil)
      }
    case 6:
      // Any scale, and a calibration that saturates or leaves bits unused.
      scales["scores"] = generator.scale(exponents: -13...0)
      scales["exp_max"] = generator.scale(exponents: (octaves - 3)...(octaves + 20))
      if let settings = try? settings(from: scales, in: configuration),
        isInDomain(settings, octaves: octaves)
      {
        return (settings, nil)
      }
    case 7, 8:
      // A power of two: every bit below one half of exp16 is 0, hence ties.
      scales["scores"] = generator.scale(exponents: -4 ... -1)
      if var settings = try? settings(from: scales, in: configuration) {
        let bits = Int64.bitWidth - (settings["c"]?.scalar ?? 0).leadingZeroBitCount
        let shift = generator.count(in: 12...17) - bits
        settings["exp_multiplier"] = Tensor(1 << 30)
        settings["exp_exponent"] = Tensor(Int64(octaves + 30 - shift))
        return (settings, nil)
      }
    default: break
    }
    return (extremeSettings(&generator, octaves: octaves).tensors, nil)
  }

  private func isInDomain(_ settings: [String: Tensor], octaves: Int) -> Bool {
    let batch = Batch(count: 0, shared: settings)
    return
      (try? PolynomialExponential(
        batch, octaves: octaves, bits: min(33, 63 - octaves), block: name)) != nil
  }

  /// Any x0, any c in the domain, and a requantiser that about fits.
  private func extremeSettings(
    _ generator: inout CounterGenerator, octaves: Int
  ) -> Settings {
    let x0 = -generator.value(in: 1...(generator.value(in: 0...131070) + 1))
    // From here on, the quadratic is nowhere above c.
    let b = generator.value(in: (-x0 - 1)...0xF_FFFF)
    let bits = generator.count(in: 0...min(33, 63 - octaves))
    let c = generator.value(in: 0...((1 << Int64(bits)) - 1))
    let exponent = bits + octaves + generator.count(in: 15...19)
    return Settings(x0, b, c, generator.value(in: 0...0xFFFF_FFFF), Int64(exponent))
  }
}

/// The five settings as numbers.
private struct Settings {
  let tensors: [String: Tensor]
  /// Difference of scores that halves the exponential.
  let octave: Int64

  init(_ x0: Int64, _ b: Int64, _ c: Int64, _ multiplier: Int64, _ exponent: Int64) {
    octave = -x0
    tensors = [
      "x0": Tensor(x0), "b": Tensor(b), "c": Tensor(c), "exp_multiplier": Tensor(multiplier),
      "exp_exponent": Tensor(exponent),
    ]
  }
}
