import FixedPoint
import Signals

/// I-ViT's exponential: base 2 by shifts, 2^-f by a chord.
///
/// Of a value p: v = max(p + floor(p / 2) - floor(p / 16), octaves * x0), q = floor(v / x0),
/// r = v - x0 * q, E = floor((r - 2 * x0) * 2^(octaves - q) / 2). For p > 0, q is negative.
///
/// - Source: Li and Gu, I-ViT (arXiv 2207.01405), `int_exp_shift` in zkkli/I-ViT.
struct ShiftExponential {
  /// Where an exponential saturates: sums do, and so nothing beyond can be told apart.
  static let largest = Int64(Int32.max)

  private let octave: Int64
  private let octaves: Int64
  private let divider: ReciprocalDivider

  init(x0: Int64, octaves: Int) {
    octave = -x0
    self.octaves = Int64(octaves)
    divider = ReciprocalDivider(divisor: UInt64(octave), numeratorBits: 36)
  }

  /// The format of the setting `x0` of which |x0| * 2^octaves, the largest exponential of a value
  /// that is 0 or negative, stays below 2^31. The most negative code is not allowed.
  static func x0(octaves: Int) -> Signals.IntegerFormat { .signed(32 - octaves) }

  /// `x0` = floor(-1 / scale).
  ///
  /// - Throws: ``BlockError/scaleOutOfRange(block:limit:found:)`` if it does not fit.
  static func settings(
    scale: Double, interface: Interface, block: String
  ) throws(BlockError) -> [String: Tensor] {
    try DerivedSettings.integers(
      [("x0", (-1 / scale).rounded(.down))], scale: scale, interface: interface, block: block)
  }

  /// E of a value, at most ``largest``.
  func callAsFunction(_ value: Int64) -> Int64 {
    let half = value.shiftedRight(by: 1, rounding: .floor)
    let sixteenth = value.shiftedRight(by: 4, rounding: .floor)
    let v = max(value + half - sixteenth, -octave * octaves)
    // floor(v / x0) = floor(-v / octave), of which the remainder has the sign of -v.
    let q = divider.floorQuotient(-v)
    let r = octave * q + v
    let shift = octaves - q
    // A positive value whose octaves leave the register is beyond the largest by far.
    guard shift < 32 else { return ShiftExponential.largest }
    let exponential = ((r + 2 * octave) << shift).shiftedRight(by: 1, rounding: .floor)
    return min(exponential, ShiftExponential.largest)
  }

  /// floor((2^31 - 1) / sum).
  static func factor(of sum: Int64) -> Int64 { largest.divided(by: sum, rounding: .floor) }
}
