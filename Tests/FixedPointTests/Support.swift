import FixedPoint
import Testing

/// The first input on which two functions answer differently, and how many inputs were compared.
struct Comparison<Input, Output: Equatable> {
  var count = 0
  var first: (input: Input, observed: Output, expected: Output)?

  init(
    over inputs: some Sequence<Input>, observed: (Input) -> Output, expected: (Input) -> Output
  ) {
    for input in inputs {
      count += 1
      let (left, right) = (observed(input), expected(input))
      if left != right {
        first = (input, left, right)
        return
      }
    }
  }
}

/// Expects two functions to agree on every input, of which there is at least one.
func expectAgreement<Input, Output: Equatable>(
  over inputs: some Sequence<Input>, _ label: @autoclosure () -> String = "",
  sourceLocation: SourceLocation = #_sourceLocation,
  observed: (Input) -> Output, expected: (Input) -> Output
) {
  let comparison = Comparison(over: inputs, observed: observed, expected: expected)
  #expect(comparison.count > 0, "nothing compared", sourceLocation: sourceLocation)
  if let (input, left, right) = comparison.first {
    Issue.record(
      "\(label()) \(input) => \(left) expected: \(right)", sourceLocation: sourceLocation)
  }
}

/// The rounded value of `numerator / denominator`, straight from the definitions: a search among
/// the integers around the quotient, with exact comparisons.
func exactQuotient(_ numerator: Int128, over denominator: Int128, _ rounding: Rounding) -> Int128 {
  let (n, d) = denominator < 0 ? (-numerator, -denominator) : (numerator, denominator)
  let candidates = (n / d - 1)...(n / d + 1)
  let closest = candidates.map { ($0 * d - n).magnitude }.min()!
  let nearest = candidates.filter { ($0 * d - n).magnitude == closest }
  return switch rounding {
  case .floor: candidates.last { $0 * d <= n }!
  case .truncate:
    n < 0 ? candidates.first { $0 * d >= n }! : candidates.last { $0 * d <= n }!
  case .halfToEven: nearest.count == 1 ? nearest[0] : nearest.first { $0 % 2 == 0 }!
  case .halfUp: nearest.max()!
  case .halfAwayFromZero: nearest.max { $0.magnitude < $1.magnitude }!
  }
}

/// The rounded value of `value / 2^bits`, as hardware finds it: one bit a step, remembering the
/// last bit shifted out (guard) and whether any before it was set (sticky).
func steppedShift<T: FixedWidthInteger & SignedInteger>(
  _ value: T, by bits: Int, _ rounding: Rounding
) -> T {
  var quotient = value
  var (guardBit, sticky) = (false, false)
  for _ in 0..<bits {
    sticky = sticky || guardBit
    guardBit = quotient & 1 == 1
    quotient >>= 1
  }
  let inexact = guardBit || sticky
  let roundsUp =
    switch rounding {
    case .floor: false
    case .truncate: value < 0 && inexact
    case .halfUp: guardBit
    case .halfToEven: guardBit && (sticky || quotient & 1 == 1)
    case .halfAwayFromZero: guardBit && (sticky || value >= 0)
    }
  return roundsUp ? quotient + 1 : quotient
}

/// A seeded generator (SplitMix64), so that every run compares the same values.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// The values around every power of two, both signs, and `random` values of every magnitude.
func boundaryValues<T: FixedWidthInteger & SignedInteger>(
  _: T.Type, random: Int = 200, seed: UInt64 = 1
) -> [T] {
  var values: Set<T> = [.min, .min + 1, .min + 2, .max, .max - 1, .max - 2]
  for exponent in 0..<(T.bitWidth - 1) {
    for offset in -3...3 {
      let power = (1 as T) << T(exponent)
      let (value, overflow) = power.addingReportingOverflow(T(offset))
      if !overflow {
        values.insert(value)
        values.insert(0 - value)
      }
    }
  }
  var generator = SeededGenerator(seed: seed)
  for _ in 0..<random {
    let value = T.random(in: .min ... .max, using: &generator)
    values.insert(value >> T.random(in: 0..<T(T.bitWidth), using: &generator))
  }
  return values.sorted()
}

/// Every pair of an element of `first` and one of `second`.
func pairs<A, B>(_ first: [A], _ second: [B]) -> some Sequence<(A, B)> {
  first.lazy.flatMap { a in second.lazy.map { b in (a, b) } }
}

/// 2^`exponent`, exactly.
func powerOfTwo(_ exponent: Int) -> Double {
  Double(sign: .plus, exponent: exponent, significand: 1)
}
