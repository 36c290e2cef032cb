import Signals

// MARK: - Where settings meet

extension ValueChoices {
  /// A number that goes with others in such a way that what is computed of them cancels, is a square or comes to a
  /// power of two: `r * (s - r)`, which gives the quadratic `x^2 - s * x + value` the root `r`; `(s + r)^2`; what
  /// makes the product with `s` a power of two, or just not, near `current`; multiples of `s` beside `t`.
  ///
  /// - Parameters:
  ///   - range: of the result, which is clamped to it. Where it has no positive numbers, the result is negated.
  ///   - current: what the number is now: products keep their magnitude.
  package func meeting(
    _ range: ClosedRange<Int64>, current: Int64, _ choices: inout Choices
  ) -> Int64 {
    let first = Int64(clamping: (choices.pick(settings) ?? 1).magnitude)
    let second = Int64(clamping: (choices.pick(settings) ?? 1).magnitude)
    let value: Int64
    switch choices.below(6) {
    case 0, 1:
      // Mostly smaller than a third number: arguments are.
      let digits = Int64.bitWidth - min(first, second).leadingZeroBitCount
      let root = Int64(bitPattern: choices.octave(upTo: max(1, digits)))
      value = root &* (first &- root)
    case 2:
      let sum = first &+ Int64(choices.below(3)) - 1
      value = sum &* sum
    case 3: value = ValueChoices.snapped(current, factor: first, isAbove: choices.oneIn(2))
    case 4: value = Int64(choices.below(32)) &* first &+ (choices.oneIn(2) ? second : 0 &- second)
    default: value = first &<< Int64(choices.below(32)) &- Int64(choices.below(2))
    }
    let turned = range.upperBound <= 0 ? 0 &- value : value
    return min(max(turned, range.lowerBound), range.upperBound)
  }

  /// The number near `current` whose product with `factor` is the largest that is at most a power of two, or the
  /// least above it.
  ///
  /// - Returns: `current` where one of them is 0.
  package static func snapped(_ current: Int64, factor: Int64, isAbove: Bool) -> Int64 {
    guard current != 0, factor != 0 else { return current }
    let magnitude = factor.magnitude
    let product = magnitude.multipliedFullWidth(by: current.magnitude)
    // The power above the product: the result is at most twice as large as what it was.
    let (high, low): (UInt64, UInt64)
    if product.high > 0 {
      let zeros = product.high.leadingZeroBitCount
      guard zeros > 0 else { return current }
      (high, low) = (1 << UInt64(UInt64.bitWidth - zeros), 0)
    } else if product.low.leadingZeroBitCount == 0 {
      (high, low) = (1, 0)
    } else {
      (high, low) = (0, 1 << UInt64(UInt64.bitWidth - product.low.leadingZeroBitCount))
    }
    guard high < magnitude else { return current }
    let quotient = magnitude.dividingFullWidth((high, low)).quotient
    let found = Int64(clamping: quotient + (isAbove ? 1 : 0))
    return current < 0 ? -found : found
  }

  /// The first binary digits of a number, then zeros.
  package static func rounded(_ value: Int64, digits: Int) -> Int64 {
    let dropped = max(0, UInt64.bitWidth - value.magnitude.leadingZeroBitCount - digits)
    let magnitude = Int64(clamping: (value.magnitude >> UInt64(dropped)) << UInt64(dropped))
    return value < 0 ? -magnitude : magnitude
  }

  /// Positive integers at which a quadratic of two of the settings is 0: `x^2 - |s| * x + |t|`, `x^2 - |t|` and
  /// `(x - |s|)^2 - |t|`, sorted. There are few: most quadratics have none.
  package static func roots(of settings: [Int64]) -> [Int64] {
    // Squares of larger ones do not fit.
    let numbers = settings.map { Int64(clamping: $0.magnitude) }.filter { $0 > 0 && $0 < 1 << 40 }
    var found: Set<Int64> = []
    for constant in numbers {
      let square = root(constant)
      if square * square == constant { found.insert(square) }
      for linear in numbers where linear < 1 << 30 {
        if square * square == constant { found.formUnion([linear - square, linear + square]) }
        let discriminant = linear * linear - 4 * constant
        guard discriminant >= 0 else { continue }
        let difference = root(discriminant)
        guard difference * difference == discriminant else { continue }
        found.formUnion([(linear - difference) / 2, (linear + difference) / 2])
      }
    }
    return found.filter { $0 > 0 }.sorted()
  }

  /// floor(sqrt(value)) of a value from 0 to 2^62.
  static func root(_ value: Int64) -> Int64 {
    var root = Int64(Double(value).squareRoot())
    while root * root > value { root -= 1 }
    while (root + 1) * (root + 1) <= value { root += 1 }
    return root
  }
}
