import Blocks
import Signals

extension Sweep {
  /// One set of constants: what the first element of random stimulus `index` has beside its main input.
  struct Constants: Sendable {
    var shared: [String: Tensor] = [:]
    var items: [String: Int64] = [:]
    var values: [String: Int64] = [:]
    /// The values of the main input that are driven beside them.
    var inputs: SweepValues

    /// The main input `x` beside these constants.
    func batch(_ main: String, _ x: RaggedTensor) -> Batch {
      var items = items.mapValues { RaggedTensor(like: x, fill: $0) }
      items[main] = x
      return Batch(count: x.count, shared: shared, items: items)
    }
  }

  /// Sets that are drawn for each one that is wanted, at most.
  private static let candidates = 16

  /// Sets with which the golden model answers at least the input that the stimulus has beside them.
  ///
  /// - Throws: what the golden model throws where there is none.
  func constantSets(
    _ main: ArraySpecification, _ interface: Interface
  ) throws -> [Constants] {
    var found: [Constants] = []
    var refusal: BlockError?
    for index in 0..<sets * Sweep.candidates where found.count < sets {
      let stimulus = block.stimulus(seed: seed, index: index, in: configuration)
      guard let anchor = stimulus.items[main.name]?.values.first else { continue }
      var set = constants(of: stimulus, main, interface)
      do {
        let domain = try domain(of: set, main, around: anchor)
        set.inputs = SweepValues(domain, limit: limit, seed: seed)
        found.append(set)
      } catch let error as BlockError {
        guard case .outsideDomain = error else { throw error }
        refusal = refusal ?? error
      }
    }
    if found.isEmpty, let refusal { throw refusal }
    return found
  }

  private func constants(
    of stimulus: Batch, _ main: ArraySpecification, _ interface: Interface
  ) -> Constants {
    var result = Constants(
      shared: stimulus.shared, inputs: SweepValues(main.range, limit: limit, seed: seed))
    for (name, item) in stimulus.items where name != main.name {
      let value = item.values.first ?? 0
      result.values[name] = value
      // One value for all costs nothing to make.
      if interface.array(name)?.allowsScalar == true {
        result.shared[name] = Tensor(value)
      } else {
        result.items[name] = value
      }
    }
    for (name, tensor) in stimulus.shared {
      if let scalar = tensor.scalar { result.values[name] = scalar }
    }
    return result
  }

  /// The inputs around `anchor` that have an answer, taken to lie side by side.
  ///
  /// - Throws: what the golden model throws for `anchor`.
  private func domain(
    of set: Constants, _ main: ArraySpecification, around anchor: Int64
  ) throws -> ClosedRange<Int64> {
    func ask(_ value: Int64) throws(BlockError) {
      let x = RaggedTensor(rows: [1], values: [value])
      _ = try block.golden(set.batch(main.name, x), in: configuration)
    }
    func answers(_ value: Int64) throws -> Bool {
      do {
        try ask(value)
        return true
      } catch {
        guard case .outsideDomain = error else { throw error }
        return false
      }
    }
    /// The last value from `anchor` towards `end` that has an answer.
    func reach(_ end: Int64) throws -> Int64 {
      if try answers(end) { return end }
      var (inside, outside) = (anchor, end)
      while abs(outside - inside) > 1 {
        let middle = inside + (outside - inside) / 2
        if try answers(middle) { inside = middle } else { outside = middle }
      }
      return inside
    }
    try ask(anchor)
    return try reach(main.range.lowerBound)...reach(main.range.upperBound)
  }
}
