import FixedPoint
import Foundation
public import Signals

/// Softermax: base 2, an online integer maximum, low-precision fixed point, no division an element.
///
/// `scores` [R, L] int8 in Q(6,2) to `probs` [R, L] in UQ(1,7). Renormalising after a rise of the
/// maximum is a shift, which truncates: the result depends on the order and size of the windows.
///
/// - Edge cases: the sum saturates at 65535/64. A probability of 1 reads 128, or 129 where the maximum
///   is rounded up, since the sum is truncated. Absent elements of a partial last window add nothing.
/// - Source: Stevens et al., Softermax (arXiv 2103.09301). No public code is bit-exact: formats are
///   the paper's, roundings and the chords of 2^f are fixed here.
public struct Softermax: Block {
  public let name = "softermax"
  public let family: Family? = .softmax
  public let summary = "Softermax: base-2 softmax of Q(6,2) rows under an online integer maximum."
  public let formula = """
    c(x)    = slope[x mod 4] * (x mod 4) + intercept[x mod 4]      2^(x mod 4 / 4), UQ(1,16)
              slope = 12400 14746 17536 20854, intercept = 65536 63190 57610 47656
    p(x, M) = floor(c(x) * 2^(floor(x / 4) - M) / 2)                                UQ(1,15)
    I(x)    = floor(x / 4) where MaxRounding is 0, ceil(x / 4) where it is 1
    for each window of Window elements, in order:
      M'  = maximum(M, I(maximum(window)))
      sum = minimum(65535, floor(sum / 2^(M' - M)) + floor(sum(p(x, M')) / 2^9))    UQ(10,6)
    n = bits of sum, r = floor(2^(14 + n) / sum)                    2^(n - 1) / sum, UQ(1,15)
    y = floor(p(x, M) * r / 2^(16 + n)), M of the whole row                         UQ(1,7)
    """
  public let source = "Stevens et al., Softermax (arXiv 2103.09301); roundings fixed here"
  public let parameters = [
    Parameter(
      "MaxRounding", 0...1, default: 0, "integer maximum: 0 rounds down (floor), 1 up (ceil)",
      choices: [0, 1]),
    Parameter("Window", 1...64, default: 16, "elements under one maximum, the lanes of a beat"),
    .maxLength(),
  ]

  /// Chords of 2^f on quarters: slope in 1/4 unit, UQ(1,16), and value at f = 0.
  package static let slopes: [Int64] = [12400, 14746, 17536, 20854]
  package static let intercepts: [Int64] = [65536, 63190, 57610, 47656]

  public init() {}

  /// Rows in and out, `Window` lanes a beat.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Window"]
    return Interface(
      arrays: [
        ArraySpecification("scores", .input, axes: ["R", "L"], .signed(8), "logits, unit 1/4"),
        ArraySpecification(
          "probs", .output, axes: ["R", "L"], .unsigned(8), "probabilities, unit 1/128"),
        ArraySpecification(
          "sum", .tap, axes: ["R"], .unsigned(16), "sum of powers under the maximum, unit 1/64"),
        ArraySpecification(
          "reciprocal", .tap, axes: ["R"], .unsigned(16),
          "floor(2^(14 + bits) / sum) of a sum with so many bits"),
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
    let powers = SoftermaxPowers(roundsUp: configuration["MaxRounding"] == 1)
    let window = configuration["Window"]
    var probs = [Int64](repeating: 0, count: scores.values.count)
    var sums = [Int64](repeating: 0, count: scores.count)
    var reciprocals = sums
    scores.values.withUnsafeBufferPointer { values in
      for index in 0..<scores.count {
        let row = scores.range(of: index)
        let (maximum, sum) = powers.accumulate(values, row, window: window)
        // Every window adds its largest power, at least 1/2: the sum is never 0.
        let bits = Int64.bitWidth - sum.leadingZeroBitCount
        let reciprocal = (Int64(1) << Int64(14 + bits)).divided(by: sum, rounding: .floor)
        for i in row {
          probs[i] = (powers[values[i], maximum] * reciprocal)
            .shiftedRight(by: 16 + bits, rounding: .floor)
        }
        sums[index] = sum
        reciprocals[index] = reciprocal
      }
    }
    return batch.answer([
      "probs": scores.with(probs), "sum": RaggedTensor(scalars: sums),
      "reciprocal": RaggedTensor(scalars: reciprocals),
    ])
  }

  /// The base-2 softmax of logits in quarters, or the softmax with the scale of `scores`.
  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    guard let scale = batch.scales["scores"] else { return nil }
    return RealSoftmax.probabilities(of: batch.item("scores"), scale: scale)
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    let roundsUp = configuration["MaxRounding"] == 1
    return Tolerance(
      array: "probs", unit: 1.0 / 128, element: roundsUp ? 0.12 : 0.07, rowSum: 0.45...1.06,
      domain: Domain(
        scale: Softermax.scale...Softermax.scale, length: 1...128, deviation: 1...4,
        conditions: "ln 2 is 4 codes"),
      command: "cosim accuracy softermax --check")
  }

  /// The logits of one code: an octave is 4 of them.
  static let scale = log(2.0) / 4

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.item("scores").values.count, .elements, peakPerCycle: configuration["Window"])
  }
}

/// The powers of two of all logits, and their sums.
private struct SoftermaxPowers {
  /// By the fraction of a logit: 2^f in UQ(1,16).
  private let fractions: [Int64]
  private let roundsUp: Bool

  init(roundsUp: Bool) {
    self.roundsUp = roundsUp
    fractions = (0..<4).map { Softermax.slopes[$0] * Int64($0) + Softermax.intercepts[$0] }
  }

  /// `p(x, maximum)` in UQ(1,15): a logit is at most three quarters above the maximum.
  subscript(x: Int64, maximum: Int64) -> Int64 {
    let whole = x.shiftedRight(by: 2, rounding: .floor)
    let fraction = fractions[Int(x & 3)]
    return fraction.shiftedRight(by: Int(maximum - whole) + 1, rounding: .floor)
  }

  /// The integer maximum and the sum of one row, window after window.
  func accumulate(
    _ values: UnsafeBufferPointer<Int64>, _ row: Range<Int>, window: Int
  ) -> (maximum: Int64, sum: Int64) {
    var maximum: Int64 = -32
    var sum: Int64 = 0
    var start = row.lowerBound
    while start < row.upperBound {
      let end = min(start + window, row.upperBound)
      var largest: Int64 = -128
      for i in start..<end { largest = max(largest, values[i]) }
      let raised = max(
        maximum, (largest + (roundsUp ? 3 : 0)).shiftedRight(by: 2, rounding: .floor))
      sum = sum.shiftedRight(by: Int(raised - maximum), rounding: .floor)
      maximum = raised
      var added: Int64 = 0
      for i in start..<end { added += self[values[i], maximum] }
      sum = (sum + added.shiftedRight(by: 9, rounding: .floor)).saturated(to: .unsigned(16))
      start = end
    }
    return (maximum, sum)
  }
}

// MARK: - Stimulus

extension Softermax {
  /// Shapes and lengths, rises of the maximum between windows, every fraction, and saturated sums.
  public func corners(in configuration: Configuration) -> [Batch] {
    let window = configuration["Window"]
    var rows = RowCorners(range: -128...127, maxLength: configuration["MaxLength"])
    rows.addShapes(lanes: window)
    rows.addLengths(lanes: window, spread: 12)
    for rise: Int64 in [1, 2, 3, 4, 5, 8, 63, 255] {
      rows.add(
        "maximum rises by \(rise) between windows",
        (0..<(3 * window)).map { -128 + rise * Int64($0 / window) })
    }
    for fraction: Int64 in 0..<4 {
      rows.add("maximum with fraction \(fraction)/4", (0..<33).map { 8 + fraction - $0 })
    }
    for length in [609, 610, 1023, 1024, 2048] {
      rows.add("sum near its limit, length \(length)", [Int64](repeating: 127, count: length))
    }
    rows.add("all codes", (0..<256).map { $0 - 128 })
    return [rows.batch("scores", prefix: "Q(6,2)", shared: [:])]
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
      range: -128...127, lanes: configuration["Window"], maxLength: configuration["MaxLength"])
    let scale = Softermax.scale
    let isNormal = index % 2 == 0
    let items =
      isNormal
      ? rows.normal(seed: seed, index: index, count: count, sigmas: (1 / scale)...(4 / scale))
      : rows.rows(seed: seed, index: index, count: count, spread: 12)
    return Batch(
      count: count, items: ["scores": items], scales: isNormal ? ["scores": scale] : [:])
  }
}
