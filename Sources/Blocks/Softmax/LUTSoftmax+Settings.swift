import FixedPoint
import Foundation
public import Signals

extension LUTSoftmax {
  /// The table of `function` on `domain`, in Q0.15, as the source generates it in double precision.
  ///
  /// 512 intervals of equal width. The first entry of an interval is lowered by half of what linear
  /// interpolation is too high in its middle; every rounding is half away from zero, and entries are
  /// clamped to 16 bits. The last entry is not corrected.
  ///
  /// - Source: TensorFlow Lite, `gen_lut`.
  public static func table(
    of function: (Double) -> Double, on domain: ClosedRange<Double>
  ) -> Tensor {
    let steps = tableLength - 1
    let step = (domain.upperBound - domain.lowerBound) / Double(steps)
    let unit = 32768.0
    func rounded(_ value: Double) -> Double { value.rounded(.toNearestOrAwayFromZero) }
    func entry(_ value: Double) -> Int64 { Int64(min(max(value, -32768), 32767)) }
    var entries = (0..<steps).map { index in
      let start = domain.lowerBound + Double(index) * step
      let sample = rounded(function(start) * unit)
      let next = function(domain.lowerBound + Double(index + 1) * step) * unit
      let interpolated = rounded((next + sample) / 2)
      let middle = rounded(function(start + step / 2) * unit)
      return entry(sample - rounded((interpolated - middle) / 2))
    }
    entries.append(entry(rounded(function(domain.upperBound) * unit)))
    return Tensor(entries)
  }

  /// `exp_table` and `reciprocal_table` as LiteRT fills them.
  public static let tables: [String: Tensor] = [
    "exp_table": table(of: exp, on: -10...0),
    "reciprocal_table": table(of: { 1 / (1 + $0) }, on: 0...1),
  ]

  /// Both tables, and `multiplier` and `shift` from the scale of `scores` and `beta` (1 where it is left
  /// out), whose product is rounded to single precision first, as the source keeps it.
  public func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    guard let scale = scales["scores"] else { throw .missingScale(block: name, name: "scores") }
    let product = Double(Float(scale) * Float(scales["beta"] ?? 1))
    // The difference 65535 stands for 10.
    let real = product / (10.0 / 65535)
    guard product > 0, product < 5 else {
      throw .scaleOutOfRange(
        block: name, limit: "beta times the scale of scores must be positive and below 5",
        found: "\(product)")
    }
    let quantised = QuantisedMultiplier(nearest: real)
    return LUTSoftmax.tables.merging(
      [
        "multiplier": Tensor(Int64(quantised.mantissa)), "shift": Tensor(Int64(quantised.shift)),
      ], uniquingKeysWith: { $1 })
  }
}
