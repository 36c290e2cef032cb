import Signals

/// I-ViT's exponential: base 2 by shifts, 2^-f by a chord.
enum ShiftExponential {
  /// The format of the setting `x0` of which |x0| * 2^octaves, the largest exponential of a value
  /// that is 0 or negative, stays below 2^31. The most negative code is not allowed.
  static func x0(octaves: Int) -> IntegerFormat { .signed(32 - octaves) }
}
