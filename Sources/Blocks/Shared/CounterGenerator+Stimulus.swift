import Signals

extension CounterGenerator {
  /// Separates stimulus from other uses of a seed.
  private static let settingsStream: UInt32 = 0x5E
  private static let transactionStream: UInt32 = 0x7A

  /// What the settings of stimulus `index` are drawn from.
  static func settings(seed: UInt64, index: Int) -> CounterGenerator {
    CounterGenerator(seed: seed, stream: settingsStream, index: UInt64(index))
  }

  /// What one transaction of stimulus `index` is drawn from: its own, so that a batch of fewer
  /// transactions is a prefix of a batch of more.
  static func transaction(seed: UInt64, index: Int, transaction: Int) -> CounterGenerator {
    CounterGenerator(
      seed: seed, stream: transactionStream, index: UInt64(index) << 16 | UInt64(transaction))
  }

  /// The transactions of stimulus `index`, 16...64: the first draw of its settings.
  static func batchSize(seed: UInt64, index: Int) -> Int {
    var generator = settings(seed: seed, index: index)
    return generator.count(in: 16...64)
  }

  /// A uniform value of `range`.
  mutating func count(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  /// One of the elements, which must not be none.
  mutating func choice<Element>(_ elements: [Element]) -> Element {
    elements[count(in: 0...(elements.count - 1))]
  }

  /// A real number in 2^`exponents`.lowerBound ..< 2^(`exponents`.upperBound + 1), its exponent
  /// uniform and its fraction a uniform multiple of 2^-20, so that it is the same on every
  /// platform.
  mutating func scale(exponents: ClosedRange<Int>) -> Double {
    let exponent = count(in: exponents)
    let fraction = Double(count(in: 0...0xF_FFFF)) * 0x1p-20
    return Double(sign: .plus, exponent: exponent, significand: 1 + fraction)
  }
}

extension CounterGenerator {
  /// The length of a transaction of an element-wise block: 1...256, some of it whole beats.
  mutating func chunkLength(lanes: Int) -> Int {
    switch count(in: 0...3) {
    case 0: count(in: 1...256)
    case 1: min(256, lanes * count(in: 1...4))
    default: count(in: 1...48)
    }
  }
}
