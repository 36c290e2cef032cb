import Signals

/// Names the mistake that explains every difference of a failing stream or tap.
///
/// A rule fires only if it explains all of the differences, and only on evidence that another mistake
/// would hardly leave: otherwise it is silent.
package struct Classifier {
  /// What was seen, each from reset.
  let runs: [Observation]
  /// Every element that was compared, in order.
  let elements: [Element]
  let wrong: [Element]
  /// What else is known of each element, in every run.
  let features: [Observation.Feature]

  struct Element {
    var expected: Int64
    var observed: Int64
    var lane: Int
    /// Counted over all runs.
    var transaction: Int

    var isWrong: Bool { expected != observed }
    var step: Int64 { observed &- expected }
  }

  var array: ArraySpecification { runs[0].array }
  var laneCount: Int { runs[0].lanes }

  package init(_ seen: Observation) { self.init([seen]) }

  /// - Precondition: of one array, one at least.
  package init(_ runs: [Observation]) {
    self.runs = runs
    var elements: [Element] = []
    var first = 0
    for run in runs {
      for beat in run.beats {
        for index in beat.expected.indices {
          elements.append(
            Element(
              expected: beat.expected[index], observed: beat.observed[index],
              lane: beat.lanes[index], transaction: first + beat.transaction))
        }
      }
      first += (run.beats.last?.transaction ?? 0) + 1
    }
    self.elements = elements
    wrong = elements.filter(\.isWrong)
    features = runs[0].aligned.compactMap { feature in
      var whole = feature
      for run in runs.dropFirst() {
        guard let more = run.aligned.first(where: { $0.name == feature.name }) else { return nil }
        whole.values += more.values
        if more.grain == .element { whole.grain = .element }
      }
      return whole.values.count == elements.count ? whole : nil
    }
  }

  /// The first rule that fires, the most special first.
  package var classification: Classification? { mechanism ?? place }

  /// How the wrong values come about.
  var mechanism: Classification? {
    first([
      previousTransaction, shifted, beatsLost, lanes, saturationMissing, signLost, negated,
      stuckBit, constant, offset, scaled, highBitsLost, lowBitsLost, neighbour, notCleared,
      otherValue,
    ])
  }

  /// Where they are, or at least by how much they differ.
  var place: Classification? { first([oneLane, onlyWhere, offByOne]) }

  private func first(_ rules: [() -> Classification?]) -> Classification? {
    guard !wrong.isEmpty else { return nil }
    for rule in rules {
      if let found = rule() { return found }
    }
    return nil
  }

  // MARK: - Chance

  /// Whether `count` elements would hardly all have a property by chance that `with` of `all` have.
  static func isUnlikely(
    _ with: Int, of all: Int, _ count: Int, below limit: Double = 1e-3
  ) -> Bool {
    var chance = 1.0
    for _ in 0..<min(count, 64) { chance *= Double(with) / Double(max(all, 1)) }
    return chance < limit
  }

  /// Whether the wrong elements would hardly all be equal to other values of the same array by chance.
  func areTelling(_ values: [Int64]) -> Bool {
    Classifier.areTelling(values, among: elements.map(\.expected))
  }

  /// Whether values that were found equal would hardly all be so had each been drawn from `all`.
  static func areTelling(_ values: [Int64], among all: [Int64], below limit: Double = 1e-8) -> Bool
  {
    let counts = Dictionary(all.map { ($0, 1) }, uniquingKeysWith: +)
    var chance = 1.0
    for value in values.prefix(64) {
      chance *= max(Double(counts[value] ?? 0), 1) / Double(max(all.count, 1))
    }
    return values.count >= 4 && Set(values).count >= 3 && chance < limit
  }
}
