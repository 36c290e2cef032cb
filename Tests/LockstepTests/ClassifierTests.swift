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
    // Clamped, but to wrong values, or to the other end.
    let inside = change(wide) { min(max($2, -128), 127) + ($2 > 127 ? -1 : $2 < -128 ? 1 : 0) }
    #expect(classify(clamped, inside) != .saturationMissing)
    let other = change(wide) { $2 > 127 ? -128 : $2 < -128 ? 127 : $2 }
    #expect(classify(clamped, other) != .saturationMissing)
    // What wraps at nine bits before it is clamped stays at an end often enough.
    let far = ClassifierTests.rows(40, of: 12, in: -4000...4000)
    let nine = change(far) { min(max(($2 << 55) >> 55, -128), 127) }
    #expect(classify(change(far) { min(max($2, -128), 127) }, nine) != .saturationMissing)
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
    // Another constant than the sign of x is worth.
    let less = change(rows) { x[$0][$1] < 0 ? $2 + 16 : $2 }
    #expect(classify(rows, less, aligned: [("'x'", x.flatMap(\.self))]) == .onlyWhere)
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

  @Test func offByOneIsNoRounding() {
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
    // A reciprocal that is one too large leaves the same: only what was rounded could tell.
    #expect(classify(toEven, upwards) == .offByOne)
    #expect(classify(upwards, change(sums) { $2 >> 2 }) == .offByOne)
    let away = change(sums) { $2 >= 0 ? ($2 + 2) >> 2 : -((-$2 + 2) >> 2) }
    #expect(classify(away, upwards) == .offByOne)
    // A few elements off by one here and there.
    let some = change(toEven) { $1 == 3 ? $2 + 1 : $2 }
    #expect(classify(toEven, some) == .oneLane)
    // Large positive ones, or small ones, as where a step of a curve is missing.
    #expect(classify(toEven, change(toEven) { $2 > 80 ? $2 + 1 : $2 }) == .onlyWhere)
    let small = change(toEven) { $2 > 0 && $2 < 20 ? $2 + 1 : $2 }
    #expect(classify(toEven, small) == .onlyWhere)
    // Up here and down there, or by two.
    let both = change(toEven) { ($0 + $1) % 3 == 0 ? $2 + ($1 % 2 == 0 ? 1 : -1) : $2 }
    #expect(classify(toEven, both) == nil)
    #expect(classify(toEven, change(toEven) { ($0 + $1) % 3 == 0 ? $2 + 2 : $2 }) == nil)
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
    // Among few values, any is that of the transaction before now and then.
    let codes = ClassifierTests.rows(12, in: 0...2)
    let same = change(codes) {
      $0 > 0 && codes[$0 - 1][$1] != $2 && ($0, $1) < (3, 0) ? codes[$0 - 1][$1] : $2
    }
    #expect(classify(codes, same) != .previousTransaction)
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
    // One value that is clamped too low differs in one bit alone, too.
    let low = change(ClassifierTests.rows(in: -80...140)) { min(abs($2), 60) + ($2 > 90 ? 67 : 0) }
    #expect(low.contains { $0.contains(127) })
    #expect(classify(low, change(low) { $2 == 127 ? 63 : $2 }) != .stuckBit)
    // Inverted now and then, it is not stuck.
    #expect(classify(rows, change(rows) { $0 % 2 == 0 ? $2 ^ 4 : $2 }) == nil)
  }

  // MARK: - Values

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
    // Not quite twice, of values so small that each alone might be.
    let small = ClassifierTests.rows(20, of: 12, in: 16...23)
    #expect(classify(small, change(small) { 192 * $2 / 100 }) == nil)
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
    // Where each value is one more than the one before, one too many is the next.
    let ramp = change(rows) { 10 * Int64($0) + Int64($1) + 0 * $2 }
    #expect(classify(ramp, change(ramp) { ($0 + $1) % 3 == 0 ? $2 + 1 : $2 }) == .offByOne)
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
    // Small values fit by chance.
    let small = ClassifierTests.rows(400, of: 1, in: 1...3)
    let some = change(small) { $0 % 5 == 0 ? $2 + 1 + Int64($0) % 3 : $2 }
    #expect(classify(small, some, lanes: 1) != .notCleared)
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
    // What is wrong in short rows is wrong in the first lane, and no other row has it there.
    let lengths = (0..<60).map { $0 % 2 == 0 ? 1 : 4 }
    let mixed = lengths.enumerated().map { row, length in
      Array(ClassifierTests.rows(60, of: 12)[row].prefix(length))
    }
    let values = lengths.flatMap { [Int64](repeating: Int64($0), count: $0) }
    let known = [(name: "the length", values: values)]
    let short = change(mixed) { lengths[$0] == 1 ? $2 ^ Int64($0 + 1) : $2 + 0 * Int64($1) }
    #expect(classify(mixed, short, aligned: known) == .onlyWhere)
    let first = change(mixed) { $1 == 0 ? $2 ^ Int64($0 + 1) : $2 }
    #expect(classify(mixed, first, aligned: known) == .oneLane)
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
