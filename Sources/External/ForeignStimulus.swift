public import Devices
public import Signals

/// Stimulus for a block of which only the arrays are known: their formats, ranges and extents.
public struct ForeignStimulus: Sendable {
  private let interface: Interface
  private let specification: StimulusSpecification
  private let inputs: [ArraySpecification]

  /// The draws of stimulus, apart from all other uses of a seed.
  private static let stream: UInt32 = 0x45585453
  /// Extents of an axis for which the manifest says nothing.
  public static let defaultLengths = 1...32

  public init(_ interface: Interface, _ specification: StimulusSpecification) {
    self.interface = interface
    self.specification = specification
    inputs = interface.arrays.filter { $0.role == .input }
  }

  /// Whether the transactions of a batch share an array: a setting.
  private func isShared(_ array: ArraySpecification) -> Bool {
    !interface.isPerTransaction(array) || interface.settings.contains { $0.name == array.name }
  }

  /// How the values of one array follow each other.
  private enum Pattern: String, CaseIterable {
    case zeros = "all zero"
    case smallest = "all smallest"
    case largest = "all largest"
    case alternating = "smallest and largest in turn"
    case ramp = "ramp"
    case fall = "falling ramp"
    case oneFirst = "one hot first"
    case oneLast = "one hot last"
    case ones = "all one"
    case minusOnes = "all minus one"
    // Those of random batches alone.
    case uniform, small, sparse, extremes, constant

    static let directed: [Pattern] = [
      .zeros, .smallest, .largest, .alternating, .ramp, .fall, .oneFirst, .oneLast, .ones,
      .minusOnes,
    ]
    static let random: [Pattern] = [.uniform, .uniform, .small, .sparse, .extremes, .constant]
  }

  /// Every pattern at the shortest and the longest extents, and one element more than the
  /// shortest; with all
  /// settings smallest, largest and at some value between.
  public func corners() -> [Batch] {
    let lengths: [(String, (ClosedRange<Int>) -> Int)] = [
      ("shortest", \.lowerBound), ("longest", \.upperBound),
      ("one longer than shortest", { min($0.lowerBound + 1, $0.upperBound) }),
    ]
    var batches: [Batch] = []
    var seen: Set<[String: Tensor]> = []
    for setting in [Pattern.smallest, .largest, .uniform, .ones] {
      var generator = CounterGenerator(
        seed: 0, stream: ForeignStimulus.stream, index: UInt64(batches.count))
      let shared = settings(setting, &generator)
      guard seen.insert(shared).inserted else { continue }
      var transactions: [(label: String, items: [String: Tensor])] = []
      var known: Set<[String: Tensor]> = []
      for (size, length) in lengths {
        for pattern in Pattern.directed {
          let items = items(pattern, extents: { length($0) }, &generator)
          if known.insert(items).inserted {
            transactions.append(("\(pattern.rawValue), \(size)", items))
          }
        }
      }
      batches.append(batch(transactions.map(\.items), shared, labels: transactions.map(\.label)))
    }
    return batches
  }

  /// Random batch number `index` of `seed`.
  public func batch(seed: UInt64, index: Int) -> Batch {
    var generator = CounterGenerator(
      seed: seed, stream: ForeignStimulus.stream, index: UInt64(index))
    let shared = settings(.uniform, &generator)
    let transactions = (0..<specification.transactions).map { _ in
      var drawn: [String: Int] = [:]
      for axis in axes() { settle(axis, &drawn) { length($0, &generator) } }
      let place = Int.random(in: 0..<Pattern.random.count, using: &generator)
      return items(Pattern.random[place], lengths: drawn, &generator)
    }
    return batch(transactions, shared, labels: [])
  }

  /// Transactions of a random batch.
  public var transactionCount: Int { specification.transactions }

  // MARK: - Extents

  /// Whether every axis of a batch is as long as the manifest allows, and if not, which is not.
  public func violation(in batch: Batch) -> String? {
    for array in inputs {
      guard let item = batch.items[array.name], item.rank > 0 else { continue }
      for (position, axis) in array.axes.suffix(item.rank).enumerated() {
        let allowed = extents(of: axis)
        guard companion(of: axis).map({ $0.lanes == $0.leaderLanes }) ?? true else { continue }
        for transaction in 0..<item.count {
          let found = item.shape(of: transaction)[position]
          if specification.lengths[axis] != nil, !allowed.contains(found) {
            return "\(array.name) has \(found) elements along \(axis), not \(allowed.words)"
          }
        }
      }
    }
    return nil
  }

  private func extents(of axis: String) -> ClosedRange<Int> {
    specification.lengths[axis] ?? wholeBeat(axis) ?? ForeignStimulus.defaultLengths
  }

  /// Without a mark of the last beat, a transaction is one beat unless the manifest says otherwise.
  private func wholeBeat(_ axis: String) -> ClosedRange<Int>? {
    for stream in interface.inputs where !stream.fields.contains(where: { $0.content == .last }) {
      for field in stream.fields where field.walk == nil {
        guard case .array(let name) = field.content, let array = interface.array(name),
          interface.rank(of: array) == 1, array.axes.last == axis
        else { continue }
        return field.lanes...field.lanes
      }
    }
    return nil
  }

  /// Another axis that says how long one is.
  private struct Companion {
    var leader: String
    var leaderLanes: Int
    var lanes: Int

    /// Elements that go with so many of the other one: as many beats of them.
    func length(_ other: Int) -> Int {
      lanes == leaderLanes ? other : (other + leaderLanes - 1) / leaderLanes * lanes
    }
  }

  /// Draws the length of an axis, unless another one says it.
  private func settle(
    _ axis: String, _ lengths: inout [String: Int], drawing draw: (ClosedRange<Int>) -> Int
  ) {
    guard lengths[axis] == nil else { return }
    guard let companion = companion(of: axis) else {
      lengths[axis] = draw(extents(of: axis))
      return
    }
    settle(companion.leader, &lengths, drawing: draw)
    lengths[axis] = companion.length(lengths[companion.leader] ?? companion.leaderLanes)
  }

  /// The axis of another array that crosses in the same beats: both take as many of these, unless
  /// one has a single element that goes with all.
  private func companion(of axis: String) -> Companion? {
    for stream in interface.inputs {
      let carried = stream.fields.compactMap { field -> (axis: String, lanes: Int)? in
        guard case .array(let name) = field.content, field.walk == nil,
          let array = interface.array(name), interface.rank(of: array) == 1,
          let last = array.axes.last
        else { return nil }
        return (last, field.lanes)
      }
      guard let place = carried.firstIndex(where: { $0.axis == axis }),
        let most = carried.map(\.lanes).max(),
        let leader = carried.first(where: { $0.lanes == most }), leader.axis != axis
      else { continue }
      let own = carried[place].lanes
      let isSingle = extents(of: axis) == 1...1 && own == 1
      if isSingle || own == most && extents(of: leader.axis) != extents(of: axis) { return nil }
      return Companion(leader: leader.axis, leaderLanes: most, lanes: own)
    }
    return nil
  }

  /// The axes of transactions, in the order of the arrays.
  private func axes() -> [String] {
    var result: [String] = []
    for array in inputs where !isShared(array) {
      for axis in array.axes.suffix(interface.rank(of: array)) where !result.contains(axis) {
        result.append(axis)
      }
    }
    return result
  }

  /// The ends of a range more often than the rest of it.
  private func length(
    _ range: ClosedRange<Int>, _ generator: inout CounterGenerator
  ) -> Int {
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: range.lowerBound
    case 1: range.upperBound
    default: Int.random(in: range, using: &generator)
    }
  }

  // MARK: - Values

  private func settings(
    _ pattern: Pattern, _ generator: inout CounterGenerator
  ) -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for array in inputs where isShared(array) {
      let lanes = interface.settings.first { $0.name == array.name }?.lanes ?? 1
      let shape = lanes > 1 ? [lanes] : []
      result[array.name] = Tensor(
        shape: shape,
        values: values(pattern, shape.reduce(1, *), array.range, &generator))
    }
    return result
  }

  private func items(
    _ pattern: Pattern, extents length: (ClosedRange<Int>) -> Int,
    _ generator: inout CounterGenerator
  ) -> [String: Tensor] {
    var lengths: [String: Int] = [:]
    for axis in axes() { settle(axis, &lengths, drawing: length) }
    return items(pattern, lengths: lengths, &generator)
  }

  private func items(
    _ pattern: Pattern, lengths: [String: Int], _ generator: inout CounterGenerator
  ) -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for array in inputs where !isShared(array) {
      let shape = array.axes.suffix(interface.rank(of: array)).map { lengths[$0] ?? 1 }
      result[array.name] = Tensor(
        shape: shape, values: values(pattern, shape.reduce(1, *), array.range, &generator))
    }
    return result
  }

  private func values(
    _ pattern: Pattern, _ count: Int, _ range: ClosedRange<Int64>,
    _ generator: inout CounterGenerator
  ) -> [Int64] {
    let (low, high) = (range.lowerBound, range.upperBound)
    func near(_ value: Int64) -> Int64 { min(max(value, low), high) }
    let span = UInt64(bitPattern: high &- low)
    func step(_ place: Int) -> Int64 {
      span == .max ? low &+ Int64(place) : low &+ Int64(UInt64(place) % (span + 1))
    }
    let constant = generator.value(in: range)
    return (0..<count).map { place in
      switch pattern {
      case .zeros: near(0)
      case .smallest: low
      case .largest: high
      case .alternating: place % 2 == 0 ? low : high
      case .ramp: step(place)
      case .fall: step(count - 1 - place)
      case .oneFirst: place == 0 ? high : near(0)
      case .oneLast: place == count - 1 ? high : near(0)
      case .ones: near(1)
      case .minusOnes: near(-1)
      case .uniform: generator.value(in: range)
      case .small: near(generator.value(in: -4...4))
      case .sparse: generator.oneIn(4) ? generator.value(in: range) : near(0)
      case .extremes: generator.oneIn(2) ? low : high
      case .constant: constant
      }
    }
  }

  private func batch(
    _ transactions: [[String: Tensor]], _ shared: [String: Tensor], labels: [String]
  ) -> Batch {
    var items: [String: RaggedTensor] = [:]
    for array in inputs where !isShared(array) {
      items[array.name] = transactions.reduce(
        into: RaggedTensor(rank: interface.rank(of: array))
      ) { result, transaction in
        if let tensor = transaction[array.name] { result.append(tensor) }
      }
    }
    return Batch(count: transactions.count, shared: shared, items: items, labels: labels)
  }
}

extension ClosedRange<Int> {
  /// `8`, `1 to 64`.
  var words: String {
    lowerBound == upperBound ? "\(lowerBound)" : "\(lowerBound) to \(upperBound)"
  }
}
