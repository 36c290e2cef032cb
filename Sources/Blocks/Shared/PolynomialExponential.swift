import FixedPoint
import Signals

/// I-BERT's integer exponential: a quadratic on (-ln 2, 0], shifted by whole octaves.
///
/// Of a score `drop` below the row's maximum: with d = -min(drop, octaves * |x0|),
/// q = floor(d / x0) and r = d - x0 * q, E = max(0, ((r + b) * r + c) << (octaves - q)).
///
/// - Source: Kim et al., I-BERT (arXiv 2101.01321), Algorithm 2, with the shift of its code.
struct PolynomialExponential {
  /// -x0, the number of codes in one octave.
  let octave: Int64
  private let b: Int64
  private let c: Int64
  private let octaves: Int
  private let deepest: Int64
  private let divider: ReciprocalDivider

  /// The exponential with the settings `x0`, `b` and `c` of a batch.
  ///
  /// - Parameter bits: the quadratic's largest value has at most so many.
  /// - Throws: ``BlockError/outsideDomain(block:transaction:limit:found:)`` if it has more.
  init(_ batch: Batch, octaves: Int, bits: Int, block: String) throws(BlockError) {
    let x0 = batch.scalar("x0")
    octave = -x0
    b = batch.scalar("b")
    c = batch.scalar("c")
    self.octaves = octaves
    deepest = octave * Int64(octaves)
    divider = ReciprocalDivider(divisor: UInt64(octave), numeratorBits: 25)
    // Convex in r, hence largest at one end of x0 < r <= 0.
    let largest = max(c, (x0 + 1 + b) * (x0 + 1) + c)
    guard largest < 1 << Int64(bits) else {
      throw .outsideDomain(
        block: block, transaction: 0,
        limit: "(r + b) * r + c must be below 2^\(bits) for x0 < r <= 0", found: "\(largest)")
    }
  }

  /// E of a score `drop` below the maximum.
  ///
  /// - Precondition: `drop >= 0`.
  func callAsFunction(_ drop: Int64) -> Int64 {
    let depth = min(drop, deepest)
    let q = Int64(divider.quotient(UInt64(depth)))
    let r = octave * q - depth
    let z = (r + b) * r + c
    return z > 0 ? z << (Int64(octaves) - q) : 0
  }

  /// The constants that the source derives from the scale of a score.
  ///
  /// - Parameter limits: the range of each setting.
  /// - Throws: ``BlockError/scaleOutOfRange(block:limit:found:)`` if one leaves its range.
  static func settings(
    scale: Double, interface: Interface, block: String
  ) throws(BlockError) -> [String: Tensor] {
    let (square, linear, constant) = (0.35815147, 0.96963238, 1.0)
    return try DerivedSettings.integers(
      [
        ("x0", (-0.6931 / scale).rounded(.down)),
        ("b", (linear / square / scale).rounded(.down)),
        ("c", (constant / square / (scale * scale)).rounded(.down)),
      ], scale: scale, interface: interface, block: block)
  }
}
