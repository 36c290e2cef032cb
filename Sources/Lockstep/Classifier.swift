import Signals

/// Names the mistake that explains every difference of a failing stream.
///
/// A rule fires only if it explains all of the differences, and only on evidence that another mistake
/// would hardly leave: otherwise it is silent.
package struct Classifier {
  /// The beats that transferred, in order.
  private let beats: [Observation.Beat]
  private let seen: Observation
  /// Every element that was compared, in order.
  private let elements: [Element]

  private struct Element {
    var expected: Int64
    var observed: Int64
    var lane: Int

    var isWrong: Bool { expected != observed }
  }

  private var wrong: [Element] { elements.filter(\.isWrong) }

  /// - Parameter finding: must be a mismatch of a field that carries an array.
  static func classify(
    _ result: CaseRunner.Result, _ finding: Finding, interface: Interface
  ) -> Classification? {
    guard case .mismatch(let mismatch) = finding,
      let stream = interface.outputs.firstIndex(where: { $0.name == mismatch.stream }),
      let field = interface.outputs[stream].fields.firstIndex(where: { $0.name == mismatch.field }),
      let seen = Observation(result, interface: interface, stream: stream, field: field)
    else { return nil }
    return Classifier(seen).classification
  }

  package init(_ seen: Observation) {
    self.seen = seen
    beats = seen.beats
    elements = seen.beats.flatMap { beat in
      beat.expected.indices.map {
        Element(expected: beat.expected[$0], observed: beat.observed[$0], lane: beat.lanes[$0])
      }
    }
  }

  /// The first rule that fires, the most special first.
  package var classification: Classification? {
    guard elements.contains(where: \.isWrong) else { return nil }
    let rules = [
      previousTransaction, shifted, lanesReversed, saturationMissing, signLost, negated, ties,
      stuckBit, constant,
    ]
    for rule in rules {
      if let found = rule() { return found }
    }
    return nil
  }

  // MARK: - Whole beats

  /// From the first wrong beat on, each beat is the one before, or the one after.
  private func shifted() -> Classification? {
    guard let first = beats.firstIndex(where: \.isWrong) else { return nil }
    func fits(_ distance: Int, _ range: Range<Int>) -> Int? {
      var telling = 0
      for index in range {
        let other = beats[index + distance].expected
        guard beats[index].observed.starts(with: other.prefix(beats[index].observed.count)),
          other.count >= beats[index].observed.count || distance < 0
        else { return nil }
        if other != beats[index].expected { telling += 1 }
      }
      return telling
    }
    if first > 0, let count = fits(-1, first..<beats.count), count >= 3 {
      return Classification(
        .beatLate,
        evidence: "from beat \(beats[first].index) of transaction \(beats[first].transaction) on, "
          + "each of \(count) beats is the one before it")
    }
    if first < beats.count - 3, let count = fits(1, first..<beats.count - 1), count >= 3 {
      return Classification(
        .beatEarly,
        evidence: "from beat \(beats[first].index) of transaction \(beats[first].transaction) on, "
          + "each of \(count) beats is the one after it")
    }
    return nil
  }

  /// Whole beats have their lanes in reverse; those that read the same both ways do not tell.
  private func lanesReversed() -> Classification? {
    guard seen.lanes > 1 else { return nil }
    var telling = 0
    for beat in beats where beat.expected.count == seen.lanes {
      guard Array(beat.expected.reversed()) == beat.observed else {
        // A beat that is right and would be different in reverse speaks against it.
        return nil
      }
      if beat.isWrong { telling += Set(beat.expected).count - 1 }
    }
    guard telling >= 3 else { return nil }
    return Classification(
      .lanesReversed,
      evidence: "in every whole beat, lane 0 holds what belongs in lane \(seen.lanes - 1)"
        + " and so on")
  }

  /// A transaction's answer is that of the one before.
  private func previousTransaction() -> Classification? {
    let groups = Dictionary(grouping: beats, by: \.transaction)
    var explained: Set<Int64> = []
    var count = 0
    var isIsolated = false
    for (transaction, own) in groups.sorted(by: { $0.key < $1.key }) {
      let observed = own.flatMap(\.observed)
      let expected = own.flatMap(\.expected)
      if observed == expected {
        // Where the transactions after it are right, it is no shift of the stream.
        if count > 0 { isIsolated = true }
        continue
      }
      guard let before = groups[transaction - 1]?.flatMap(\.expected),
        before.count >= observed.count
      else { return nil }
      for index in observed.indices where observed[index] != expected[index] {
        guard observed[index] == before[index] else { return nil }
        explained.insert(observed[index])
        count += 1
      }
    }
    let isManyBeats = groups.values.contains { $0.count > 1 }
    guard count >= 4, explained.count >= 3, isManyBeats || isIsolated else { return nil }
    return Classification(
      .previousTransaction,
      evidence: "all \(count) wrong elements have the value of the same element of the transaction "
        + "before")
  }

  // MARK: - Values

  /// Only elements that should be at the end of the range are wrong, and they wrap around.
  ///
  /// Of an end that is missed, hardly an element may be right: what is clamped nearly always lies beyond
  /// it. An end that is never missed speaks against it, for a lost bit of an input looks like that.
  private func saturationMissing() -> Classification? {
    let range = seen.array.range
    let wrong = wrong
    let ends = [range.lowerBound, range.upperBound]
    guard wrong.count >= 3, wrong.allSatisfy({ ends.contains($0.expected) }),
      Set(wrong.map(\.observed)).count >= 2
    else { return nil }
    for end in ends {
      let clamped = elements.filter { $0.expected == end }
      guard 4 * clamped.count(where: \.isWrong) >= 3 * clamped.count else { return nil }
    }
    let limits = elements.count { ends.contains($0.expected) }
    // Were the wrong elements any ones, they would hardly all lie there.
    guard Classifier.isUnlikely(limits, of: elements.count, wrong.count) else { return nil }
    return Classification(
      .saturationMissing,
      evidence: "the \(wrong.count) wrong elements are all expected at the end of the range, "
        + "\(range.lowerBound) or \(range.upperBound); none of the other "
        + "\(elements.count - limits) is wrong")
  }

  /// Exactly the elements with a negative expected, or input, value are wrong, by one power of two.
  private func signLost() -> Classification? {
    let wrong = wrong
    let differences = Set(wrong.map { $0.observed &- $0.expected })
    if let step = differences.first, differences.count == 1, step >= 4, step & (step - 1) == 0 {
      let sources =
        [("the expected value", elements.map(\.expected))]
        + seen.aligned.map { ("'\($0.name)'", $0.values) }
      for (name, values) in sources where isWrongWhereNegative(values) {
        return Classification(
          .signLost,
          evidence: "the \(wrong.count) elements where \(name) is negative are too large by "
            + "\(step), and no other is wrong")
      }
    }
    guard wrong.count >= 4, wrong.allSatisfy({ $0.expected < 0 && $0.observed == -$0.expected }),
      isWrongWhereNegative(elements.map(\.expected))
    else { return nil }
    return Classification(
      .signLost,
      evidence: "the \(wrong.count) negative elements have their magnitude, and no other is wrong")
  }

  private func isWrongWhereNegative(_ values: [Int64]) -> Bool {
    guard values.count == elements.count else { return false }
    let negative = values.filter { $0 < 0 }.count
    guard negative >= 4, values.count - negative >= 4 else { return false }
    return zip(values, elements).allSatisfy { ($0 < 0) == $1.isWrong }
  }

  private func negated() -> Classification? {
    let nonzero = elements.filter { $0.expected != 0 }
    guard Set(nonzero.map(\.expected)).count >= 3, wrong.count >= 4,
      nonzero.allSatisfy({ $0.observed == -$0.expected }),
      elements.allSatisfy({ $0.expected != 0 || !$0.isWrong })
    else { return nil }
    return Classification(.negated, evidence: "all \(wrong.count) elements have the other sign")
  }

  /// Few elements are off by one step, all the same way and all even, odd or of one sign: ties that are
  /// rounded the other way.
  private func ties() -> Classification? {
    let wrong = wrong
    guard wrong.count >= 10, wrong.count * 4 <= elements.count,
      wrong.allSatisfy({ ($0.observed &- $0.expected).magnitude == 1 })
    else { return nil }
    let steps = Set(wrong.map { $0.observed &- $0.expected })
    guard steps.count == 1, let step = steps.first else { return nil }
    let right = elements.filter { !$0.isWrong }
    let patterns: [(String, (Int64) -> Bool)] = [
      ("even", { $0 & 1 == 0 }), ("odd", { $0 & 1 != 0 }), ("negative", { $0 < 0 }),
      ("positive", { $0 > 0 }),
    ]
    for (name, holds) in patterns where wrong.allSatisfy({ holds($0.expected) }) {
      let matching = elements.filter { holds($0.expected) }.count
      guard right.contains(where: { holds($0.expected) }), matching >= 2 * wrong.count,
        Classifier.isUnlikely(matching, of: elements.count, wrong.count),
        // That a value is even or odd is hardly by chance; that it has a sign may have other reasons.
        ["even", "odd"].contains(name) || isSpread(holds)
      else { continue }
      return Classification(
        .ties,
        evidence:
          "\(wrong.count) of \(elements.count) elements are off by \(step > 0 ? "+1" : "-1"), "
          + "all where the expected value is \(name), and no other is wrong")
    }
    return nil
  }

  /// Whether the wrong ones among some elements are neither the large nor the small ones: ties are
  /// everywhere, while another mistake as a rule depends on the magnitude.
  private func isSpread(_ holds: (Int64) -> Bool) -> Bool {
    let sorted = elements.filter { holds($0.expected) }.sorted { $0.expected < $1.expected }
    let wrong = sorted.count(where: \.isWrong)
    // Where nearly all have that sign, it tells nothing.
    let others = elements.count { $0.expected != 0 && !holds($0.expected) }
    guard wrong >= 16, 4 * others >= sorted.count else { return false }
    return (0..<4).allSatisfy { quarter in
      let part = sorted[sorted.count * quarter / 4..<sorted.count * (quarter + 1) / 4]
      return 10 * part.count(where: \.isWrong) >= wrong
    }
  }

  /// One bit is always 0, or always 1, in the lanes that are wrong.
  private func stuckBit() -> Classification? {
    let wrong = wrong
    let masks = Set(wrong.map { $0.expected ^ $0.observed })
    guard wrong.count >= 8, masks.count == 1, let mask = masks.first, mask.nonzeroBitCount == 1
    else { return nil }
    let lanes = Set(wrong.map(\.lane))
    let watched = elements.filter { lanes.contains($0.lane) }
    let levels = Set(watched.map { $0.observed & mask != 0 })
    guard levels.count == 1, watched.count >= wrong.count + 8 else { return nil }
    return Classification(
      .stuckBit,
      evidence: "bit \(mask.trailingZeroBitCount) is \(levels == [true] ? "1" : "0") in all "
        + "\(watched.count) elements of the wrong lanes, and nothing else is wrong")
  }

  /// All elements of the lanes that are wrong have one value.
  private func constant() -> Classification? {
    let wrong = wrong
    let lanes = Set(wrong.map(\.lane))
    let watched = elements.filter { lanes.contains($0.lane) }
    let values = Set(watched.map(\.observed))
    guard wrong.count >= 4, values.count == 1, let value = values.first,
      Set(watched.map(\.expected)).count >= 4
    else { return nil }
    return Classification(
      .constant,
      evidence: "all \(watched.count) elements of the wrong lanes are \(value), where "
        + "\(Set(watched.map(\.expected)).count) different values are expected")
  }

  /// Whether `count` elements would hardly all have a property by chance that `with` of `all` have.
  private static func isUnlikely(_ with: Int, of all: Int, _ count: Int) -> Bool {
    var chance = 1.0
    for _ in 0..<min(count, 64) { chance *= Double(with) / Double(max(all, 1)) }
    return chance < 1e-3
  }
}
