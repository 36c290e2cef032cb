public import Devices
public import Signals

/// One simulation from reset as data: everything that decides on what happens in it.
///
/// Running a case again with the same device and golden model gives the same result, beat for beat and
/// cycle for cycle.
public struct Case: Sendable, Hashable {
  /// Transactions that share their settings.
  public struct Part: Sendable, Hashable {
    public var batch: Batch
    /// The answer that the caller wants, where it is not the golden model's.
    public var expected: Batch?
    /// Seeds the content of lanes that hold no element.
    public var filler: UInt64
    /// Where in its workload each transaction stood.
    public var origins: [Int]

    public init(batch: Batch, expected: Batch? = nil, filler: UInt64, origins: [Int]) {
      precondition(origins.count == batch.count, "one origin a transaction")
      self.batch = batch
      self.expected = expected
      self.filler = filler
      self.origins = origins
    }
  }

  /// In order; those that follow each other with equal settings run back to back.
  public var parts: [Part]
  public var stalls: StallPlan
  public var initialState: InitialState
  /// Beats of the first data input that cross before a reset in the middle of traffic, after which the
  /// case begins; nil without such a reset.
  public var rehearsedBeats: Int?
  /// Cycles without any transfer after which the case hangs.
  public var hangLimit: Int
  /// The shard of its workload: part of the names of findings and of the seeds of random stalls.
  public var shard: Int

  public init(
    parts: [Part], stalls: StallPlan, initialState: InitialState, rehearsedBeats: Int? = nil,
    hangLimit: Int, shard: Int = 0
  ) {
    self.parts = parts
    self.stalls = stalls
    self.initialState = initialState
    self.rehearsedBeats = rehearsedBeats
    self.hangLimit = hangLimit
    self.shard = shard
  }

  public var transactions: Int { parts.reduce(0) { $0 + $1.batch.count } }
}

/// How large a case is, for people.
public struct CaseSize: Sendable, Hashable, Codable {
  public var transactions: Int
  /// Beats of all data inputs.
  public var beats: Int
  /// Beats of the data input that has most of them; nil in a bundle that does not say.
  public var longestInput: Int?
  /// Elements of the arrays of which each transaction has its own.
  public var elements: Int
  /// Elements among these that are not as simple as can be: not 0, or not the smallest value in range.
  public var significantElements: Int
  /// Cycles in which the stall plan keeps something back; nil where it is random and was not recorded.
  public var stalls: Int?

  public init(
    transactions: Int, beats: Int, longestInput: Int? = nil, elements: Int,
    significantElements: Int, stalls: Int?
  ) {
    self.transactions = transactions
    self.beats = beats
    self.longestInput = longestInput
    self.elements = elements
    self.significantElements = significantElements
    self.stalls = stalls
  }
}

extension Case {
  /// - Parameter beats: of each data input, as the run that measured it counted them.
  func size(_ interface: Interface, beats: [Int]) -> CaseSize {
    var (elements, significant) = (0, 0)
    for part in parts {
      for (name, item) in part.batch.items {
        elements += item.values.count
        let simple = interface.array(name)?.simplestValue ?? 0
        significant += item.values.reduce(0) { $0 + ($1 == simple ? 0 : 1) }
      }
    }
    let count = stalls.recorded?.stalls ?? (stalls.profile == .none ? 0 : nil)
    return CaseSize(
      transactions: transactions, beats: beats.reduce(0, +), longestInput: beats.max(),
      elements: elements,
      significantElements: significant, stalls: count)
  }
}

extension ArraySpecification {
  /// The value of the range that is nearest to 0.
  var simplestValue: Int64 { min(max(0, range.lowerBound), range.upperBound) }
}
