import Signals

/// Values that are off by one.
extension Classifier {
  /// The same step everywhere: up or down, or away from 0 or towards it.
  private enum Direction {
    case step(Int64)
    /// 1 away from 0.
    case outwards(Int64)

    var words: String {
      switch self {
      case .step(let step): "off by \(step > 0 ? "+1" : "-1")"
      case .outwards(let step): "one \(step > 0 ? "further from" : "nearer to") 0"
      }
    }
  }

  private var direction: Direction? {
    guard wrong.allSatisfy({ $0.step.magnitude == 1 }) else { return nil }
    let steps = Set(wrong.map(\.step))
    if steps.count == 1, let step = steps.first { return .step(step) }
    // The sign of what is halfway between the two, which is not 0.
    let outwards = Set(wrong.map { $0.step * ($0.expected + $0.observed).signum() })
    if outwards.count == 1, let step = outwards.first { return .outwards(step) }
    return nil
  }

  /// Few elements are off by one step, all the same way and all even, odd or of one sign: ties that are
  /// rounded the other way.
  func ties() -> Classification? {
    guard wrong.count >= 10, wrong.count * 4 <= elements.count, let direction else { return nil }
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
        ["even", "odd"].contains(name) ? isVaried : isSpread(holds)
      else { continue }
      return Classification(
        .ties,
        evidence:
          "\(wrong.count) of \(elements.count) elements are \(direction.words), "
          + "all where the expected value is \(name), and no other is wrong")
    }
    return nil
  }

  /// Whether the wrong ones are of many values.
  private var isVaried: Bool { Set(wrong.map(\.expected)).count >= 5 }

  /// Whether the wrong ones among some elements are neither the large nor the small ones: ties are
  /// everywhere, while another mistake as a rule depends on the magnitude.
  private func isSpread(_ holds: (Int64) -> Bool) -> Bool {
    let sorted = elements.filter { holds($0.expected) }.sorted { $0.expected < $1.expected }
    let wrong = sorted.count(where: \.isWrong)
    // Where nearly all have that sign, it tells nothing.
    let others = elements.count { $0.expected != 0 && !holds($0.expected) }
    guard wrong >= 16, 4 * others >= sorted.count else { return false }
    return Classifier.quarters(sorted).allSatisfy { 10 * $0.count(where: \.isWrong) >= wrong }
  }

  private static func quarters(_ sorted: [Element]) -> [ArraySlice<Element>] {
    (0..<4).map { sorted[sorted.count * $0 / 4..<sorted.count * ($0 + 1) / 4] }
  }

  /// About half of the elements are off by one, the same way, whatever their values: rounded down in the
  /// place of to the nearest, or the other way round. Of one sign alone: towards 0.
  func rounding() -> Classification? {
    guard wrong.count >= 48, let direction, Set(wrong.map(\.expected)).count >= 16 else {
      return nil
    }
    // A value at the end of the range may hide what was rounded.
    let ends = [array.range.lowerBound, array.range.upperBound, 0]
    let free = elements.filter { !ends.contains($0.expected) }
    if isEverywhere(free, within: 0.3...0.7) {
      return Classification(
        .rounding,
        evidence:
          "\(wrong.count) of \(elements.count) elements, large and small, odd and even, are "
          + "\(direction.words)")
    }
    for (name, sign) in [("negative", -1), ("positive", 1)] as [(String, Int64)] {
      let own = free.filter { $0.expected.signum() == sign }
      let others = elements.filter { $0.expected.signum() == -sign }
      guard others.count >= 48, !others.contains(where: \.isWrong),
        isEverywhere(own, within: 0.3...0.999), case .step = direction
      else { continue }
      return Classification(
        .rounding,
        evidence: "\(wrong.count) of \(own.count) \(name) elements, large and small, odd and even, "
          + "are \(direction.words), and none of the others")
    }
    return nil
  }

  /// Whether some elements are wrong in like shares among the large and the small, the odd and the even.
  private func isEverywhere(_ some: [Element], within shares: ClosedRange<Double>) -> Bool {
    func share(_ part: some Collection<Element>) -> Double {
      Double(part.count(where: \.isWrong)) / Double(max(part.count, 1))
    }
    guard some.count >= 64 else { return false }
    let whole = share(some)
    let parts =
      Classifier.quarters(some.sorted { $0.expected < $1.expected }).map(share)
      + [share(some.filter { $0.expected & 1 == 0 }), share(some.filter { $0.expected & 1 != 0 })]
    return shares.contains(whole) && parts.allSatisfy { abs($0 - whole) <= 0.25 * whole }
  }
}
