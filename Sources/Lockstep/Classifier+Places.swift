import Signals

/// Where values are wrong, if not how.
extension Classifier {
  /// One lane of several is wrong.
  func oneLane() -> Classification? {
    let lanes = Set(wrong.map(\.lane))
    guard laneCount > 1, lanes.count == 1, let lane = lanes.first, transactions(of: wrong) >= 3
    else { return nil }
    let own = elements.count { $0.lane == lane }
    guard
      Classifier.isUnlikely(own, of: elements.count, wrong.count, below: 1e-6),
      Set(elements.map(\.lane)).count == laneCount, isComparable(lane)
    else { return nil }
    return Classification(
      .oneLane,
      evidence: "all \(wrong.count) wrong elements are in lane \(lane) of \(laneCount)" + commonStep
    )
  }

  /// Whether the other lanes have enough elements that are like the wrong ones of `lane` in all that is known of
  /// them: where only rows of one element fail, they fail in the first lane.
  private func isComparable(_ lane: Int) -> Bool {
    let known =
      [Observation.Feature("the expected value", values: elements.map(\.expected))]
      + features.filter { $0.name != "the lane" }
    let ranges = known.compactMap { feature -> ClosedRange<Int64>? in
      let values = wrongIndices.map { feature.values[$0] }
      guard let low = values.min(), let high = values.max() else { return nil }
      return low...high
    }
    let alike = elements.indices.filter { index in
      zip(known, ranges).allSatisfy { $1.contains($0.values[index]) }
    }
    let own = alike.count { elements[$0].lane == lane }
    let others = alike.count - own
    return others >= 8
      && Classifier.isUnlikely(own - wrong.count, of: own, others, below: 1e-6)
  }

  /// All wrong elements have something in common that nearly no other element has.
  func onlyWhere() -> Classification? {
    guard wrong.count >= 4, transactions(of: wrong) >= 3 else { return nil }
    var best: Condition?
    for feature in [Observation.Feature("the expected value", values: elements.map(\.expected))]
      + features
    {
      for condition in conditions(feature)
      where condition.share > max((best?.share ?? 0) + 0.02, 0.5) {
        best = condition
      }
    }
    guard let best else { return nil }
    let how = best.wrong == best.holding ? "all" : "\(best.wrong) of"
    return Classification(
      .onlyWhere,
      evidence:
        "\(how) \(best.holding) elements where \(best.words) are wrong\(commonStep), and none "
        + "of the other \(elements.count - best.holding)")
  }

  private var commonStep: String {
    guard let step = wrong.first?.step, wrong.allSatisfy({ $0.step == step }) else { return "" }
    return step > 0 ? ", too large by \(step)" : ", too small by \(step.magnitude)"
  }

  private func transactions(of some: [Element]) -> Int { Set(some.map(\.transaction)).count }

  /// Something that holds for every wrong element.
  private struct Condition {
    var words: String
    /// Elements for which it holds, and those among them that are wrong.
    var holding: Int
    var wrong: Int

    var share: Double { Double(wrong) / Double(holding) }
  }

  /// What holds for all wrong elements and would hardly do so by chance.
  private func conditions(_ feature: Observation.Feature) -> [Condition] {
    let values = feature.values
    var mistaken: [Int64] = []
    for (index, element) in elements.enumerated() where element.isWrong {
      mistaken.append(values[index])
    }
    guard let low = mistaken.min(), let high = mistaken.max() else { return [] }
    let (all, wrongOnes) = (samples(feature, elements.indices), samples(feature, wrongIndices))
    let name = feature.name
    var tests: [(String, (Int64) -> Bool)] = []
    if low == high { tests.append(("\(name) is \(low)", { $0 == low })) }
    if high < 0 { tests.append(("\(name) is negative", { $0 < 0 })) }
    if low > 0 { tests.append(("\(name) is positive", { $0 > 0 })) }
    if mistaken.allSatisfy({ $0 & 1 == 0 }) { tests.append(("\(name) is even", { $0 & 1 == 0 })) }
    if mistaken.allSatisfy({ $0 & 1 != 0 }) { tests.append(("\(name) is odd", { $0 & 1 != 0 })) }
    if low != high {
      tests.append(("\(name) is at least \(low)", { $0 >= low }))
      tests.append(("\(name) is at most \(high)", { $0 <= high }))
      tests.append(("\(name) is between \(low) and \(high)", { low...high ~= $0 }))
    }
    return tests.compactMap { words, holds in
      let holding = values.count(where: holds)
      // Among how many independent samples it was found.
      let with = all.count(where: holds)
      guard elements.count - holding >= 8, all.count - with >= 3,
        Classifier.isUnlikely(with, of: all.count, wrongOnes.count, below: 1e-6)
      else { return nil }
      return Condition(words: words, holding: holding, wrong: mistaken.count)
    }
  }

  private var wrongIndices: [Int] { elements.indices.filter { elements[$0].isWrong } }

  /// The values of a feature that tell independently of each other: of each element, one a transaction, or one
  /// for each setting.
  private func samples(
    _ feature: Observation.Feature, _ indices: some Sequence<Int>
  ) -> [Int64] {
    switch feature.grain {
    case .element: return indices.map { feature.values[$0] }
    case .settings: return Array(Set(indices.map { feature.values[$0] }))
    case .transaction:
      var seen: [Int: Int64] = [:]
      for index in indices { seen[elements[index].transaction] = feature.values[index] }
      return Array(seen.values)
    }
  }
}
