import Signals

/// Whole beats, lanes and places.
extension Classifier {
  /// The beats that speak for a rule in all runs; nil where one speaks against it.
  private func sum(_ verdict: (Observation) -> Int?) -> Int? {
    var total = 0
    for run in runs where run.beats.contains(where: \.isWrong) {
      guard let count = verdict(run) else { return nil }
      total += count
    }
    return total
  }

  /// From the first wrong beat on, each beat is the one before, or the one after.
  func shifted() -> Classification? {
    guard let run = runs.first(where: { $0.beats.contains(where: \.isWrong) }),
      let first = run.beats.first(where: \.isWrong)
    else { return nil }
    let place = "beat \(first.index) of transaction \(first.transaction)"
    if let count = count(shiftedBy: -1) {
      return Classification(
        .beatLate, evidence: "from \(place) on, each of \(count) beats is the one before it")
    }
    if let count = count(shiftedBy: 1) {
      return Classification(
        .beatEarly, evidence: "from \(place) on, each of \(count) beats is the one after it")
    }
    return nil
  }

  /// - Returns: the beats that show that all are shifted; nil where that may be chance.
  private func count(shiftedBy distance: Int) -> Int? {
    var values: [Int64] = []
    let count = sum { Classifier.shift($0.beats, by: distance, &values) }
    guard let count, count >= 3, areTelling(values) else { return nil }
    return count
  }

  /// - Parameter values: receives those that show it, one of each that a beat has.
  private static func shift(
    _ beats: [Observation.Beat], by distance: Int, _ values: inout [Int64]
  ) -> Int? {
    guard let first = beats.firstIndex(where: \.isWrong), first + distance >= 0 else { return nil }
    var telling = 0
    for index in first..<beats.count - max(distance, 0) {
      let (observed, other) = (beats[index].observed, beats[index + distance].expected)
      guard observed.starts(with: other.prefix(observed.count)),
        other.count >= observed.count || distance < 0
      else { return nil }
      guard other != beats[index].expected else { continue }
      telling += 1
      values += Set(observed)
    }
    return telling
  }

  /// The beats are the expected ones in order, some of them missing.
  func beatsLost() -> Classification? {
    var lost = 0
    let count = sum { run in
      var place = 0
      var telling = 0
      for beat in run.beats {
        let before = place
        while place < run.beats.count, run.beats[place].expected != beat.observed { place += 1 }
        guard place < run.beats.count else { return nil }
        lost += place - before
        if beat.isWrong { telling += 1 }
        place += 1
      }
      return telling
    }
    let different = Set(runs.flatMap { $0.beats.map(\.expected) }).count
    guard let count, count >= 8, lost > 0, 8 * lost <= count, different >= 16 else { return nil }
    return Classification(
      .beatsLost,
      evidence: "without \(lost) beats that are missing, all \(count) that are wrong "
        + "are the expected ones in order")
  }

  /// Whole beats have each lane's value in another lane, always the same.
  func lanes() -> Classification? {
    guard laneCount > 1 else { return nil }
    let whole = runs.flatMap(\.beats).filter { $0.expected.count == laneCount }
    guard whole.count >= 4 else { return nil }
    var telling = 0
    var values: [Int64] = []
    var sources: [Int] = []
    for lane in 0..<laneCount {
      let fitting = (0..<laneCount).filter { other in
        whole.allSatisfy { $0.observed[lane] == $0.expected[other] }
      }
      if fitting.contains(lane) {
        sources.append(lane)
      } else if fitting.count == 1 {
        sources.append(fitting[0])
        for beat in whole where beat.expected[lane] != beat.observed[lane] {
          telling += 1
          values.append(beat.observed[lane])
        }
      } else {
        return nil
      }
    }
    guard telling >= 3, areTelling(values) else { return nil }
    if sources == (0..<laneCount).reversed() {
      return Classification(
        .lanesReversed,
        evidence: "in every whole beat, lane 0 holds what belongs in lane \(laneCount - 1)"
          + " and so on")
    }
    guard telling >= 8, let moved = sources.indices.first(where: { sources[$0] != $0 }) else {
      return nil
    }
    let isPermutation = Set(sources).count == laneCount
    return Classification(
      isPermutation ? .lanesExchanged : .laneRepeated,
      evidence: "in all \(whole.count) whole beats, lane \(moved) holds what belongs in lane "
        + "\(sources[moved])"
        + (sources.indices.count { sources[$0] != $0 } > 1 ? " and so on" : ""))
  }

  /// A transaction's answer is that of the one before.
  func previousTransaction() -> Classification? {
    var explained: [Int64] = []
    var isIsolated = false
    var isManyBeats = false
    let count = sum { run in
      var count = 0
      let groups = Dictionary(grouping: run.beats, by: \.transaction)
      for (transaction, own) in groups.sorted(by: { $0.key < $1.key }) {
        isManyBeats = isManyBeats || own.count > 1
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
        // A row of equal values tells no more than one of them.
        var own: Set<Int64> = []
        for index in observed.indices where observed[index] != expected[index] {
          guard observed[index] == before[index] else { return nil }
          own.insert(observed[index])
          count += 1
        }
        explained += own
      }
      return count
    }
    guard let count, areTelling(explained), isManyBeats || isIsolated else { return nil }
    return Classification(
      .previousTransaction,
      evidence: "all \(count) wrong elements have the value of the same element of the transaction "
        + "before")
  }

  /// Each wrong element is the one before, or after, in its transaction.
  ///
  /// Where values only rise step by step, a value that is one too large is its neighbour, too.
  func neighbour() -> Classification? {
    for distance in [-1, 1] {
      var values: [Int64] = []
      let count = sum { run in
        let before = values.count
        for (_, own) in Dictionary(grouping: run.beats, by: \.transaction) {
          let expected = Dictionary(
            own.flatMap { zip($0.places, $0.expected) }, uniquingKeysWith: { first, _ in first })
          for beat in own {
            for (index, place) in beat.places.enumerated()
            where beat.observed[index] != beat.expected[index] {
              // At its end, nobody knows what comes next.
              guard let other = expected[place + distance] else { continue }
              guard other == beat.observed[index] else { return nil }
              values.append(other)
            }
          }
        }
        return values.count - before
      }
      guard let count, 4 * count >= 3 * wrong.count, count >= 6, areTelling(values),
        Set(wrong.map(\.step)).count >= 4
      else { continue }
      return Classification(
        .neighbour,
        evidence: "all \(count) wrong elements that stand \(distance < 0 ? "after" : "before") "
          + "another have the value of that one")
    }
    return nil
  }

  /// Wrong elements are too large by what was observed some places before: a sum that goes on.
  ///
  /// What has been scaled in between no longer shows it: a third of the wrong elements is enough where they
  /// are many.
  func notCleared() -> Classification? {
    guard wrong.count >= 4, Set(wrong.map(\.step)).count >= 3 else { return nil }
    let sequences = runs.map { $0.beats.flatMap { Array(zip($0.expected, $0.observed)) } }
    let all = elements.map(\.observed)
    let counts = Dictionary(all.map { ($0, 1) }, uniquingKeysWith: +)
    // How many would fit by chance.
    let byChance =
      wrong.reduce(0.0) { $0 + Double(counts[$1.step] ?? 0) } / Double(max(all.count, 1))
    for distance in 1...256 {
      var sums: [Int64] = []
      for sequence in sequences {
        for index in sequence.indices.dropFirst(distance) {
          let step = sequence[index].1 &- sequence[index].0
          // Where 0 is right, a value that stays looks the same.
          guard step != 0, sequence[index].0 != 0, step == sequence[index - distance].1 else {
            continue
          }
          sums.append(step)
        }
      }
      let count = sums.count
      guard
        count == wrong.count && Classifier.areTelling(sums, among: all, below: 1e-10)
          || Set(sums).count >= 16 && 3 * count >= wrong.count && Double(count) >= 5 * byChance
      else { continue }
      return Classification(
        .notCleared,
        evidence: "\(count) of \(wrong.count) wrong elements are too large by exactly what was "
          + "observed \(distance == 1 ? "just before" : "\(distance) elements before")")
    }
    return nil
  }

  /// Each wrong element is another known value, or is off by one.
  func otherValue() -> Classification? {
    guard wrong.count >= 8 else { return nil }
    let places = elements.indices.filter { elements[$0].isWrong }
    for feature in features where feature.name.hasPrefix("'") {
      let values = places.map { feature.values[$0] }
      guard Set(values).count >= 3 else { continue }
      if values == wrong.map(\.observed), areTelling(values) {
        return Classification(
          .otherValue,
          evidence: "all \(wrong.count) wrong elements have the value of \(feature.name)")
      }
      guard Set(values).count >= 4, values.count(where: { $0.magnitude > 1 }) * 2 > values.count,
        Classifier.areTelling(values, among: feature.values)
      else { continue }
      for (sign, words) in [(1, "too large"), (-1, "too small")] as [(Int64, String)]
      where zip(values, wrong).allSatisfy({ $0 &* sign == $1.step }) {
        return Classification(
          .otherAdded,
          evidence: "all \(wrong.count) wrong elements are \(words) by \(feature.name)")
      }
    }
    return nil
  }
}
