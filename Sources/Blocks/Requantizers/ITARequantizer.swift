import FixedPoint
public import Signals

/// ITA's requantiser: a 26-bit accumulator times an 8-bit multiplier, shifted right, offset, to int8.
///
/// `x` [N] int26 to `y` [N] int8; multiplier, shift and add may vary by element or be scalars.
///
/// - Edge cases: every input has an answer. Ties go up (halfUp), not away from zero. Shift 0 does not
///   round; from shift 35 on, where nothing of the 34-bit product remains, the rounded value is 0.
/// - Source: pulp-platform/ITA, `src/ita_requantizer.sv`.
public struct ITARequantizer: Block {
  public let name = "ita_requantizer"
  public let family: Family? = .requantisation
  public let summary = "Requantises 26-bit accumulators to int8 as ITA does."
  public let formula = """
    y = sat8(halfUp(x * multiplier / 2^shift) + add)
    The product is kept whole (34 bits). halfUp(v) is floor(v + 1/2): ties go up.
    """
  public let source = "pulp-platform/ITA, src/ita_requantizer.sv"
  public let parameters = [Parameter.lanes]

  public init() {}

  /// `x` carries data, multiplier, shift and add, a value a lane; `y` carries data.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    let operands = [
      ArraySpecification(
        "multiplier", .input, axes: ["N"], .unsigned(8), allowsScalar: true,
        "numerator of the scale of x"),
      ArraySpecification(
        "shift", .input, axes: ["N"], .unsigned(8), allowsScalar: true,
        "binary logarithm of the denominator of the scale of x"),
      ArraySpecification(
        "add", .input, axes: ["N"], .signed(8), allowsScalar: true, "zero point of y"),
    ]
    let x = ArraySpecification("x", .input, axes: ["N"], .signed(26), "accumulators")
    let y = ArraySpecification("y", .output, axes: ["N"], .signed(8), "requantised codes")
    let scaled = ArraySpecification(
      "scaled", .tap, axes: ["N"], .signed(34), "x rescaled and rounded, before add")
    return Interface(
      arrays: [x] + operands + [y, scaled], batching: .chunks("N", size: 256),
      streams: [
        .elements("x", .input, x.format, lanes: lanes, with: operands),
        .elements("y", .output, y.format, lanes: lanes),
      ])
  }

  /// `sat8(halfUp(value · multiplier / 2^shift) + add)`.
  static func requantise(
    _ value: Int64, multiplier: Int64, shift: Int64, add: Int64
  ) -> Int64 {
    (scaled(value, multiplier, shift) + add).saturated(to: .signed(8))
  }

  private static func scaled(_ value: Int64, _ multiplier: Int64, _ shift: Int64) -> Int64 {
    (value * multiplier).shiftedRight(by: Int(shift), rounding: .halfUp)
  }

  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let x = batch.item("x")
    let count = x.values.count
    let multiplier = Operand("multiplier", of: batch, count: count)
    let shift = Operand("shift", of: batch, count: count)
    let add = Operand("add", of: batch, count: count)
    let (y, scaled) = Filled.two(count: count) { y, scaled in
      for (i, value) in x.values.enumerated() {
        scaled[i] = ITARequantizer.scaled(value, multiplier[i], shift[i])
        y[i] = (scaled[i] + add[i]).saturated(to: .signed(8))
      }
    }
    return batch.answer(["y": x.with(y), "scaled": x.with(scaled)])
  }

  /// `x · multiplier / 2^shift + add`, clamped to the codes of int8; in codes.
  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    let x = batch.item("x")
    let count = x.values.count
    let multiplier = Operand("multiplier", of: batch, count: count)
    let shift = Operand("shift", of: batch, count: count)
    let add = Operand("add", of: batch, count: count)
    return x.values.enumerated().map { i, value in
      let scale = Double(sign: .plus, exponent: -Int(shift[i]), significand: Double(multiplier[i]))
      return min(max(Double(value) * scale + Double(add[i]), -128), 127)
    }
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(
      array: "y", unit: 1, element: 0.5, domain: Domain(),
      command: "cosim accuracy ita_requantizer --check")
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.item("x").values.count, .elements, peakPerCycle: configuration["Lanes"])
  }

  /// `multiplier` and `shift` from the scales of `x` and `y`: the nearest multiplier of 8 bits whose
  /// highest bit is set.
  public func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    for key in ["x", "y"] where scales[key] == nil { throw .missingScale(block: name, name: key) }
    let ratio = (scales["x"] ?? 0) / (scales["y"] ?? 0)
    guard ratio > 0x1p-128, ratio < 255.5 else {
      throw .scaleOutOfRange(
        block: name, limit: "the ratio of the scales must be positive and below 256",
        found: "\(ratio)")
    }
    var shift = max(0, 7 - Int(ratio.exponent))
    var multiplier = (ratio * Double(sign: .plus, exponent: shift, significand: 1)).rounded()
    if multiplier > 255 {
      // 255.5 and more have become 256.
      multiplier /= 2
      shift -= 1
    }
    return ["multiplier": Tensor(Int64(multiplier)), "shift": Tensor(Int64(shift))]
  }
}

// MARK: - Stimulus

extension ITARequantizer {
  private static let accumulators: ClosedRange<Int64> = -(1 << 25)...(1 << 25) - 1
  private static let arrays = ["x", "multiplier", "shift", "add"]

  /// Every shift against the extremes of all operands, ties and their neighbours, and both
  /// saturations.
  public func corners(in configuration: Configuration) -> [Batch] {
    var corners = DirectedElements(ITARequantizer.arrays)
    let limits = ITARequantizer.accumulators
    for shift in Array<Int64>(0...36) + [63, 64, 127, 128, 255] {
      var elements: [[Int64]] = []
      for multiplier: Int64 in [0, 1, 3, 128, 255] {
        for x in [limits.lowerBound, limits.lowerBound + 1, -1, 0, 1, limits.upperBound] {
          for add: Int64 in [-128, -1, 0, 127] { elements.append([x, multiplier, shift, add]) }
        }
      }
      corners.append("limits, shift \(shift)", elements)
      corners.append("ties, shift \(shift)", ITARequantizer.ties(shift))
    }
    for length in [
      1, configuration["Lanes"] - 1, configuration["Lanes"], configuration["Lanes"] + 1,
    ]
    where length > 0 {
      corners.append(
        "length \(length)", (0..<Int64(length)).map { [1000 * $0 - 5000, 77, 9, 3] })
    }
    corners.append(
      "saturation by add alone",
      [[127, 1, 0, 1], [126, 1, 0, 1], [-128, 1, 0, -1], [-127, 1, 0, -1]])
    return [corners.batch()]
  }

  /// Products on half a unit, and one beside, for quotients of both signs.
  private static func ties(_ shift: Int64) -> [[Int64]] {
    guard (1...33).contains(shift) else { return [] }
    var elements: [[Int64]] = []
    for twos in Int64(0)...min(7, shift - 1) {
      let half = Int64(1) << (shift - 1 - twos)
      for quotient: Int64 in [-127, -2, -1, 0, 1, 126] {
        let tie = quotient * 2 * half + half
        for x in [tie - 1, tie, tie + 1] where accumulators.contains(x) && elements.count < 250 {
          elements.append([x, 1 << twos, shift, 0])
        }
      }
    }
    return elements
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
    let isScalar = index % 3 == 0
    let scale = ITARequantizer.scale(using: &settings)
    var elements = DirectedElements(isScalar ? ["x"] : ITARequantizer.arrays)
    for number in 0..<count {
      var generator = CounterGenerator.transaction(seed: seed, index: index, transaction: number)
      let length = generator.chunkLength(lanes: configuration["Lanes"])
      elements.append(
        "",
        (0..<length).map { _ in
          let operands = isScalar ? scale : ITARequantizer.scale(using: &generator)
          let x = ITARequantizer.accumulator(for: operands, using: &generator)
          return isScalar ? [x] : [x] + operands
        })
    }
    let shared = ["multiplier": scale[0], "shift": scale[1], "add": scale[2]]
    return elements.batch(shared: isScalar ? shared.mapValues { Tensor($0) } : [:])
  }

  /// Multiplier, shift and add: mostly as a real scale of 2^-20...1 gives them, else anything.
  private static func scale(using generator: inout CounterGenerator) -> [Int64] {
    if generator.oneIn(6) {
      return [
        generator.value(in: 0...255), generator.value(in: 0...255), generator.value(in: -128...127),
      ]
    }
    let add = generator.oneIn(3) ? generator.value(in: -128...127) : 0
    return [generator.value(in: 128...255), generator.value(in: 7...27), add]
  }

  /// An accumulator whose result is in range or just out of it, a tie or beside one, or anything.
  private static func accumulator(
    for scale: [Int64], using generator: inout CounterGenerator
  ) -> Int64 {
    let (multiplier, shift) = (max(scale[0], 1), min(scale[1], 33))
    switch generator.count(in: 0...7) {
    case 0: return generator.choice([accumulators.lowerBound, accumulators.upperBound, -1, 0, 1])
    case 1: return generator.value(in: accumulators)
    default: break
    }
    // The numerator of a quotient in -160...160, in halves every other time.
    let halves = generator.value(in: -320...320)
    let near = halves << shift / (2 * multiplier) + generator.value(in: -1...1)
    return min(max(near, accumulators.lowerBound), accumulators.upperBound)
  }
}

// MARK: - Accuracy

extension ITARequantizer {
  /// The multiplier of the ratio `scale`.
  public func batch(
    of codes: RaggedTensor, scale: Double, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    try batch(
      of: codes, scales: ["x": scale, "y": 1], shared: ["add": Tensor(0)], in: configuration)
  }

  /// Codes of `y` beside the integers times the ratio of the scales `x` and `y`, clamped to the codes
  /// of `y`: the error of the multiplier included, which ``ideal(_:in:)`` takes as given.
  public func readings(
    of answer: Batch, to batch: Batch, in configuration: Configuration
  ) -> Readings? {
    Readings(requantised: answer, from: batch, to: interface(in: configuration).array("y"))
  }
}
