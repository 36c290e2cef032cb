import Signals

/// Chooses values at which approximations fail: limits, powers of two, constants and their neighbours, ties.
package struct ValueChoices {
  /// Numbers that stand in the manifest and in the RTL.
  var constants: [Int64]
  /// Values of the settings that are in force.
  var settings: [Int64] = []
  /// Where quadratics of the settings are 0, see ``roots(of:)``.
  var roots: [Int64] = []
  /// Where answers end, which may saturate there.
  var limits: [Int64] = []

  package init(
    constants: [Int64], settings: [Int64] = [], roots: [Int64] = [], limits: [Int64] = []
  ) {
    self.constants = constants
    self.settings = settings
    self.roots = roots
    self.limits = limits
  }

  /// One value of a range.
  package func value(in range: ClosedRange<Int64>, _ choices: inout Choices) -> Int64 {
    let value: Int64
    switch choices.below(12) {
    case 0:
      let near = Int64(choices.below(3))
      value = choices.oneIn(2) ? range.upperBound &- near : range.lowerBound &+ near
    case 1: value = Int64(choices.below(3)) - 1
    case 2, 3:
      let power = Int64(bitPattern: 1 << UInt64(choices.below(min(63, 1 + digits(of: range)))))
      value = signed(power, range, &choices) &+ beside(&choices)
    case 4: value = near(constants, range, &choices)
    case 5:
      let goesToRoots = !roots.isEmpty && choices.oneIn(2)
      value = near(goesToRoots ? roots : settings, range, &choices)
    case 6:
      // Halfway between two multiples of a power of two.
      let odd = Int64(2 * choices.below(64) + 1)
      let tie = signed(odd << Int64(choices.below(min(32, digits(of: range)))), range, &choices)
      value = tie &+ beside(&choices)
    case 7:
      let factor = Int64(choices.below(256))
      let multiple = near(settings, range, &choices) &* (factor &+ 1)
      value = roots.isEmpty || choices.oneIn(2) ? multiple : besideRoot(range, &choices)
    case 8:
      let kind = choices.below(3)
      value =
        kind == 0
        ? tie(range, &choices)
        : kind == 1 ? exactTie(range, &choices) : reaching(range, &choices)
    case 9:
      let length = digits(of: range)
      value = signed(Int64(bitPattern: choices.octave(upTo: length)), range, &choices)
    default: return choices.value(in: range)
    }
    return min(max(value, range.lowerBound), range.upperBound)
  }

  /// A distance, 0 or more.
  func distance(upTo limit: Int64, _ choices: inout Choices) -> Int64 {
    choices.oneIn(4) ? Int64(choices.below(64)) : value(in: 0...max(0, limit), &choices)
  }

  /// A root behind some multiples of a setting: where what counts is the rest of a division by it.
  private func besideRoot(_ range: ClosedRange<Int64>, _ choices: inout Choices) -> Int64 {
    let period = Int64(clamping: (choices.pick(settings) ?? 0).magnitude)
    let root = choices.pick(roots) ?? 0
    return signed(Int64(choices.below(8)) &* period &+ root, range, &choices)
  }

  private func near(
    _ constants: [Int64], _ range: ClosedRange<Int64>, _ choices: inout Choices
  ) -> Int64 {
    let constant = choices.pick(constants) ?? 0
    return signed(constant, range, &choices) &+ beside(&choices)
  }

  /// About where a setting times the value lies halfway between two multiples of a power of two.
  private func tie(_ range: ClosedRange<Int64>, _ choices: inout Choices) -> Int64 {
    let factor = (choices.pick(settings) ?? 1).magnitude
    let odd = UInt64(2 * choices.below(128) + 1)
    let target = odd << UInt64(choices.below(48))
    let value = Int64(clamping: factor == 0 ? target : target / factor)
    return signed(value, range, &choices) &+ beside(&choices)
  }

  /// Where a setting times the value is exactly an odd multiple of a power of two, as far as the setting allows
  /// it: solved modulo the power, because an odd factor has an inverse there.
  private func exactTie(_ range: ClosedRange<Int64>, _ choices: inout Choices) -> Int64 {
    let factor = choices.pick(settings) ?? 1
    let second = choices.oneIn(3) ? choices.pick(settings) ?? 1 : 1
    let (product, isOver) = factor.multipliedReportingOverflow(by: second)
    let exponents = settings.filter { (1...62).contains($0) }.map(Int.init)
    return exactTie(
      range, factor: isOver ? factor : product, exponent: choices.pick(exponents), &choices)
  }

  /// About where a setting times the value, shifted by another one, comes to a limit of an answer or to a constant.
  private func reaching(_ range: ClosedRange<Int64>, _ choices: inout Choices) -> Int64 {
    let exponents = settings.filter { (1...62).contains($0) }.map(Int.init)
    let factor = choices.pick(settings) ?? 1
    return reaching(range, factor: factor, exponent: choices.pick(exponents) ?? 0, &choices)
  }

  /// - Parameters:
  ///   - factor: what the value is multiplied by.
  ///   - exponent: places that the product is then shifted by.
  package func reaching(
    _ range: ClosedRange<Int64>, factor: Int64, exponent: Int, _ choices: inout Choices
  ) -> Int64 {
    let targets = limits.isEmpty || choices.oneIn(3) ? constants : limits
    let target = Int64(clamping: (choices.pick(targets) ?? 0).magnitude) &+ beside(&choices)
    // Where something is rounded to the target, or cut off.
    let doubled = 2 &* target &+ (choices.oneIn(2) ? -1 : 0)
    guard factor != 0, doubled >= 0, doubled.leadingZeroBitCount > exponent else { return target }
    let quotient = UInt64(doubled) << UInt64(exponent) / 2 / factor.magnitude
    return signed(Int64(clamping: quotient) &+ Int64(choices.below(2)), range, &choices)
  }

  /// - Parameters:
  ///   - factor: what the value is multiplied by.
  ///   - exponent: of the power of two, half of the time if there is one.
  package func exactTie(
    _ range: ClosedRange<Int64>, factor: Int64, exponent wanted: Int?, _ choices: inout Choices
  ) -> Int64 {
    let factor = factor.magnitude
    guard factor > 0 else { return 0 }
    let twos = factor.trailingZeroBitCount
    let own = wanted ?? 0
    let exponent = choices.oneIn(2) && own > twos ? own : twos + 1 + choices.below(40)
    let digits = UInt64(min(exponent - twos, 62))
    // Newton's iteration doubles the digits that are right; an odd number is its own inverse modulo 8.
    let odd = factor >> UInt64(twos)
    var inverse = odd
    for _ in 0..<5 { inverse &*= 2 &- odd &* inverse }
    let modulus = UInt64(1) << digits
    // Seldom the product beside the tie, where rounding turns.
    let aside = choices.oneIn(4) ? UInt64(bitPattern: beside(&choices)) : 0
    let solution = Int64(((modulus / 2 &+ aside) &* inverse) & (modulus - 1))
    let value = choices.oneIn(2) ? solution &- Int64(modulus) : solution
    // Farther away the same holds.
    let step = Int64(choices.below(8)) &* Int64(modulus)
    return signed(value &+ step, range, &choices)
  }

  /// Of either sign, where the range has both.
  private func signed(
    _ value: Int64, _ range: ClosedRange<Int64>, _ choices: inout Choices
  ) -> Int64 {
    choices.oneIn(2) && range.lowerBound < 0 ? 0 &- value : value
  }
}

/// One less, nothing or one more. Added with overflow: a constant may be the largest number that there is.
private func beside(_ choices: inout Choices) -> Int64 { Int64(choices.below(3)) - 1 }

/// Binary digits of the largest magnitude in a range.
private func digits(of range: ClosedRange<Int64>) -> Int {
  let largest = max(range.lowerBound.magnitude, range.upperBound.magnitude)
  return max(1, UInt64.bitWidth - largest.leadingZeroBitCount)
}
