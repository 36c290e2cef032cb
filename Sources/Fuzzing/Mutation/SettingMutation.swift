import Blocks
import Devices
import Lockstep
import Signals

/// What the bench made of a golden model with another constant than the device.
public struct SettingMutantResult: Sendable, Codable, Equatable {
  public var array: String
  /// Place of the entry in a table; nil for a scalar, and for what each element has of its own.
  public var entry: Int?
  /// What was added to the constant.
  public var step: Int64
  /// What was found; nil if nothing was.
  public var noticedBy: String?
  /// Some answer of the suite depends on the change at all.
  public var reachesOutput: Bool
}

/// Lets the golden model compute with constants, scales and table entries that are one off, and the device
/// with the right ones.
struct SettingMutation: Sendable {
  let bench: TrialBench
  let library: DeviceLibrary
  let interface: Interface
  let seed: UInt64

  /// Entries of a table that are changed.
  private static let entries = 16

  private struct Plan {
    var array: ArraySpecification
    var isShared: Bool
    /// Which of the table's entries, as a fraction of 2^32; nil for all values.
    var entry: UInt64?
    var step: Int64
  }

  /// - Parameters:
  ///   - sample: any batch of the block: says which arrays are shared.
  ///   - main: the array that carries data.
  func results(
    on tasks: [TrialTask], sample: Batch, main: String, jobs: Int
  ) throws -> [SettingMutantResult] {
    var plans: [Plan] = []
    for array in interface.arrays where array.role == .input && array.name != main {
      let shared = sample.shared[array.name]
      guard shared != nil || sample.items[array.name] != nil else { continue }
      let isTable = (shared?.values.count ?? 0) > 1
      var generator = CounterGenerator(seed: seed, stream: 14, index: UInt64(plans.count))
      for _ in 0..<(isTable ? SettingMutation.entries : 1) {
        let entry = isTable ? generator.next() >> 32 : nil
        for step: Int64 in [1, -1] {
          plans.append(Plan(array: array, isShared: shared != nil, entry: entry, step: step))
        }
      }
    }
    let all = plans
    return try concurrently(all.count, jobs: jobs) { try result(of: all[$0], on: tasks) }
      .compactMap { $0 ?? nil }
  }

  private func result(of plan: Plan, on tasks: [TrialTask]) throws -> SettingMutantResult? {
    var result: SettingMutantResult?
    var shards: Set<Int> = []
    for task in tasks where shards.insert(task.shard).inserted {
      var entry: Int?
      let found = try bench.run(
        task, in: library, ties: [MutationPlan.port: 0], hangLimit: 10_000,
        misleading: { SettingMutation.changed($0, plan, &entry) })
      guard let found else { continue }
      if result == nil {
        result = SettingMutantResult(
          array: plan.array.name, entry: entry, step: plan.step, noticedBy: nil,
          reachesOutput: false)
      }
      guard found.cycles > 0 || found.finding != nil else { continue }
      result?.entry = entry
      result?.reachesOutput = true
      result?.noticedBy = found.finding?.word
      return result
    }
    return result
  }

  private static func changed(_ batch: Batch, _ plan: Plan, _ entry: inout Int?) -> Batch? {
    var result = batch
    let name = plan.array.name
    if plan.isShared {
      guard var values = batch.shared[name]?.values, !values.isEmpty else { return nil }
      entry = plan.entry.map { Int($0 * UInt64(values.count) >> 32) }
      values[entry ?? 0] += plan.step
      guard plan.array.range.contains(values[entry ?? 0]) else { return nil }
      result.shared[name]?.values = values
    } else {
      guard let values = batch.items[name]?.values, !values.isEmpty else { return nil }
      // Of each element its own: those at the end of the range stay.
      result.items[name]?.values = values.map {
        plan.array.range.contains($0 + plan.step) ? $0 + plan.step : $0
      }
    }
    return result
  }
}
