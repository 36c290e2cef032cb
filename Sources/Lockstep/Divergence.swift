import Devices

/// Where the RTL leaves the golden model: the first tap, in the order of the manifest, that differs in the
/// first transaction in which any does.
public struct Divergence: Sendable, Codable, Equatable {
  public var first: TapDifference
  /// The first difference of every other tap that has one, in the order of the manifest.
  public var following: [TapDifference]
  /// Taps that were compared and did not differ.
  public var agreeing: [String]
  /// Cycle of the first output beat that differs; nil where none does.
  public var outputCycle: Int?
  /// True where the run ended, by what else was found, before it could show whether outputs differ.
  public var isCutShort: Bool?
}

/// A tap's value that differs, and where.
public struct TapDifference: Sendable, Codable, Equatable {
  /// What of the tap: its values, or the marks that go with them.
  public enum Part: String, Sendable, Codable { case value, keep, last }

  public var tap: String
  public var signal: String
  public var part: Part
  /// Position of the transaction in the workload, from 0.
  public var transaction: Int
  /// Name of the corner, where it is one.
  public var label: String?
  /// Cycle's worth of values within the transaction, and lane in it.
  public var beat: Int
  public var lane: Int
  /// Index of the element within the transaction; nil for marks.
  public var element: Int?
  /// Nil for a value that nothing accounts for.
  public var expected: Int64?
  /// Nil for a value that never came.
  public var observed: Int64?
  /// Cycle since the end of reset of its shard.
  public var cycle: Int
  public var shard: Int
}

extension ShardResult {
  /// Puts what the taps showed before everything else that was found.
  ///
  /// - Parameters:
  ///   - plans: in the order of the manifest.
  ///   - transfers: how often each tap had a value.
  mutating func concludeTaps(_ plans: [TapPlan], transfers: [Int]) {
    let never = plans.indices.filter { transfers[$0] == 0 && tapDifferences[$0] != nil }
    if findings.isEmpty && never.count == tapDifferences.count {
      // Nothing is wrong but that there was nothing to compare.
      findings += never.map { index in
        .vacuous(.tapNeverMoved(tap: plans[index].tap.name, signal: plans[index].tap.signal))
      }
      return
    }
    let order = tapDifferences.sorted {
      ($0.value.transaction, $0.key) < ($1.value.transaction, $1.key)
    }
    guard let first = order.first else { return }
    var outputCycle: Int?
    for case .mismatch(let mismatch) in findings where outputCycle == nil {
      outputCycle = mismatch.cycle
    }
    let endsRun = findings.contains { finding in
      switch finding {
      case .deviceFailure, .hang, .unexpectedBeat: true
      default: false
      }
    }
    let divergence = Divergence(
      first: first.value,
      following: tapDifferences.sorted { $0.key < $1.key }.filter { $0.key != first.key }.map(
        \.value),
      agreeing: plans.indices.filter { tapDifferences[$0] == nil && transfers[$0] > 0 }
        .map { plans[$0].tap.name },
      outputCycle: outputCycle, isCutShort: outputCycle == nil && endsRun ? true : nil)
    findings.insert(.divergence(divergence), at: 0)
  }
}
