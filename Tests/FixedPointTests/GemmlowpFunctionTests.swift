import FixedPoint
import Foundation
import Testing

/// The approximations against the real functions, within the errors that they state.
struct GemmlowpFunctionTests {
  /// The largest difference between `observed`, in Q0.31, and `real`.
  private func worstError(
    over inputs: [Int32], observed: (Int32) -> Int32, real: (Int32) -> Double
  ) -> Double {
    inputs.map { abs(Double(observed($0)) * 0x1p-31 - real($0)) }.max()!
  }

  @Test(arguments: 0...29)
  func `exponential of values with any number of integer bits`(integerBits: Int) {
    var generator = SeededGenerator(seed: 22)
    let random = (0..<20_000).map { _ in
      Int32.random(in: .min...0, using: &generator) >> Int32.random(in: 0..<31, using: &generator)
    }
    let inputs = (random + boundaryValues(Int32.self, seed: 23)).filter { $0 <= 0 }
    let unit = powerOfTwo(integerBits - 31)
    let error = worstError(over: inputs) {
      Gemmlowp.exponential(ofNegative: $0, integerBits: integerBits)
    } real: {
      exp(Double($0) * unit)
    }
    #expect(error < 2.3e-7)
    #expect(error > 0, "an approximation without any error was not evaluated")
    #expect(Gemmlowp.exponential(ofNegative: 0, integerBits: integerBits) == .max)
  }

  @Test func `exponential at its corners`() {
    // e^-1 through the polynomial and two factors: 224 units above the constant 790015084.
    #expect(Gemmlowp.exponential(ofNegative: .min, integerBits: 0) == 790_015_308)
    #expect(Gemmlowp.exponential(ofNegative: .min, integerBits: 5) == 0)
    // With six integer bits, -32 is raw -2^30, and only what lies below it is cut off.
    #expect(Gemmlowp.exponential(ofNegative: -(1 << 30) - 1, integerBits: 6) == 0)
    // With 29, -1/4 is raw -1: the end of the polynomial's interval, beside the constant
    // 1672461947.
    #expect(Gemmlowp.exponential(ofNegative: -1, integerBits: 29) == 1_672_462_419)
  }

  @Test func `reciprocal of one plus a fraction`() {
    var generator = SeededGenerator(seed: 24)
    let random = (0..<100_000).map { _ in Int32.random(in: 0 ... .max, using: &generator) }
    let inputs = random + boundaryValues(Int32.self, seed: 25).filter { $0 >= 0 }
    let error = worstError(over: inputs) {
      Gemmlowp.reciprocalOfOnePlus($0)
    } real: {
      1 / (1 + Double($0) * 0x1p-31)
    }
    #expect(error < 3.3e-9)
    #expect(error > 0x1p-33)
    #expect(Gemmlowp.reciprocalOfOnePlus(0) == .max)
  }

  @Test(arguments: [0, 5, 12, 31])
  func `reciprocal of positive values`(integerBits: Int) {
    let inputs = boundaryValues(Int32.self, random: 20_000, seed: 26).filter { $0 > 0 }
    for input in inputs {
      let (mantissa, bits) = Gemmlowp.reciprocal(of: input, integerBits: integerBits)
      let value = Double(input) * powerOfTwo(integerBits - 31)
      let product = value * Double(mantissa) * powerOfTwo(-31 - bits)
      #expect(abs(product - 1) < 6.6e-9, "\(input)")
      #expect(mantissa >= 1 << 30 - 8)
      #expect(bits == integerBits - input.leadingZeroBitCount)
    }
  }

  @Test func `inverse square root`() {
    let one = QuantisedMultiplier(mantissa: .max, shift: 0)
    #expect(Gemmlowp.inverseSquareRoot(of: 0) == one && Gemmlowp.inverseSquareRoot(of: 1) == one)
    let inputs = boundaryValues(Int32.self, random: 20_000, seed: 27).filter { $0 > 1 }
    for input in inputs + (2...5000) {
      let result = Gemmlowp.inverseSquareRoot(of: input)
      let scale = powerOfTwo(result.shift - 31)
      let product = Double(result.mantissa) * scale * Double(input).squareRoot()
      #expect(abs(product - 1) < 1.3e-6, "\(input)")
      #expect(result.shift <= 0)
    }
  }

  @Test func `a quantised multiplier is the fraction in 31 bits, halves away from zero`() {
    var generator = SeededGenerator(seed: 28)
    for _ in 0..<20_000 {
      let real = Double(
        sign: Bool.random(using: &generator) ? .plus : .minus,
        exponent: .random(in: -31...29, using: &generator),
        significand: .random(in: 1..<2, using: &generator))
      let multiplier = QuantisedMultiplier(nearest: real)
      // Exact: scaling by a power of two, and integers below 2^32 with at most 22 fraction bits.
      let exact = real * powerOfTwo(31 - multiplier.shift)
      let error = (Double(multiplier.mantissa) - exact) * (real < 0 ? -1 : 1)
      #expect(error > -0.5 && error <= 0.5, "\(real)")
    }
  }

  @Test func `quantised multipliers at their limits`() {
    let expected: [(real: Double, mantissa: Int32, shift: Int)] = [
      (0, 0, 0), (1, 1 << 30, 1), (-0.5, -(1 << 30), 0), (0x1p31 - 1, .max, 31),
      // The fraction rounds up to 1 and is normalised.
      ((1.0).nextDown, 1 << 30, 1),
      // The least, and what is too small.
      (0x1p-32, 1 << 30, -31), (0x1p-33, 0, 0), (-0x1p-33, 0, 0), (.leastNonzeroMagnitude, 0, 0),
    ]
    for (real, mantissa, shift) in expected {
      let multiplier = QuantisedMultiplier(mantissa: mantissa, shift: shift)
      #expect(QuantisedMultiplier(nearest: real) == multiplier, "\(real)")
    }
  }

  @Test func `a wrong constant breaks the stated error`() {
    let error = worstError(over: [-1 << 20, -1 << 25]) {
      Gemmlowp.exponential(ofNegative: $0, integerBits: 5) + 1000
    } real: {
      exp(Double($0) * 0x1p-26)
    }
    #expect(error > 2.3e-7)
  }

  @Test func `operands out of range trap`() async {
    await #expect(processExitsWith: .failure) {
      _ = Gemmlowp.exponential(ofNegative: 1, integerBits: 5)
    }
    await #expect(processExitsWith: .failure) {
      _ = Gemmlowp.exponential(ofNegative: -1, integerBits: 30)
    }
    await #expect(processExitsWith: .failure) { _ = Gemmlowp.reciprocalOfOnePlus(-1) }
    await #expect(processExitsWith: .failure) {
      _ = Gemmlowp.reciprocal(of: 0, integerBits: 12)
    }
    await #expect(processExitsWith: .failure) { _ = Gemmlowp.inverseSquareRoot(of: -1) }
    await #expect(processExitsWith: .failure) { _ = QuantisedMultiplier(nearest: 0x1p31) }
    await #expect(processExitsWith: .failure) { _ = QuantisedMultiplier(nearest: .nan) }
  }
}
