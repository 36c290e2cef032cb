/// Philox 4×32-10, a counter-based generator: draw *n* of a key is a pure function of both.
///
/// A stimulus made from `CounterGenerator(seed:stream:index:)` depends on those three numbers alone, so
/// that any shard, worker or replay makes the same one.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
public struct CounterGenerator: RandomNumberGenerator, Sendable {
  private let key: (UInt32, UInt32)
  private let high: (UInt32, UInt32)
  private var block: UInt64 = 0
  /// Draws made and not given yet: the last `left` of these.
  @usableFromInline var ahead = SIMD8<UInt64>()
  @usableFromInline var left = 0

  /// - Parameters:
  ///   - seed: what the user typed.
  ///   - stream: separates independent uses of one seed (stimulus, stalls, initial state).
  ///   - index: which transaction or cycle.
  public init(seed: UInt64, stream: UInt32, index: UInt64) {
    // The seed is the key; stream and index fill the upper half of the counter. An index beyond 32
    // bits is folded into the stream word, which no realistic run reaches.
    key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    high = (
      UInt32(truncatingIfNeeded: index), stream ^ (UInt32(truncatingIfNeeded: index >> 32) << 16)
    )
  }

  @inlinable
  public mutating func next() -> UInt64 {
    if left == 0 { refill() }
    left -= 1
    return ahead[7 - left]
  }

  /// The first block of a generator by itself, because many a generator needs no more; then four at a
  /// time, which take little longer than one.
  @usableFromInline
  mutating func refill() {
    if block == 0 {
      let word = CounterGenerator.philox((0, 0, high.0, high.1), key: key)
      ahead[6] = UInt64(word.0) | UInt64(word.1) << 32
      ahead[7] = UInt64(word.2) | UInt64(word.3) << 32
      block = 1
      left = 2
    } else {
      ahead = CounterGenerator.philox(blocks: block, high, key: key)
      block &+= 4
      left = 8
    }
  }

  /// Ten rounds of Philox 4×32 for the counters `first`...`first` + 3.
  ///
  /// A word lies in the lower half of a lane. What gathers in the upper half never comes down again: only
  /// the multiplications carry from one half to the other, and they do not read it.
  private static func philox(
    blocks first: UInt64, _ high: (UInt32, UInt32), key: (UInt32, UInt32)
  ) -> SIMD8<UInt64> {
    let half = Words(repeating: 0xFFFF_FFFF)
    let count = Words(first, first &+ 1, first &+ 2, first &+ 3)
    var c = (
      count, count &>> 32, Words(repeating: UInt64(high.0)), Words(repeating: UInt64(high.1))
    )
    var k = (Words(repeating: UInt64(key.0)), Words(repeating: UInt64(key.1)))
    // Spelt out, because a loop would move every word on each round.
    round(&c, &k)
    round(&c, &k)
    round(&c, &k)
    round(&c, &k)
    round(&c, &k)
    round(&c, &k)
    round(&c, &k)
    round(&c, &k)
    round(&c, &k)
    round(&c, &k)
    var draws = SIMD8<UInt64>()
    draws.evenHalf = c.0 & half | c.1 &<< 32
    draws.oddHalf = c.2 & half | c.3 &<< 32
    return draws
  }

  private typealias Words = SIMD4<UInt64>

  @inline(__always)
  private static func round(_ c: inout (Words, Words, Words, Words), _ k: inout (Words, Words)) {
    let half = Words(repeating: 0xFFFF_FFFF)
    let left = (c.0 & half) &* Words(repeating: 0xD251_1F53)
    let right = (c.2 & half) &* Words(repeating: 0xCD9E_8D57)
    c = ((right &>> 32) ^ c.1 ^ k.0, right, (left &>> 32) ^ c.3 ^ k.1, left)
    k = (k.0 &+ Words(repeating: 0x9E37_79B9), k.1 &+ Words(repeating: 0xBB67_AE85))
  }

  /// Ten rounds of Philox 4×32.
  package static func philox(
    _ counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let first = c.0.multipliedFullWidth(by: 0xD251_1F53)
      let second = c.2.multipliedFullWidth(by: 0xCD9E_8D57)
      c = (second.high ^ c.1 ^ k.0, second.low, first.high ^ c.3 ^ k.1, first.low)
      k = (k.0 &+ 0x9E37_79B9, k.1 &+ 0xBB67_AE85)
    }
    return c
  }

  /// A uniform value of `range`.
  public mutating func value(in range: ClosedRange<Int64>) -> Int64 {
    Int64.random(in: range, using: &self)
  }

  /// True once in `period` on average.
  public mutating func oneIn(_ period: Int) -> Bool {
    Int.random(in: 0..<period, using: &self) == 0
  }

  /// A value near the normal distribution with mean 0 and standard deviation `sigma`, rounded and
  /// clamped to `range`: the sum of twelve uniforms, so that it is the same on every platform.
  public mutating func bell(sigma: Double, in range: ClosedRange<Int64>) -> Int64 {
    var sum: UInt64 = 0
    for _ in 0..<3 {
      let word = next()
      sum += (word & 0xFFFF) + (word >> 16 & 0xFFFF) + (word >> 32 & 0xFFFF) + word >> 48
    }
    let unit = (Double(sum) - 6 * 65535) / 65536
    let scaled = (unit * sigma).rounded()
    return min(max(Int64(max(min(scaled, 9e18), -9e18)), range.lowerBound), range.upperBound)
  }
}
