import Blocks
import Signals
import Sparsity
import Testing
import Vectors

/// Sparse products against dense ones, which these tests compute for themselves, and against scipy and
/// torch.
@Suite struct SparseProductTests {
  static let products: [any SparseProduct] = [NMSpMM(), BlockSpMM(), BitmapSpMM()]

  private static let parameters: [String: [[String: Int]]] = [
    "nm_spmm": [
      [:], ["GroupKept": 1, "Groups": 4], ["GroupKept": 3, "GroupSize": 5],
      ["GroupKept": 1, "GroupSize": 1], ["GroupKept": 16, "GroupSize": 16],
    ],
    "block_spmm": [
      [:], ["BlockRows": 1, "BlockColumns": 8], ["BlockRows": 3, "BlockColumns": 5],
      ["BlockRows": 1, "BlockColumns": 1, "MaxDepth": 64],
    ],
    "bitmap_spmm": [
      [:], ["Lanes": 1, "Window": 8, "Rows": 1, "MaxDepth": 8], ["Lanes": 8, "Slack": 2],
    ],
  ]

  /// Every configuration of every product.
  static var configured: [(any SparseProduct, Configuration)] {
    get throws {
      try products.flatMap { product in
        try (parameters[product.name] ?? []).map { (product, try product.configuration($0)) }
      }
    }
  }

  @Test("golden models equal the dense product of the decompressed weights, corners and random")
  func denseProduct() throws {
    for (product, configuration) in try Self.configured {
      var comparison = Comparison()
      var batches = product.corners(in: configuration)
      for index in 0..<4 {
        batches.append(product.stimulus(seed: 7, index: index, in: configuration))
      }
      var densities: Set<Int> = []
      for batch in batches {
        let answer = try product.golden(batch, in: configuration)
        for transaction in 0..<batch.count {
          let weights = try decompressed(product, batch, transaction, configuration)
          densities.insert(
            weights.values.isEmpty ? 0 : 10 * weights.nonZeroCount / weights.values.count)
          comparison.compare(
            answer.items["acc"].map { Array($0.values[$0.range(of: transaction)]) } ?? [],
            dense(batch, transaction, weights), "\(product.name) \(configuration)")
        }
      }
      #expect(comparison.differences.prefix(5) == [])
      #expect(comparison.compared > 1000)
      // A pattern has a density of its own.
      #expect(densities.contains(0))
      #expect((densities.max() ?? 0) >= (product.name == "nm_spmm" ? 1 : 7))
      let answer = try product.golden(batches[0], in: configuration)
      var fault = Comparison()
      let values = answer.items["acc"]?.values ?? []
      fault.compare(values.withOneFault, values, "fault")
      #expect(fault.differences.count == 1)
    }
  }

  /// The weights of a transaction by the decompression of the format, which has tests of its own.
  private func decompressed(
    _ product: any SparseProduct, _ batch: Batch, _ transaction: Int,
    _ configuration: Configuration
  ) throws -> DenseMatrix {
    func array(_ name: String) -> Tensor {
      batch.items[name].map { $0[transaction] } ?? batch.shared[name] ?? Tensor(0)
    }
    let k = array("a").shape[1]
    switch product.name {
    case "nm_spmm":
      let values = array("values")
      if batch.shared["dense"]?.scalar == 1 { return try DenseMatrix(values, named: "values") }
      return try NMMatrix(
        pattern: NMPattern(kept: configuration["GroupKept"], size: configuration["GroupSize"]),
        rows: values.shape[0], columns: k, values: values.values,
        indices: array("indices").values
      ).dense
    case "block_spmm":
      return try BlockMatrix(
        blockRows: configuration["BlockRows"], blockColumns: configuration["BlockColumns"],
        columns: k, data: array("data").values, indices: array("indices").values,
        indptr: array("indptr").values
      ).dense
    default:
      return try BitmapMatrix(
        rows: array("bitmap").shape[0], columns: k, bitmap: array("bitmap").values,
        values: array("values").values
      ).dense
    }
  }

  /// acc [M,N] of dense weights, product by product.
  private func dense(_ batch: Batch, _ transaction: Int, _ weights: DenseMatrix) -> [Int64] {
    guard let a = batch.items["a"]?[transaction] else { return [] }
    let (m, k) = (a.shape[0], a.shape[1])
    return (0..<m).flatMap { row in
      (0..<weights.rows).map { n in
        (0..<k).reduce(0) { $0 + a.values[row * k + $1] * weights[n, $1] }
      }
    }
  }

  @Test(
    "scipy's blocks and bitmaps give scipy's products", arguments: ["empty", "identity", "runs"])
  func scipy(name: String) throws {
    let oracle = try Oracle("sparse_formats")
    let b = try DenseMatrix(oracle.archive.tensor("\(name)_b"), named: "b")
    let product = try DenseMatrix(oracle.archive.tensor("\(name)_prod"), named: "prod").transposed
    var compared = 0
    func compare(
      _ block: any SparseProduct, _ values: [String: Int], _ prefix: String,
      _ names: [String: String]
    ) throws {
      guard oracle.archive.names.contains("\(name)_\(prefix)") else { return }
      let configuration = try block.configuration(values)
      var arrays = ["a": b.transposed.tensor]
      for (array, member) in names {
        arrays[array] = try oracle.archive.tensor("\(name)_\(member)")
      }
      let batch = try Batch(arrays: arrays, interface: block.interface(in: configuration))
      let answer = try block.golden(batch, in: configuration)
      #expect(answer.items["acc"]?.values == product.values, "\(block.name) \(name) \(prefix)")
      #expect(answer.items["acc"]?.values != product.values.withOneFault)
      compared += 1
    }
    for (rows, columns) in [(2, 2), (4, 4), (1, 8)] {
      let prefix = "bsr\(rows)x\(columns)"
      try compare(
        BlockSpMM(), ["BlockRows": rows, "BlockColumns": columns], "\(prefix)_data",
        [
          "data": "\(prefix)_data", "indices": "\(prefix)_indices",
          "indptr": "\(prefix)_indptr",
        ])
    }
    try compare(
      BitmapSpMM(), [:], "bitmap", ["bitmap": "bitmap", "values": "bitmap_vals"])
    #expect(compared >= 3)
  }

  @Test("torch's 2:4 weights give torch's product")
  func torch() throws {
    let oracle = try Oracle("sparse_2to4")
    let block = NMSpMM()
    let configuration = try block.configuration()
    let b = try DenseMatrix(oracle.archive.tensor("i8_0_b"), named: "b")
    let values = try oracle.archive.tensor("i8_0_values")
    let indices = try oracle.integers("i8_0_nibbles").flatMap { [$0 & 3, $0 >> 2] }
    let batch = try Batch(
      arrays: [
        "a": b.transposed.tensor, "values": values,
        "indices": Tensor(shape: values.shape, values: indices),
      ], interface: block.interface(in: configuration))
    let product = try DenseMatrix(oracle.archive.tensor("i8_0_prod"), named: "prod")
    let answer = try block.golden(batch, in: configuration)
    #expect(answer.items["acc"]?.values == product.transposed.values)
  }

  @Test("every lane gets its values once and in order, and none far ahead of another's")
  func schedule() throws {
    let block = BitmapSpMM()
    for slack in [2, 16] {
      let configuration = try block.configuration(["Lanes": 4, "Window": 8, "Slack": slack])
      let batch = block.stimulus(seed: 3, index: 0, in: configuration)
      let derived = try block.derived(batch, in: configuration)
      var checked = 0
      for transaction in 0..<batch.count {
        let weights = try decompressed(block, batch, transaction, configuration)
        let stored = try #require(batch.items["values"]?[transaction].values)
        // Values of each lane with their beat of the bitmap, as the format lists them.
        var lanes = [[(beat: Int, value: Int64)]](repeating: [], count: 4)
        let beats = (weights.columns + 31) / 32
        let matrix = try BitmapMatrix(
          rows: weights.rows, columns: weights.columns,
          bitmap: try #require(batch.items["bitmap"]?[transaction].values), values: stored)
        matrix.forEach { lanes[$1 % 4].append(($0 * beats + $1 / 32, $2)) }
        let values = try #require(derived.items["lane_values"]?[transaction])
        let keep = try #require(derived.items["lane_keep"]?[transaction].values)
        var next = [0, 0, 0, 0]
        for beat in 0..<values.shape[0] {
          let oldest = (0..<4).compactMap {
            next[$0] < lanes[$0].count ? lanes[$0][next[$0]].beat : nil
          }.min()
          for lane in 0..<4 where keep[4 * beat + lane] == 1 {
            let due = lanes[lane][next[lane]]
            #expect(due.value == values.values[4 * beat + lane])
            #expect(due.beat < (oldest ?? 0) + slack)
            next[lane] += 1
            checked += 1
          }
        }
        #expect(next == lanes.map(\.count))
      }
      #expect(checked > 1000)
    }
  }

  @Test("stimulus reaches the ends of density, of extents and of int8")
  func stimulus() throws {
    for product in Self.products {
      let configuration = try product.configuration()
      let interface = try product.interface(in: configuration)
      for index in 0..<6 {
        let batch = product.stimulus(seed: 1, index: index, in: configuration)
        #expect(
          batch.count == product.transactionCount(seed: 1, index: index, in: configuration))
        #expect(batch == product.stimulus(seed: 1, index: index, in: configuration))
        // Every stream can be packed.
        let derived = try product.derived(batch, in: configuration)
        _ = try Stimulus(derived, interface: interface, filler: 1)
      }
      for corner in product.corners(in: configuration) {
        #expect(corner.labels.count == corner.count)
        #expect(corner.labels.contains { $0.hasPrefix("all zero") })
        _ = try Stimulus(
          try product.derived(corner, in: configuration), interface: interface, filler: 1)
      }
    }
  }
}

/// Arrays that hold no sparse matrix, refused by golden models and before they reach the pins.
@Suite struct SparseRefusalTests {
  private func refusal(
    _ block: any Block, _ arrays: [String: Tensor], _ values: [String: Int] = [:]
  ) throws -> String {
    let configuration = try block.configuration(values)
    do {
      let batch = try Batch(arrays: arrays, interface: block.interface(in: configuration))
      do {
        _ = try block.golden(batch, in: configuration)
        return "accepted"
      } catch {
        // What golden refuses does not reach the pins either.
        #expect(throws: error) { try block.derived(batch, in: configuration) }
        return "\(error)"
      }
    } catch {
      return "\(error)"
    }
  }

  private func ones(_ shape: [Int]) -> Tensor {
    Tensor(shape: shape, values: [Int64](repeating: 1, count: shape.reduce(1, *)))
  }

  @Test("N:M: indices out of range, equal, missing, and values of another width")
  func groups() throws {
    func refusal(_ indices: [Int64]?, columns: Int = 4, dense: Int64 = 0) throws -> String {
      var arrays = [
        "a": ones([1, 8]), "values": ones([1, columns]), "dense": Tensor(dense),
      ]
      arrays["indices"] = indices.map { Tensor(shape: [1, columns], values: $0) }
      return try self.refusal(NMSpMM(), arrays)
    }
    #expect(try refusal([0, 1, 2, 3]) == "accepted")
    #expect(try refusal([0, 1, 2, 4]) == "indices[0, 3] is 4, but must be in 0...3")
    #expect(
      try refusal([0, 1, 3, 3])
        == "nm_spmm: transaction 0 holds no sparse matrix: "
        + "indices[3] is 3 after 3, but indices must strictly increase")
    #expect(
      try refusal([0, 1, 2, 3, 0, 1], columns: 6)
        == "nm_spmm: transaction 0 holds no sparse matrix: 'values' has 6 elements, "
        + "but 4 are expected: 1 rows of 2 groups that keep 2")
    #expect(
      try refusal(nil)
        == "nm_spmm: transaction 0 is outside the domain: indices have a place for each value "
        + "unless dense is 1, but found one for all")
    #expect(try refusal(nil, columns: 8, dense: 1) == "accepted")
    #expect(
      try refusal(nil, columns: 4, dense: 1)
        == "nm_spmm: transaction 0 is outside the domain: dense values have a column for each of "
        + "the 8 of a, but found 4")
  }

  @Test("blocks: indices, pointers and extents that do not go together")
  func blocks() throws {
    func refusal(
      _ indices: [Int64], _ indptr: [Int64], block: [Int] = [4, 4], columns: Int = 12
    ) throws -> String {
      try self.refusal(
        BlockSpMM(),
        [
          "a": ones([2, columns]), "data": ones([indices.count] + block),
          "indices": Tensor(indices), "indptr": Tensor(indptr),
        ], ["MaxDepth": 64])
    }
    let prefix = "block_spmm: transaction 0 holds no sparse matrix: "
    #expect(try refusal([0, 2, 1], [0, 2, 3]) == "accepted")
    #expect(
      try refusal([0, 3, 1], [0, 2, 3]) == prefix + "indices[1] is 3, but must be in 0..<3")
    #expect(
      try refusal([2, 0, 1], [0, 2, 3])
        == prefix + "indices[1] is 0 after 2, but indices must strictly increase")
    #expect(
      try refusal([0, 2, 1], [0, 3, 2, 3])
        == prefix + "indptr[2] is 2 after 3, but pointers must not decrease")
    #expect(
      try refusal([0, 2, 1], [0, 2, 2])
        == prefix + "indptr[2] is 2, but must be 3: pointers run from 0 to the number of stored "
        + "elements")
    #expect(
      try refusal([0], [0, 1], block: [2, 4])
        == "block_spmm: transaction 0 is outside the domain: data are blocks of BlockRows = 4 by "
        + "BlockColumns = 4, but found 2 by 4")
    #expect(
      try refusal([0], [0, 1], columns: 65)
        == "block_spmm: transaction 0 is outside the domain: K is at most MaxDepth = 64, but "
        + "found 65")
    #expect(
      try refusal([], [0])
        == "block_spmm: transaction 0 is outside the domain: indptr has two pointers or more, but "
        + "found 1")
    #expect(try refusal([], [0, 0]) == "accepted")
  }

  @Test("bitmaps that disagree with values, or with the columns of a")
  func bitmaps() throws {
    func refusal(_ bytes: [Int64], values: Int, columns: Int = 12) throws -> String {
      try self.refusal(
        BitmapSpMM(),
        [
          "a": ones([1, columns]), "bitmap": Tensor(shape: [1, bytes.count], values: bytes),
          "values": Tensor([Int64](repeating: 1, count: values)),
        ])
    }
    let prefix = "bitmap_spmm: transaction 0 holds no sparse matrix: "
    #expect(try refusal([3, 8], values: 3) == "accepted")
    #expect(try refusal([0, 0], values: 0) == "accepted")
    #expect(
      try refusal([3, 8], values: 2)
        == prefix + "the bitmap has 3 set bits, but there are 2 values")
    #expect(
      try refusal([3, 8], values: 4)
        == prefix + "the bitmap has 3 set bits, but there are 4 values")
    #expect(
      try refusal([3, 16], values: 3)
        == prefix + "the bitmap of row 0 has a bit for column 12 of a matrix of 12 columns; "
        + "padding must be 0")
    #expect(
      try refusal([3], values: 2)
        == prefix + "'bitmap' has 1 elements, but 2 are expected: 1 rows of 12 columns, 8 a byte")
  }

  @Test("a pattern that keeps more than there is")
  func pattern() throws {
    #expect(
      try refusal(NMSpMM(), [:], ["GroupKept": 5, "GroupSize": 4])
        == "nm_spmm: GroupKept = 5 is more than GroupSize = 4")
  }
}
