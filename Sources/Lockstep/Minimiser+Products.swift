import Blocks
import Signals
import Sparsity

/// Smaller sparse products, whose arrays hang together: they are cut as dense operands and compressed
/// again.
extension Minimiser {
  /// Fewer columns, fewer rows and fewer stored weights in every transaction.
  func shrinkProducts() {
    guard let product = runner.block as? any SparseProduct else { return }
    for place in best.places where !isExhausted {
      guard best.parts[place.part].expected == nil else { continue }
      shrink(place, of: product) { operands in
        Array(0..<operands.weights.columns)
      } keeping: {
        Operands(a: $0.a.keeping(columns: $1), weights: $0.weights.keeping(columns: $1))
      }
      shrink(place, of: product) { operands in
        Array(0..<operands.weights.rows)
      } keeping: {
        Operands(a: $0.a, weights: $0.weights.keeping(rows: $1))
      }
      shrink(place, of: product) { operands in
        operands.weights.values.indices.filter { operands.weights.values[$0] != 0 }
      } keeping: {
        Operands(a: $0.a, weights: $0.weights.keeping(elements: $1))
      }
    }
  }

  /// Random products, of up to 2, 4, 8 or 16 rows and columns.
  ///
  /// - Returns: nil where the block has no such weights.
  func products(
    _ product: any SparseProduct, _ count: Int, _ generator: inout CounterGenerator
  ) -> Batch? {
    func number(_ range: ClosedRange<Int64>) -> Int { Int(generator.value(in: range)) }
    let most = Int64(2) << generator.value(in: 0...3)
    var all: Batch?
    for _ in 0..<count {
      let extents = ProductExtents(m: number(1...most), n: number(1...most), k: number(1...most))
      let weights = product.weights(
        extents, density: Double(number(1...4)) / 4, .uniform, seed: generator.next(),
        in: runner.configuration)
      let a = DenseMatrix(
        rows: extents.m, columns: extents.k,
        values: (0..<extents.m * extents.k).map { _ in generator.value(in: -128...127) })
      guard let one = try? product.batch(a: a, weights: weights, in: runner.configuration)
      else { return nil }
      guard all != nil else {
        all = one
        continue
      }
      guard one.shared == all?.shared, all?.append(one) == true else { return nil }
    }
    return all
  }

  private struct Operands {
    var a: DenseMatrix
    var weights: DenseMatrix
  }

  /// - Parameters:
  ///   - sites: what can be left out.
  ///   - cut: the operands with some of these alone.
  private func shrink(
    _ place: Case.Place, of product: any SparseProduct, _ sites: (Operands) -> [Int],
    keeping cut: (Operands, [Int]) -> Operands
  ) {
    let base = best
    guard let operands = operands(of: place, product) else { return }
    _ = deltaDebug(sites(operands)) { kept in
      let smaller = cut(operands, kept)
      guard smaller.weights.rows > 0, smaller.weights.columns > 0,
        let batch = try? product.batch(
          a: smaller.a, weights: smaller.weights, in: runner.configuration)
      else { return false }
      var candidate = base
      candidate.parts[place.part].batch.replace(place.transaction, by: batch)
      takeState(&candidate)
      return attempt(candidate)
    }
  }

  private func operands(of place: Case.Place, _ product: any SparseProduct) -> Operands? {
    let batch = best.parts[place.part].batch
    guard let item = batch.items["a"],
      let a = try? DenseMatrix(item[place.transaction], named: "a"),
      let weights = try? product.denseWeights(
        of: place.transaction, in: batch, runner.configuration),
      // What compresses to other arrays than it came from, as a dense product among sparse ones, is
      // left alone.
      let same = try? product.batch(a: a, weights: weights, in: runner.configuration),
      same.shared.allSatisfy({ batch.shared[$0.key] == $0.value }),
      Set(same.items.keys) == Set(batch.items.keys)
    else { return nil }
    return Operands(a: a, weights: weights)
  }
}

extension DenseMatrix {
  fileprivate func keeping(columns kept: [Int]) -> DenseMatrix {
    DenseMatrix(
      rows: rows, columns: kept.count,
      values: (0..<rows).flatMap { row in kept.map { self[row, $0] } })
  }

  fileprivate func keeping(rows kept: [Int]) -> DenseMatrix {
    DenseMatrix(
      rows: kept.count, columns: columns,
      values: kept.flatMap { row in (0..<columns).map { self[row, $0] } })
  }

  fileprivate func keeping(elements kept: [Int]) -> DenseMatrix {
    let stay = Set(kept)
    return DenseMatrix(
      rows: rows, columns: columns,
      values: values.enumerated().map { stay.contains($0.offset) ? $0.element : 0 })
  }
}

extension Batch {
  /// Adds the only transaction of another batch.
  /// - Returns: false where it has other arrays.
  fileprivate mutating func append(_ other: Batch) -> Bool {
    guard Set(other.items.keys) == Set(items.keys) else { return false }
    for (name, item) in other.items { items[name]?.append(item[0]) }
    count += 1
    return true
  }

  /// Puts the only transaction of another batch in the place of one of this batch.
  fileprivate mutating func replace(_ transaction: Int, by other: Batch) {
    for (name, item) in other.items {
      guard let own = items[name] else { continue }
      var changed = RaggedTensor(rank: own.rank)
      for index in 0..<count { changed.append(index == transaction ? item[0] : own[index]) }
      items[name] = changed
    }
  }
}
