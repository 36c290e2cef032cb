import Lockstep
import Signals
import Testing

/// Each rule recognises its mistake, and is silent about what only looks like it.
@Suite struct ClassifierTests {
  private static let int8 = ArraySpecification("y", .output, axes: ["R", "L"], .signed(8), "codes")

  /// Rows of arbitrary values, repeatable.
  private static func rows(
    _ count: Int = 8, of length: Int = 10, in range: ClosedRange<Int64> = -100...100
  ) -> [[Int64]] {
    var generator = CounterGenerator(seed: 7, stream: 1, index: UInt64(length))
    return (0..<count).map { _ in (0..<length).map { _ in generator.value(in: range) } }
  }

  private func classify(
    _ expected: [[Int64]], _ observed: [[Int64]], lanes: Int = 4,
    aligned: [(name: String, values: [Int64])] = []
  ) -> Classification.Kind? {
    Classifier(
      Observation(
        ClassifierTests.int8, lanes: lanes, transactions: Array(zip(expected, observed)),
        aligned: aligned)
    ).classification?.kind
  }

  private func change(
    _ rows: [[Int64]], _ body: (_ row: Int, _ index: Int, _ value: Int64) -> Int64
  ) -> [[Int64]] {
    rows.enumerated().map { row, values in
      values.enumerated().map { body(row, $0.offset, $0.element) }
    }
  }

  /// Rows of whole beats, moved by a beat from `start` on.
  private func shifted(_ rows: [[Int64]], by distance: Int, from start: Int) -> [[Int64]] {
    let lanes = 4
    let beats = rows.flatMap { row in
      stride(from: 0, to: row.count, by: lanes).map { Array(row[$0..<$0 + lanes]) }
    }
    let moved = beats.indices.map { index in
      index < start || !beats.indices.contains(index + distance)
        ? beats[index] : beats[index + distance]
    }
    let perRow = rows[0].count / lanes
    return rows.indices.map { moved[$0 * perRow..<($0 + 1) * perRow].flatMap(\.self) }
  }

  @Test func equalIsNothing() {
    let rows = ClassifierTests.rows()
    #expect(classify(rows, rows) == nil)
  }

  @Test func arbitraryValuesAreNothing() {
    let rows = ClassifierTests.rows()
    let other = ClassifierTests.rows(8, of: 11).map { Array($0.prefix(10)) }
    #expect(classify(rows, other) == nil)
  }

  @Test func oneWrongElementIsNothing() {
    let rows = ClassifierTests.rows()
    for difference in [1, -1, 64, 128] as [Int64] {
      let observed = change(rows) { $0 == 3 && $1 == 5 ? $2 + difference : $2 }
      #expect(classify(rows, observed) == nil, "\(difference)")
    }
  }

  @Test func aStreamLateByABeat() {
    let rows = ClassifierTests.rows(8, of: 12)
    #expect(classify(rows, shifted(rows, by: -1, from: 5)) == .beatLate)
    // One beat twice, and everything else in its place, is no shift.
    var once = rows
    once[1] = Array(rows[1][..<4] + rows[1][..<4] + rows[1][8...])
    #expect(classify(rows, once) == nil)
    // Equal beats do not tell.
    let constant = [[Int64]](repeating: [Int64](repeating: 5, count: 12), count: 8)
    var last = constant
    last[7][11] = 6
    #expect(classify(constant, last) == nil)
  }

  @Test func aStreamThatLostABeat() {
    let rows = ClassifierTests.rows(8, of: 12)
    #expect(classify(rows, shifted(rows, by: 1, from: 5)) == .beatEarly)
    var part = shifted(rows, by: 1, from: 5)
    part[7][3] += 1
    #expect(classify(rows, part) == nil)
  }

  @Test func reversedLanes() {
    let rows = ClassifierTests.rows(4, of: 12)
    let reversed: [[Int64]] = rows.map { row in
      stride(from: 0, to: 12, by: 4).flatMap { Array(row[$0..<$0 + 4].reversed()) }
    }
    #expect(classify(rows, reversed) == .lanesReversed)
    // Two lanes exchanged are not all of them.
    let exchanged: [[Int64]] = rows.map { row in
      var changed: [Int64] = row
      for first in stride(from: 0, to: 12, by: 4) { changed.swapAt(first, first + 1) }
      return changed
    }
    #expect(classify(rows, exchanged) == .lanesExchanged)
    let repeated: [[Int64]] = rows.map { row in row.indices.map { row[$0 % 4 == 2 ? $0 - 2 : $0] } }
    #expect(classify(rows, repeated) == .laneRepeated)
    // But for one beat.
    var once = exchanged
    once[2] = rows[2]
    #expect(classify(rows, once) == nil)
    // Only some beats.
    #expect(classify(rows, [reversed[0]] + rows[1...]) == nil)
  }

  @Test func missingSaturation() {
    let wide = ClassifierTests.rows(8, of: 12, in: -200...200)
    let clamped = change(wide) { min(max($2, -128), 127) }
    let wrapped = change(wide) { Int64(Int8(truncatingIfNeeded: $2)) }
    #expect(classify(clamped, wrapped) == .saturationMissing)
    // Wrong elsewhere too.
    var more = wrapped
    let place = clamped[2].firstIndex { $0 > -100 && $0 < 100 } ?? 0
    more[2][place] -= 7
    #expect(classify(clamped, more) == nil)
    // Where nearly everything is at the end of the range, it tells nothing.
    let full = [[Int64]](repeating: [Int64](repeating: 127, count: 12), count: 8)
    let some = change(full) { $0 == 3 && $1 < 3 ? Int64($1) : $2 }
    #expect(classify(full, some) == nil)
    // One end is kept, as where an input loses its top bit.
    let lower = change(wide) { $2 < -128 ? Int64(Int8(truncatingIfNeeded: $2)) : min($2, 127) }
    #expect(classify(clamped, lower) == .onlyWhere)
    // Half of what should be clamped is.
    let half = change(wide) {
      $1 % 2 == 0 ? Int64(Int8(truncatingIfNeeded: $2)) : min(max($2, -128), 127)
    }
    #expect(classify(clamped, half) == nil)
  }

  @Test func aLostSign() {
    let rows = ClassifierTests.rows()
    let magnitudes = change(rows) { abs($2) }
    #expect(classify(rows, magnitudes) == .signLost)
    let unsigned = change(rows) { $2 < 0 ? $2 + 256 : $2 }
    #expect(classify(rows, unsigned) == .signLost)
    // The sign of an input: x is negative where y is too large by 64.
    let x = ClassifierTests.rows(8, of: 10, in: -32...31)
    let y = change(rows) { x[$0][$1] < 0 ? $2 + 64 : $2 }
    #expect(classify(rows, y, aligned: [("'x'", x.flatMap(\.self))]) == .signLost)
    #expect(classify(rows, y) != .signLost)
    // All too large, or one negative element right.
    #expect(classify(rows, change(rows) { $2 + 64 }) == .offset)
    var part = unsigned
    let place = rows[4].firstIndex { $0 < 0 } ?? 0
    part[4][place] = rows[4][place]
    #expect(classify(rows, part) == .onlyWhere)
  }

  @Test func anInvertedSign() {
    let rows = ClassifierTests.rows()
    #expect(classify(rows, change(rows) { -$2 }) == .negated)
    #expect(classify(rows, change(rows) { $0 == 0 && $1 == 0 ? $2 : -$2 }) == nil)
    #expect(classify(rows, change(rows) { -$2 - 1 }) == nil)
  }

  @Test func tiesRoundedTheOtherWay() {
    // In quarters: .2 is a tie.
    let sums = ClassifierTests.rows(20, of: 12, in: -400...400)
    let toEven = change(sums) { _, _, sum in
      let floor = sum >> 2
      switch sum & 3 {
      case 2: return floor & 1 == 0 ? floor : floor + 1
      case 3: return floor + 1
      default: return floor
      }
    }
    let upwards = change(sums) { ($2 + 2) >> 2 }
    #expect(classify(toEven, upwards) == .ties)
    #expect(classify(upwards, toEven) == .ties)
    let away = change(sums) { $2 >= 0 ? ($2 + 2) >> 2 : -((-$2 + 2) >> 2) }
    #expect(classify(away, upwards) == .ties)
    // Truncation is wrong in half of the elements, and not in ties only.
    #expect(classify(toEven, change(sums) { $2 >> 2 }) != .ties)
    // A few elements off by one here and there.
    let some = change(toEven) { $1 == 3 ? $2 + 1 : $2 }
    #expect(classify(toEven, some) == .oneLane)
    // Large positive ones, or small ones, as where a step of a curve is missing.
    #expect(classify(toEven, change(toEven) { $2 > 80 ? $2 + 1 : $2 }) == .onlyWhere)
    let small = change(toEven) { $2 > 0 && $2 < 20 ? $2 + 1 : $2 }
    #expect(classify(toEven, small) == .onlyWhere)
    // Where no value is negative, that the wrong ones are positive says nothing.
    let positive = change(toEven) { abs($2) + 1 }
    #expect(classify(positive, change(positive) { ($0 + $1) % 8 == 0 ? $2 - 1 : $2 }) == nil)
    let both = change(toEven) { $1 == 3 ? $2 + ($0 % 2 == 0 ? 1 : -1) : $2 }
    #expect(classify(toEven, both) == .oneLane)
  }

  @Test func thePreviousTransactionsValue() {
    let rows = ClassifierTests.rows()
    let late = rows.indices.map { $0 == 5 ? rows[4] : rows[$0] }
    #expect(classify(rows, late) == .previousTransaction)
    let lane = change(rows) { $0 > 0 && $1 % 4 == 2 ? rows[$0 - 1][$1] : $2 }
    #expect(classify(rows, lane) == .previousTransaction)
    // The one before that, or not all of it.
    let older = rows.indices.map { $0 == 5 ? rows[3] : rows[$0] }
    #expect(classify(rows, older) == nil)
    var part = late
    part[5][2] += 1
    #expect(classify(rows, part) == nil)
    // Two elements may coincide.
    var few = rows
    few[5][0] = rows[4][0]
    few[5][1] = rows[4][1]
    #expect(classify(rows, few) == nil)
  }

  @Test func aConstant() {
    let rows = ClassifierTests.rows()
    #expect(classify(rows, change(rows) { $1 % 4 == 1 ? 0 : $2 }) == .constant)
    #expect(classify(rows, change(rows) { _, _, _ in 17 }) == .constant)
    // Zero in one row only, while the lanes move in the others.
    #expect(classify(rows, change(rows) { $0 == 2 ? 0 : $2 }) == nil)
  }

  @Test func aStuckBit() {
    let rows = ClassifierTests.rows()
    #expect(classify(rows, change(rows) { $2 & ~4 }) == .stuckBit)
    #expect(classify(rows, change(rows) { $1 % 4 == 3 ? $2 | 8 : $2 }) == .stuckBit)
    // Inverted now and then, it is not stuck.
    #expect(classify(rows, change(rows) { $0 % 2 == 0 ? $2 ^ 4 : $2 }) == nil)
  }

  // MARK: - Values

  @Test func roundedInAnotherDirection() {
    let sums = ClassifierTests.rows(200, of: 12, in: -400...400)
    let nearest = change(sums) { ($2 + 2) >> 2 }
    #expect(classify(nearest, change(sums) { $2 >> 2 }) == .rounding)
    #expect(classify(change(sums) { $2 >> 2 }, nearest) == .rounding)
    // Towards 0: the negative ones alone, but for those that are exact.
    let towards = change(sums) { $2 / 4 }
    #expect(classify(change(sums) { $2 >> 2 }, towards) == .rounding)
    // The large ones alone, or the odd ones.
    #expect(classify(nearest, change(nearest) { abs($2) > 50 ? $2 - 1 : $2 }) != .rounding)
    #expect(classify(nearest, change(nearest) { $2 & 1 == 0 ? $2 : $2 - 1 }) != .rounding)
  }

  @Test func aConstantTooMuch() {
    let rows = ClassifierTests.rows()
    #expect(classify(rows, change(rows) { $2 - 3 }) == .offset)
    #expect(classify(rows, change(rows) { $1 % 4 == 2 ? $2 + 5 : $2 }) == .offset)
    #expect(classify(rows, change(rows) { $0 == 3 ? $2 : $2 - 3 }) == nil)
  }

  @Test func shiftedByAWrongNumberOfBits() {
    let rows = ClassifierTests.rows(20, of: 12, in: -60...60)
    #expect(classify(rows, change(rows) { 2 * $2 }) == .scaled)
    #expect(classify(change(rows) { 4 * $2 }, change(rows) { 2 * $2 + 1 }) == .scaled)
    #expect(classify(rows, change(rows) { 3 * $2 }) == nil)
    #expect(classify(rows, change(rows) { $0 % 4 == 0 ? $2 : 2 * $2 }) == nil)
  }

  @Test func bitsThatAreLost() {
    let rows = ClassifierTests.rows(20, of: 12, in: -120...120)
    let high = change(rows) { ($2 << 58) >> 58 }
    #expect(classify(rows, high) == .highBitsLost)
    #expect(classify(rows, change(rows) { $2 & ~7 }) == .lowBitsLost)
    var part = high
    part[7][3] ^= 1
    #expect(classify(rows, part) == nil)
    #expect(classify(rows, change(rows) { $0 % 2 == 0 ? $2 : $2 & ~7 }) == nil)
  }

  @Test func theNeighboursValue() {
    let rows = ClassifierTests.rows(8, of: 10)
    let before = change(rows) { rows[$0][max($1 - 1, 0)] + 0 * $2 }
    #expect(classify(rows, before) == .neighbour)
    let after = change(rows) { $1 < 9 ? rows[$0][$1 + 1] : $2 }
    #expect(classify(rows, after) == .neighbour)
    var part = before
    part[4][5] += 1
    #expect(classify(rows, part) == nil)
    // Two places away.
    #expect(classify(rows, change(rows) { rows[$0][max($1 - 2, 0)] + 0 * $2 }) == nil)
  }

  @Test func aSumThatGoesOn() {
    let sums = ClassifierTests.rows(40, of: 1, in: 100...4000)
    var observed = sums
    for row in 1..<40 where row % 3 != 0 { observed[row][0] += observed[row - 1][0] }
    #expect(classify(sums, observed, lanes: 1) == .notCleared)
    // By anything else.
    let other = change(sums) { $0 % 3 == 0 ? $2 : $2 + 17 * Int64($0) }
    #expect(classify(sums, other, lanes: 1) == nil)
    // Where 0 is right, the value before stays: nothing was added to it.
    var zeros = sums
    for row in 1..<40 where row % 2 != 0 { zeros[row][0] = 0 }
    let stale = zeros.indices.map { row in
      row % 2 == 0 ? zeros[row] : [zeros[row - 1][0]]
    }
    #expect(classify(zeros, stale, lanes: 1) != .notCleared)
  }

  @Test func anotherValue() {
    let rows = ClassifierTests.rows()
    let x = ClassifierTests.rows(8, of: 10, in: -90...90)
    let aligned = [(name: "'x'", values: x.flatMap(\.self))]
    let instead = change(rows) { ($0 + $1) % 3 == 0 ? x[$0][$1] : $2 }
    #expect(classify(rows, instead, aligned: aligned) == .otherValue)
    #expect(classify(rows, instead) == nil)
    let without = change(rows) { ($0 + $1) % 3 == 0 ? $2 - x[$0][$1] : $2 }
    #expect(classify(rows, without, aligned: aligned) == .otherAdded)
    var part = without
    part[3][0] += 1
    #expect(classify(rows, part, aligned: aligned) == nil)
  }

  @Test func whereItIsWrong() throws {
    let rows = ClassifierTests.rows(30, of: 12)
    let x = ClassifierTests.rows(30, of: 12, in: 0...200)
    let aligned = [(name: "'x'", values: x.flatMap(\.self))]
    let observed = change(rows) { x[$0][$1] >= 150 ? $2 ^ Int64($1 + 1) : $2 }
    #expect(classify(rows, observed, aligned: aligned) == .onlyWhere)
    let lane = change(rows) { $1 % 4 == 3 && $0 % 2 == 0 ? $2 ^ Int64($0 + 1) : $2 }
    #expect(classify(rows, lane) == .oneLane)
    // A third of those that it could be said of, or one transaction alone.
    let third = change(rows) { x[$0][$1] >= 100 && $1 % 3 == 0 ? $2 ^ Int64($1 + 1) : $2 }
    #expect(classify(rows, third, aligned: aligned) == nil)
    let one = change(rows) { $0 == 4 && x[$0][$1] >= 100 ? $2 ^ Int64($1 + 1) : $2 }
    #expect(classify(rows, one, aligned: aligned) == nil)
  }

  @Test func faultsOfTheBenchAreRecognised() async throws {
    let lost = try #require(try await explain(.signLost).explanation?.classification)
    #expect(lost.kind == .signLost)
    #expect(lost.evidence.contains("where 'x' is negative"))
    for fault in [Fault.wrongValue, .lanesLeak, .unresetWord, .tableEntryNotWritten] {
      let kind = try await explain(fault).explanation?.classification?.kind
      #expect(kind?.isMechanism != true, "\(fault)")
    }
    let dropped = try await explain(.droppedBeat, .one(Bench.rows(20, of: 8, .droppedBeat)))
    #expect(dropped.explanation?.classification?.kind == .beatEarly)
    let twice = try await explain(.duplicatedBeat, .one(Bench.rows(20, of: 8, .duplicatedBeat)))
    #expect(twice.explanation?.classification?.kind == .beatLate)
  }
}
