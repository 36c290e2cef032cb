import FixedPoint
import Foundation
import Signals
import Testing
import Vectors

/// Every element of every array that the public C++ of gemmlowp and TensorFlow Lite Micro produced.
struct GemmlowpOracleTests {
  /// What a primitive computes from a row of operands, one result for each of `results`.
  struct Primitive: CustomTestStringConvertible, Sendable {
    var name: String
    var operands: [String]
    var results: [String]
    var elements: Int
    var evaluate: @Sendable ([Int64]) -> [Int64]
    var testDescription: String { name }
  }

  static let path = URL(filePath: #filePath)
    .appending(path: "../../../vectors/oracles/gemmlowp_fixedpoint.npz").standardizedFileURL.path

  static let primitives = [
    Primitive(name: "srdhm32", operands: ["a", "b"], results: ["y"], elements: 518) {
      [Int64(Gemmlowp.saturatingRoundingDoublingHighMultiply(Int32($0[0]), Int32($0[1])))]
    },
    Primitive(name: "srdhm16", operands: ["a", "b"], results: ["y"], elements: 258) {
      [Int64(Gemmlowp.saturatingRoundingDoublingHighMultiply(Int16($0[0]), Int16($0[1])))]
    },
    Primitive(name: "rdbp", operands: ["x", "e"], results: ["y"], elements: 250) {
      [Int64(Gemmlowp.roundingDivideByPowerOfTwo(Int32($0[0]), exponent: Int($0[1])))]
    },
    Primitive(name: "exp_q5_26", operands: ["x"], results: ["y"], elements: 673) {
      [Int64(Gemmlowp.exponential(ofNegative: Int32($0[0]), integerBits: 5))]
    },
    Primitive(name: "exp_q0_31", operands: ["x"], results: ["y"], elements: 100) {
      [Int64(Gemmlowp.exponential(ofNegative: Int32($0[0]), integerBits: 0))]
    },
    Primitive(name: "recip", operands: ["x"], results: ["y"], elements: 376) {
      [Int64(Gemmlowp.reciprocalOfOnePlus(Int32($0[0])))]
    },
    Primitive(name: "getrecip12", operands: ["x"], results: ["y", "bits"], elements: 251) {
      let result = Gemmlowp.reciprocal(of: Int32($0[0]), integerBits: 12)
      return [Int64(result.mantissa), Int64(result.bitsOverUnit)]
    },
    Primitive(
      name: "mbqm", operands: ["x", "mult", "shift"], results: ["double", "single"], elements: 500
    ) {
      let multiplier = QuantisedMultiplier(mantissa: Int32($0[1]), shift: Int($0[2]))
      return [Int64(multiplier.scaled(Int32($0[0]))), multiplier.scaledOnce(Int32($0[0]))]
    },
    Primitive(name: "invsqrt", operands: ["x"], results: ["mult", "lshift"], elements: 288) {
      let result = Gemmlowp.inverseSquareRoot(of: Int32($0[0]))
      return [Int64(result.mantissa), Int64(result.shift)]
    },
  ]

  @Test(arguments: primitives)
  func `every element agrees`(primitive: Primitive) throws {
    let rows = try rows(of: primitive)
    #expect(rows.count == primitive.elements)
    let count = primitive.operands.count
    expectAgreement(over: rows, primitive.name) {
      primitive.evaluate(Array($0.prefix(count)))
    } expected: {
      Array($0.dropFirst(count))
    }
  }

  @Test func `every array belongs to a primitive`() throws {
    let used = Self.primitives.flatMap { primitive in
      (primitive.operands + primitive.results).map { "\(primitive.name)_\($0)" }
    }
    #expect(try NPZArchive(path: Self.path).names.sorted() == used.sorted())
  }

  /// A primitive with a fault planted in it disagrees: one too much, or the other rounding.
  @Test(arguments: primitives)
  func `a planted fault is found`(primitive: Primitive) throws {
    let count = primitive.operands.count
    for result in primitive.results.indices {
      let comparison = Comparison(over: try rows(of: primitive)) {
        var observed = primitive.evaluate(Array($0.prefix(count)))
        observed[result] += $0[0] % 7 == 0 ? 1 : 0
        return observed
      } expected: {
        Array($0.dropFirst(count))
      }
      #expect(comparison.first != nil)
    }
  }

  @Test func `ties tell the right rounding from its neighbour`() throws {
    let division = try #require(Self.primitives.first { $0.name == "rdbp" })
    let comparison = Comparison(over: try rows(of: division)) {
      Int64($0[0]).shiftedRight(by: Int($0[1]), rounding: .halfUp)
    } expected: {
      $0[2]
    }
    #expect(comparison.first != nil)
  }

  private func rows(of primitive: Primitive) throws -> [[Int64]] {
    let archive = try NPZArchive(path: Self.path)
    let columns = try (primitive.operands + primitive.results).map {
      try archive.tensor("\(primitive.name)_\($0)").values
    }
    #expect(Set(columns.map(\.count)).count == 1)
    return columns[0].indices.map { row in columns.map { $0[row] } }
  }
}
