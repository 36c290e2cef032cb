import Devices
import Signals

/// Counts the cycles in which a stage works. Trivial: raw pointers and integers only.
struct StageCounter {
  private let condition: LevelCondition
  /// All conditions, as they are on the pins.
  private let conditions: UnsafeMutableBufferPointer<TapCondition>
  private(set) var cycles = 0

  /// - Parameter condition: all conditions, of the levels.
  init(_ condition: LevelCondition, _ conditions: [TapCondition]) {
    self.condition = condition
    self.conditions = .allocate(capacity: conditions.count)
    _ = self.conditions.initialize(from: conditions)
  }

  func deallocate() { conditions.deallocate() }

  /// As before the first cycle.
  mutating func restart() { cycles = 0 }

  /// Looks at the signals after the device has settled.
  @inline(__always)
  mutating func observe(_ levels: UInt64) {
    if condition.isPartial && !conditions.allSatisfy(\.holds) { return }
    cycles &+= condition.holds(levels) ? 1 : 0
  }
}

extension Pins {
  /// Counters of the manifest's stages, ready for one simulation. The caller frees them.
  ///
  /// - Parameter watched: receives the bits that they look at.
  /// - Throws: ``LockstepError/stageSignal(stage:signal:found:)`` for a signal of more than one bit; ``DeviceError`` for one that the device was not built with.
  func stageCounters(
    _ stages: [Stage], _ watched: inout WatchedBits
  ) throws -> UnsafeMutableBufferPointer<StageCounter> {
    let conditions = try stages.map { stage in
      try stage.active.map { condition in
        let port = try port(named: condition.signal)
        guard condition.place(in: port.description.bits) != nil
        else {
          throw LockstepError.stageSignal(
            stage: stage.name, signal: condition.signal, found: port.description.bits)
        }
        return try tapCondition(condition)
      }
    }
    let counters = UnsafeMutableBufferPointer<StageCounter>.allocate(capacity: stages.count)
    _ = counters.initialize(from: conditions.map { StageCounter(watched.add($0), $0) })
    return counters
  }
}
