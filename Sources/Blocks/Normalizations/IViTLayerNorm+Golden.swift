import FixedPoint
public import Signals

extension IViTLayerNorm {
  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let rows = try LayerNormRows(batch, in: configuration, block: name)
    var taps = LayerNormTaps()
    var y: [Int64] = []
    y.reserveCapacity(rows.x.values.count)
    for row in 0..<rows.x.count {
      let mean = rows.mean(row)
      let variance = rows.squares(row, mean: mean)
      let std = Int64(
        IntegerSquareRoot.newton(of: UInt64(variance), start: 1 << 16, steps: 10))
      let factor = Int64(Int32.max).divided(by: std, rounding: .floor)
      rows.append(row, mean: mean, factor: factor, to: &y)
      taps.append(mean: mean, variance: variance, std: std, factor: factor)
    }
    return taps.batch(y: y, like: rows.x)
  }

  /// The normalised row plus the bias; nil without the scale `y`, sqrt(L) / 2^30.
  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    batch.scales["y"].map { RealLayerNorm.values(batch, unit: $0) }
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(
      array: "y", unit: 1, scaleKey: "y", element: 0.01,
      domain: Domain(
        length: 32...1024, deviation: 64...1024,
        conditions: "values within 8 deviations of their mean"),
      command: "cosim accuracy ivit_layernorm --check")
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.item("x").values.count, .elements, peakPerCycle: configuration["Lanes"])
  }

  public func corners(in configuration: Configuration) -> [Batch] {
    LayerNormStimulus(configuration).corners() + convergence(in: configuration)
  }

  /// Sums of squares around the values below which ten steps do not converge, and one at which they
  /// alternate between two roots.
  private func convergence(in configuration: Configuration) -> [Batch] {
    guard configuration["MaxLength"] >= 2 else { return [] }
    var rows = RowCorners(
      range: Signals.IntegerFormat.signed(configuration["InputBits"]).range, maxLength: 2)
    // Two values d above and below their mean: the sum of squares is 2 d^2.
    for deviation in [Int64(1), 45, 46, 131, 132, 302, 303, 1446, 1447, 8000, 32767] {
      rows.add("d \(deviation)", [-deviation, deviation])
      rows.add("d \(deviation) 1/2", [-deviation, deviation + 1])
    }
    return [rows.batch("x", prefix: "convergence", shared: ["bias": Tensor([3, -3])])]
  }

  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    LayerNormStimulus(configuration).random(seed: seed, index: index).batch
  }
}

extension IViTLayerNorm {
  /// No bias; the scale of `y` is sqrt(L) / 2^30, whatever that of `x`.
  public func batch(
    of codes: RaggedTensor, scale: Double, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    let length = try codes.commonLength(array: "x")
    let bias = Tensor([Int64](repeating: 0, count: length))
    return try batch(
      of: codes, scales: ["y": Double(length).squareRoot() * 0x1p-30], shared: ["bias": bias],
      in: configuration)
  }
}
