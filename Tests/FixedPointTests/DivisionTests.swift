import FixedPoint
import Testing

struct DivisionTests {
  @Test(arguments: Rounding.allCases)
  func `every 8-bit value by every 8-bit divisor`(rounding: Rounding) {
    let divisors = Array(Int8.min ... .max).filter { $0 != 0 }
    let inputs = pairs(Array(Int8.min ... .max), divisors).filter { $0 != (.min, -1) }
    expectAgreement(over: inputs) {
      Int128($0.divided(by: $1, rounding: rounding))
    } expected: {
      exactQuotient(Int128($0), over: Int128($1), rounding)
    }
  }

  @Test(arguments: Rounding.allCases)
  func `boundary values of 64 bits by each other`(rounding: Rounding) {
    let divisors = boundaryValues(Int64.self, random: 20, seed: 3).filter { $0 != 0 }
    let numerators = boundaryValues(Int64.self, random: 20, seed: 4)
    expectAgreement(over: pairs(numerators, divisors).filter { $0 != (.min, -1) }) {
      Int128($0.divided(by: $1, rounding: rounding))
    } expected: {
      exactQuotient(Int128($0), over: Int128($1), rounding)
    }
  }

  @Test(arguments: Rounding.allCases)
  func `dividing by a power of two is shifting`(rounding: Rounding) {
    expectAgreement(over: pairs(boundaryValues(Int128.self, seed: 5), Array(0...126))) {
      $0.divided(by: 1 << Int128($1), rounding: rounding)
    } expected: {
      $0.shiftedRight(by: $1, rounding: rounding)
    }
  }

  @Test func `division by zero traps`() async {
    await #expect(processExitsWith: .failure) {
      _ = Int64(1).divided(by: 0, rounding: .floor)
    }
  }

  @Test func `a quotient that does not fit traps`() async {
    await #expect(processExitsWith: .failure) {
      _ = Int64.min.divided(by: -1, rounding: .halfUp)
    }
    #expect(Int128(Int64.min).divided(by: -1, rounding: .halfUp) == 1 << 63)
  }
}
