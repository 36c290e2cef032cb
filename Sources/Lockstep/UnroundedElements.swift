/// Elements of which it is known what they were before they were rounded: says whether another rounding
/// explains all differences.
package struct UnroundedElements {
  package struct Element {
    var expected: Int64
    var observed: Int64
    /// The value before rounding, times 2^`bits`, itself rounded.
    var fine: Int64
    var bits: Int

    package init(expected: Int64, observed: Int64, fine: Int64, bits: Int) {
      self.expected = expected
      self.observed = observed
      self.fine = fine
      self.bits = bits
    }

    var isWrong: Bool { expected != observed }
    var floor: Int64 { fine >> bits }
    var fraction: Int64 { fine - floor << bits }
    var half: Int64 { Int64(1) << (bits - 1) }
    var isTie: Bool { fraction == half }

    /// Whether it can be what is expected, before rounding.
    var isConsistent: Bool {
      expected == floor || expected == floor + 1 && fraction != 0
        // Its own rounding may have taken it to the next.
        || expected == floor - 1 && fraction == 0
    }
  }

  /// - Precondition: of one bit at least each.
  let elements: [Element]

  package init(_ elements: [Element]) { self.elements = elements }

  /// nil where no rounding explains every difference.
  package var classification: Classification? { ties ?? direction }

  // MARK: - Ties

  private enum Tie: String, CaseIterable {
    case up, down
    case even = "to even"
    case odd = "to odd"
    case away = "away from 0"
    case towards = "towards 0"

    func value(_ element: Element) -> Int64 {
      let floor = element.floor
      switch self {
      case .up: return floor + 1
      case .down: return floor
      case .even: return floor + floor & 1
      case .odd: return floor + 1 - floor & 1
      case .away: return element.fine < 0 ? floor : floor + 1
      case .towards: return element.fine < 0 ? floor + 1 : floor
      }
    }
  }

  /// All wrong elements lie halfway between two values, and are the other one of these.
  private var ties: Classification? {
    let wrong = elements.filter(\.isWrong)
    guard wrong.count >= 8,
      wrong.allSatisfy({
        $0.isTie && min($0.expected, $0.observed) == $0.floor
          && max($0.expected, $0.observed) == $0.floor + 1
      }),
      // What is only somewhere near would hardly be in the middle in every bit.
      wrong.reduce(0, { $0 + $1.bits - 1 }) >= 40
    else { return nil }
    let way = Tie.allCases.first { way in
      elements.allSatisfy { !$0.isTie || way.value($0) == $0.observed }
    }
    return Classification(
      .ties,
      evidence: "all \(wrong.count) wrong elements of \(elements.count) lie halfway between two "
        + "values" + (way.map { "; whatever does is rounded \($0.rawValue)" } ?? ""))
  }

  // MARK: - Directions

  private enum Direction: String, CaseIterable {
    case down, up
    case towards = "towards 0"
    case away = "away from 0"
    case nearest = "to the nearest"

    /// Whether an element is rounded so, as far as that is known.
    func isKept(by element: Element) -> Bool {
      value(element).map { $0 == element.observed } ?? true
    }

    /// - Returns: nil where the fine value, itself rounded, does not tell.
    func value(_ element: Element) -> Int64? {
      if self == .nearest {
        return element.isTie ? nil : element.floor + (element.fraction > element.half ? 1 : 0)
      }
      guard element.fraction != 0 else { return nil }
      let isDown =
        switch self {
        case .down: true
        case .up: false
        case .towards: element.fine > 0
        case .away, .nearest: element.fine < 0
        }
      return isDown ? element.floor : element.floor + 1
    }
  }

  private func direction(of value: (Element) -> Int64) -> Direction? {
    Direction.allCases.first { way in
      elements.allSatisfy { element in
        way.value(element).map { $0 == value(element) } ?? true
      }
    }
  }

  /// Wrong elements are rounded in another direction than expected, and hardly one is right where that makes
  /// a difference: an operand that is one too small would be wrong in other places, too.
  private var direction: Classification? {
    let wrong = elements.filter(\.isWrong)
    guard wrong.count >= 16, Set(wrong.map(\.expected)).count >= 4,
      // Near to the next value and far from it.
      wrong.count(where: { abs($0.fraction - $0.half) > $0.half / 2 }) >= 4,
      wrong.count(where: { abs($0.fraction - $0.half) < $0.half / 2 }) >= 4,
      let right = direction(of: \.expected)
    else { return nil }
    for way in Direction.allCases where way != right {
      guard wrong.allSatisfy({ way.isKept(by: $0) }) else { continue }
      let differing = elements.count { element in
        way.value(element).map { $0 != element.expected } ?? element.isWrong
      }
      guard 10 * wrong.count >= 9 * differing else { continue }
      return Classification(
        .rounding,
        evidence: "\(wrong.count) of the \(differing) elements that differ if rounded "
          + "\(way.rawValue) are, where \(right.rawValue) is right, and none of the other "
          + "\(elements.count - differing) is wrong")
    }
    return nil
  }
}
