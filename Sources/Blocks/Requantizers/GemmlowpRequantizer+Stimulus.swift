public import Signals

extension GemmlowpRequantizer {
  private static let arrays = ["x", "multiplier", "shift"]
  private static let half: Int64 = 1 << 30

  /// Accumulators that stay in the domain under a shift.
  private static func accumulators(_ shift: Int64) -> ClosedRange<Int64> {
    let limit = Int64(1) << (31 - max(shift, 0))
    return -limit...limit - 1
  }

  /// Every shift against the limits of accumulator and multiplier, and the ties of both roundings.
  public func corners(in configuration: Configuration) -> [Batch] {
    let output = IntegerFormat.signed(configuration["OutputBits"]).range
    let half = GemmlowpRequantizer.half
    var elements = DirectedElements(GemmlowpRequantizer.arrays)
    for shift in Int64(-31)...30 {
      let limits = GemmlowpRequantizer.accumulators(shift)
      let values = [limits.lowerBound, limits.lowerBound + 1, -1, 0, 1, limits.upperBound]
      let multipliers = [0, 1, half - 1, half, half + 1, 3 << 29, 0x7FFF_FFFF]
      elements.append(
        "limits, shift \(shift)",
        multipliers.flatMap { multiplier in values.map { [$0, multiplier, shift] } })
      elements.append("ties, shift \(shift)", GemmlowpRequantizer.ties(shift))
    }
    let beside: [Int64] = [-3, -2, -1, 0, 1, 2, 3]
    let ends = beside.flatMap { [output.lowerBound + $0, output.upperBound + $0] }
      .filter { GemmlowpRequantizer.accumulators(0).contains($0) }
    elements.append("ends of y", ends.map { [$0, 0x7FFF_FFFF, 0] })
    let lanes = configuration["Lanes"]
    for length in Set([1, max(1, lanes - 1), lanes, lanes + 1, 256]).sorted() {
      elements.append(
        "length \(length)", (0..<Int64(length)).map { [$0 * 999 - 50_000, 3 << 29, -8] })
    }
    return [0, output.lowerBound, output.upperBound].map { zeroPoint in
      elements.batch(shared: ["zero_point": Tensor(zeroPoint)])
    }
  }

  /// Values whose first rounding is a tie, whose second is one, and whose first rounding makes the
  /// second one, for quotients of both signs.
  private static func ties(_ shift: Int64) -> [[Int64]] {
    let right = max(-shift, 0)
    let limits = accumulators(shift)
    var values: [Int64] = []
    for quotient: Int64 in [-64, -3, -2, -1, 0, 1, 2, 63] {
      // With the multiplier 2^30 the first rounding divides by 2, and sees a tie at odd values.
      let tie = (quotient << (right + 1)) + (1 << right)
      values += [tie - 2, tie - 1, tie, tie + 1, tie + 2]
    }
    return values.filter { limits.contains($0) }.map { [$0, half, shift] }
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

  /// The first `count` transactions of stimulus `index`: one scale for all or one an element;
  /// accumulators that fill the output's range, saturate it, or sit at ties.
  func stimulus(seed: UInt64, index: Int, count: Int, in configuration: Configuration) -> Batch {
    var settings = CounterGenerator.settings(seed: seed, index: index)
    _ = settings.next()
    let output = IntegerFormat.signed(configuration["OutputBits"]).range
    let isScalar = index % 3 == 0
    let scale = GemmlowpRequantizer.scale(using: &settings)
    var elements = DirectedElements(isScalar ? ["x"] : GemmlowpRequantizer.arrays)
    for number in 0..<count {
      var generator = CounterGenerator.transaction(seed: seed, index: index, transaction: number)
      let length = generator.chunkLength(lanes: configuration["Lanes"])
      elements.append(
        "",
        (0..<length).map { _ in
          let operands = isScalar ? scale : GemmlowpRequantizer.scale(using: &generator)
          let x = GemmlowpRequantizer.accumulator(
            multiplier: operands[0], shift: operands[1], output, using: &generator)
          return isScalar ? [x] : [x] + operands
        })
    }
    var shared = ["zero_point": settings.oneIn(2) ? 0 : settings.value(in: output)]
    if isScalar { (shared["multiplier"], shared["shift"]) = (scale[0], scale[1]) }
    return elements.batch(shared: shared.mapValues { Tensor($0) })
  }

  /// Multiplier and shift: mostly normalised, often a power of two, now and then anything.
  private static func scale(using generator: inout CounterGenerator) -> [Int64] {
    if generator.oneIn(8) {
      return [generator.value(in: 0...0x7FFF_FFFF), generator.value(in: -31...30)]
    }
    let shift = generator.oneIn(6) ? generator.value(in: 0...8) : generator.value(in: -24...0)
    return [generator.oneIn(3) ? half : generator.value(in: half...0x7FFF_FFFF), shift]
  }

  /// An accumulator whose result lies about the output's range, a tie or beside one, or anything.
  private static func accumulator(
    multiplier: Int64, shift: Int64, _ output: ClosedRange<Int64>,
    using generator: inout CounterGenerator
  ) -> Int64 {
    let limits = accumulators(shift)
    switch generator.count(in: 0...7) {
    case 0: return generator.choice([limits.lowerBound, limits.upperBound, -1, 0, 1])
    case 1: return generator.value(in: limits)
    default: break
    }
    // Half a unit of y is 2^(30 - shift) / multiplier accumulators.
    let target = Double(generator.value(in: output.lowerBound...output.upperBound)) * 2.5
    let step =
      Double(sign: .plus, exponent: 30 - Int(shift), significand: 1) / Double(max(multiplier, 1))
    let near = (target * step).rounded() + Double(generator.value(in: -1...1))
    return Int64(min(max(near, Double(limits.lowerBound)), Double(limits.upperBound)))
  }
}
