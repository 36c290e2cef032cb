import FixedPoint
public import Signals

extension IBERTSoftmax {
  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let scores = batch.item("scores")
    try scores.checkRows(maxLength: configuration["MaxLength"], block: name)
    let rows = try IBERTSoftmaxRows(
      batch, octaves: configuration["Octaves"], scoreBits: configuration["ScoreBits"],
      elements: scores.values.count, block: name)
    var sums: [Int64] = []
    var factors: [Int64] = []
    sums.reserveCapacity(scores.count)
    factors.reserveCapacity(scores.count)
    let (exp, exp16, probs) = Filled.three(count: scores.values.count) { exp, exp16, probs in
      let columns = IBERTSoftmaxRows.Columns(exp: exp, exp16: exp16, probs: probs)
      scores.values.withUnsafeBufferPointer { values in
        for index in 0..<scores.count {
          let row = rows.fill(scores.range(of: index), of: values, columns) { _ in true }
          sums.append(row.sum)
          factors.append(row.factor)
        }
      }
    }
    let lengths = scores.lengths
    return Batch(
      count: batch.count,
      items: [
        "probs": RaggedTensor(rows: lengths, values: probs),
        "exp": RaggedTensor(rows: lengths, values: exp),
        "exp16": RaggedTensor(rows: lengths, values: exp16),
        "sum": RaggedTensor(scalars: sums), "factor": RaggedTensor(scalars: factors),
      ])
  }

  /// The exact softmax of `scores` times their scale; nil without the scale `scores`.
  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    batch.scales["scores"].map {
      RealSoftmax.probabilities(of: batch.item("scores"), scale: $0)
    }
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(
      array: "probs", unit: 0x1p-8, element: configuration["ScoreBits"] <= 8 ? 0.03 : 0.07,
      rowSum: (1 - 0x1p-8)...1, rowLoss: 0x1p-8,
      domain: Domain(
        scale: 0x1p-12...0x1p-6, length: 1...1024,
        conditions:
          "at least 20 octaves; requantiser calibrated to the largest exponential, c << Octaves"),
      command: "cosim accuracy ibert_softmax --check")
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.item("scores").values.count, .elements, peakPerCycle: configuration["Lanes"])
  }

  /// The five settings from the scale of `scores`.
  ///
  /// `scores` is the scale of a score, a `Float` widened where the source keeps it so; all else is
  /// double precision. `exp_max`, in units of E, is what the requantiser was calibrated to: the
  /// largest exponential seen, and `c << Octaves`, the largest possible, where it is not given.
  public func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    guard let scale = scales["scores"] else {
      throw .missingScale(block: name, name: "scores")
    }
    var result = try PolynomialExponential.settings(
      scale: scale, interface: interface(in: configuration), block: name)
    let largest = Double(
      sign: .plus, exponent: configuration["Octaves"],
      significand: Double(result["c"]?.scalar ?? 0))
    let maximum = scales["exp_max"] ?? max(1, largest)
    guard let requantiser = DyadicScale(calibratedMaximum: maximum) else {
      throw .scaleOutOfRange(
        block: name, limit: "32767 / exp_max must be in 2^-97 ..< 2^31", found: "\(maximum)")
    }
    result["exp_multiplier"] = Tensor(Int64(requantiser.multiplier))
    result["exp_exponent"] = Tensor(Int64(requantiser.exponent))
    return result
  }
}
