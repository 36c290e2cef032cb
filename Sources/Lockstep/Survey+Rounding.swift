import Blocks
import Signals

/// What values were before they were rounded: the golden model says it, asked with a smaller shift.
extension Survey {
  /// Another rounding, where it explains all differences.
  func rounding(_ cases: [Case], _ seen: [Observation]) -> Classification? {
    let wrong = seen.flatMap(\.beats).flatMap { zip($0.expected, $0.observed) }.filter { $0 != $1 }
    guard runner.block.goldenVersion == nil, wrong.count >= 8,
      wrong.allSatisfy({ ($0 &- $1).magnitude == 1 })
    else { return nil }
    for array in runner.interface.arrays
    where array.role == .input && (1...255) ~= array.range.count(below: 256) {
      // The more bits are known, the more certain; but values must not leave their range.
      for bits in [40, 24, 16, 12, 8, 6, 4] as [Int64] {
        for change in [-bits, bits] {
          guard let elements = unrounded(array, change, cases, seen) else { continue }
          if let found = UnroundedElements(elements).classification { return found }
        }
      }
    }
    return nil
  }

  /// Elements before rounding, where a change of an array is a change of how far they are shifted.
  ///
  /// - Returns: nil where it is not, or where too little is known.
  private func unrounded(
    _ array: ArraySpecification, _ change: Int64, _ cases: [Case], _ seen: [Observation]
  ) -> [UnroundedElements.Element]? {
    var elements: [UnroundedElements.Element] = []
    // Elements that tell whether it is a shift, those that speak against it, and wrong ones of which
    // nothing is known.
    var (telling, against, unknown) = (0, 0, 0)
    for (subject, observation) in zip(cases, seen) {
      guard let shifts = observation.aligned.first(where: { $0.name == "'\(array.name)'" }),
        let fine = answers(array, change, subject, observation)
      else { return nil }
      var number = 0
      for beat in observation.beats {
        for (index, place) in beat.places.enumerated() {
          defer { number += 1 }
          guard let golden = fine[beat.transaction], golden.indices.contains(place) else {
            return nil
          }
          let changed = array.clamping(shifts.values[number] + change)
          let element = UnroundedElements.Element(
            expected: beat.expected[index], observed: beat.observed[index], fine: golden[place],
            bits: Int((changed - shifts.values[number]).magnitude))
          // Where nothing is shifted, nothing is rounded.
          if element.bits == 0 {
            if element.isWrong { return nil }
            continue
          }
          if element.expected.magnitude >= 4 { telling += 1 }
          if element.isConsistent {
            elements.append(element)
          } else {
            if element.expected.magnitude >= 4 { against += 1 }
            if element.isWrong { unknown += 1 }
          }
        }
      }
    }
    guard telling >= 16, 10 * against <= telling, unknown == 0 else { return nil }
    return elements
  }

  /// What the golden model gives for each observed transaction with other values of one array.
  private func answers(
    _ array: ArraySpecification, _ change: Int64, _ subject: Case, _ observation: Observation
  ) -> [Int: [Int64]]? {
    let observed = Set(observation.beats.map(\.transaction))
    var result: [Int: [Int64]] = [:]
    var first = 0
    for part in subject.parts {
      defer { first += part.batch.count }
      let range = first..<first + part.batch.count
      guard range.contains(where: observed.contains) else { continue }
      guard
        let batch = part.batch.changing(
          array.name, { $0.map { array.clamping($0 + change) } }),
        let answer = try? runner.block.golden(batch, in: runner.configuration),
        let item = answer.items[observation.array.name], item.count == part.batch.count
      else { return nil }
      for transaction in range where observed.contains(transaction) {
        result[transaction] = item[transaction - first].values
      }
    }
    return result
  }
}

extension ArraySpecification {
  fileprivate func clamping(_ value: Int64) -> Int64 {
    min(max(value, range.lowerBound), range.upperBound)
  }
}

extension ClosedRange<Int64> {
  /// How far its ends are apart, at most `limit`.
  fileprivate func count(below limit: Int64) -> Int64 {
    let (span, isHuge) = upperBound.subtractingReportingOverflow(lowerBound)
    return isHuge ? limit : Swift.min(span, limit)
  }
}
