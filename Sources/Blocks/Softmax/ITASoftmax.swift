import Foundation
public import Signals

/// ITA's streaming softmax: powers of two of int8 logits, summed group by group under a running
/// maximum, normalised by one division a row.
///
/// `scores` [R, L] int8 to `probs` [R, L] uint8 in units of 1/256. The order of the groups matters:
/// the sum is shifted right, and truncated, whenever the maximum rises.
///
/// - Edge cases: the sum has 19 bits and wraps, as the RTL of the source does; only rows of 2048 and
///   more elements reach that. A sum of 0 gives 0 everywhere. A quotient above 8 bits, possible after
///   a wrap only, keeps its low 8 bits. Absent elements of a partial last group add nothing.
/// - Source: Islamoglu et al., ITA (arXiv 2307.03493); pulp-platform/ITA, `src/ita_softmax.sv`.
public struct ITASoftmax: Block {
  public let name = "ita_softmax"
  public let family: Family? = .softmax
  public let summary = "ITA's streaming softmax: shifts, a running maximum, one division a row."
  public let formula = """
    R(d) = halfUp(d / 2^EpsilonShift)
    max  = -128; for each group of Group elements, in order:
      max' = maximum(max, group)
      sum  = [first group: 0, else floor(sum / 2^R(max' - max))] + sum(floor(256 / 2^R(max' - x)))
             in 19 bits, wrapping
    inverse = floor(65280 / sum), 0 where sum is 0          65280 = 255 * 256
    p       = floor(inverse / 2^R(max - x)) mod 256         unit 1/256
    """
  public let source = "pulp-platform/ITA, src/ita_softmax.sv; EpsilonShift 5 as published, 0 now"
  public let parameters = [
    Parameter(
      "EpsilonShift", 0...5, default: 0, "binary logarithm of the logit steps in an octave",
      choices: [0, 5]),
    Parameter("Group", 1...64, default: 16, "elements under one maximum, the lanes of a beat"),
    .maxLength(),
  ]

  public init() {}

  /// Rows in and out, `Group` lanes a beat.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Group"]
    return Interface(
      arrays: [
        ArraySpecification("scores", .input, axes: ["R", "L"], .signed(8), "logits"),
        ArraySpecification(
          "probs", .output, axes: ["R", "L"], .unsigned(8), "probabilities, unit 1/256"),
        ArraySpecification("max", .tap, axes: ["R"], .signed(8), "maximum of the row"),
        ArraySpecification("sum", .tap, axes: ["R"], .unsigned(19), "sum of powers, unit 1/256"),
        ArraySpecification("inverse", .tap, axes: ["R"], .unsigned(16), "floor(65280 / sum)"),
      ],
      batching: .leading("R"),
      streams: [
        .rows("scores", .input, format: .signed(8), lanes: lanes),
        .rows("probs", .output, format: .unsigned(8), lanes: lanes),
      ])
  }

  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let scores = batch.item("scores")
    try scores.checkRows(maxLength: configuration["MaxLength"], block: name)
    let rows = ITASoftmaxRows(in: configuration)
    var maxima: [Int64] = []
    var sums: [Int64] = []
    var inverses: [Int64] = []
    let probs = [Int64](unsafeUninitializedCapacity: scores.values.count) { probs, initialized in
      scores.values.withUnsafeBufferPointer { values in
        for index in 0..<scores.count {
          let row = rows.fill(scores.range(of: index), of: values, probs: probs) { _ in true }
          maxima.append(row.maximum)
          sums.append(row.sum)
          inverses.append(row.inverse)
        }
      }
      initialized = scores.values.count
    }
    return batch.answer([
      "probs": scores.with(probs), "max": RaggedTensor(scalars: maxima),
      "sum": RaggedTensor(scalars: sums), "inverse": RaggedTensor(scalars: inverses),
    ])
  }

  /// Softmax with the scale of `scores`; one that fits the block has ln 2 = 2^EpsilonShift steps.
  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    guard let scale = batch.scales["scores"] else { return nil }
    return RealSoftmax.probabilities(of: batch.item("scores"), scale: scale)
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    let isCoarse = configuration["EpsilonShift"] == 0
    let scale = ITASoftmax.scale(in: configuration)
    return Tolerance(
      array: "probs", unit: 1.0 / 256, element: isCoarse ? 0.05 : 0.14,
      rowSum: isCoarse ? 0.55...1.0 : 0.4...1.45,
      domain: Domain(
        scale: scale...scale, length: 1...128, deviation: 1...4,
        conditions: "ln 2 is 2^EpsilonShift codes"),
      command: "cosim accuracy ita_softmax --check")
  }

  /// The logits of one code: an octave is 2^EpsilonShift of them.
  static func scale(in configuration: Configuration) -> Double {
    log(2.0) / Double(1 << configuration["EpsilonShift"])
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.item("scores").values.count, .elements, peakPerCycle: configuration["Group"])
  }
}

// MARK: - Stimulus

extension ITASoftmax {
  /// Plateaus, ramps and lengths, rises of the maximum between groups, and each rounded shift.
  public func corners(in configuration: Configuration) -> [Batch] {
    let group = configuration["Group"]
    let longest = configuration["MaxLength"]
    var rows = RowCorners(range: -128...127, maxLength: longest)
    rows.addShapes(lanes: group)
    rows.addLengths(lanes: group, spread: 20)
    for rise: Int64 in [1, 15, 16, 17, 47, 48, 49, 255] {
      rows.add(
        "maximum rises by \(rise) between groups",
        (0..<(3 * group)).map { -128 + rise * Int64($0 / group) })
    }
    for length in [256, 2047, 2048, 2049] where length <= longest {
      rows.add("sum at its limit, length \(length)", [Int64](repeating: 5, count: length))
    }
    // Differences at which halfUp(d / 32) steps, and their neighbours.
    for octave in Int64(0)..<8 {
      rows.add("shift \(octave) at its tie", [127] + [15, 16, 17].map { 127 - (32 * octave + $0) })
    }
    // 256 + 256 + 128 + 32 + 1: the next larger numerator would have another quotient.
    let drops: [Int64] =
      configuration["EpsilonShift"] == 0 ? [0, 0, 1, 3, 8] : [0, 0, 32, 96, 255]
    rows.add("sum 673, a divisor of 65281", drops.map { 127 - $0 })
    return [rows.batch("scores", prefix: "int8", shared: [:])]
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

  /// The first `count` rows of stimulus `index`: normal logits of the domain, or mixed styles over all
  /// codes.
  func stimulus(seed: UInt64, index: Int, count: Int, in configuration: Configuration) -> Batch {
    let rows = RowStimulus(
      range: -128...127, lanes: configuration["Group"], maxLength: configuration["MaxLength"])
    let scale = ITASoftmax.scale(in: configuration)
    let isNormal = index % 2 == 0
    let items =
      isNormal
      ? rows.normal(seed: seed, index: index, count: count, sigmas: (1 / scale)...(4 / scale))
      : rows.rows(seed: seed, index: index, count: count, spread: 2 / scale)
    return Batch(
      count: count, items: ["scores": items], scales: isNormal ? ["scores": scale] : [:])
  }
}
