import Blocks
import Devices
import Signals
import Sparsity

/// Small stimuli that never were a part of the failing one.
extension Minimiser {
  /// Transactions of one run, and runs.
  private static let width = 96
  private static let rounds = 400

  /// Where taking away leads to nothing small, as where a sum must meet one value exactly, looks for short
  /// transactions that show the symptom: pieces of the workload with its settings, their values varied, many
  /// in one run.
  func hunt() {
    guard best.stalls.recorded?.stalls ?? 0 == 0, best.parts.allSatisfy({ $0.expected == nil }),
      let last = best.parts.last
    else { return }
    if let product = runner.block as? any SparseProduct { return hunt(products: product) }
    let sources = more.filter { $0.expected == nil && $0.batch.count > 0 }
    let varying = interface.arrays.filter { array in
      array.role == .input && Set(more.map { $0.batch.shared[array.name]?.values }).count > 1
    }
    var generator = CounterGenerator(seed: 1, stream: RandomUse.minimising, index: 0)
    for round in 0..<Minimiser.rounds where isLarge && !isExhausted {
      let isOwn = round % 2 == 0 || sources.isEmpty
      let source = isOwn ? last : sources[generator.index(below: sources.count)]
      guard var short = piece(of: source, &generator) else { continue }
      // A sum may meet its limit in few elements only for one setting in many.
      if round % 4 >= 2 {
        short.parts[0].batch.shared = settings(short, among: varying, &generator)
      }
      take(short, &generator)
    }
  }

  /// Looks for small products, whose weights have the zeros that the block asks for.
  private func hunt(products product: any SparseProduct) {
    var generator = CounterGenerator(seed: 1, stream: RandomUse.minimising, index: 0)
    for _ in 0..<Minimiser.rounds where isLarge && !isExhausted {
      guard let batch = products(product, Minimiser.width, &generator) else { continue }
      let many = fresh(
        Case.Part(batch: batch, filler: 1, origins: Array(0..<Minimiser.width)))
      if let finding = look(at: many) { keepFailing(finding, of: many) }
    }
  }

  /// A case of one part without stalls.
  private func fresh(_ part: Case.Part) -> Case {
    Case(
      parts: [part], stalls: StallPlan(.none, seed: 0, recorded: StallRecord()),
      initialState: .zeros, hangLimit: best.hangLimit, shard: best.shard)
  }

  /// One transaction, cut to a few beats.
  private func piece(of part: Case.Part, _ generator: inout CounterGenerator) -> Case? {
    let chosen = generator.index(below: part.batch.count)
    var result = fresh(
      Case.Part(batch: part.batch.selecting([chosen]), filler: part.filler, origins: [0]))
    let most = [2, 4, 8, 32, 128][generator.index(below: 5)]
    for index in result.axes(interface).indices {
      let axes = result.axes(interface)
      guard index < axes.count, axes[index].extent > 1 else { continue }
      let axis = axes[index]
      let extent = 1 + generator.index(below: min(axis.extent, most))
      let first = generator.index(below: axis.extent - extent + 1)
      let kept = Array(first..<first + extent)
      result = result.keeping(kept, of: axis, interface)
      result = result.lowering(axis, to: extent, interface) ?? result
    }
    guard let beats = inputs(of: result)?.longest, beats <= Minimiser.few else { return nil }
    return result
  }

  /// The settings of a case with one of them drawn from its range, among those that vary in the workload.
  private func settings(
    _ short: Case, among varying: [ArraySpecification], _ generator: inout CounterGenerator
  ) -> [String: Tensor] {
    var shared = short.parts[0].batch.shared
    let scalars = varying.filter { shared[$0.name]?.values.count == 1 }
    guard !scalars.isEmpty else { return shared }
    let chosen = scalars[generator.index(below: scalars.count)]
    shared[chosen.name]?.values[0] = generator.value(in: chosen.range)
    return shared
  }

  /// Runs many variants of a transaction.
  private func take(_ short: Case, _ generator: inout CounterGenerator) {
    for isVaried in [true, false] {
      var many = short
      many.parts[0].batch = variants(of: short.parts[0].batch, isVaried, &generator)
      many.parts[0].origins = Array(0..<Minimiser.width)
      // What the golden model refuses is tried once more with values that it has answered to.
      guard let finding = look(at: many) else {
        if wasRefused { continue }
        return
      }
      return keepFailing(finding, of: many)
    }
  }

  /// Keeps the first transaction that shows the symptom if it does so alone, or behind the one before it, in
  /// fewer beats: one transaction may have many.
  private func keepFailing(_ finding: Finding, of many: Case) {
    guard let place = finding.transaction, place < Minimiser.width else { return }
    let places = many.places
    for count in 1...min(place + 1, 2) {
      let few = many.keeping(Array(places[place + 1 - count...place]))
      let (beats, most) = ((inputs(of: few) ?? []).longest, (inputs(of: best) ?? []).longest)
      if beats < most, attempt(few, exactly: true) { return }
    }
  }

  private func variants(
    of batch: Batch, _ isVaried: Bool, _ generator: inout CounterGenerator
  ) -> Batch {
    var result = Batch(
      count: Minimiser.width, shared: batch.shared, items: [:], labels: [], scales: batch.scales)
    for specification in interface.arrays {
      guard let item = batch.items[specification.name], item.count > 0 else { continue }
      let own = item[0]
      var all = RaggedTensor(rank: item.rank)
      for number in 0..<Minimiser.width {
        var tensor = own
        if specification.role == .input, item.rank > 0 {
          tensor.values = vary(
            own.values, isVaried ? number % 5 : 0, specification.range, &generator)
        }
        all.append(tensor)
      }
      result.items[specification.name] = all
    }
    return result
  }

  private func vary(
    _ values: [Int64], _ mode: Int, _ range: ClosedRange<Int64>,
    _ generator: inout CounterGenerator
  ) -> [Int64] {
    guard !values.isEmpty else { return values }
    let ends = [
      range.lowerBound, range.upperBound, min(max(0, range.lowerBound), range.upperBound),
    ]
    return values.map { value in
      switch mode {
      case 0: return values[generator.index(below: values.count)]
      case 1: return generator.value(in: range)
      case 2: return ends[generator.index(below: ends.count)]
      case 3:
        let near = generator.value(in: -4...4)
        return min(
          max(value.addingReportingOverflow(near).partialValue, range.lowerBound), range.upperBound)
      default:
        return generator.index(below: 2) == 0
          ? values[0] : generator.value(in: range)
      }
    }
  }
}

extension CounterGenerator {
  /// A number from 0 to `count` - 1.
  fileprivate mutating func index(below count: Int) -> Int {
    Int(value(in: 0...Int64(max(count, 1) - 1)))
  }
}
