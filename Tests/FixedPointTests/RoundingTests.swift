import FixedPoint
import Testing

struct RoundingTests {
  @Test(arguments: Rounding.allCases)
  func `every 8-bit value shifts as the definition says`(rounding: Rounding) {
    expectAgreement(over: pairs(Array(Int8.min ... .max), Array(0...40) + [63, 64, 126, 127])) {
      Int128($0.shiftedRight(by: $1, rounding: rounding))
    } expected: {
      exactQuotient(Int128($0), over: 1 << Int128(min($1, 100)), rounding)
    }
  }

  @Test(arguments: Rounding.allCases)
  func `every 16-bit value shifts as in one-bit steps`(rounding: Rounding) {
    expectAgreement(over: pairs(Array(Int16.min ... .max), Array(0...18))) {
      $0.shiftedRight(by: $1, rounding: rounding)
    } expected: {
      steppedShift($0, by: $1, rounding)
    }
  }

  @Test(arguments: Rounding.allCases)
  func `boundary values of 32, 64 and 128 bits shift as in one-bit steps`(rounding: Rounding) {
    expectShifts(Int32.self, rounding)
    expectShifts(Int64.self, rounding)
    expectShifts(Int128.self, rounding)
  }

  private func expectShifts<T: FixedWidthInteger & SignedInteger>(
    _: T.Type, _ rounding: Rounding
  ) {
    expectAgreement(over: pairs(boundaryValues(T.self), Array(0...130) + [255])) {
      $0.shiftedRight(by: $1, rounding: rounding)
    } expected: {
      steppedShift($0, by: $1, rounding)
    }
  }

  @Test(arguments: Rounding.allCases)
  func `the one-bit steps agree with the definition`(rounding: Rounding) {
    expectAgreement(over: pairs(Array(Int128(-700)...700), Array(0...12))) {
      steppedShift($0, by: $1, rounding)
    } expected: {
      exactQuotient($0, over: 1 << Int128($1), rounding)
    }
  }

  @Test(arguments: Rounding.allCases)
  func `64 and 128 bits agree`(rounding: Rounding) {
    expectAgreement(over: pairs(boundaryValues(Int64.self, seed: 2), Array(0...127))) {
      Int128($0.shiftedRight(by: $1, rounding: rounding))
    } expected: {
      Int128($0).shiftedRight(by: $1, rounding: rounding)
    }
  }

  @Test func `the documented table holds`() {
    let table: [(Rounding, [Int64])] = [
      (.floor, [2, -3, 2, -3]), (.truncate, [2, -2, 2, -2]), (.halfToEven, [2, -2, 2, -2]),
      (.halfUp, [3, -2, 2, -2]), (.halfAwayFromZero, [3, -3, 2, -2]),
    ]
    #expect(table.map(\.0) == Rounding.allCases)
    for (rounding, expected) in table {
      // 2.4 in units of 1/8 is 19.2: 19/8 lies on the same side of every threshold.
      let shifted = [(5, 1), (-5, 1), (19, 3), (-19, 3)].map {
        Int64($0.0).shiftedRight(by: $0.1, rounding: rounding)
      }
      #expect(shifted == expected, "\(rounding)")
      let divided = [(25, 10), (-25, 10), (24, 10), (-24, 10)].map {
        Int64($0.0).divided(by: Int64($0.1), rounding: rounding)
      }
      #expect(divided == expected, "\(rounding)")
    }
  }

  @Test func `the most negative value is a tie one bit past its end`() {
    let tie = Rounding.allCases.map { Int64.min.shiftedRight(by: 64, rounding: $0) }
    #expect(tie == [-1, 0, 0, 0, -1])
    let beyond = Rounding.allCases.map { Int64.min.shiftedRight(by: 65, rounding: $0) }
    #expect(beyond == [-1, 0, 0, 0, 0])
    let short = Rounding.allCases.map { (Int64.min + 1).shiftedRight(by: 64, rounding: $0) }
    #expect(short == [-1, 0, 0, 0, 0])
  }

  @Test(
    "a comparison of two roundings finds their first difference",
    arguments: [
      (Rounding.halfUp, Rounding.halfToEven, 1), (.halfToEven, .halfAwayFromZero, 1),
      (.halfUp, .halfAwayFromZero, -1), (.floor, .truncate, -1), (.truncate, .halfToEven, 3),
      (.floor, .halfUp, 1), (.floor, .halfToEven, -1), (.floor, .halfAwayFromZero, 1),
      (.truncate, .halfUp, 1), (.truncate, .halfAwayFromZero, 1),
    ] as [(Rounding, Rounding, Int64)])
  func findsFirstDifference(observed: Rounding, expected: Rounding, input: Int64) throws {
    // 0, 1, -1, 2, -2, … halves.
    let inputs = (Int64(-20)...20).sorted { ($0.magnitude, $1) < ($1.magnitude, $0) }
    let comparison = Comparison(over: inputs) {
      $0.shiftedRight(by: 1, rounding: observed)
    } expected: {
      $0.shiftedRight(by: 1, rounding: expected)
    }
    let first = try #require(comparison.first as (Int64, Int64, Int64)?)
    #expect(first.0 == input)
    #expect(abs(first.1 - first.2) == 1)
  }

  @Test func `a comparison of nothing is a failure`() {
    withKnownIssue {
      expectAgreement(over: [Int64]()) {
        $0
      } expected: {
        $0
      }
    }
  }

  @Test func `names are stable`() {
    #expect(
      Rounding.allCases.map(\.rawValue)
        == ["floor", "truncate", "halfToEven", "halfUp", "halfAwayFromZero"])
  }

  @Test func `a negative shift traps`() async {
    await #expect(processExitsWith: .failure) {
      _ = Int64(1).shiftedRight(by: -1, rounding: .floor)
    }
  }
}
