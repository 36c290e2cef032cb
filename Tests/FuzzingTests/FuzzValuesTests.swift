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
    let block = BitmapSpMM()
    let configuration = Configuration(
      name: "smallest",
      values: ["Rows": 1, "Lanes": 1, "Window": 8, "Slack": 2, "MaxDepth": 8])
    let space = try FuzzSpace(
      block, in: configuration, manifest: Fixture.manifest, hangLimit: 10_000)
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
