public import Signals

/// An output that is not compared exactly, and how much use was made of that.
public struct Leeway: Sendable, Codable, Equatable {
  public var stream: String
  public var field: String
  /// What counts as the expected value.
  public var comparison: Comparison
  /// Values that were not the expected ones, but near enough.
  public var near = 0
  /// The largest difference among these: steps, or that of the numbers, as the comparison counts.
  public var largest = 0.0
  /// Values that differ in what is not compared.
  public var masked = 0

  /// Whether every value was the expected one all the same.
  public var isUnused: Bool { near == 0 && masked == 0 }

  mutating func add(_ other: Leeway) {
    near += other.near
    largest = max(largest, other.largest)
    masked += other.masked
  }
}

extension [Leeway] {
  /// One for each output field that is not compared exactly.
  init(_ interface: Interface) {
    self = interface.outputs.flatMap { stream in
      stream.fields.compactMap { field in
        field.comparison.map { Leeway(stream: stream.name, field: field.name, comparison: $0) }
      }
    }
  }

  mutating func add(_ others: [Leeway]) {
    if isEmpty {
      self = others
    } else {
      for (index, other) in others.enumerated() { self[index].add(other) }
    }
  }
}

extension Field {
  /// Whether an observed value counts as the expected one.
  func accepts(expected: Int64, observed: Int64) -> Bool {
    guard let comparison else { return expected == observed }
    return comparison.verdict(expected: expected, observed: observed) != .different
  }
}

extension ShardResult {
  /// Whether a beat that is not the expected one counts as it, by the comparisons of its fields;
  /// then it is
  /// entered in ``leeways``, and in the digest as far as it is compared at all.
  ///
  /// - Parameters:
  ///   - beats: the expected beats of the chunk.
  ///   - position: which of them.
  ///   - observed: the bytes of the observed beat.
  mutating func allows(
    _ observed: UnsafeRawPointer, for beats: Beats, at position: Int, output: Int
  ) -> Bool {
    guard beats.stream.fields.contains(where: { $0.comparison != nil }) else { return false }
    let bytes = UnsafeRawBufferPointer(start: observed, count: beats.layout.stride)
    var used: [(field: String, verdict: Comparison.Verdict)] = []
    var counts: [Int64] = []
    for (index, field) in beats.stream.fields.enumerated() {
      let expected = beats.lanes(ofField: index, beat: position)
      let found = Beats.lanes(field, slot: beats.layout.slots[index], beat: bytes)
      for lane in 0..<field.lanes where expected[lane] != found[lane] {
        let verdict =
          field.comparison?.verdict(expected: expected[lane], observed: found[lane]) ?? .different
        if verdict == .different { return false }
        used.append((field.name, verdict))
        if case .near = verdict { counts.append(found[lane]) }
      }
    }
    for use in used { note(use.verdict, beats.stream.name, use.field) }
    for value in counts {
      digests[output] = Digest.combine(
        digests[output], UInt64(position) << 32 ^ UInt64(bitPattern: value))
    }
    return true
  }

  private mutating func note(_ verdict: Comparison.Verdict, _ stream: String, _ field: String) {
    guard let index = leeways.firstIndex(where: { $0.stream == stream && $0.field == field })
    else { return }
    switch verdict {
    case .near(let distance):
      leeways[index].near += 1
      leeways[index].largest = max(leeways[index].largest, distance)
    case .masked: leeways[index].masked += 1
    case .same, .different: break
    }
  }
}
