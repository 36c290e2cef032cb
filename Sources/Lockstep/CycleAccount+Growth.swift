public import Devices

extension CycleAccount {
  /// Cycles of one class of one stream that are more, or fewer, than when the budget was accepted.
  public struct Change: Sendable, Hashable, Codable {
    public var stream: String
    public var kind: CycleClasses.Kind
    /// Cycles more; negative where they are fewer.
    public var cycles: Int

    public init(stream: String, kind: CycleClasses.Kind, cycles: Int) {
      self.stream = stream
      self.kind = kind
      self.cycles = cycles
    }
  }

  /// What each stream spends more cycles on than the budget says, the largest growth first; of streams
  /// that changed alike, inputs first.
  ///
  /// - Parameter budget: the streams of the budget. A stream that it does not name is left out.
  public func changes(since budget: Manifest.BudgetStreams) -> [Change] {
    let all = streams.flatMap { stream -> [Change] in
      guard let before = budget[stream.stream] else { return [] }
      return CycleClasses.Kind.allCases.map {
        Change(stream: stream.stream, kind: $0, cycles: stream.classes[$0] - before[$0])
      }
    }
    return all.enumerated().filter { $1.cycles != 0 }
      .sorted { ($1.element.cycles, $0.offset) < ($0.element.cycles, $1.offset) }.map(\.element)
  }
}

extension StreamActivity {
  /// Its cycles by class.
  public var classes: CycleClasses {
    CycleClasses(transfer: transfer, starved: starved, blocked: blocked, idle: idle)
  }
}
