/// A failure looked into: made small, proven to repeat, classified where that is certain, stored.
public struct Explanation: Sendable, Codable {
  /// How the minimal case depends on what came before.
  public enum Isolation: Sendable, Hashable, Codable {
    /// One transaction, right after reset, shows it.
    case alone
    /// So many transactions must come before the failing one.
    case needsHistory(transactions: Int)
  }

  /// The run of the outcome that it is about.
  public var run: Int
  /// What the minimal case shows.
  public var finding: Finding
  /// Every finding of the minimal case, this one among them.
  public var findings: [Finding]
  /// nil where no smaller case was tried.
  public var isolation: Isolation?
  /// The shard in which it was found, up to the failing transaction.
  public var original: CaseSize
  public var minimal: CaseSize
  public var minimising: Minimising
  /// Runs of the minimal case, from a new device each, that gave the same findings.
  public var reproduced: Int
  /// Runs of the minimal case.
  public var repetitions: Int
  public var classification: Classification?
  /// The arrays of the minimal case, where they are few enough to be read.
  public var stimulus: [Content]
  /// Where the outputs of the failing transaction differ, as it was found.
  public var errors: [ErrorMap]
  /// The streams of the minimal case around the failing cycle.
  public var window: SignalWindow?
  /// What is on disk, if anything.
  public var files: Files?

  /// What the minimal case says about a wrong value that does not show in its transaction alone.
  var dependence: Finding? {
    guard case .mismatch = finding, case .needsHistory(let transactions) = isolation,
      minimal.stalls == 0
    else { return nil }
    return .dependsOnHistory(transactions: transactions)
  }

  /// Values of one array.
  public struct Content: Sendable, Hashable, Codable {
    public var array: String
    /// The transaction that they belong to; nil if all share them.
    public var transaction: Int?
    public var shape: [Int]
    public var values: [Int64]
  }

  /// What was written, by path.
  public struct Files: Sendable, Hashable, Codable {
    public var bundle: String
    /// FST; nil if the device cannot write any.
    public var wave: String?
    /// GTKWave's save file, which groups the streams of the wave.
    public var waveView: String?
  }
}

/// Where one output array of a transaction differs.
public struct ErrorMap: Sendable, Hashable, Codable {
  public var array: String
  /// Position of the transaction in its workload.
  public var transaction: Int
  public var shape: [Int]
  /// Places in C order of the elements that differ, with what was expected and observed there.
  public var places: [Int]
  public var expected: [Int64]
  public var observed: [Int64]
}
