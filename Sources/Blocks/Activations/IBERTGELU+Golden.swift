import FixedPoint
import Foundation
public import Signals

extension IBERTGELU {
  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let x = batch.item("x")
    let shift = configuration["ErfShift"]
    let (b, c) = (batch.scalar("b"), batch.scalar("c"))
    let k = c.shiftedRight(by: shift, rounding: .floor)
    let (erf, y) = Filled.two(count: x.values.count) { erf, y in
      for (index, value) in x.values.enumerated() {
        let clipped = min(abs(value), -b) + b
        let e = value.signum() * (clipped * clipped + c)
        let dropped = e.shiftedRight(by: shift, rounding: .floor)
        erf[index] = dropped
        y[index] = value * (dropped + k)
      }
    }
    return Batch(
      count: batch.count,
      items: [
        "y": RaggedTensor(rows: x.lengths, values: y),
        "erf": RaggedTensor(rows: x.lengths, values: erf),
      ])
  }

  /// GELU of `x` times its scale, with the error function of the C library; nil without the scales
  /// `x` and `y`.
  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    guard let scale = batch.scales["x"], batch.scales["y"] != nil else { return nil }
    return batch.item("x").values.map {
      let real = Double($0) * scale
      return real / 2 * erfc(-real / 2.0.squareRoot())
    }
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    let isPublishedCode = configuration["ErfShift"] == 14
    return Tolerance(
      array: "y", unit: 1, scaleKey: "y", element: isPublishedCode ? 0.03 : 0.02,
      domain: Domain(scale: 0x1p-16...(isPublishedCode ? 0x1p-11 : 0x1p-5), magnitude: 8),
      command: "cosim accuracy ibert_gelu --check")
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.item("x").values.count, .elements, peakPerCycle: configuration["Lanes"])
  }

  /// The real value of one unit of `y`, which is negative.
  ///
  /// - Parameter scale: the real value of one unit of `x`.
  public func outputScale(of scale: Double, in configuration: Configuration) -> Double {
    let s = scale / 1.4142
    let erf = s * s * -0.2888 * Double(1 << configuration["ErfShift"])
    return scale * erf / 2
  }

  /// `b` and `c` from the scale of `x`, a `Float` widened where the source keeps it so; all else is
  /// double precision.
  public func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    guard let scale = scales["x"] else { throw .missingScale(block: name, name: "x") }
    let s = scale / 1.4142
    return try DerivedSettings.integers(
      [("b", (-1.769 / s).rounded(.down)), ("c", (1 / -0.2888 / (s * s)).rounded(.down))],
      scale: scale, interface: interface(in: configuration), block: name)
  }
}

extension IBERTGELU {
  /// Settings of the scale; `y` has the scale ``outputScale(of:in:)``.
  public func batch(
    of codes: RaggedTensor, scale: Double, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    let y = outputScale(of: scale, in: configuration)
    return try batch(of: codes, scales: ["x": scale, "y": y], in: configuration)
  }
}
