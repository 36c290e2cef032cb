import FixedPoint
import Testing

struct ReciprocalDividerTests {
  @Test(arguments: 1...10)
  func `every numerator by every divisor of a narrow width`(bits: Int) {
    let numerators = Array(UInt64(0)..<1 << UInt64(bits))
    for divisor in UInt64(1)...1 << UInt64(bits + 1) {
      let divider = ReciprocalDivider(divisor: divisor, numeratorBits: bits)
      expectAgreement(over: numerators, "\(divider)") {
        divider.quotient($0)
      } expected: {
        $0 / divisor
      }
    }
  }

  @Test(arguments: 1...8)
  func `the shift is the smallest that is exact for every numerator`(bits: Int) {
    let largest = UInt128(1) << UInt128(bits) - 1
    let isExact = { (divisor: UInt128, multiplier: UInt128, shift: UInt128) in
      (0...largest).allSatisfy { ($0 * multiplier) >> shift == $0 / divisor }
    }
    for divisor in 1...largest {
      let divider = ReciprocalDivider(divisor: UInt64(divisor), numeratorBits: bits)
      #expect(isExact(divisor, divider.multiplier, UInt128(divider.shift)))
      for shift in 0..<UInt128(divider.shift) {
        // The smallest multiplier that is right for the numerator `divisor` itself.
        let multiplier = ((1 << shift) - 1) / divisor + 1
        #expect(!isExact(divisor, multiplier, shift), "\(divisor) by shift \(shift)")
      }
    }
  }

  @Test(arguments: [16, 31, 32, 33, 48, 62, 63, 64])
  func `wide numerators around multiples of wide divisors`(bits: Int) {
    var generator = SeededGenerator(seed: UInt64(bits))
    let largest = UInt64.max >> UInt64(64 - bits)
    var divisors: [UInt64] = [1, 2, 3, 5, 7, 10, 641, 1 << 63, (1 << 63) - 1, (1 << 62) + 1]
    divisors += [largest / 2 + 1, max(largest / 2, 1), largest / 3].filter { $0 <= 1 << 63 }
    for _ in 0..<1500 {
      let divisor = UInt64.random(in: 1...1 << 63, using: &generator)
      divisors.append(max(1, divisor >> UInt64.random(in: 0..<63, using: &generator)))
    }
    for divisor in divisors {
      let divider = ReciprocalDivider(divisor: divisor, numeratorBits: bits)
      #expect(divider.multiplier >> UInt128(bits + 1) == 0)
      var quotients: [UInt64] = [1, 2, largest / divisor]
      for _ in 0..<20 { quotients.append(.random(in: 0...largest / divisor, using: &generator)) }
      var numerators: [UInt64] = [0, largest - 1, largest]
      for quotient in quotients {
        let multiple = quotient &* divisor
        numerators += [multiple &- 1, multiple, multiple &+ 1]
      }
      expectAgreement(over: numerators.filter { $0 <= largest }, "\(divider)") {
        divider.quotient($0)
      } expected: {
        $0 / divisor
      }
    }
  }

  @Test func `signed numerators of a narrow width`() {
    for divisor in Int64(1)...300 {
      let divider = ReciprocalDivider(divisor: UInt64(divisor), numeratorBits: 8)
      for rounding in [Rounding.floor, .truncate] {
        expectAgreement(over: Int64(-255)...255, "\(divider) \(rounding)") {
          rounding == .floor ? divider.floorQuotient($0) : divider.truncatedQuotient($0)
        } expected: {
          Int64(exactQuotient(Int128($0), over: Int128(divisor), rounding))
        }
      }
      #expect(divider.floorQuotient(-256) == Int64(-256).divided(by: divisor, rounding: .floor))
    }
  }

  @Test func `signed numerators of 64 bits`() {
    let values = boundaryValues(Int64.self, seed: 11)
    for divisor in boundaryValues(Int64.self, random: 50, seed: 12) where divisor > 0 {
      let floor = ReciprocalDivider(divisor: UInt64(divisor), numeratorBits: 63)
      let truncate = ReciprocalDivider(divisor: UInt64(divisor))
      expectAgreement(over: values, "\(floor)") {
        floor.floorQuotient($0)
      } expected: {
        $0.divided(by: divisor, rounding: .floor)
      }
      expectAgreement(over: values, "\(truncate)") {
        truncate.truncatedQuotient($0)
      } expected: {
        $0 / divisor
      }
    }
    #expect(ReciprocalDivider(divisor: 1 << 63).truncatedQuotient(.min) == -1)
  }

  @Test func `known multipliers`() {
    let third = ReciprocalDivider(divisor: 3, numeratorBits: 8)
    #expect(third.multiplier == 171 && third.shift == 9 && third.quotient(255) == 85)
    let tenth = ReciprocalDivider(divisor: 10, numeratorBits: 32)
    #expect(tenth.multiplier == 0xCCCC_CCCD && tenth.shift == 35)
    // Seven needs one bit more than its 32-bit numerators.
    let seventh = ReciprocalDivider(divisor: 7, numeratorBits: 32)
    #expect(seventh.multiplier == 0x1_2492_4925 && seventh.shift == 35)
    let eighth = ReciprocalDivider(divisor: 8, numeratorBits: 32)
    #expect(eighth.multiplier == 1 && eighth.shift == 3)
  }

  @Test func `a multiplier one too small is found at the first multiple of the divisor`() throws {
    let divider = ReciprocalDivider(divisor: 7, numeratorBits: 16)
    let comparison = Comparison(over: UInt128(0)...65535) {
      ($0 * (divider.multiplier - 1)) >> UInt128(divider.shift)
    } expected: {
      $0 / 7
    }
    #expect(comparison.first?.input == 7)
  }

  @Test func `a divisor or a width out of range traps`() async {
    await #expect(processExitsWith: .failure) { _ = ReciprocalDivider(divisor: 0) }
    await #expect(processExitsWith: .failure) { _ = ReciprocalDivider(divisor: (1 << 63) + 1) }
    await #expect(processExitsWith: .failure) {
      _ = ReciprocalDivider(divisor: 3, numeratorBits: 0)
    }
    await #expect(processExitsWith: .failure) {
      _ = ReciprocalDivider(divisor: 3, numeratorBits: 65)
    }
  }

  @Test func `a numerator that is too wide traps`() async {
    await #expect(processExitsWith: .failure) {
      _ = ReciprocalDivider(divisor: 3, numeratorBits: 8).quotient(256)
    }
    await #expect(processExitsWith: .failure) {
      _ = ReciprocalDivider(divisor: 3, numeratorBits: 8).floorQuotient(-257)
    }
    await #expect(processExitsWith: .failure) {
      _ = ReciprocalDivider(divisor: 3, numeratorBits: 63).truncatedQuotient(.min)
    }
  }
}
