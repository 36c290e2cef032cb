import Devices
package import Lockstep
import Signals

/// Makes cases of inputs. Keeps the batches that it has met; belongs to one thread.
package final class FuzzDecoder {
  let space: FuzzSpace
  private var known: [FuzzSpace.Base: Batch] = [:]

  /// How much of what choices say is left out, where the golden model refuses the rest.
  package enum Restraint: Int, CaseIterable {
    case none, settings, extents, everything
  }

  package init(_ space: FuzzSpace) { self.space = space }

  // MARK: - Plan

  /// What the first segment says: stalls, initial values, a reset in the middle of traffic. No parts yet.
  package func plan(_ input: FuzzInput) -> Case {
    var choices = Choices(input.segments.first ?? [])
    if space.uniform != nil { return uniformPlan(&choices) }
    let kind = choices.below(10)
    let (state, stateSeed) = (choices.below(4), UInt64(choices.next()))
    let initialState: InitialState =
      state == 0 ? .zeros : state == 1 ? .ones : .random(seed: stateSeed)
    let rehearsed = choices.oneIn(4) ? 1 + choices.below(32) : nil
    let profiles: [StallProfile] = [
      .none, .random, .bursts, .starved, .throttled, .adversarial,
    ]
    let stalls: StallPlan
    if kind < profiles.count {
      stalls = StallPlan(profiles[kind], seed: UInt64(choices.next()))
    } else {
      let record = kind == profiles.count ? trickle(&choices, lead: lead(input)) : bursts(&choices)
      stalls = StallPlan(.none, seed: 0, recorded: record)
    }
    return Case(
      parts: [], stalls: stalls, initialState: initialState, rehearsedBeats: rehearsed,
      hangLimit: space.hangLimit)
  }

  private func lead(_ input: FuzzInput) -> UInt32 {
    guard let plan = input.segments.first, plan.count > FuzzDecoder.leadPlace else { return 0 }
    return plan[FuzzDecoder.leadPlace]
  }

  // MARK: - Parts

  /// The segments of an input, part by part: each begins with one that is about settings.
  package func parts(of input: FuzzInput) -> [[[UInt32]]] {
    var parts: [[[UInt32]]] = []
    for segment in input.segments.dropFirst() {
      // Where settings take long to load, most transactions go with those that are there.
      let period: UInt32 = space.loadsLong && !parts.isEmpty ? 16 : 4
      let opens = (segment.first ?? 0) % period == 0
      if parts.isEmpty && !opens { parts.append([[]]) }
      if opens { parts.append([segment]) } else { parts[parts.count - 1].append(segment) }
    }
    // A part needs a transaction.
    return parts.map { $0.count == 1 ? $0 + [[1]] : $0 }
  }

  /// Makes one part.
  ///
  /// - Parameters:
  ///   - segments: one about settings, then one for each transaction.
  ///   - room: transactions that there is still room for.
  ///   - origin: number of the first transaction.
  package func part(
    _ segments: [[UInt32]], restraint: Restraint, room: Int, origin: Int
  ) -> Case.Part {
    var choices = Choices(segments[0])
    _ = choices.next()
    let base = batch(space.base(&choices))
    let filler = UInt64(choices.next())
    let rounds = rounds(&choices)
    var shared = base.shared
    if restraint == .none {
      if let uniform = space.uniform {
        fillUniformly(&shared, uniform, &choices)
      } else {
        changeSettings(&shared, &choices)
      }
    }
    let values = ValueChoices(
      constants: space.numbers, settings: settings(shared).filter { $0.magnitude > 1 },
      roots: ValueChoices.roots(of: scalars(shared)), limits: space.limits)
    var transactions: [[String: Tensor]] = []
    var elements = 0
    for segment in space.loadsLong
      ? segments.dropFirst().flatMap(echoes).prefix(max(1, room))
      : segments.dropFirst().prefix(max(1, room))
    {
      guard transactions.isEmpty || elements < FuzzSpace.enoughElements else { break }
      let transaction =
        space.uniform.map { uniformTransaction(segment, base, restraint, $0) }
        ?? transaction(segment, base, restraint, values, previous: transactions.last)
      elements += transaction.values.reduce(0) { $0 + $1.values.count }
      transactions.append(transaction)
    }
    repeatTransactions(&transactions, elements: elements, upTo: rounds)
    let items = base.items.keys.reduce(into: [String: RaggedTensor]()) { items, name in
      var item = RaggedTensor(rank: base.items[name]?.rank ?? 0)
      for transaction in transactions { if let own = transaction[name] { item.append(own) } }
      items[name] = item
    }
    return Case.Part(
      batch: Batch(count: transactions.count, shared: shared, items: items), filler: filler,
      origins: Array(origin..<origin + transactions.count))
  }

  /// So many transactions there shall be, by going through them again: what counts them may overflow.
  private func rounds(_ choices: inout Choices) -> Int {
    let (isLong, power, near) = (choices.oneIn(16), choices.below(6), choices.below(3))
    return isLong && space.uniform == nil ? (8 << power) + near - 1 : 0
  }

  private func repeatTransactions(
    _ transactions: inout [[String: Tensor]], elements: Int, upTo rounds: Int
  ) {
    let own = transactions.count
    let each = max(1, elements / max(1, own))
    guard own > 0, own < rounds, rounds * each <= FuzzSpace.enoughElements / 4 else { return }
    for index in own..<rounds { transactions.append(transactions[index % own]) }
  }

  /// A segment, and some that follow from it: tables that take long to load serve more transactions.
  private func echoes(_ segment: [UInt32]) -> [[UInt32]] {
    // Short ones were written as they are, see ``FuzzSpace/cornerInputs()``.
    guard segment.count >= FuzzMutator.length else { return [segment] }
    var drawn = Choices(seed: segment.reduce(0) { ($0 ^ $1) &* 0x0100_0193 })
    return [segment]
      + (0..<3).map { _ in [1] + (1..<FuzzMutator.length).map { _ in drawn.next() } }
  }

  func batch(_ base: FuzzSpace.Base) -> Batch {
    if let batch = known[base] { return batch }
    let batch = space.batch(base)
    if base.isFrequent { known[base] = batch }
    return batch
  }

  // MARK: - Transactions

  /// The transaction of the base that a segment changes, and the choices that say how.
  func start(_ segment: [UInt32], _ base: Batch) -> (Choices, [String: Tensor]) {
    var choices = Choices(segment)
    _ = choices.next()
    let source = choices.below(base.count)
    return (choices, base.items.mapValues { $0[source] })
  }

  private func transaction(
    _ segment: [UInt32], _ base: Batch, _ restraint: Restraint, _ values: ValueChoices,
    previous: [String: Tensor]?
  ) -> [String: Tensor] {
    var (choices, arrays) = start(segment, base)
    guard restraint != .everything else { return arrays }
    let (changesExtent, extentChoice) = (choices.below(3) == 1, choices.next())
    var extentChoices = Choices(seed: extentChoice)
    if changesExtent && restraint.rawValue < Restraint.extents.rawValue {
      changeExtents(&arrays, base, previous, &extentChoices)
    }
    // A mistake may need values of several arrays at once.
    let count = choices.below(6)
    let changesAll = count > 3
    // Sums and products are largest where everything is.
    let isExtreme = count == 5 && choices.oneIn(3)
    let (ties, tieChoice) = (choices.oneIn(5), choices.next())
    let loose = space.looseArrays.isEmpty ? space.itemArrays : space.looseArrays
    for index in 0..<(changesAll ? loose.count : count) {
      let picked =
        changesAll ? loose[index] : choices.pick(choices.oneIn(4) ? space.itemArrays : loose)
      guard let array = picked, var tensor = arrays[array.name] else { continue }
      let pattern = ValuePattern(
        values: values, range: array.range, previous: previous?[array.name]?.values ?? [])
      if isExtreme {
        pattern.fillExtreme(&tensor.values, &choices)
      } else if changesAll && loose.count > FuzzDecoder.manyArrays {
        // The choices of a segment would not suffice for all.
        var own = Choices(seed: choices.next())
        pattern.apply(to: &tensor.values, &own)
      } else {
        pattern.apply(to: &tensor.values, &choices)
      }
      set(array, to: tensor, in: &arrays)
    }
    if ties && !isExtreme { tie(&arrays, loose, values, Choices(seed: tieChoice)) }
    return arrays
  }

  /// Arrays from which on each has but one choice of a segment, from which its others follow.
  private static let manyArrays = 3

  /// Fits one array to the others, so that products with them are ties.
  private func tie(
    _ arrays: inout [String: Tensor], _ loose: [ArraySpecification], _ values: ValueChoices,
    _ drawn: Choices
  ) {
    var choices = drawn
    guard let array = choices.pick(loose), var tensor = arrays[array.name] else { return }
    ValuePattern(
      values: values, range: array.range, partners: partners(of: array, in: arrays)
    ).tie(&tensor.values, &choices)
    set(array, to: tensor, in: &arrays)
  }

  private func set(
    _ array: ArraySpecification, to values: Tensor, in arrays: inout [String: Tensor]
  ) {
    var tensor = values
    if space.sparseArrays.contains(array.name), let old = arrays[array.name] {
      tensor.keepZeros(of: old)
    }
    arrays[array.name] = tensor
  }

  /// Arrays that have an element for each of this one's.
  private func partners(
    of array: ArraySpecification, in arrays: [String: Tensor]
  ) -> [ValuePattern.Partner] {
    let count = arrays[array.name]?.values.count ?? 0
    return space.itemArrays.compactMap { other in
      guard other.name != array.name, let values = arrays[other.name]?.values,
        values.count == count
      else { return nil }
      return ValuePattern.Partner(range: other.range, values: values)
    }
  }

  /// Where a transaction's segment says that all its values are at a limit, and the choices that do.
  static let extremes = (place: 4, choices: [UInt32(5), 2])
}
