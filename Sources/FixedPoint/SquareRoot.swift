/// Integer square roots, by Newton's iteration `D <- floor((D + floor(V/D)) / 2)`.
public enum IntegerSquareRoot {
  /// The square root of `value`, rounded down: the largest `d` with `d·d <= value`.
  ///
  /// Newton's iteration, started from 2^ceil(n/2) where `value` has `n` bits, and stopped when it
  /// no longer decreases. The start is at least the root, from where the iterates decrease to the
  /// floor of the root and cannot pass below it. At most seven divisions.
  ///
  /// - Postconditions: `d·d <= value < (d + 1)·(d + 1)`.
  /// - Source: Kim et al., I-BERT (arXiv 2101.01321), Algorithm 4.
  @inlinable
  public static func floor(of value: UInt64) -> UInt64 {
    guard value > 0 else { return 0 }
    let length = UInt64.bitWidth - value.leadingZeroBitCount
    var root: UInt64 = 1 << ((length + 1) / 2)
    while true {
      let next = step(of: value, from: root)
      if next >= root { return root }
      root = next
    }
  }

  /// Exactly `steps` steps of Newton's iteration from `start`, whether or not they converge.
  ///
  /// With few steps the result is far from the root: ten steps from 2^16 cannot go below 64. Near
  /// the root the iterates alternate between `d` and `d + 1` where `value + 1` is a square.
  ///
  /// - Edge cases: no step returns `start`. No sum overflows. `value` 0 halves `start` at each
  ///   step; a step from 0 traps.
  /// - Precondition: `start > 0`, `steps >= 0`, and `steps` leaves an iterate above 0 to divide by.
  /// - Source: Li and Gu, I-ViT, `IntLayerNorm` (zkkli/I-ViT, `models/quantization_utils`): 10
  ///   steps from 2^16.
  @inlinable
  public static func newton(of value: UInt64, start: UInt64, steps: Int) -> UInt64 {
    precondition(start > 0, "Newton's iteration for a square root starts above 0")
    precondition(steps >= 0, "a number of steps is 0 or more")
    var root = start
    for _ in 0..<steps {
      root = step(of: value, from: root)
    }
    return root
  }

  /// `floor((root + floor(value/root)) / 2)`, with the 65-bit sum.
  @inlinable
  static func step(of value: UInt64, from root: UInt64) -> UInt64 {
    let quotient = value / root
    return (root & quotient) + ((root ^ quotient) >> 1)
  }
}
