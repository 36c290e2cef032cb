import Signals

/// How wrong values come from the right ones.
extension Classifier {
  /// Only elements that should be at the end of the range are wrong, and they wrap around.
  ///
  /// Few of them may be right, as what is clamped nearly always lies beyond the end: neither a lost bit of an
  /// input nor a bound that is compared wrongly leaves that. They have many values, unlike those
  /// that are clamped to a wrong one, and these are hardly ever the ends, unlike what wraps before
  /// it is clamped.
  func saturationMissing() -> Classification? {
    let ends = ends
    guard wrong.count >= 8, wrong.allSatisfy({ ends.contains($0.expected) }),
      Set(wrong.map(\.observed)).count >= 8,
      wrong.count >= 10 * wrong.count(where: { ends.contains($0.observed) })
    else { return nil }
    for end in ends {
      let clamped = elements.filter { $0.expected == end }
      guard 5 * clamped.count(where: \.isWrong) >= 4 * clamped.count else { return nil }
    }
    let limits = elements.count { ends.contains($0.expected) }
    // Were the wrong elements any ones, they would hardly all lie there.
    guard Classifier.isUnlikely(limits, of: elements.count, wrong.count) else { return nil }
    return Classification(
      .saturationMissing,
      evidence: "the \(wrong.count) wrong elements are all expected at the end of the range, "
        + "\(ends.map(String.init).joined(separator: " or ")); none of the other "
        + "\(elements.count - limits) is wrong")
  }

  /// The ends of the range of values; of an intermediate value, that may be narrower than the array says: a
  /// power of two, or one less, that no value passes.
  private var ends: [Int64] {
    let all = [array.range.lowerBound, array.range.upperBound]
    guard array.role == .tap, let end = wrong.first?.expected, !all.contains(end),
      end.magnitude > 4,
      wrong.allSatisfy({ $0.expected == end })
    else { return all }
    let power = end > 0 ? end.magnitude + 1 : end.magnitude
    let isEnd = power & (power - 1) == 0
    let isPassed = elements.contains { end > 0 ? $0.expected > end : $0.expected < end }
    return isEnd && !isPassed ? [end] : all
  }

  /// Exactly the elements with a negative expected, or input, value are wrong, by the power of two that its sign
  /// bit would be worth: another constant would be another mistake.
  func signLost() -> Classification? {
    let differences = Set(wrong.map(\.step))
    if let step = differences.first, differences.count == 1, step >= 4, step & (step - 1) == 0 {
      let sources =
        [("the expected value", elements.map(\.expected))]
        + features.filter { $0.grain == .element }.map { ($0.name, $0.values) }
      for (name, values) in sources
      where isWrongWhereNegative(values) && isWorthASign(step, values) {
        return Classification(
          .signLost,
          evidence: "the \(wrong.count) elements where \(name) is negative are too large by "
            + "\(step), and no other is wrong")
      }
    }
    guard wrong.count >= 8,
      wrong.allSatisfy({ $0.expected < 0 && $0.observed == 0 &- $0.expected }),
      Set(wrong.map(\.expected)).count >= 4, isWrongWhereNegative(elements.map(\.expected))
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

  /// Whether values that fill some bits, their sign among them, are too large by `step` where their sign is
  /// taken for one more bit, or is taken away.
  private func isWorthASign(_ step: Int64, _ values: [Int64]) -> Bool {
    let bits = values.map { 64 - ($0 < 0 ? ~$0 : $0).leadingZeroBitCount }.max() ?? 0
    return bits < 62 && (step == Int64(2) << bits || step == Int64(1) << bits)
  }

  func negated() -> Classification? {
    let nonzero = elements.filter { $0.expected != 0 }
    guard Set(nonzero.map(\.expected)).count >= 3, wrong.count >= 4,
      nonzero.allSatisfy({ $0.observed == 0 &- $0.expected }),
      elements.allSatisfy({ $0.expected != 0 || !$0.isWrong })
    else { return nil }
    return Classification(.negated, evidence: "all \(wrong.count) elements have the other sign")
  }

  // MARK: - Constants

  /// One bit is always 0, or always 1, in the lanes that are wrong.
  func stuckBit() -> Classification? {
    let masks = Set(wrong.map { $0.expected ^ $0.observed })
    guard wrong.count >= 8, masks.count == 1, let mask = masks.first, mask.nonzeroBitCount == 1,
      // One value that is replaced by one other differs in one bit often enough.
      Set(wrong.map(\.expected)).count >= 4
    else { return nil }
    let watched = watched
    let levels = Set(watched.map { $0.observed & mask != 0 })
    guard levels.count == 1, watched.count >= wrong.count + 8 else { return nil }
    return Classification(
      .stuckBit,
      evidence: "bit \(mask.trailingZeroBitCount) is \(levels == [true] ? "1" : "0") in all "
        + "\(watched.count) elements of the wrong lanes, and nothing else is wrong")
  }

  /// Every element of the lanes that are wrong.
  private var watched: [Element] {
    let lanes = Set(wrong.map(\.lane))
    return elements.filter { lanes.contains($0.lane) }
  }

  /// All elements of the lanes that are wrong have one value.
  func constant() -> Classification? {
    let watched = watched
    let values = Set(watched.map(\.observed))
    let expected = Set(watched.map(\.expected)).count
    guard wrong.count >= 4, values.count == 1, let value = values.first, expected >= 4
    else { return nil }
    return Classification(
      .constant,
      evidence: "all \(watched.count) elements of the wrong lanes are \(value), where "
        + "\(expected) different values are expected")
  }

  /// All elements of the lanes that are wrong are too large, or too small, by the same amount.
  func offset() -> Classification? {
    let watched = watched
    guard wrong.count >= 16, watched.count == wrong.count, let step = wrong.first?.step,
      wrong.allSatisfy({ $0.step == step }), Set(wrong.map(\.expected)).count >= 8
    else { return nil }
    return Classification(
      .offset,
      evidence: "all \(wrong.count) elements of the wrong lanes are "
        + (step > 0 ? "too large by \(step)" : "too small by \(step.magnitude)"))
  }

  // MARK: - Bits

  /// Every element is shifted by the same number of bits, but for a rounding and what no longer fits.
  func scaled() -> Classification? {
    let ends = [array.range.lowerBound, array.range.upperBound]
    let free = elements.filter {
      $0.expected.magnitude >= 16 && $0.observed.magnitude >= 16 && !ends.contains($0.expected)
        && !ends.contains($0.observed)
    }
    guard free.count >= 16, Set(free.map(\.expected)).count >= 8 else { return nil }
    for shift in 1...16 as ClosedRange<Int64> {
      let factor = Int64(1) << shift
      func fits(_ small: Int64, _ large: Int64) -> Bool {
        let (value, overflows) = small.multipliedReportingOverflow(by: factor)
        return !overflows && (value &- large).magnitude <= factor.magnitude
      }
      let isUp = 50 * free.count(where: { fits($0.expected, $0.observed) }) >= 49 * free.count
      let isDown = 50 * free.count(where: { fits($0.observed, $0.expected) }) >= 49 * free.count
      // The smaller of the two has to be exact enough to tell.
      let isExact = free.contains { $0.expected.magnitude >= 16 * factor.magnitude }
      guard isUp || isDown && isExact else { continue }
      // Small values fit other factors, too; all together they do not.
      let fitting = free.filter {
        isUp ? fits($0.expected, $0.observed) : fits($0.observed, $0.expected)
      }
      let exact = isUp ? Double(factor) : 1 / Double(factor)
      guard abs(ratio(fitting) / exact - 1) < 0.005 else { continue }
      return Classification(
        .scaled,
        evidence:
          "\(fitting.count) of \(free.count) elements of magnitude 16 or more that are not at the "
          + "end of the range are \(isUp ? "" : "1/")\(factor) times what they should be")
    }
    return nil
  }

  /// The factor by which observed values are most nearly what is expected.
  private func ratio(_ some: [Element]) -> Double {
    var (products, squares) = (0.0, 0.0)
    for element in some {
      products += Double(element.expected) * Double(element.observed)
      squares += Double(element.expected) * Double(element.expected)
    }
    return products / squares
  }

  /// Every element that does not fit a number of bits lost those above.
  func highBitsLost() -> Classification? {
    guard wrong.count >= 8, wrong.count < elements.count, Set(wrong.map(\.observed)).count >= 4
    else { return nil }
    for bits in 2..<62 {
      let mask = (Int64(1) << bits) - 1
      let isUnsigned = elements.allSatisfy { $0.observed == $0.expected & mask }
      let isSigned = elements.allSatisfy {
        $0.observed == ($0.expected << (64 - bits)) >> (64 - bits)
      }
      guard isUnsigned || isSigned else { continue }
      return Classification(
        .highBitsLost,
        evidence:
          "the \(wrong.count) elements that do not fit \(bits) bits\(isSigned ? " with sign" : "")"
          + " lost the bits above, and no other is wrong")
    }
    return nil
  }

  /// The lowest bits of every element are 0.
  func lowBitsLost() -> Classification? {
    guard wrong.count >= 16, Set(wrong.map(\.observed)).count >= 4 else { return nil }
    for bits in 1..<32 {
      let mask = (Int64(1) << bits) - 1
      guard elements.allSatisfy({ $0.observed == $0.expected & ~mask }) else { continue }
      return Classification(
        .lowBitsLost,
        evidence:
          "the lowest \(bits) bits of all \(elements.count) elements are 0, and nothing else "
          + "is wrong")
    }
    return nil
  }
}
