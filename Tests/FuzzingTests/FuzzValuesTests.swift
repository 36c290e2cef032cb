import Blocks
import Devices
import FixedPoint
import Fuzzing
import Signals
import Testing

/// What the generators draw, shown by mistakes that it makes visible and uniform values do not.
@Suite struct FuzzValuesTests {
  private let range: ClosedRange<Int64> = -0x8000_0000...0x7FFF_FFFF

  private func uniform(_ count: Int, _ range: ClosedRange<Int64>) -> [Int64] {
    var generator = CounterGenerator(seed: 3, stream: 1, index: 0)
    return (0..<count).map { _ in generator.value(in: range) }
  }

  /// Values of which a rounding that lets ties go up makes something else than one that lets them go to even.
  private func turned(_ values: [Int64], factor: Int64, exponent: Int) -> Int {
    values.count { value in
      let product = value * factor
      return product.shiftedRight(by: exponent, rounding: .halfUp)
        != product.shiftedRight(by: exponent, rounding: .halfToEven)
    }
  }

  @Test func exactTiesShowARoundingThatUniformValuesDoNot() {
    let choices = ValueChoices(constants: [])
    for (factor, exponent) in [(Int64(0x5A5A_5A5B), 31), (0x1234, 24), (1 << 20, 40)] {
      var drawn = Choices(seed: 7)
      let values = (0..<1000).map { _ in
        let tie = choices.exactTie(range, factor: factor, exponent: exponent, &drawn)
        return min(max(tie, range.lowerBound), range.upperBound)
      }
      #expect(turned(values, factor: factor, exponent: exponent) > 15)
    }
    #expect(turned(uniform(1000, range), factor: 0x5A5A_5A5B, exponent: 31) == 0)
  }

  /// A mistake that shows where `x * factor >> exponent` is 128: what is above is clamped, and no constant tells.
  private func leaves(_ values: [Int64], factor: Int64, exponent: Int) -> Int {
    values.count { ($0 * factor) >> Int64(exponent) == 128 }
  }

  @Test func productsReachTheLimitsOfOutputs() {
    func shown(constants: [Int64], limits: [Int64] = []) -> Int {
      let values = ValueChoices(constants: constants, settings: [30011, 21], limits: limits)
      var drawn = Choices(seed: 2)
      let found = (0..<20_000).map { _ in values.value(in: -0x8000...0x7FFF, &drawn) }
      return leaves(found, factor: 30011, exponent: 21)
    }
    #expect(shown(constants: [-128, 128]) > 25)
    #expect(shown(constants: [-77, 77]) < 15)
    // Constants are many; that an answer ends there counts more.
    let many = Array<Int64>(1_000...1_099)
    #expect(shown(constants: many, limits: [-128, 127]) > 15)
    // With a factor and an exponent of its own for each element.
    let factors = uniform(64, 0x4000...0x7FFF)
    let exponents = uniform(64, 14...20)
    let pattern = ValuePattern(
      values: ValueChoices(constants: [-128, 128]), range: -0x8000...0x7FFF,
      partners: [
        .init(range: 0...0x7FFF, values: factors), .init(range: 0...31, values: exponents),
      ])
    var (row, most) = (uniform(64, -0x8000...0x7FFF), 0)
    for seed in 0..<40 {
      var drawn = Choices(seed: UInt32(seed))
      pattern.tie(&row, &drawn)
      let shown = row.indices.count {
        leaves([row[$0]], factor: factors[$0], exponent: Int(exponents[$0])) > 0
      }
      most = max(most, shown)
    }
    #expect(most > 8)
    for seed in 0..<4000 {
      var drawn = Choices(seed: UInt32(seed))
      let wild = ValueChoices(constants: [.min, .max, 0])
      _ = wild.reaching(.min ... .max, factor: .min, exponent: 62, &drawn)
      _ = wild.reaching(.min ... .max, factor: 0, exponent: 0, &drawn)
    }
  }

  @Test func constantsAtTheLimitsOfIntegersHaveNeighboursInRange() {
    let choices = ValueChoices(constants: [.min, .max], settings: [.min, .max])
    for seed in 0..<4000 {
      var drawn = Choices(seed: UInt32(seed))
      #expect((-8...7).contains(choices.value(in: -8...7, &drawn)))
      _ = choices.value(in: .min ... .max, &drawn)
    }
  }

  @Test func tiesFitTheOtherArraysElementByElement() {
    let factors = uniform(64, 1...0xFFFF).map { $0 | 1 }
    let exponents = uniform(64, 20...30)
    let pattern = ValuePattern(
      values: ValueChoices(constants: []), range: range,
      partners: [
        .init(range: 0...0xFFFF, values: factors), .init(range: 0...127, values: exponents),
      ])
    func turned(_ values: [Int64]) -> Int {
      values.indices.count { index in
        self.turned([values[index]], factor: factors[index], exponent: Int(exponents[index])) > 0
      }
    }
    var values = uniform(64, range)
    #expect(turned(values) == 0)
    var most = 0
    for seed in 0..<20 {
      var drawn = Choices(seed: UInt32(seed))
      pattern.tie(&values, &drawn)
      most = max(most, turned(values))
    }
    #expect(most > 8)
  }

  @Test func balancedRowsHaveSumsThatUniformOnesHaveNot() {
    let pattern = ValuePattern(values: ValueChoices(constants: []), range: -128...127)
    /// Seen only by whoever divides by the sum, or where a mean is a half.
    func shows(_ row: [Int64]) -> (zero: Bool, half: Bool) {
      let sum = row.reduce(0, +)
      return (sum == 0, 2 * sum % Int64(row.count) == 0 && sum % Int64(row.count) != 0)
    }
    var (zeros, halves, plainZeros) = (0, 0, 0)
    for seed in 0..<400 {
      var row = uniform(4000 + seed, -128...127).suffix(200).map { $0 }
      if shows(row).zero { plainZeros += 1 }
      var drawn = Choices(seed: UInt32(seed))
      pattern.balance(&row, 0..<row.count, &drawn)
      #expect(row.allSatisfy { (-128...127).contains($0) })
      if shows(row).zero { zeros += 1 }
      if shows(row).half { halves += 1 }
    }
    #expect(zeros > 60 && halves > 40 && plainZeros < 10)
  }

  /// A mistake that shows where `(r - b) * r + c` is 0 for one `r` below 64, and c is not.
  private func cancels(_ b: Int64, _ c: Int64) -> Bool {
    c != 0 && (1..<64).contains { ($0 - b) * $0 + c == 0 }
  }

  @Test func settingsThatMeetHaveRootsThatOthersHaveNot() {
    let coefficients = uniform(2000, 256...4095)
    let others = uniform(4000, 0...0xFFFF).suffix(2000).map { $0 }
    var (met, plain) = (0, 0)
    for (seed, b) in coefficients.enumerated() {
      var drawn = Choices(seed: UInt32(seed))
      let values = ValueChoices(constants: [], settings: [b])
      let c = values.meeting(0...0xFFFF, current: others[seed], &drawn)
      #expect((0...0xFFFF).contains(c))
      if cancels(b, c) {
        met += 1
        // What elements are then chosen from.
        let roots = ValueChoices.roots(of: [b, c])
        #expect(roots.contains { ($0 - b) * $0 + c == 0 })
      }
      if cancels(b, others[seed]) { plain += 1 }
    }
    #expect(met > 150 && plain < 20)
    var drawn = Choices(seed: 1)
    #expect(ValueChoices(constants: []).meeting(-9 ... -1, current: -3, &drawn) < 0)
  }

  @Test func elementsComeToRootsBehindMultiplesOfASetting() {
    // x^2 - 90 * x + 1001 is 0 at 13 and 77; a rest of the division by 64 is looked at.
    let settings: [Int64] = [64, 90, 1001]
    #expect(ValueChoices.roots(of: settings) == [8, 13, 56, 72, 77, 82, 98, 993, 1009])
    let values = ValueChoices(
      constants: [], settings: settings, roots: ValueChoices.roots(of: settings))
    let plain = ValueChoices(constants: [], settings: settings)
    func shows(_ values: ValueChoices) -> Int {
      var drawn = Choices(seed: 5)
      return (0..<80_000).count { _ in
        let value = values.value(in: 0...1 << 40, &drawn)
        return value >= 64 && value <= 1 << 20 && value % 64 == 13
      }
    }
    #expect(shows(values) > 2 * shows(plain))
  }

  /// A mistake that shows where a product, rounded up to 16 digits, is a power of two without being one.
  private func roundsUp(_ a: Int64, _ b: Int64) -> Bool {
    let (high, low) = a.magnitude.multipliedFullWidth(by: b.magnitude)
    let zeros = high == 0 ? 64 + low.leadingZeroBitCount : high.leadingZeroBitCount
    guard zeros < 112 else { return false }
    // Shifts by 64 and more leave nothing.
    let whole = high << zeros | low >> (64 - zeros) | low << (zeros - 64)
    return whole >> 47 == 0x1_FFFF
  }

  @Test func snappedProductsAreJustBelowPowersOfTwo() {
    let factors = uniform(500, 1 << 20...1 << 32)
    let currents = uniform(1000, 1 << 20...0xFFFF_FFFF).suffix(500).map { $0 }
    for (factor, current) in zip(factors, currents) {
      let below = ValueChoices.snapped(current, factor: factor, isAbove: false)
      let above = ValueChoices.snapped(current, factor: factor, isAbove: true)
      #expect(roundsUp(factor, below) && !roundsUp(factor, above) && above == below + 1)
      #expect(below >= current && below <= 2 * current)
      #expect(ValueChoices.snapped(-current, factor: factor, isAbove: false) == -below)
    }
    #expect(zip(factors, currents).count { roundsUp($0, $1) } < 5)
    #expect(ValueChoices.snapped(.max, factor: .max, isAbove: true) != 0)
    #expect(ValueChoices.snapped(7, factor: 0, isAbove: true) == 7)
    #expect(ValueChoices.snapped(1, factor: 1, isAbove: false) == 2)
  }

  @Test func roundedFactorsMakeTiesThatOthersDoNot() {
    let (firsts, seconds) = (uniform(500, 128...255), uniform(1000, 8192...32767))
    func rounded(_ values: some Sequence<Int64>) -> [Int64] {
      values.map { ValueChoices.rounded($0, digits: 1) }
    }
    /// Of products by 64, at an exponent that is far out.
    func ties(_ first: [Int64], _ second: [Int64]) -> Int {
      zip(first, second).count { turned([64], factor: $0 * $1, exponent: 29) > 0 }
    }
    // 64 * 128 * 2 * 16384 is 2^28, half of 2^29.
    #expect(ties(rounded(firsts), rounded(seconds.suffix(500)).map { 2 * $0 }) > 200)
    #expect(ties(firsts, seconds.suffix(500).map { 2 * $0 }) == 0)
    #expect(ValueChoices.rounded(-0b1101_1101, digits: 3) == -0b1100_0000)
    #expect(ValueChoices.rounded(5, digits: 3) == 5 && ValueChoices.rounded(0, digits: 1) == 0)
    #expect(ValueChoices.rounded(.min, digits: 1) == -Int64.max)
  }

  @Test func spreadRowsHaveSumsOfSquaresThatUniformOnesHaveNot() {
    let range: ClosedRange<Int64> = -0x8000...0x7FFF
    let pattern = ValuePattern(values: ValueChoices(constants: []), range: range)
    /// Around the mean, which has to be an integer.
    func squares(_ row: [Int64]) -> Int64? {
      let (mean, rest) = row.reduce(0, +).quotientAndRemainder(dividingBy: Int64(row.count))
      return rest == 0 ? row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } : nil
    }
    var (powers, highest, plain, spreads) = (0, 0, 0, 0)
    for seed in 0..<4000 {
      var row = uniform(16 + seed % 3, range)
      var drawn = Choices(seed: UInt32(seed))
      pattern.spread(&row, 0..<row.count, &drawn)
      #expect(row.allSatisfy(range.contains))
      if let sum = squares(row), sum > 0 {
        if sum.nonzeroBitCount == 1 { powers += 1 }
        // The mistake: one sum of 33 digits that is read as 0.
        if sum == 1 << 32 { highest += 1 }
        let root = Int64(Double(sum).squareRoot())
        if root * root == sum { spreads += 1 }
      }
      if squares(uniform(20 + seed, range).suffix(16).map { $0 })?.nonzeroBitCount == 1 {
        plain += 1
      }
    }
    #expect(powers > 500 && highest > 4 && spreads > 500 && plain == 0)
  }

  @Test func extremeArraysReachSumsThatUniformOnesDoNot() {
    let pattern = ValuePattern(values: ValueChoices(constants: []), range: -128...127)
    func products(_ a: [Int64], _ b: [Int64]) -> Int64 { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    var largest: Int64 = 0
    var (spreads, plain): (Int64, Int64) = (0, 0)
    for seed in 0..<400 {
      var drawn = Choices(seed: UInt32(seed))
      var (a, b) = ([Int64](repeating: 3, count: 512), [Int64](repeating: 5, count: 512))
      pattern.fillExtreme(&a, &drawn)
      pattern.fillExtreme(&b, &drawn)
      largest = max(largest, products(a, b))
      let sum = a.reduce(0, +)
      if abs(sum) <= 256 { spreads = max(spreads, products(a, a)) }
      let random = uniform(600 + seed, -128...127).suffix(512).map { $0 }
      plain = max(plain, products(random, random))
    }
    // All at the lower limit: an accumulator of 24 bits overflows; half at either: the largest variance.
    #expect(largest == 1 << 23 && spreads > 500 * 1 << 14 && plain < 1 << 22)
  }

  @Test func arraysThatAreValidOnlyAsAWholeAreNotLoose() throws {
    let fixture = try BitmapFixture()
    let (block, configuration, space) = (fixture.block, fixture.configuration, fixture.space)
    let names = Set(space.looseArrays.map(\.name))
    #expect(names.isSuperset(of: ["a", "values"]))
    // Any bits for the bitmap: the number of values is another, which the golden model refuses.
    var batch = block.stimulus(seed: 1, index: 0, in: configuration)
    let structure = try #require(batch.items.keys.sorted().first { !names.contains($0) })
    let bits = try #require(batch.items[structure])
    batch.items[structure]?.values = bits.values.map { 1 - min($0, 1) }
    #expect(throws: BlockError.self) { try block.golden(batch, in: configuration) }
  }
}
