import Signals

/// Reads choices: from a segment of an input, or without end from a generator.
package struct Choices {
  private let words: [UInt32]
  private var place = 0
  private var generator: CounterGenerator?

  /// The choices of a segment, then zeros.
  init(_ words: [UInt32]) { self.words = words }

  /// As many choices as are asked for, that follow from one.
  package init(seed: UInt32) {
    words = []
    generator = CounterGenerator(seed: UInt64(seed), stream: 0xF0, index: 0)
  }

  mutating func next() -> UInt32 {
    if generator != nil {
      return UInt32(truncatingIfNeeded: generator?.next() ?? 0)
    }
    guard place < words.count else { return 0 }
    place += 1
    return words[place - 1]
  }

  /// 0 to `count` - 1.
  mutating func below(_ count: Int) -> Int { Int(next() % UInt32(max(1, count))) }

  /// True once in `period`, and never where choices have run out.
  mutating func oneIn(_ period: Int) -> Bool { below(period) == period - 1 }

  mutating func pick<Element>(_ elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[below(elements.count)]
  }

  /// A number of up to so many binary digits, as often of few as of many.
  mutating func octave(upTo digits: Int) -> UInt64 {
    let length = below(digits + 1)
    return length == 0 ? 0 : wide() & (UInt64.max >> UInt64(64 - length)) | 1 << UInt64(length - 1)
  }

  mutating func wide() -> UInt64 { UInt64(next()) | UInt64(next()) << 32 }

  /// Uniform in a range.
  mutating func value(in range: ClosedRange<Int64>) -> Int64 {
    let span = UInt64(bitPattern: range.upperBound &- range.lowerBound)
    let draw = span < 1 << 32 ? UInt64(next()) : wide()
    return range.lowerBound &+ Int64(bitPattern: span == .max ? draw : draw % (span + 1))
  }
}
