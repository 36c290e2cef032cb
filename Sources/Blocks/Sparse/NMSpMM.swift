public import Signals
public import Sparsity

/// Multiplies int8 activations by N:M sparse weights: of each group of M neighbours in a row, N are
/// stored.
///
/// `a` [M,K] int8; `values` int8 and `indices` uint8 [N, ceil(K/`GroupSize`)·`GroupKept`], an index the
/// column in its group; `acc` [M,N] int32, exact. With `dense` 1, `values` are all weights [N,K] and
/// `indices` do not matter.
///
/// - Edge cases: indices of a group strictly increase also where it has fewer non-zeros; what is stored
///   beyond these, or beyond K in a partial last group, is 0.
/// - Source: Mishra et al., accelerating sparse deep neural networks (arXiv 2104.08378).
public struct NMSpMM: SparseProduct {
  public let name = "nm_spmm"
  public let summary =
    "Multiplies by N:M sparse weights, such as 2:4, gathering activations by index."
  public let formula = """
    acc[m,n] = sum over i of a[m, i div GroupKept * GroupSize + indices[n,i]] * values[n,i]
    dense: acc[m,n] = sum over k of a[m,k] * values[n,k]
    """
  public let source = "arXiv 2104.08378 (2:4); SIGMA-style N:M groups along K"
  public let distributions: [SparseDistribution] = [.uniform]
  public let parameters = [
    Parameter("GroupKept", 1...16, default: 2, "weights kept of a group, at most GroupSize"),
    Parameter("GroupSize", 1...16, default: 4, "columns of a group"),
    Parameter("Groups", 1...16, default: 2, "groups of a row that are multiplied at once"),
    Parameter("Rows", 1...64, default: 4, "rows of a that are multiplied at once"),
    Parameter("Columns", 1...64, default: 4, "rows of weights that are multiplied at once"),
  ]

  public init() {}

  /// Pins and arrays.
  ///
  /// - Throws: ``BlockError/inconsistentParameters(block:reason:)`` unless `GroupKept` is at most
  ///   `GroupSize`.
  public func interface(in configuration: Configuration) throws(BlockError) -> Interface {
    let array = GroupArray(configuration)
    guard array.kept <= array.size else {
      throw .inconsistentParameters(
        block: name, reason: "GroupKept = \(array.kept) is more than GroupSize = \(array.size)")
    }
    return Interface(
      arrays: arrays(array), batching: .whole, streams: streams(array))
  }

  private func arrays(_ array: GroupArray) -> [ArraySpecification] {
    [
      ArraySpecification("a", .input, axes: ["M", "K"], .signed(8), "activations"),
      ArraySpecification(
        "values", .input, axes: ["N", "V"], .signed(8), "stored weights, group after group"),
      ArraySpecification(
        "indices", .input, axes: ["N", "V"], .unsigned(8), range: 0...Int64(array.size - 1),
        allowsScalar: true, default: 0, "column of each stored weight in its group"),
      ArraySpecification(
        "dense", .input, axes: [], .unsigned(1), default: 0, "1 where values are all weights"),
      ArraySpecification(
        "weights", .derived, axes: ["N", "S"], .signed(8), "values as the array takes them"),
      ArraySpecification(
        "places", .derived, axes: ["N", "S"], .unsigned(array.indexBits),
        "indices as the array takes them"),
      ArraySpecification("acc", .output, axes: ["M", "N"], .signed(32), "sums of products"),
    ]
  }

  private func streams(_ array: GroupArray) -> [Signals.Stream] {
    typealias Loop = Walk.Loop
    let (tiles, strips) = (Loop("M", array.rows), Loop("N", array.columns))
    let (places, depth) = (Loop("K", array.places), Loop("S", array.depth))
    func field(
      _ name: String, _ format: IntegerFormat, _ array: String, beats: [Loop], lanes: [Loop]
    ) -> Field {
      let walk = Walk(beats: beats, lanes: lanes)
      return Field(name, format, lanes: walk.laneCount, content: .array(array), walk: walk)
    }
    let extents = ["M", "N", "K"].map {
      Field($0.lowercased(), .unsigned(17), content: .extent($0))
    }
    return [
      Stream(
        "shape", .input,
        fields: extents + [Field("dense", .unsigned(1), content: .array("dense"))]),
      Stream(
        "a", .input,
        fields: [
          field("data", .signed(8), "a", beats: [tiles, strips, places], lanes: [tiles, places])
        ]),
      Stream(
        "values", .input,
        fields: [
          field(
            "data", .signed(8), "weights", beats: [tiles, strips, depth], lanes: [strips, depth]),
          field(
            "index", .unsigned(array.indexBits), "places", beats: [tiles, strips, depth],
            lanes: [strips, depth]),
        ]),
      Stream(
        "acc", .output,
        fields: [
          field("data", .signed(32), "acc", beats: [tiles, strips], lanes: [tiles, strips])
        ]),
    ]
  }

  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let a = batch.item("a")
    var acc = RaggedTensor(rank: 2)
    for transaction in 0..<batch.count {
      let columns = ActivationColumns(a, item: transaction)
      let weights = try weights(of: transaction, in: batch, configuration)
      acc.append(
        shape: [columns.rows, weights.rows],
        values: columns.product(n: weights.rows) { weights.forEach($0) })
    }
    return batch.answer(["acc": acc])
  }

  /// The multiplications that are made: by stored weights, zeros among them too.
  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    let array = GroupArray(configuration)
    let (a, values) = (batch.item("a"), batch.item("values"))
    let slices = batch.scalar("dense") == 1 ? array.slices : 1
    let peak = array.rows * array.columns * array.depth
    var work = Work(0, .multiplications, peakPerCycle: peak, idealCycles: 0)
    for transaction in 0..<batch.count {
      let (m, k) = (a.shape(of: transaction)[0], a.shape(of: transaction)[1])
      let n = values.shape(of: transaction)[0]
      let steps = tiles(m, array.rows) * tiles(n, array.columns) * tiles(k, array.places)
      work.add(
        Work(
          m * values.range(of: transaction).count, .multiplications, peakPerCycle: peak,
          idealCycles: steps * slices))
    }
    return work
  }

  /// Compressed where the weights have the pattern, dense where they have not.
  public func batch(
    a: DenseMatrix, weights: DenseMatrix, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    var batch = Batch(
      count: 1, shared: ["dense": Tensor(0)], items: ["a": RaggedTensor(a.tensor)])
    let pattern = GroupArray(configuration).pattern
    if let matrix = try? NMMatrix(weights, pattern: pattern) {
      let shape = [matrix.rows, pattern.stored(columns: matrix.columns)]
      batch.items["values"] = RaggedTensor(Tensor(shape: shape, values: matrix.values))
      batch.items["indices"] = RaggedTensor(Tensor(shape: shape, values: matrix.indices))
    } else {
      batch.shared["dense"] = Tensor(1)
      batch.shared["indices"] = Tensor(0)
      batch.items["values"] = RaggedTensor(weights.tensor)
    }
    return batch
  }

  /// Up to the pattern's density, groups keep at most what the pattern allows; beyond it, weights have
  /// no pattern and are dense to the block.
  public func weights(
    _ shape: ProductExtents, density: Double, _ distribution: SparseDistribution, seed: UInt64,
    in configuration: Configuration
  ) -> DenseMatrix {
    let pattern = GroupArray(configuration).pattern
    var generator = CounterGenerator.settings(seed: seed, index: 0)
    let share = density * Double(pattern.size) / Double(pattern.kept)
    guard share <= 1 + 1e-9 else {
      let mask = distribution.mask(
        rows: shape.n, columns: shape.k, density: density, &generator)
      return DenseMatrix(rows: shape.n, columns: shape.k, mask: mask, &generator)
    }
    var mask = [Bool](repeating: false, count: shape.n * shape.k)
    for row in 0..<shape.n {
      for first in stride(from: 0, to: shape.k, by: pattern.size) {
        var group = Array(first..<min(first + pattern.size, shape.k))
        group.shuffle(using: &generator)
        for column in group.prefix(pattern.kept) {
          mask[row * shape.k + column] = Double(generator.count(in: 0...999_999)) < share * 1e6
        }
      }
    }
    return DenseMatrix(rows: shape.n, columns: shape.k, mask: mask, &generator)
  }

  public func denseWeights(
    of transaction: Int, in batch: Batch, _ configuration: Configuration
  ) throws(BlockError) -> DenseMatrix {
    switch try weights(of: transaction, in: batch, configuration) {
    case .sparse(let matrix): matrix.dense
    case .dense(let matrix): matrix
    }
  }

  public func denseArray(in configuration: Configuration) -> ArrayExtents {
    let array = GroupArray(configuration)
    return ArrayExtents(rows: array.rows, columns: array.columns, depth: array.depth)
  }
}

/// The array of multipliers that a configuration builds, and its pattern.
struct GroupArray {
  let kept: Int
  let size: Int
  let groups: Int
  let rows: Int
  let columns: Int

  init(_ configuration: Configuration) {
    kept = configuration["GroupKept"]
    size = configuration["GroupSize"]
    groups = configuration["Groups"]
    rows = configuration["Rows"]
    columns = configuration["Columns"]
  }

  /// - Precondition: `kept` is at most `size`, as the interface has checked.
  var pattern: NMPattern { NMPattern(kept: kept, size: size) }
  /// Products of a dot product.
  var depth: Int { groups * kept }
  /// Columns of `a` in a beat.
  var places: Int { groups * size }
  /// Beats of dense weights for one of activations.
  var slices: Int { (size + kept - 1) / kept }
  /// Bits of an index.
  var indexBits: Int { size <= 2 ? 1 : Int.bitWidth - (size - 1).leadingZeroBitCount }
}
