public import Signals
public import Sparsity

/// Multiplies int8 activations by weights of which only the non-zeros are stored, beside one bit for each
/// place.
///
/// `a` [M,K] int8; `bitmap` [N,ceil(K/8)] uint8, column k in bit k mod 8; `values` [non-zeros] int8, row
/// after row; `acc` [M,N] int32, exact.
///
/// - Edge cases: a matrix without non-zeros has no `values`, and an `acc` of 0. A stored 0 is allowed. Bits
///   beyond K must be 0.
/// - Source: bitmaps as in SIGMA (Qin et al., HPCA 2020).
public struct BitmapSpMM: SparseProduct {
  public let name = "bitmap_spmm"
  public let summary = "Multiplies by unstructured sparse weights, skipping single zeros."
  public let formula = """
    acc[m,n] = sum over the set bits k of bitmap[n] of a[m,k] * (the next of values)
    column k is bit k mod 8 of byte k / 8, values in the order of the bits, row after row
    """
  public let source = "SIGMA (Qin et al., HPCA 2020), bitmap format"
  public let distributions = SparseDistribution.allCases
  public let parameters = [
    Parameter("Rows", 1...64, default: 16, "rows of a that share a non-zero"),
    Parameter(
      "Lanes", 1...16, default: 4, "non-zeros that are multiplied at once",
      choices: [1, 2, 4, 8, 16]),
    Parameter(
      "Window", 8...64, default: 16, "columns of a lane in one beat of the bitmap",
      choices: [8, 16, 32, 64]),
    Parameter("Slack", 2...64, default: 16, "beats of the bitmap that lanes may be apart"),
    Parameter("MaxDepth", 1...65536, default: 2048, "largest K, elements"),
  ]

  public init() {}

  /// Pins and arrays. Weights cross once for each tile of `Rows` rows of `a`; a lane's values are those
  /// of the columns k with k mod `Lanes` equal to its number.
  public func interface(in configuration: Configuration) -> Interface {
    typealias Loop = Walk.Loop
    let lanes = configuration["Lanes"]
    let tiles = Loop("M", configuration["Rows"])
    let bytes = Loop("KB", lanes * configuration["Window"] / 8)
    let columns = Loop("K", lanes)
    func field(
      _ name: String, _ format: IntegerFormat, _ array: String, beats: [Loop], lanes: [Loop]
    ) -> Field {
      let walk = Walk(beats: beats, lanes: lanes)
      return Field(name, format, lanes: walk.laneCount, content: .array(array), walk: walk)
    }
    return Interface(
      arrays: arrays, batching: .whole,
      streams: [
        Stream(
          "shape", .input,
          fields: ["M", "N", "K"].map {
            Field($0.lowercased(), .unsigned(17), content: .extent($0))
          }),
        Stream(
          "a", .input,
          fields: [
            field("data", .signed(8), "a", beats: [tiles, columns], lanes: [tiles, columns])
          ]),
        Stream(
          "bitmap", .input,
          fields: [
            field(
              "data", .unsigned(8), "bitmap", beats: [tiles, Loop("N", 1), bytes], lanes: [bytes])
          ]),
        Stream(
          "values", .input,
          fields: [
            ("data", IntegerFormat.signed(8), "lane_values"), ("keep", .unsigned(1), "lane_keep"),
          ]
          .map { field($0, $1, $2, beats: [tiles, Loop("S", 1)], lanes: [Loop("L", lanes)]) }),
        Stream(
          "acc", .output,
          fields: [
            field("data", .signed(32), "acc", beats: [tiles, Loop("N", 1)], lanes: [tiles])
          ]),
      ])
  }

  private var arrays: [ArraySpecification] {
    [
      ArraySpecification("a", .input, axes: ["M", "K"], .signed(8), "activations"),
      ArraySpecification(
        "bitmap", .input, axes: ["N", "KB"], .unsigned(8),
        "one bit a weight, 1 where it is stored; column k in bit k mod 8 of byte k / 8"),
      ArraySpecification(
        "values", .input, axes: ["V"], .signed(8), allowsEmpty: true,
        "stored weights, row after row"),
      ArraySpecification(
        "lane_values", .derived, axes: ["S", "L"], .signed(8), allowsEmpty: true,
        "values in the order in which the lanes take them"),
      ArraySpecification(
        "lane_keep", .derived, axes: ["S", "L"], .unsigned(1), allowsEmpty: true,
        "1 where a lane has a value"),
      ArraySpecification("acc", .output, axes: ["M", "N"], .signed(32), "sums of products"),
    ]
  }

  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let a = batch.item("a")
    var acc = RaggedTensor(rank: 2)
    for transaction in 0..<batch.count {
      let matrix = try weights(of: transaction, in: batch, configuration)
      let columns = ActivationColumns(a, item: transaction)
      acc.append(
        shape: [columns.rows, matrix.rows],
        values: columns.product(n: matrix.rows) { matrix.forEach($0) })
    }
    return batch.answer(["acc": acc])
  }

  /// The weights of one transaction.
  ///
  /// - Throws: ``BlockError`` for arrays that are no bitmap matrix, and for extents beyond the hardware.
  func weights(
    of transaction: Int, in batch: Batch, _ configuration: Configuration
  ) throws(BlockError) -> BitmapMatrix {
    let shape = batch.item("a").shape(of: transaction)
    let bitmap = batch.item("bitmap")
    let rows = bitmap.shape(of: transaction)[0]
    try check(
      ProductExtents(m: shape[0], n: rows, k: shape[1]), maxDepth: configuration["MaxDepth"],
      transaction: transaction)
    return try sparse(transaction) { () throws(SparsityError) in
      try BitmapMatrix(
        rows: rows, columns: shape[1], bitmap: bitmap.values(of: transaction),
        values: batch.item("values").values(of: transaction))
    }
  }

  /// Multiplications by stored weights; a cycle's are `Rows` for each lane.
  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    let a = batch.item("a")
    let (rows, lanes) = (configuration["Rows"], configuration["Lanes"])
    var work = Work(0, .multiplications, peakPerCycle: rows * lanes, idealCycles: 0)
    for transaction in 0..<batch.count {
      let (m, k) = (a.shape(of: transaction)[0], a.shape(of: transaction)[1])
      guard let matrix = try? weights(of: transaction, in: batch, configuration) else { continue }
      let schedule = LaneSchedule(matrix, lanes: lanes, window: configuration["Window"])
      work.add(
        Work(
          m * matrix.values.count, .multiplications, peakPerCycle: rows * lanes,
          idealCycles: tiles(m, rows) * max(schedule.cycles, tiles(k, lanes))))
    }
    return work
  }

  public func batch(
    a: DenseMatrix, weights: DenseMatrix, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    let matrix = BitmapMatrix(weights)
    return Batch(
      count: 1,
      items: [
        "a": RaggedTensor(a.tensor),
        "bitmap": RaggedTensor(
          Tensor(shape: [matrix.rows, matrix.rowBytes], values: matrix.bitmap)),
        "values": RaggedTensor(Tensor(matrix.values)),
      ])
  }

  public func weights(
    _ shape: ProductExtents, density: Double, _ distribution: SparseDistribution, seed: UInt64,
    in configuration: Configuration
  ) -> DenseMatrix {
    var generator = CounterGenerator.settings(seed: seed, index: 0)
    let mask = distribution.mask(
      rows: shape.n, columns: shape.k, density: density, &generator)
    return DenseMatrix(rows: shape.n, columns: shape.k, mask: mask, &generator)
  }

  public func denseWeights(
    of transaction: Int, in batch: Batch, _ configuration: Configuration
  ) throws(BlockError) -> DenseMatrix {
    try weights(of: transaction, in: batch, configuration).dense
  }

  public func denseArray(in configuration: Configuration) -> ArrayExtents {
    let rows = configuration["Rows"]
    let columns = rows % 4 == 0 ? 4 : 1
    return ArrayExtents(rows: rows / columns, columns: columns, depth: configuration["Lanes"])
  }
}

extension RaggedTensor {
  /// One item.
  init(_ tensor: Tensor) {
    self.init(rank: tensor.shape.count)
    append(tensor)
  }
}
