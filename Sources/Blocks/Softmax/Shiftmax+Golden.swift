import FixedPoint
public import Signals

extension Shiftmax {
  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let scores = batch.item("scores")
    try scores.checkRows(maxLength: configuration["MaxLength"], block: name)
    let exponential = ShiftExponential(
      x0: batch.scalar("x0"), octaves: configuration["Octaves"])
    let table = DropTable(bits: configuration["ScoreBits"], elements: scores.values.count) {
      exponential(-$0)
    }
    var sums: [Int64] = []
    var factors: [Int64] = []
    let (exp, probs) = Filled.two(count: scores.values.count) { exp, probs in
      scores.values.withUnsafeBufferPointer { values in
        for row in 0..<scores.count {
          let range = scores.range(of: row)
          let maximum = values.maximum(of: range)
          let sum = min(
            table.fill(range, of: values, maximum: maximum, exp), ShiftExponential.largest)
          let factor = ShiftExponential.factor(of: sum)
          for index in range {
            probs[index] = (exp[index] &* factor).shiftedRight(by: 24, rounding: .floor)
          }
          sums.append(sum)
          factors.append(factor)
        }
      }
    }
    let lengths = scores.lengths
    return Batch(
      count: batch.count,
      items: [
        "probs": RaggedTensor(rows: lengths, values: probs),
        "exp": RaggedTensor(rows: lengths, values: exp), "sum": RaggedTensor(scalars: sums),
        "factor": RaggedTensor(scalars: factors),
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
      array: "probs", unit: 0x1p-7, element: 0.1, rowSum: (1 - 0x1p-7)...1,
      rowLoss: 0x1p-7 + 0x1p-10,
      domain: Domain(
        scale: 0x1p-6...0x1p-5, length: 1...1024,
        conditions: "15 octaves, with which no sum of such rows saturates"),
      command: "cosim accuracy shiftmax --check")
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.item("scores").values.count, .elements, peakPerCycle: configuration["Lanes"])
  }

  /// `x0` from the scale of `scores`, a `Float` widened where the source keeps it so.
  public func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    guard let scale = scales["scores"] else {
      throw .missingScale(block: name, name: "scores")
    }
    return try ShiftExponential.settings(
      scale: scale, interface: interface(in: configuration), block: name)
  }
}
