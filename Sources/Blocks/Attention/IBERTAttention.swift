import FixedPoint
public import Signals

/// Attention heads with I-BERT's integer softmax and dyadic requantisers.
///
/// `q` [H, Q, D], `k` and `v` [H, T, D] int8 to `context` [H, Q, D] int8; each head is a transaction.
/// Queries are those of the last Q positions. Masked logits are left out of the softmax: of its maximum
/// and of its sum.
///
/// - Edge cases: a query that sees no key has context 0. A probability may be 256. Sums of products never
///   leave the accumulator's 26 bits.
/// - Source: Kim et al., I-BERT (arXiv 2101.01321); huggingface/transformers `ibert/quant_modules.py`,
///   with logits requantised to int8 before the softmax. Masks, lengths and decoding are this block's own.
public struct IBERTAttention: Block {
  public let name = "ibert_attention"
  public let summary = "Attention with I-BERT's softmax and dyadic requantisers, int8 throughout."
  public let formula = """
    logits  = requantise(sum over d of q * k, qk)      of visible keys; 26-bit sums
    probs   = ibert_softmax(logits), masked ones left out: neither in the maximum nor in the sum;
              0 where masked, 0...256, unit 1/256
    context = requantise(sum over t of probs * v, av)  0 where a query sees no key
    requantise(x, s) = sat8(rhe(x * s_multiplier / 2^s_exponent))
    Key j is visible to query i where j < length, mask[i, j] = 1 and, if the head is causal or
    decodes, j <= T - Q + i.
    """
  public let source = "I-BERT (huggingface/transformers, ibert/quant_modules.py)"
  public let parameters: [Parameter]

  public init() {
    parameters =
      Attention.parameters + [
        Parameter("Lanes", 1...64, default: 16, "logits in a beat of the softmax unit")
      ] + IBERTSoftmax().parameters.filter { $0.name == "Octaves" }
  }

  /// Streams `head`, `q`, `k`, `v` and `mask` in, `context` out; the softmax's settings and two for each
  /// requantiser.
  public func interface(in configuration: Configuration) throws(BlockError) -> Interface {
    try Attention.check(configuration, softmax: "Lanes", block: name)
    let settings = IBERTSoftmax().interface(in: IBERTAttention.softmax(configuration))
    let names = settings.settings.map(\.name)
    return Attention.interface(
      in: configuration, probabilities: .unsigned(9),
      settings: IBERTAttention.scale("qk", "q·k")
        + settings.arrays.filter { names.contains($0.name) }
        + IBERTAttention.scale("av", "probs·v"))
  }

  /// The configuration of the softmax unit inside.
  static func softmax(_ configuration: Configuration) -> Configuration {
    Configuration(
      name: configuration.name,
      values: [
        "Lanes": configuration["Lanes"], "ScoreBits": 8, "MaxLength": configuration["MaxTokens"],
        "Octaves": configuration["Octaves"],
      ])
  }

  private static func scale(_ prefix: String, _ what: String) -> [ArraySpecification] {
    [
      ArraySpecification(
        "\(prefix)_multiplier", .input, axes: [], .unsigned(32), "numerator of the scale of \(what)"
      ),
      ArraySpecification(
        "\(prefix)_exponent", .input, axes: [], .unsigned(7),
        "binary logarithm of the denominator of the scale of \(what)"),
    ]
  }

  public func derived(_ batch: Batch, in configuration: Configuration) -> Batch {
    Attention.derived(batch)
  }

  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    func scale(_ prefix: String) -> DyadicScale {
      DyadicScale(
        multiplier: UInt32(batch.scalar("\(prefix)_multiplier")),
        exponent: Int(batch.scalar("\(prefix)_exponent")))
    }
    let softmax = try IBERTSoftmaxRows(
      batch, octaves: configuration["Octaves"], scoreBits: 8, elements: .max, block: name)
    return try Attention.golden(
      batch, in: configuration, block: name,
      Stages(softmax: softmax, qk: scale("qk"), av: scale("av")))
  }

  public func tapOrders(in configuration: Configuration) -> [TapOrder] {
    AttentionTiles(in: configuration).orders(group: configuration["Lanes"])
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Attention.work(batch, in: configuration)
  }
}

private struct Stages: AttentionStages {
  let softmax: IBERTSoftmaxRows
  let qk: DyadicScale
  let av: DyadicScale

  func logit(_ sum: Int64) -> Int64 { qk.requantise(sum, rounding: .halfToEven, to: .signed(8)) }

  func setProbabilities(
    _ range: Range<Int>, of logits: UnsafeBufferPointer<Int64>,
    _ probs: UnsafeMutableBufferPointer<Int64>, where isPresent: (Int) -> Bool
  ) {
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: max(1, 2 * range.upperBound)) { room in
      let columns = IBERTSoftmaxRows.Columns(
        exp: UnsafeMutableBufferPointer(rebasing: room[..<range.upperBound]),
        exp16: UnsafeMutableBufferPointer(rebasing: room[range.upperBound...]), probs: probs)
      _ = softmax.fill(range, of: logits, columns, where: isPresent)
    }
  }

  func context(_ sum: Int64) -> Int64 { av.requantise(sum, rounding: .halfToEven, to: .signed(8)) }
}

// MARK: - Accuracy

extension IBERTAttention {
  /// Softmax attention of the real values, the head's masks applied; nil without scales.
  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    RealAttention(batch)?.context
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(
      array: "context", unit: 1, scaleKey: "context", element: 0.06,
      domain: Domain(
        scale: 0x1p-7...0x1p-3,
        conditions:
          "q and k normal with a deviation of 32 codes, logits of scale 2^-6 to 2^-4 with "
          + "8 to 26, v with 32 and the scale of the context, 1/128; at least 20 octaves; softmax "
          + "calibrated to the largest exponential"),
      command: "cosim accuracy ibert_attention --check")
  }

  /// The settings of both requantisers and of the softmax.
  ///
  /// - Parameter scales: of `q`, `k`, `logits`, `v` and `context`; `divisor`, what q·k is divided by, 1
  ///   where left out; `exp_max` as for ``IBERTSoftmax``.
  public func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    let scale = try Attention.Scales(scales, block: name)
    guard let logits = scales["logits"] else {
      throw .missingScale(block: name, name: "logits")
    }
    var softmax = ["scores": logits]
    softmax["exp_max"] = scales["exp_max"]
    var result = try IBERTSoftmax().settings(
      from: softmax, in: IBERTAttention.softmax(configuration))
    let requantiser = DyadicRequantizer()
    for (prefix, x, y) in [
      ("qk", scale.products, logits), ("av", scale.weighted, scale.context),
    ] {
      let settings = try requantiser.settings(from: ["x": x, "y": y], in: configuration)
      for (name, tensor) in settings { result["\(prefix)_\(name)"] = tensor }
    }
    return result
  }
}
