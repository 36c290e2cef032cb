import FixedPoint
public import Signals

extension IBERTLayerNorm {
  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let rows = try LayerNormRows(batch, in: configuration, block: name)
    let shift = Int(batch.scalar("shift"))
    let varianceBits = configuration["VarianceBits"]
    var taps = LayerNormTaps()
    var y: [Int64] = []
    y.reserveCapacity(rows.x.values.count)
    for row in 0..<rows.x.count {
      let mean = rows.mean(row)
      let variance = rows.squares(row, mean: mean, shift: shift)
      guard variance < 1 << Int64(varianceBits) else {
        throw .outsideDomain(
          block: name, transaction: row,
          limit: "the sum of squares after a shift of \(shift) must be below 2^\(varianceBits)",
          found: "\(variance)")
      }
      let std = Int64(IntegerSquareRoot.floor(of: UInt64(variance))) << Int64(shift)
      let factor = std == 0 ? 0 : Int64(1 << 31).divided(by: std, rounding: .floor)
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
        conditions: "values within 8 deviations of their mean; smallest sufficient shift"),
      command: "cosim accuracy ibert_layernorm --check")
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.item("x").values.count, .elements, peakPerCycle: configuration["Lanes"])
  }

  public func corners(in configuration: Configuration) -> [Batch] {
    let range = Signals.IntegerFormat.signed(configuration["InputBits"]).range
    return LayerNormStimulus(configuration).corners().map { corner in
      var batch = corner
      let length = batch.shared["bias"]?.values.count ?? 1
      batch.shared["shift"] = Tensor(
        LayerNormStimulus.safeShift(
          length: length, amplitude: range.upperBound + 1,
          bits: configuration["VarianceBits"]))
      return batch
    } + shifts(in: configuration)
  }

  /// Rows whose squares nearly fill 32 bits, and shifts that leave nothing of a row but signs.
  private func shifts(in configuration: Configuration) -> [Batch] {
    guard configuration["MaxLength"] >= 2 else { return [] }
    let range = Signals.IntegerFormat.signed(configuration["InputBits"]).range
    func batch(_ label: String, shift: Int64, _ rows: [[Int64]]) -> Batch {
      var corners = RowCorners(range: range, maxLength: 2)
      for row in rows { corners.add("\(row)", row) }
      return corners.batch(
        "x", prefix: label, shared: ["bias": Tensor([5, -5]), "shift": Tensor(shift)])
    }
    return [
      batch("squares near 2^32", shift: 0, [[-46340, 46340], [46339, -46340], [-46340, 46339]]),
      batch("largest shift", shift: 15, [[-1, 1], [0, 1], [3, -4], [-32768, 32767]]),
      batch("shift 1", shift: 1, [[-1, 1], [-2, 2], [-3, 3], [7, -8]]),
    ]
  }

  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var (batch, amplitude) = LayerNormStimulus(configuration).random(seed: seed, index: index)
    let length = batch.shared["bias"]?.values.count ?? 1
    var shift = LayerNormStimulus.safeShift(
      length: length, amplitude: amplitude, bits: configuration["VarianceBits"])
    // More than is needed, now and then, where no accuracy is claimed.
    if batch.scales.isEmpty && index % 3 == 0 { shift = min(15, shift + Int64(index % 4)) }
    batch.shared["shift"] = Tensor(shift)
    return batch
  }
}

extension IBERTLayerNorm {
  /// No bias, and the smallest shift with which every sum of squares fits; the scale of `y` is
  /// sqrt(L) / 2^30, whatever that of `x`.
  public func batch(
    of codes: RaggedTensor, scale: Double, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    let length = try codes.commonLength(array: "x")
    let bias = Tensor([Int64](repeating: 0, count: length))
    var batch = try batch(
      of: codes, scales: ["y": Double(length).squareRoot() * 0x1p-30],
      shared: ["bias": bias, "shift": Tensor(0)], in: configuration)
    let rows = try LayerNormRows(batch, in: configuration, block: name)
    let limit: Int64 = 1 << Int64(configuration["VarianceBits"])
    let largest = interface(in: configuration).array("shift")?.range.upperBound ?? 0
    var shift: Int64 = 0
    for row in 0..<codes.count {
      let mean = rows.mean(row)
      while shift < largest, rows.squares(row, mean: mean, shift: Int(shift)) >= limit {
        shift += 1
      }
    }
    batch.shared["shift"] = Tensor(shift)
    return batch
  }
}
