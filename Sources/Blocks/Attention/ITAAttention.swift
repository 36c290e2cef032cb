import Foundation
public import Signals

/// Attention heads as ITA computes them: int8 products, its requantiser, its streaming softmax.
///
/// `q` [H, Q, D], `k` and `v` [H, T, D] int8 to `context` [H, Q, D] int8; each head is a transaction.
/// Queries are those of the last Q positions. Masked logits are left out of the softmax: of its running
/// maximum and of its sum. Its groups of `Group` keys are counted from the first key, whatever is masked.
///
/// - Edge cases: a query that sees no key has context 0, whatever `av_add` is. Sums of products never
///   leave the accumulator's 26 bits.
/// - Source: Islamoglu et al., ITA (arXiv 2307.03493); pulp-platform/ITA, `PyITA/ITA.py`. Masks, lengths
///   and decoding are this block's own.
public struct ITAAttention: Block {
  public let name = "ita_attention"
  public let summary = "ITA's attention: int8 products, streaming softmax, requantisers by shifts."
  public let formula = """
    logits  = requantise(sum over d of q * k, qk)      of visible keys; 26-bit sums
    probs   = ita_softmax(logits), masked ones left out: neither in the maximum nor in the sum;
              groups are the keys 0..Group-1, Group..2*Group-1, ...; 0 where masked, unit 1/256
    context = requantise(sum over t of probs * v, av)  0 where a query sees no key
    requantise(x, s) = sat8(halfUp(x * s_multiplier / 2^s_shift) + s_add)
    Key j is visible to query i where j < length, mask[i, j] = 1 and, if the head is causal or
    decodes, j <= T - Q + i.
    """
  public let source = "pulp-platform/ITA, PyITA/ITA.py, src/ita_softmax.sv, src/ita_requantizer.sv"
  public let parameters: [Parameter]

  public init() {
    parameters = Attention.parameters + ITASoftmax().parameters.filter { $0.name != "MaxLength" }
  }

  /// Streams `head`, `q`, `k`, `v` and `mask` in, `context` out; three settings for each requantiser.
  public func interface(in configuration: Configuration) throws(BlockError) -> Interface {
    try Attention.check(configuration, softmax: "Group", block: name)
    return Attention.interface(
      in: configuration, probabilities: .unsigned(8), settings: ITAAttention.settings)
  }

  private static let settings = [("qk", "q·k"), ("av", "probs·v")].flatMap { prefix, what in
    [
      ArraySpecification(
        "\(prefix)_multiplier", .input, axes: [], .unsigned(8), "numerator of the scale of \(what)"
      ),
      ArraySpecification(
        "\(prefix)_shift", .input, axes: [], .unsigned(8),
        "binary logarithm of the denominator of the scale of \(what)"),
      ArraySpecification(
        "\(prefix)_add", .input, axes: [], .signed(8), default: 0,
        "added after the scaling of \(what)"),
    ]
  }

  public func derived(_ batch: Batch, in configuration: Configuration) -> Batch {
    Attention.derived(batch)
  }

  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    try Attention.golden(
      batch, in: configuration, block: name,
      Stages(
        softmax: ITASoftmaxRows(in: configuration), qk: Requantiser("qk", of: batch),
        av: Requantiser("av", of: batch)))
  }

  public func tapOrders(in configuration: Configuration) -> [TapOrder] {
    AttentionTiles(in: configuration).orders(group: configuration["Group"])
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Attention.work(batch, in: configuration)
  }
}

/// The settings of one of the requantisers.
private struct Requantiser {
  private let multiplier: Int64
  private let shift: Int64
  private let add: Int64

  init(_ prefix: String, of batch: Batch) {
    multiplier = batch.scalar("\(prefix)_multiplier")
    shift = batch.scalar("\(prefix)_shift")
    add = batch.scalar("\(prefix)_add")
  }

  func callAsFunction(_ sum: Int64) -> Int64 {
    ITARequantizer.requantise(sum, multiplier: multiplier, shift: shift, add: add)
  }
}

private struct Stages: AttentionStages {
  let softmax: ITASoftmaxRows
  let qk: Requantiser
  let av: Requantiser

  func logit(_ sum: Int64) -> Int64 { qk(sum) }

  func setProbabilities(
    _ range: Range<Int>, of logits: UnsafeBufferPointer<Int64>,
    _ probs: UnsafeMutableBufferPointer<Int64>, where isPresent: (Int) -> Bool
  ) {
    _ = softmax.fill(range, of: logits, probs: probs, where: isPresent)
  }

  func context(_ sum: Int64) -> Int64 { av(sum) }
}

// MARK: - Accuracy

extension ITAAttention {
  /// Softmax attention of the real values, the head's masks applied; nil without scales.
  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    RealAttention(batch)?.context
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    let isCoarse = configuration["EpsilonShift"] == 0
    return Tolerance(
      array: "context", unit: 1, scaleKey: "context", element: isCoarse ? 0.25 : 0.16,
      domain: Domain(
        scale: 0x1p-7...0x1p-3,
        conditions: "q and k normal with a deviation of 32 codes, logits with "
          + (isCoarse ? "1.5 to 6" : "10 to 26")
          + ", v with 32 and the scale of the context, 1/128"),
      command: "cosim accuracy ita_attention --check")
  }

  /// The settings of both requantisers.
  ///
  /// - Parameter scales: of `q`, `k`, `v` and `context`; `divisor`, what q·k is divided by, 1 where left
  ///   out. That of the logits is the softmax's own: an octave is 2^EpsilonShift of them.
  public func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    let scale = try Attention.Scales(scales, block: name)
    let requantiser = ITARequantizer()
    var result: [String: Tensor] = [:]
    for (prefix, x, y) in [
      ("qk", scale.products, ITASoftmax.scale(in: configuration)),
      ("av", scale.weighted, scale.context),
    ] {
      let settings = try requantiser.settings(from: ["x": x, "y": y], in: configuration)
      for (name, tensor) in settings { result["\(prefix)_\(name)"] = tensor }
    }
    return result
  }
}

// MARK: - Stimulus

extension ITAAttention {
  public func transactionCount(
    seed: UInt64, index: Int, in configuration: Configuration
  ) -> Int {
    CounterGenerator.batchSize(seed: seed, index: index)
  }

  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    let count = generator.count(in: 16...64)
    let samples = AttentionStimulus(in: configuration, group: configuration["Group"])
    guard index % 2 == 0 else {
      return samples.batch(
        seed: seed, index: index, count: count,
        shared: randomSettings(&generator, dimension: samples.typicalDimension))
    }
    // Logits of the domain: an octave is 1 code or 32.
    let isCoarse = configuration["EpsilonShift"] == 0
    let deviation = Double(generator.count(in: isCoarse ? 6...24 : 40...104)) / 4
    let typical = AttentionStimulus.Typical(
      dimension: samples.randomDimension(&generator),
      deviation: deviation * ITASoftmax.scale(in: configuration))
    guard let settings = try? settings(from: typical.scales, in: configuration) else {
      return samples.batch(
        seed: seed, index: index, count: count,
        shared: randomSettings(&generator, dimension: samples.typicalDimension))
    }
    return samples.batch(
      seed: seed, index: index, count: count,
      shared: settings.merging(["qk_add": Tensor(0), "av_add": Tensor(0)]) { $1 },
      typical: typical)
  }

  /// Settings under which codes of all values fill the formats, or saturate, or anything.
  private func randomSettings(
    _ generator: inout CounterGenerator, dimension: Int
  ) -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    // 74 is the deviation of uniform codes: a sum has 74 * 74 * sqrt(D), or 74 a whole weight.
    for (prefix, sum) in [("qk", 5500 * Double(dimension).squareRoot()), ("av", 256.0 * 74)] {
      var multiplier = generator.value(in: 128...255)
      var shift = Int64((sum / 40 * Double(multiplier)).exponent) + generator.value(in: -2...1)
      if generator.oneIn(8) {
        (multiplier, shift) = (generator.value(in: 0...255), generator.value(in: 0...40))
      }
      let add = generator.oneIn(2) ? generator.value(in: -128...127) : 0
      result["\(prefix)_multiplier"] = Tensor(multiplier)
      result["\(prefix)_shift"] = Tensor(max(0, shift))
      result["\(prefix)_add"] = Tensor(add)
    }
    return result
  }

  /// Every shape, mask and mode, under settings that keep values in range, saturate, tie, or make all
  /// logits equal.
  public func corners(in configuration: Configuration) -> [Batch] {
    let corners = AttentionCorners(in: configuration, group: configuration["Group"])
    func settings(_ qk: [Int64], _ av: [Int64]) -> [String: Tensor] {
      var result: [String: Tensor] = [:]
      for (prefix, values) in [("qk", qk), ("av", av)] {
        for (name, value) in zip(["multiplier", "shift", "add"], values) {
          result["\(prefix)_\(name)"] = Tensor(value)
        }
      }
      return result
    }
    let wide = Int64(Double(corners.dimension * 74 * 74).squareRoot().exponent)
    let drops: [Int64] =
      configuration["EpsilonShift"] == 0 ? [0, 0, 1, 3, 8] : [0, 0, 32, 96, 255]
    return [
      corners.shapes("typical", settings([177, 11 + wide, 0], [201, 16, 0])),
      corners.modes("typical", settings([177, 10 + wide, 3], [201, 15, 17])),
      corners.masks("typical", settings([177, 10 + wide, -3], [201, 15, -128])),
      corners.extremes("saturating", settings([255, 8, 0], [255, 8, 0])),
      corners.extremes("just in range", settings([128, 21, -1], [128, 15, 1])),
      corners.extremes("ties", settings([1, 7, 0], [1, 1, 0])),
      corners.extremes("ties of small sums", settings([1, 1, 0], [1, 8, 0])),
      corners.extremes("largest results", settings([255, 0, 127], [255, 0, 127])),
      corners.logits(
        "logits as keys", settings([1, 0, 0], [128, 15, 0]),
        // 256 + 256 + 128 + 32 + 1: the next larger numerator would have another quotient.
        and: [("sum 673, a divisor of 65281", drops.map { 127 - $0 })]),
      corners.crowds("typical", settings([177, 11 + wide, 0], [201, 16, 0])),
      corners.modes("all logits equal", settings([0, 0, 5], [128, 15, 0])),
    ]
  }
}
