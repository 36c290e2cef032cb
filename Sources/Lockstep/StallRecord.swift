import Signals

/// Stall decisions as they were made, stream by stream: a stall plan as data.
///
/// A stream's list alternates between numbers of decisions to move and decisions to stall, beginning with
/// moves: `[3, 2, 1]` is three moves, two stalls, one move. An input decides in each cycle in which it
/// has a beat to give and none on its pins; an output in each cycle. After the end of its list, and
/// without a list, a stream always moves.
public struct StallRecord: Sendable, Hashable, Codable {
  public var streams: [String: [Int]]

  public init(_ streams: [String: [Int]] = [:]) {
    self.streams = streams.mapValues(StallRecord.normalised).filter { !$0.value.isEmpty }
  }

  /// Decisions to stall, over all streams.
  public var stalls: Int {
    streams.values.reduce(0) { sum, runs in
      sum + stride(from: 1, to: runs.count, by: 2).reduce(0) { $0 + runs[$1] }
    }
  }

  /// The decisions of a list, one by one: true to move.
  static func decisions(_ runs: [Int]) -> [Bool] {
    runs.enumerated().flatMap { [Bool](repeating: $0 % 2 == 0, count: $1) }
  }

  /// The list of some decisions.
  static func runs(_ decisions: [Bool]) -> [Int] {
    var runs = [0]
    for moves in decisions {
      if (runs.count - 1) % 2 == (moves ? 0 : 1) {
        runs[runs.count - 1] += 1
      } else {
        runs.append(1)
      }
    }
    return runs
  }

  /// Without empty runs in the middle and without moves at the end, which say nothing.
  static func normalised(_ runs: [Int]) -> [Int] {
    var result: [Int] = []
    for (index, length) in runs.enumerated() where length > 0 || index == 0 {
      let moves = index % 2 == 0
      if !result.isEmpty, (result.count - 1) % 2 == (moves ? 0 : 1) {
        result[result.count - 1] += length
      } else {
        result.append(length)
      }
    }
    if result.count % 2 == 1 { result.removeLast() }
    return result
  }
}

/// The decisions of one stream on their way onto, or off, a record.
///
/// Belongs to one simulation. Not for streams that never stall.
package final class StallTape {
  private(set) var runs: [Int]
  private var place = 0
  private var used = 0

  init(_ runs: [Int] = []) { self.runs = runs }

  func write(_ moves: Bool) {
    if runs.isEmpty { runs = [0] }
    if (runs.count - 1) % 2 == (moves ? 0 : 1) {
      runs[runs.count - 1] += 1
    } else {
      runs.append(1)
    }
  }

  func read() -> Bool {
    while place < runs.count && used == runs[place] {
      place += 1
      used = 0
    }
    guard place < runs.count else { return true }
    used += 1
    return place % 2 == 0
  }

  /// The part that was read.
  var past: [Int] { Array(runs.prefix(place)) + (used > 0 ? [used] : []) }
}

/// Makes the stall decisions of one simulation, and keeps the tapes that they use.
final class StallSource {
  private let plan: StallPlan
  private let isRecording: Bool
  private let patience: Int
  private var tapes: [String: StallTape] = [:]

  /// - Parameters:
  ///   - isRecording: write down what is decided.
  ///   - hangLimit: cycles without any transfer after which the simulation hangs, which stalls alone
  ///     must not cause.
  init(_ plan: StallPlan, isRecording: Bool = false, hangLimit: Int = .max) {
    self.plan = plan
    self.isRecording = isRecording
    patience = hangLimit / 2
  }

  var profile: StallProfile { plan.profile }

  /// The decisions for one stream.
  ///
  /// - Parameter ordinal: tells the streams of a simulation apart in random profiles.
  func decisions(_ stream: Stream, ordinal: Int, shard: Int) -> StallDecisions {
    if let recorded = plan.recorded {
      let tape = StallTape(recorded.streams[stream.name] ?? [])
      tapes[stream.name] = tape
      return StallDecisions(replaying: tape)
    }
    var decisions = plan.decisions(
      stream: ordinal, direction: stream.direction, shard: shard, patience: patience)
    if isRecording {
      let tape = StallTape()
      tapes[stream.name] = tape
      decisions.record(on: tape)
    }
    return decisions
  }

  /// What was decided, if it was recorded; or repeated, as far as the simulation came.
  var record: StallRecord {
    StallRecord(tapes.mapValues { plan.recorded == nil ? $0.runs : $0.past })
  }
}
