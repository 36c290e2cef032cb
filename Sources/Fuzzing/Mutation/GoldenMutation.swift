import Blocks
import Devices
import Lockstep
import Signals

/// A change of what the golden model answers, as a mistake in it would show.
public enum GoldenChange: String, Sendable, Codable, CaseIterable {
  /// One element one more or one less.
  case rounding
  /// The largest code of the format missed by one, wherever it occurs.
  case saturation
  /// One bit of one element turned over.
  case flippedBit
  /// One element with the other sign.
  case sign
  /// Two neighbours that differ exchanged.
  case exchange
  /// The last element of a transaction missing.
  case loss
  /// The last element of a transaction twice.
  case repetition
  /// A transaction answered as the one before it.
  case stale
}

/// What the bench made of a changed answer.
public struct GoldenMutantResult: Sendable, Codable, Equatable {
  public var array: String
  public var change: GoldenChange
  /// What was found; nil if nothing was.
  public var noticedBy: String?
}

/// Holds the unchanged device against answers that are wrong.
struct GoldenMutation: Sendable {
  let bench: TrialBench
  let library: DeviceLibrary
  let interface: Interface
  let seed: UInt64

  /// Places at which each change is made.
  private static let places = 4

  /// Every change that the answers of some tasks allow, of every output array.
  func results(on tasks: [TrialTask], jobs: Int) throws -> [GoldenMutantResult] {
    let arrays = interface.outputs.flatMap { stream in
      stream.fields.compactMap { field -> ArraySpecification? in
        guard case .array(let name) = field.content else { return nil }
        return interface.array(name)
      }
    }
    let plan = arrays.flatMap { array in
      GoldenChange.allCases.flatMap { change in
        (0..<GoldenMutation.places).map { (array: array, change: change, place: $0) }
      }
    }
    return try concurrently(plan.count, jobs: jobs) { index -> GoldenMutantResult? in
      let (array, change, place) = plan[index]
      var generator = CounterGenerator(seed: seed, stream: 12, index: UInt64(index))
      // Not every answer has what is to be changed: a saturated element, a transaction before it.
      for offset in 0..<min(tasks.count, 16) {
        let task = tasks[(place + offset) % tasks.count]
        let result = try bench.run(
          task, in: library, ties: [MutationPlan.port: 0], hangLimit: 10_000,
          altering: { GoldenMutation.altered($0, array, change, &generator) })
        guard let result else { continue }
        return GoldenMutantResult(
          array: array.name, change: change,
          noticedBy: result.wasRefused ? "refusal" : result.finding?.word)
      }
      return nil
    }.compactMap { $0 ?? nil }
  }

  /// The answer with one change; nil if it has no place for it.
  static func altered(
    _ answer: Batch, _ array: ArraySpecification, _ change: GoldenChange,
    _ generator: inout CounterGenerator
  ) -> Batch? {
    guard let item = answer.items[array.name], !item.values.isEmpty else { return nil }
    var result = answer
    var values = item.values
    let place = Int(generator.value(in: 0...Int64(values.count - 1)))
    switch change {
    case .rounding:
      let isUp = generator.next() & 1 == 0
      values[place] += isUp ? 1 : -1
      if !array.range.contains(values[place]) { values[place] += isUp ? -2 : 2 }
    case .saturation:
      for index in values.indices where values[index] == array.range.upperBound {
        values[index] -= 1
      }
    case .flippedBit:
      values[place] ^= 1 << generator.value(in: 0...Int64(max(0, array.format.width - 2)))
    case .sign: values[place].negate()
    case .exchange:
      guard let found = neighbours(item, from: place) else { return nil }
      values.swapAt(found, found + 1)
    case .loss, .repetition, .stale:
      result.items[array.name] = reshaped(item, change, place)
      return result.items[array.name] == item ? nil : result
    }
    guard values != item.values, values.allSatisfy(array.range.contains) else { return nil }
    result.items[array.name]?.values = values
    return result
  }

  /// The first of two neighbours in a transaction that differ, at or behind a place.
  private static func neighbours(_ item: RaggedTensor, from place: Int) -> Int? {
    for row in 0..<item.count {
      let range = item.range(of: row)
      for index in range.dropLast()
      where index >= place && item.values[index] != item.values[index + 1] {
        return index
      }
    }
    return nil
  }

  private static func reshaped(
    _ item: RaggedTensor, _ change: GoldenChange, _ place: Int
  ) -> RaggedTensor {
    guard item.rank == 1 else { return item }
    let changed = (0..<item.count).first { item.range(of: $0).upperBound > place } ?? 0
    let rows = (0..<item.count).map { row -> [Int64] in
      var values = item[row].values
      guard row == changed else { return values }
      switch change {
      case .loss: if values.count > 1 { values.removeLast() }
      case .repetition: values.append(values[values.count - 1])
      default:
        if row > 0, item.range(of: row - 1).count == values.count { values = item[row - 1].values }
      }
      return values
    }
    return RaggedTensor(rows: rows.map(\.count), values: rows.flatMap { $0 })
  }
}
