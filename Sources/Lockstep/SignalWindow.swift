/// What the streams did in the cycles around a failure.
public struct SignalWindow: Sendable, Hashable, Codable {
  /// One stream: a character a cycle.
  public struct Trace: Sendable, Hashable, Codable {
    public var stream: String
    public var isInput: Bool
    /// `0` or `1`, a cycle each.
    public var valid: String
    public var ready: String
    /// The payload in each cycle in which valid was 1, by its distance from the first cycle.
    public var payloads: [Int: String]
  }

  /// The first cycle, counted from the end of reset.
  public var first: Int
  public var traces: [Trace]
  /// The cycle in which the failure shows, and the stream, if it is one.
  public var failingCycle: Int
  public var failingStream: String?

  /// Number of cycles.
  public var cycles: Int { traces.first?.valid.count ?? 0 }
}

/// The cycles that a window or a waveform covers.
public struct WindowLimits: Sendable, Hashable, Codable {
  /// Cycles before the failing one.
  public var before: Int
  /// Cycles after it.
  public var after: Int

  public init(before: Int = 100, after: Int = 20) {
    self.before = before
    self.after = after
  }

  func range(around cycle: Int) -> ClosedRange<Int> { max(0, cycle - before)...cycle + after }
}
