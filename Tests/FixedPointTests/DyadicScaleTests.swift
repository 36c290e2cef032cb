import FixedPoint
import Testing

struct DyadicScaleTests {
  @Test(arguments: Rounding.allCases)
  func `narrow products against the definition`(rounding: Rounding) {
    for (multiplier, exponent) in pairs([0, 1, 2, 3, 5, 7, 64, 100, 255], Array(0...14)) {
      let scale = DyadicScale(multiplier: UInt32(multiplier), exponent: exponent)
      for (offset, format) in pairs([Int64(0), -128, 7], [IntegerWidth.signed(8), .unsigned(6)]) {
        expectAgreement(over: Int64(-300)...300, "\(scale) \(offset) \(format)") {
          scale.requantise($0, rounding: rounding, offset: offset, to: format)
        } expected: {
          let product = Int128($0) * Int128(multiplier)
          let exact = exactQuotient(product, over: 1 << Int128(exponent), rounding)
          return Int64((exact + Int128(offset)).saturated(to: format))
        }
      }
    }
  }

  @Test(arguments: Rounding.allCases)
  func `products of 31 to 96 bits, shifts to 127`(rounding: Rounding) {
    let values = boundaryValues(Int64.self, random: 50, seed: 13)
    let multipliers: [UInt32] = [0, 1, 3, 1 << 30, (1 << 31) - 1, 1 << 31, .max, 0xCCCC_CCCD]
    for (multiplier, exponent) in pairs(multipliers, Array(0...127)) {
      let scale = DyadicScale(multiplier: multiplier, exponent: exponent)
      let exact = { steppedShift(Int128($0 as Int64) * Int128(multiplier), by: exponent, rounding) }
      expectAgreement(over: values, "\(scale)") {
        scale.scaledWide($0, rounding: rounding)
      } expected: {
        exact($0)
      }
      expectAgreement(over: values.filter { Int64(exactly: exact($0)) != nil }, "\(scale)") {
        Int128(scale.scaled($0, rounding: rounding))
      } expected: {
        exact($0)
      }
      for (offset, bits) in [(0, 8), (Int64.min, 64), (.max, 64), (-1, 32)] {
        expectAgreement(over: values, "\(scale) \(offset) \(bits)") {
          Int128(scale.requantise($0, rounding: rounding, offset: offset, to: .signed(bits)))
        } expected: {
          (exact($0) + Int128(offset)).saturated(to: .signed(bits))
        }
      }
    }
  }

  @Test func `a derived multiplier is the fraction in 31 bits, halves away from zero`() throws {
    var generator = SeededGenerator(seed: 14)
    var ratios = (0..<20_000).map { _ in
      Double(
        sign: .plus, exponent: .random(in: -97...30, using: &generator),
        significand: .random(in: 1..<2, using: &generator))
    }
    // Exact ties: odd multiples of half the multiplier's last place.
    let ties = (0..<2000).map { _ in
      Double((UInt64.random(in: 1 << 30..<1 << 31, using: &generator) << 1) | 1)
    }
    ratios += ties.map { $0 * 0x1p-40 }
    for ratio in ratios {
      let scale = try #require(DyadicScale(nearest: ratio))
      // Exact: scaling by a power of two, and integers below 2^33 with at most 22 fraction bits.
      let error = Double(scale.multiplier) - ratio * powerOfTwo(scale.exponent)
      #expect(error > -0.5 && error <= 0.5, "\(ratio)")
      #expect(scale.multiplier >= 1 << 30 && scale.multiplier <= 1 << 31)
    }
  }

  @Test func `known derivations and their limits`() {
    #expect(DyadicScale(nearest: 1) == DyadicScale(multiplier: 1 << 30, exponent: 30))
    #expect(DyadicScale(nearest: 0.75) == DyadicScale(multiplier: 3 << 29, exponent: 31))
    // The fraction rounds up to 1 and stays a 32-bit multiplier.
    #expect(
      DyadicScale(nearest: (1.0).nextDown) == DyadicScale(multiplier: 1 << 31, exponent: 31))
    #expect(DyadicScale(nearest: 0x1p-97) == DyadicScale(multiplier: 1 << 30, exponent: 127))
    #expect(DyadicScale(nearest: 0x1p30) == DyadicScale(multiplier: 1 << 30, exponent: 0))
    #expect(DyadicScale(nearest: 0x1p31.nextDown)?.exponent == 0)
    let outside = [0, -1, .nan, .infinity, 0x1p31, 0x1p-97.nextDown, .leastNonzeroMagnitude]
    #expect(outside.allSatisfy { DyadicScale(nearest: $0) == nil })
    #expect(DyadicScale(multiplier: 3, exponent: 2).ratio == 0.75)
    #expect(DyadicScale(multiplier: .max, exponent: 127).ratio == 4_294_967_295 * 0x1p-127)
  }

  @Test func `a calibrated scale is rounded to single precision first`() throws {
    // float32(0.1) = 13421773/2^27, so 1/s = 9.99999985098839…
    let single = try #require(DyadicScale(nearestReciprocalOfSingle: 0.1))
    #expect(single == DyadicScale(nearest: 134_217_728 / 13_421_773))
    #expect(single.multiplier == 1_342_177_260 && single.exponent == 27)
    #expect(DyadicScale(nearest: 1 / 0.1)?.multiplier == 1_342_177_280)
    #expect(DyadicScale(calibratedMaximum: 3276.7) == single)
    #expect(DyadicScale(nearestReciprocalOfSingle: 0) == nil)
    #expect(DyadicScale(nearestReciprocalOfSingle: 1e300) == nil)
    #expect(DyadicScale(nearestReciprocalOfSingle: -1) == nil)
  }

  @Test func `two roundings of one scale first differ at its first tie`() throws {
    let half = DyadicScale(multiplier: 1, exponent: 1)
    let comparison = Comparison(over: Int64(0)...10) {
      half.requantise($0, rounding: .halfUp, to: .signed(8))
    } expected: {
      half.requantise($0, rounding: .halfToEven, to: .signed(8))
    }
    #expect(comparison.first?.input == 1)
    let offset = Comparison(over: Int64(0)...10) {
      half.requantise($0, rounding: .halfToEven, offset: 1, to: .signed(8))
    } expected: {
      half.requantise($0 + 2, rounding: .halfToEven, to: .signed(8))
    }
    #expect(offset.first?.input == 1, "a zero point before rounding is another function")
  }

  @Test func `an exponent out of range traps`() async {
    await #expect(processExitsWith: .failure) { _ = DyadicScale(multiplier: 1, exponent: -1) }
    await #expect(processExitsWith: .failure) { _ = DyadicScale(multiplier: 1, exponent: 128) }
  }

  @Test func `a result beyond Int64 traps`() async {
    await #expect(processExitsWith: .failure) {
      _ = DyadicScale(multiplier: 2, exponent: 0).scaled(.max, rounding: .floor)
    }
    await #expect(processExitsWith: .failure) {
      _ = DyadicScale(multiplier: 1, exponent: 0)
        .requantise(1, rounding: .floor, to: .unsigned(64))
    }
  }
}
