public import Signals
public import Sparsity

/// Multiplies int8 activations by block-sparse weights (BSR), of which the non-zero blocks are stored.
///
/// `a` [M,K] int8; `data` [blocks,`BlockRows`,`BlockColumns`] int8; `indices` [blocks], a block's column;
/// `indptr` [N/`BlockRows` + 1]; `acc` [M,N] int32, exact.
///
/// - Edge cases: without blocks, `data` has shape [0,`BlockRows`,`BlockColumns`] and `acc` is 0. Where K is
///   no whole number of blocks, what the last ones hold beyond it must be 0.
/// - Source: BSR as in scipy.
public struct BlockSpMM: SparseProduct {
  public let name = "block_spmm"
  public let summary = "Multiplies by block-sparse weights (BSR), skipping blocks of zeros."
  public let formula = """
    acc[m,n] = sum over blocks b of block row i = n div BlockRows, over columns j of a block, of
               a[m, indices[b] * BlockColumns + j] * data[b, n mod BlockRows, j]
    block row i has the blocks indptr[i] <= b < indptr[i + 1]
    """
  public let source = "BSR as scipy.sparse.bsr_array, sorted indices"
  public let distributions: [SparseDistribution] = [.uniform, .clustered, .oneDenseRow]
  public let parameters = [
    Parameter("BlockRows", 1...16, default: 4, "rows of weights in a block"),
    Parameter("BlockColumns", 1...16, default: 4, "columns of a block"),
    Parameter("Rows", 1...64, default: 4, "rows of a that are multiplied at once"),
    Parameter("MaxDepth", 1...65536, default: 2048, "largest K, elements"),
  ]

  public init() {}

  /// Pins and arrays. Weights cross once for each tile of `Rows` rows of `a`.
  public func interface(in configuration: Configuration) -> Interface {
    typealias Loop = Walk.Loop
    let (br, bc) = (configuration["BlockRows"], configuration["BlockColumns"])
    let tiles = Loop("M", configuration["Rows"])
    func field(
      _ name: String, _ format: IntegerFormat, _ array: String, beats: [Loop], lanes: [Loop]
    ) -> Field {
      let walk = Walk(beats: beats, lanes: lanes)
      return Field(name, format, lanes: walk.laneCount, content: .array(array), walk: walk)
    }
    let blocks = [tiles, Loop("B", 1)]
    return Interface(
      arrays: arrays, batching: .whole,
      streams: [
        Stream(
          "shape", .input,
          fields: ["M", "K", "P"].map {
            Field($0.lowercased(), .unsigned(17), content: .extent($0))
          }),
        Stream(
          "a", .input,
          fields: [
            field(
              "data", .signed(8), "a", beats: [tiles, Loop("K", bc)], lanes: [tiles, Loop("K", bc)])
          ]),
        Stream(
          "indptr", .input,
          fields: [
            field("data", .unsigned(32), "indptr", beats: [tiles, Loop("P", 1)], lanes: [])
          ]),
        Stream(
          "blocks", .input,
          fields: [
            field(
              "data", .signed(8), "data", beats: blocks, lanes: [Loop("BR", br), Loop("BC", bc)]),
            field("index", .unsigned(17), "indices", beats: blocks, lanes: []),
          ]),
        Stream(
          "acc", .output,
          fields: [
            field(
              "data", .signed(32), "acc", beats: [tiles, Loop("N", br)],
              lanes: [tiles, Loop("N", br)])
          ]),
      ])
  }

  private var arrays: [ArraySpecification] {
    [
      ArraySpecification("a", .input, axes: ["M", "K"], .signed(8), "activations"),
      ArraySpecification(
        "data", .input, axes: ["B", "BR", "BC"], .signed(8), allowsEmpty: true,
        "stored blocks, each row after row"),
      ArraySpecification(
        "indices", .input, axes: ["B"], .unsigned(17), allowsEmpty: true,
        "block column of each block"),
      ArraySpecification(
        "indptr", .input, axes: ["P"], .unsigned(32),
        "first block of each block row, and the number of blocks"),
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

  /// No array to derive; refuses what is no block matrix, before it reaches the pins.
  public func derived(
    _ batch: Batch, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    for transaction in 0..<batch.count {
      _ = try weights(of: transaction, in: batch, configuration)
    }
    return batch
  }

  /// The weights of one transaction.
  ///
  /// - Throws: ``BlockError`` for arrays that are no block matrix, blocks of another size than the
  ///   configuration's, and extents beyond the hardware.
  func weights(
    of transaction: Int, in batch: Batch, _ configuration: Configuration
  ) throws(BlockError) -> BlockMatrix {
    let (br, bc) = (configuration["BlockRows"], configuration["BlockColumns"])
    let (a, data) = (
      batch.item("a").shape(of: transaction), batch.item("data").shape(of: transaction)
    )
    guard data[1] == br && data[2] == bc else {
      throw .outsideDomain(
        block: name, transaction: transaction,
        limit: "data are blocks of BlockRows = \(br) by BlockColumns = \(bc)",
        found: "\(data[1]) by \(data[2])")
    }
    let indptr = batch.item("indptr").values(of: transaction)
    guard indptr.count >= 2 else {
      throw .outsideDomain(
        block: name, transaction: transaction, limit: "indptr has two pointers or more",
        found: "\(indptr.count)")
    }
    try check(
      ProductExtents(m: a[0], n: (indptr.count - 1) * br, k: a[1]),
      maxDepth: configuration["MaxDepth"], transaction: transaction)
    return try sparse(transaction) { () throws(SparsityError) in
      try BlockMatrix(
        blockRows: br, blockColumns: bc, columns: a[1],
        data: batch.item("data").values(of: transaction),
        indices: batch.item("indices").values(of: transaction), indptr: indptr)
    }
  }

  /// Multiplications by stored blocks.
  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    let (a, data, indptr) = (batch.item("a"), batch.item("data"), batch.item("indptr"))
    let peak = denseArray(in: configuration).multipliers
    var work = Work(0, .multiplications, peakPerCycle: peak, idealCycles: 0)
    for transaction in 0..<batch.count {
      let (m, k) = (a.shape(of: transaction)[0], a.shape(of: transaction)[1])
      let pointers = indptr.values[indptr.range(of: transaction)]
      let steps = zip(pointers, pointers.dropFirst()).reduce(0) { $0 + max(Int($1.1 - $1.0), 1) }
      let cycles = max(steps, pointers.count, tiles(k, configuration["BlockColumns"]))
      work.add(
        Work(
          m * data.range(of: transaction).count, .multiplications, peakPerCycle: peak,
          idealCycles: tiles(m, configuration["Rows"]) * cycles))
    }
    return work
  }

  public func batch(
    a: DenseMatrix, weights: DenseMatrix, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    let matrix = try sparse(0) { () throws(SparsityError) in
      try BlockMatrix(
        weights, blockRows: configuration["BlockRows"],
        blockColumns: configuration["BlockColumns"])
    }
    return batch(a: a, matrix)
  }

  func batch(a: DenseMatrix, _ matrix: BlockMatrix) -> Batch {
    let shape = [matrix.count, matrix.blockRows, matrix.blockColumns]
    return Batch(
      count: 1,
      items: [
        "a": RaggedTensor(a.tensor),
        "data": RaggedTensor(Tensor(shape: shape, values: matrix.data)),
        "indices": RaggedTensor(Tensor(matrix.indices)),
        "indptr": RaggedTensor(Tensor(matrix.indptr)),
      ])
  }

  /// The density is that of blocks, which are dense.
  public func weights(
    _ shape: ProductExtents, density: Double, _ distribution: SparseDistribution, seed: UInt64,
    in configuration: Configuration
  ) -> DenseMatrix {
    let (br, bc) = (configuration["BlockRows"], configuration["BlockColumns"])
    let across = (shape.k + bc - 1) / bc
    var generator = CounterGenerator.settings(seed: seed, index: 0)
    let blocks = distribution.mask(
      rows: (shape.n + br - 1) / br, columns: across, density: density, &generator)
    let mask = (0..<shape.n * shape.k).map {
      blocks[$0 / shape.k / br * across + $0 % shape.k / bc]
    }
    return DenseMatrix(rows: shape.n, columns: shape.k, mask: mask, &generator)
  }

  public func denseWeights(
    of transaction: Int, in batch: Batch, _ configuration: Configuration
  ) throws(BlockError) -> DenseMatrix {
    try weights(of: transaction, in: batch, configuration).dense
  }

  public func denseArray(in configuration: Configuration) -> ArrayExtents {
    ArrayExtents(
      rows: configuration["Rows"], columns: configuration["BlockRows"],
      depth: configuration["BlockColumns"])
  }
}

extension BlockMatrix {
  /// Calls `body` with row, column and value of every element of a stored block that the matrix has a place
  /// for.
  func forEach(_ body: (_ row: Int, _ column: Int, _ weight: Int64) -> Void) {
    for blockRow in 0..<(indptr.count - 1) {
      for block in Int(indptr[blockRow])..<Int(indptr[blockRow + 1]) {
        let left = Int(indices[block]) * blockColumns
        for element in 0..<blockSize where left + element % blockColumns < columns {
          body(
            blockRow * blockRows + element / blockColumns, left + element % blockColumns,
            data[block * blockSize + element])
        }
      }
    }
  }
}
