import Devices
import Lockstep
import Signals

/// A mistake between a device and its bench: what becomes of one beat.
public enum StreamChange: String, Sendable, Codable, CaseIterable {
  case drop
  case duplicate
  /// With the next one that differs.
  case swap
  /// One bit of the payload.
  case flip
  /// From here on each payload comes with the beat behind its own.
  case delay
}

/// What the bench made of a changed stream.
public struct StreamMutantResult: Sendable, Codable, Equatable {
  public var stream: String
  public var change: StreamChange
  /// The field whose bit was turned over.
  public var field: String?
  /// What was found; nil if nothing was.
  public var noticedBy: String?
}

/// Holds the unchanged device against streams of which one beat is wrong. What should come out is changed
/// in place of what does: the comparison is the same from both sides.
struct StreamMutation: Sendable {
  let bench: TrialBench
  let library: DeviceLibrary
  let interface: Interface
  let seed: UInt64

  /// Places at which each change is made.
  private static let places = 4

  private struct Plan {
    var stream: Int
    var change: StreamChange
    var field: Int?
    var place: Int
  }

  /// Every change of every output stream that the tasks allow; of flips, one plan for each field.
  func results(on tasks: [TrialTask], jobs: Int) throws -> [StreamMutantResult] {
    var plans: [Plan] = []
    for (index, stream) in interface.outputs.enumerated() {
      for change in StreamChange.allCases {
        let fields: [Int?] = change == .flip ? stream.fields.indices.map { $0 } : [nil]
        for field in fields {
          plans += (0..<StreamMutation.places).map {
            Plan(stream: index, change: change, field: field, place: $0)
          }
        }
      }
    }
    let all = plans
    return try concurrently(all.count, jobs: jobs) { index -> StreamMutantResult? in
      let plan = all[index]
      var generator = CounterGenerator(seed: seed, stream: 13, index: UInt64(index))
      for offset in 0..<min(tasks.count, 16) {
        let result = try bench.run(
          tasks[(plan.place + offset) % tasks.count], in: library,
          ties: [MutationPlan.port: 0], hangLimit: 10_000,
          changing: { StreamMutation.changed($0, plan, &generator) })
        guard let result else { continue }
        let stream = interface.outputs[plan.stream]
        return StreamMutantResult(
          stream: stream.name, change: plan.change,
          field: plan.field.map { stream.fields[$0].name },
          noticedBy: result.finding?.word)
      }
      return nil
    }.compactMap { $0 ?? nil }
  }

  /// The beats with one change; nil where there is no place for it.
  private static func changed(
    _ outputs: [Beats], _ plan: Plan, _ generator: inout CounterGenerator
  ) -> [Beats]? {
    let beats = outputs[plan.stream]
    guard beats.count > 0 else { return nil }
    let place = Int(generator.value(in: 0...Int64(beats.count - 1)))
    var order = Array(0..<beats.count)
    switch plan.change {
    case .drop: order.remove(at: place)
    case .duplicate: order.insert(place, at: place)
    case .swap:
      guard
        let found = order.dropLast().first(where: {
          $0 >= place && beats.payload($0) != beats.payload($0 + 1)
        })
      else { return nil }
      order.swapAt(found, found + 1)
    case .delay:
      guard
        let found = order.dropFirst().first(where: {
          $0 >= place && beats.payload($0) != beats.payload($0 - 1)
        })
      else { return nil }
      for index in found..<order.count { order[index] = index - 1 }
    case .flip:
      guard let field = plan.field else { return nil }
      let slot = beats.layout.slots[field]
      let random = generator.next()
      var result = outputs
      result[plan.stream].flip(
        bit: Int(random % UInt64(slot.bits)), ofField: field, beat: place)
      return result
    }
    var result = outputs
    result[plan.stream] = beats.reordered(order)
    return result
  }
}
