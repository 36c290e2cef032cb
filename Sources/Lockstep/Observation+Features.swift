import Devices
import Signals

extension Observation {
  /// One transaction of a case.
  private struct Origin {
    let chunk: Chunk
    /// Place in its chunk.
    let index: Int
    /// Of the array that is observed.
    let shape: [Int]
  }

  /// Where the values of an array lie in memory that hold for a transaction, and how an element of the
  /// observed array finds its own.
  private struct Source {
    var values: [Int64]
    var start: Int
    /// Steps along each axis of the observed array.
    var steps: [Int]
  }

  /// Notes every value of inputs, settings and of the golden model that belongs to an element: one at the
  /// same place, one of its row or column, or one for all of its transaction.
  mutating func align(_ result: CaseRunner.Result, _ interface: Interface) {
    let origins = result.chunks.flatMap { chunk in
      (0..<chunk.batch.count).map { index in
        Origin(chunk: chunk, index: index, shape: shape(in: chunk, index))
      }
    }
    for specification in interface.arrays where specification.name != array.name {
      if let feature = feature(specification, origins) { aligned.append(feature) }
    }
    aligned += positions(origins)
  }

  private func shape(in chunk: Chunk, _ index: Int) -> [Int] {
    guard let item = chunk.expected.items[array.name], item.rank > 0 else { return [] }
    return Array(item.shape(of: index))
  }

  /// - Returns: nil for an array that has no value for every element.
  private func feature(_ specification: ArraySpecification, _ origins: [Origin]) -> Feature? {
    var sources: [Int: Source] = [:]
    var grain = Feature.Grain.settings
    var values: [Int64] = []
    for beat in beats {
      let origin = origins[beat.transaction]
      if sources[beat.transaction] == nil {
        guard let found = source(specification, origin, &grain) else { return nil }
        // Transactions follow each other.
        sources = [beat.transaction: found]
      }
      guard let source = sources[beat.transaction] else { return nil }
      for place in beat.places {
        var index = source.start
        var rest = place
        for axis in source.steps.indices.reversed() {
          index += rest % origin.shape[axis] * source.steps[axis]
          rest /= origin.shape[axis]
        }
        guard source.values.indices.contains(index) else { return nil }
        values.append(source.values[index])
      }
    }
    return Feature("'\(specification.name)'", grain, values: values)
  }

  private func source(
    _ specification: ArraySpecification, _ origin: Origin, _ grain: inout Feature.Grain
  ) -> Source? {
    let chunk = origin.chunk
    let shape: [Int]
    var result: Source
    if let item = chunk.batch.items[specification.name] ?? chunk.expected.items[specification.name]
    {
      shape = item.rank > 0 ? Array(item.shape(of: origin.index)) : []
      result = Source(values: item[origin.index].values, start: 0, steps: [])
      if grain == .settings { grain = .transaction }
    } else if let tensor = chunk.batch.shared[specification.name] {
      shape = tensor.shape
      result = Source(values: tensor.values, start: 0, steps: [])
    } else {
      return nil
    }
    // A value alone holds for everything.
    if result.values.count == 1 {
      result.steps = origin.shape.map { _ in 0 }
      return result
    }
    let axes = Array(specification.axes.suffix(shape.count))
    let own = Array(array.axes.suffix(origin.shape.count))
    guard !axes.isEmpty, axes.count == shape.count, own.count == origin.shape.count else {
      return nil
    }
    result.steps = own.map { _ in 0 }
    for (number, axis) in axes.enumerated() {
      guard let place = own.firstIndex(of: axis), origin.shape[place] == shape[number] else {
        return nil
      }
      result.steps[place] = shape[(number + 1)...].reduce(1, *)
    }
    grain = .element
    return result
  }

  /// Where each element stands.
  private func positions(_ origins: [Origin]) -> [Feature] {
    let counts = origins.map { origin in
      max(
        origin.shape.reduce(1, *),
        origin.chunk.batch.items.values.map { $0.range(of: origin.index).count }.max() ?? 1)
    }
    let ends = Dictionary(grouping: beats, by: \.transaction).mapValues {
      $0.map(\.index).max() ?? 0
    }
    func each(_ value: (Beat, Int) -> Int) -> [Int64] {
      beats.flatMap { beat in beat.places.indices.map { Int64(value(beat, $0)) } }
    }
    return [
      Feature("the lane", values: each { $0.lanes[$1] }),
      Feature("the beat", values: each { beat, _ in beat.index }),
      Feature(
        "the number of beats from the last one",
        values: each { beat, _ in (ends[beat.transaction] ?? 0) - beat.index }),
      Feature(
        "the largest number of elements of an input", .transaction,
        values: each { beat, _ in counts[beat.transaction] }),
    ]
  }
}
