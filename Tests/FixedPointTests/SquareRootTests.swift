import FixedPoint
import Testing

struct SquareRootTests {
  @Test func `floor is the largest integer whose square does not exceed the value`() {
    var root: UInt64 = 0
    expectAgreement(over: UInt64(0)..<1_000_000) {
      IntegerSquareRoot.floor(of: $0)
    } expected: {
      while (root + 1) * (root + 1) <= $0 { root += 1 }
      return root
    }
  }

  @Test func `roots bracket the value around every power, square and end of range`() {
    var generator = SeededGenerator(seed: 9)
    var roots: [UInt64] = []
    for bits in UInt64(1)...32 { roots += [(1 << bits) - 2, (1 << bits) - 1] }
    for _ in 0..<100_000 {
      roots.append(UInt64.random(in: 1...0xFFFF_FFFF, using: &generator))
    }
    var values: [UInt64] = [.max, .max - 1, 1 << 63]
    for root in roots { values += [root * root, root * root &- 1, root * root + 2 * root] }
    for bits in UInt64(0)..<64 { values += [(1 << bits) - 1, 1 << bits, (1 << bits) + 1] }
    expectAgreement(over: values) {
      let root = UInt128(IntegerSquareRoot.floor(of: $0))
      return root * root <= UInt128($0) && UInt128($0) < (root + 1) * (root + 1)
    } expected: { _ in
      true
    }
    #expect(IntegerSquareRoot.floor(of: .max) == 0xFFFF_FFFF)
    #expect(IntegerSquareRoot.floor(of: 0xFFFF_FFFE_0000_0001) == 0xFFFF_FFFF)
    #expect(IntegerSquareRoot.floor(of: 0xFFFF_FFFE_0000_0000) == 0xFFFF_FFFE)
  }

  @Test func `fixed steps follow the recurrence, with a 65-bit sum`() {
    let values = boundaryValues(Int64.self, seed: 10).map { UInt64(bitPattern: $0) } + [.max]
    let starts: [UInt64] = [1, 2, 3, 1 << 16, 1 << 32, 1 << 63, .max]
    for steps in 0...12 {
      expectAgreement(over: pairs(values.filter { $0 != 0 }, starts), "\(steps) steps") {
        IntegerSquareRoot.newton(of: $0, start: $1, steps: steps)
      } expected: { value, start in
        var root = UInt128(start)
        for _ in 0..<steps { root = (root + UInt128(value) / root) / 2 }
        return UInt64(root)
      }
    }
  }

  @Test func `ten steps from 2^16 halve down to 64 and no further`() {
    let ten = { IntegerSquareRoot.newton(of: $0, start: 1 << 16, steps: 10) }
    #expect(ten(0) == 64 && ten(1) == 64)
    #expect(ten(4_186_115) == IntegerSquareRoot.floor(of: 4_186_115) + 1)
    let first = Comparison(over: UInt64(0)...50_000) {
      ten($0) > 63
    } expected: { _ in
      true
    }
    #expect(first.first == nil && first.count == 50_001)
    // The iteration has not converged for small values, and is not far off beyond them.
    let errors = (UInt64(0)...200_000).map { ten($0) - IntegerSquareRoot.floor(of: $0) }
    #expect(errors.lastIndex { $0 > 1 } == 34_595)
    #expect(errors.firstIndex(of: 0) == 34_969)
    #expect(errors[34_969...].max() == 1)
  }

  @Test func `a value one below a square makes converged iterates alternate`() {
    let iterates = (20...23).map { IntegerSquareRoot.newton(of: 99, start: 100, steps: $0) }
    #expect(Set(iterates) == [9, 10])
    #expect(IntegerSquareRoot.floor(of: 99) == 9)
  }

  @Test func `a start of 0 traps`() async {
    await #expect(processExitsWith: .failure) {
      _ = IntegerSquareRoot.newton(of: 4, start: 0, steps: 1)
    }
  }

  @Test func `a negative number of steps traps`() async {
    await #expect(processExitsWith: .failure) {
      _ = IntegerSquareRoot.newton(of: 4, start: 1, steps: -1)
    }
  }

  @Test func `value 0 reaches 0 and cannot be divided by it`() async {
    #expect(IntegerSquareRoot.newton(of: 0, start: 1 << 16, steps: 17) == 0)
    await #expect(processExitsWith: .failure) {
      _ = IntegerSquareRoot.newton(of: 0, start: 1 << 16, steps: 18)
    }
  }
}
