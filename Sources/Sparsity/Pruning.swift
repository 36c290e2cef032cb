/// Magnitude pruning: what stays is what is largest. Of equals, the one with the lower index stays.
extension DenseMatrix {
  /// Keeps the `pattern.kept` elements of largest magnitude in each group along the rows.
  public func pruned(to pattern: NMPattern) -> DenseMatrix {
    var result = self
    for row in 0..<rows {
      for first in stride(from: 0, to: columns, by: pattern.size) {
        let group = first..<min(first + pattern.size, columns)
        let order = group.sorted {
          let (a, b) = (self[row, $0].magnitude, self[row, $1].magnitude)
          return a == b ? $0 < $1 : a > b
        }
        for column in order.dropFirst(pattern.kept) { result[row, column] = 0 }
      }
    }
    return result
  }

  /// Makes the given share of all elements 0, those of least magnitude; the number is rounded to the
  /// nearest, half up.
  ///
  /// - Precondition: `zeros` is 0...1.
  public func pruned(zeros: Double) -> DenseMatrix {
    let order = values.indices.sorted {
      let (a, b) = (values[$0].magnitude, values[$1].magnitude)
      return a == b ? $0 < $1 : a > b
    }
    var result = self
    for position in order.suffix(share(zeros, of: values.count)) { result.values[position] = 0 }
    return result
  }

  /// Makes the given share of blocks 0, those of which the magnitudes add up to least; the number is
  /// rounded to the nearest, half up. Blocks at the edges may be partial.
  ///
  /// - Precondition: `zeros` is 0...1, and a block has elements.
  public func pruned(blockRows: Int, blockColumns: Int, zeros: Double) -> DenseMatrix {
    precondition(blockRows >= 1 && blockColumns >= 1, "a block has elements")
    let across = (columns + blockColumns - 1) / blockColumns
    let count = (rows + blockRows - 1) / blockRows * across
    let sums = (0..<count).map { index in
      block(
        row: index / across * blockRows, column: index % across * blockColumns, blockRows,
        blockColumns
      ).reduce(UInt64(0)) { $0 + $1.magnitude }
    }
    let order = sums.indices.sorted { sums[$0] == sums[$1] ? $0 < $1 : sums[$0] > sums[$1] }
    var result = self
    for index in order.suffix(share(zeros, of: count)) {
      let (top, left) = (index / across * blockRows, index % across * blockColumns)
      for row in top..<min(top + blockRows, rows) {
        for column in left..<min(left + blockColumns, columns) { result[row, column] = 0 }
      }
    }
    return result
  }

  private func share(_ part: Double, of count: Int) -> Int {
    precondition(part >= 0 && part <= 1, "a share is 0...1")
    return Int((part * Double(count) + 0.5).rounded(.down))
  }
}
