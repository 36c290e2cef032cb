import Signals

/// Parameters of the hardware that many blocks have, spelt and bounded once.
extension Parameter {
  /// Elements in one beat of the block's streams.
  static let lanes = Parameter("Lanes", 1...64, default: 16, "elements per beat")

  /// The longest row that the block's buffers and sums are built for.
  static func maxLength(_ range: ClosedRange<Int> = 1...65536) -> Parameter {
    Parameter("MaxLength", range, default: min(1024, range.upperBound), "longest row, elements")
  }
}
