import Signals
import Sparsity

/// Dense operands of sparse products, in the shapes and patterns at which these go wrong; a block
/// compresses them.
struct SparseStimulus {
  /// Elements of a tile along each axis, about which extents are chosen.
  let tile: ProductExtents
  /// The largest extents.
  let most: ProductExtents

  /// One product.
  struct Operands {
    var label = ""
    var a: DenseMatrix
    var weights: DenseMatrix
  }

  /// Where weights are not 0.
  enum Pattern: CaseIterable {
    case uniform, clustered, oneDenseRow, dense, empty, rowsOrNothing, fewColumns, single
  }

  /// Mostly one or two tiles; now and then many, or the largest depth.
  func extents(_ generator: inout CounterGenerator) -> ProductExtents {
    if generator.oneIn(64) {
      return ProductExtents(
        m: 1, n: min(generator.count(in: 1...2), most.n), k: min(most.k, 64 * tile.k))
    }
    return ProductExtents(
      m: min(extent(of: tile.m, &generator), most.m),
      n: min(extent(of: tile.n, &generator), most.n),
      k: min(extent(of: tile.k, &generator), most.k))
  }

  /// About as many as fill one or two tiles.
  private func extent(of tile: Int, _ generator: inout CounterGenerator) -> Int {
    switch generator.count(in: 0...9) {
    case 0: 1
    case 1: tile
    case 2: 2 * tile
    case 3: tile + 1
    case 4: max(1, tile - 1)
    default: generator.count(in: 1...2 * tile + 1)
    }
  }

  /// The operands of one random transaction.
  func operands(_ generator: inout CounterGenerator) -> Operands {
    let extents = extents(&generator)
    let pattern = generator.choice(Pattern.allCases + [.uniform, .uniform, .uniform, .uniform])
    return operands(extents, pattern, &generator)
  }

  func operands(
    _ extents: ProductExtents, _ pattern: Pattern, _ generator: inout CounterGenerator
  ) -> Operands {
    let mask = mask(pattern, rows: extents.n, columns: extents.k, &generator)
    var weights = DenseMatrix(rows: extents.n, columns: extents.k, mask: mask, &generator)
    if generator.oneIn(6) { weights = weights.extremes }
    var a = DenseMatrix(
      rows: extents.m, columns: extents.k,
      values: (0..<extents.m * extents.k).map { _ in generator.value(in: -128...127) })
    if generator.oneIn(6) { a = a.extremes }
    return Operands(a: a, weights: weights)
  }

  private func mask(
    _ pattern: Pattern, rows: Int, columns: Int, _ generator: inout CounterGenerator
  ) -> [Bool] {
    let density = generator.choice([0.02, 0.1, 0.25, 0.5, 0.75, 0.95])
    func random(_ distribution: SparseDistribution) -> [Bool] {
      distribution.mask(rows: rows, columns: columns, density: density, &generator)
    }
    switch pattern {
    case .uniform: return random(.uniform)
    case .clustered: return random(.clustered)
    case .oneDenseRow: return random(.oneDenseRow)
    case .dense: return [Bool](repeating: true, count: rows * columns)
    case .empty: return [Bool](repeating: false, count: rows * columns)
    case .rowsOrNothing:
      return (0..<rows).flatMap { _ in
        [Bool](repeating: generator.oneIn(2), count: columns)
      }
    case .fewColumns:
      // Columns of one remainder only: all the work in one lane, or one place of a group.
      let period = generator.choice([2, 4, 8])
      let rest = generator.count(in: 0...period - 1)
      return (0..<rows * columns).map { $0 % columns % period == rest }
    case .single:
      var mask = [Bool](repeating: false, count: rows * columns)
      mask[generator.count(in: 0...mask.count - 1)] = true
      return mask
    }
  }
}

extension SparseStimulus {
  /// Labelled products: single elements, empty and full matrices, empty rows at every end, extents on
  /// both sides of each tile, the largest sums.
  func corners() -> [Operands] {
    var generator = CounterGenerator(seed: 0, stream: 0xC0, index: 0)
    var result: [Operands] = []
    func add(_ label: String, _ operands: Operands) {
      var labelled = operands
      labelled.label = label
      result.append(labelled)
    }
    func extents(_ m: Int, _ n: Int, _ k: Int) -> ProductExtents {
      ProductExtents(
        m: min(max(m, 1), most.m), n: min(max(n, 1), most.n), k: min(max(k, 1), most.k))
    }
    let (m, n, k) = (tile.m, tile.n, tile.k)
    add("one element", operands(extents(1, 1, 1), .dense, &generator))
    add("one element, zero", operands(extents(1, 1, 1), .empty, &generator))
    add("all zero", operands(extents(m, n, k), .empty, &generator))
    add("all zero, many tiles", operands(extents(2 * m + 1, 3 * n, 3 * k + 1), .empty, &generator))
    add("all dense", operands(extents(m, n, k), .dense, &generator))
    for step in [-1, 0, 1] {
      for (axis, shape) in [
        ("M", extents(m + step, n, k)), ("N", extents(m, n + step, k)),
        ("K", extents(m, n, k + step)), ("M, N and K", extents(m + step, n + step, k + step)),
      ] {
        add("\(axis) is a tile and \(step)", operands(shape, .uniform, &generator))
      }
    }
    for depth in 1...17 { add("K = \(depth)", operands(extents(2, n, depth), .dense, &generator)) }
    add("one dense row", operands(extents(m, 4 * n, 2 * k), .oneDenseRow, &generator))
    add("largest K", operands(extents(1, 1, min(most.k, 4096)), .dense, &generator))
    result += emptyRows(extents(m, 4 * n, 2 * k))
    result += lonely(extents(m, 2 * n, 2 * k))
    result += limits(extents(2, n, 2 * k))
    return result
  }

  /// Rows without non-zeros first, last, in the middle, alternating, and all but one.
  private func emptyRows(_ extents: ProductExtents) -> [Operands] {
    let last = extents.n - 1
    let cases: [(String, (Int) -> Bool)] = [
      ("first rows empty", { $0 < (last + 1) / 2 }),
      ("last rows empty", { $0 > last / 2 }),
      ("rows alternate, empty first", { $0 % 2 == 0 }),
      ("rows alternate, empty last", { $0 % 2 == 1 }),
      ("all rows empty but the last", { $0 != last }),
      ("all rows empty but the first", { $0 != 0 }),
    ]
    return cases.map { label, isEmpty in
      Operands(
        label: label, a: ramp(rows: extents.m, columns: extents.k),
        weights: DenseMatrix(
          rows: extents.n, columns: extents.k,
          values: (0..<extents.n * extents.k).map {
            isEmpty($0 / extents.k) ? 0 : Int64($0 % 127) + 1
          }))
    }
  }

  /// One non-zero, in each corner of the weights.
  private func lonely(_ extents: ProductExtents) -> [Operands] {
    [("first", 0), ("last", extents.n - 1)].flatMap { rowLabel, row in
      [("first", 0), ("last", extents.k - 1)].map { columnLabel, column in
        var weights = DenseMatrix(rows: extents.n, columns: extents.k)
        weights[row, column] = 77
        return Operands(
          label: "one non-zero, \(rowLabel) row, \(columnLabel) column",
          a: ramp(rows: extents.m, columns: extents.k), weights: weights)
      }
    }
  }

  /// The largest sums of both signs.
  private func limits(_ extents: ProductExtents) -> [Operands] {
    [("largest", Int64(-128)), ("least", 127)].map { label, weight in
      Operands(
        label: "\(label) sums",
        a: DenseMatrix(
          rows: extents.m, columns: extents.k,
          values: [Int64](repeating: -128, count: extents.m * extents.k)),
        weights: DenseMatrix(
          rows: extents.n, columns: extents.k,
          values: [Int64](repeating: weight, count: extents.n * extents.k)))
    }
  }

  /// Activations that all differ from their neighbours.
  private func ramp(rows: Int, columns: Int) -> DenseMatrix {
    DenseMatrix(
      rows: rows, columns: columns,
      values: (0..<rows * columns).map { Int64(($0 * 37 + $0 / columns * 11) % 255) - 127 })
  }
}

extension DenseMatrix {
  /// Every non-zero at an end of int8.
  fileprivate var extremes: DenseMatrix {
    DenseMatrix(
      rows: rows, columns: columns, values: values.map { $0 == 0 ? 0 : $0 < 0 ? -128 : 127 })
  }
}

extension SparseProduct {
  /// Batches of transactions as one: each array's items in order.
  func joined(_ parts: [(label: String, batch: Batch)]) -> Batch {
    var result = Batch(count: 0)
    for (index, part) in parts.enumerated() {
      if index == 0 {
        result = part.batch
      } else {
        for (name, item) in part.batch.items { result.items[name]?.append(item[0]) }
      }
    }
    result.count = parts.count
    result.labels = parts.contains { $0.label.isEmpty } ? [] : parts.map(\.label)
    return result
  }
}
