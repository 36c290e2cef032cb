import Signals
import Sparsity

/// How the non-zeros of a matrix lie.
public enum SparseDistribution: String, CaseIterable, Sendable, Hashable, Codable {
  /// Each place for itself, alike.
  case uniform
  /// In square patches of 16, each of them dense.
  case clustered
  /// One row dense, the others alike.
  case oneDenseRow = "one dense row"
}

extension SparseDistribution {
  /// Places that are not 0 in a matrix of which about the share `density` is not: true where they are.
  ///
  /// The number is exact, rounded to the nearest; a dense row counts as a whole.
  func mask(
    rows: Int, columns: Int, density: Double, _ generator: inout CounterGenerator
  ) -> [Bool] {
    var mask = [Bool](repeating: false, count: rows * columns)
    switch self {
    case .uniform:
      choose(density, of: mask.count, &generator) { mask[$0] = true }
    case .clustered:
      let patch = 16
      let across = (columns + patch - 1) / patch
      let patches = (rows + patch - 1) / patch * across
      choose(density, of: patches, &generator) { index in
        let (top, left) = (index / across * patch, index % across * patch)
        for row in top..<min(top + patch, rows) {
          for column in left..<min(left + patch, columns) { mask[row * columns + column] = true }
        }
      }
    case .oneDenseRow:
      let dense = generator.count(in: 0...max(rows - 1, 0))
      // What is left for the others.
      let rest = max(0, density * Double(rows) - 1) / Double(max(rows - 1, 1))
      choose(rest, of: mask.count, &generator) { mask[$0] = true }
      if density > 0 {
        for column in 0..<columns { mask[dense * columns + column] = true }
      }
    }
    return mask
  }

  /// Calls `body` with a random share of 0..<`count`.
  private func choose(
    _ share: Double, of count: Int, _ generator: inout CounterGenerator, _ body: (Int) -> Void
  ) {
    var wanted = Int((min(max(share, 0), 1) * Double(count)).rounded())
    for index in 0..<count where wanted > 0 {
      if generator.count(in: 1...(count - index)) <= wanted {
        body(index)
        wanted -= 1
      }
    }
  }
}

extension DenseMatrix {
  /// Random int8 that are not 0 where the mask is true, and zeros.
  init(rows: Int, columns: Int, mask: [Bool], _ generator: inout CounterGenerator) {
    self.init(
      rows: rows, columns: columns,
      values: mask.map { isKept in
        guard isKept else { return 0 }
        let value = generator.value(in: -128...126)
        return value < 0 ? value : value + 1
      })
  }
}
