import FixedPoint
import Signals

/// What the integer LayerNorms have in common: rows with one bias, a rounded mean, an affine end.
struct LayerNormRows {
  let x: RaggedTensor
  private let bias: [Int64]

  /// The rows of a batch.
  ///
  /// - Throws: ``BlockError`` for a row longer than `MaxLength` or of another length than the bias.
  init(
    _ batch: Batch, in configuration: Configuration, block: String
  ) throws(BlockError) {
    x = batch.item("x")
    bias = batch.shared["bias"]?.values ?? []
    try x.checkRows(maxLength: configuration["MaxLength"], block: block)
    for row in 0..<x.count where x.range(of: row).count != bias.count {
      throw .signals(
        .wrongExtent(
          array: "bias", axis: "L", expected: x.range(of: row).count, found: bias.count))
    }
  }

  /// The mean of a row, rounded half to even.
  func mean(_ row: Int) -> Int64 {
    var sum: Int64 = 0
    for index in x.range(of: row) { sum &+= x.values[index] }
    return sum.divided(by: Int64(x.range(of: row).count), rounding: .halfToEven)
  }

  /// Sum of the squares of floor((x - mean) / 2^shift).
  func squares(_ row: Int, mean: Int64, shift: Int = 0) -> Int64 {
    var sum: Int64 = 0
    for index in x.range(of: row) {
      let centred = (x.values[index] &- mean).shiftedRight(by: shift, rounding: .floor)
      // Cannot overflow: deviations from the mean of 24-bit values, 2^16 of them, take 62 bits.
      sum &+= centred &* centred
    }
    return sum
  }

  /// Appends floor((x - mean) * factor / 2) + bias of a row.
  func append(_ row: Int, mean: Int64, factor: Int64, to y: inout [Int64]) {
    for (index, bias) in zip(x.range(of: row), bias) {
      let product = (x.values[index] &- mean) &* factor
      y.append(product.shiftedRight(by: 1, rounding: .floor) &+ bias)
    }
  }
}

/// What a LayerNorm row goes through.
struct LayerNormTaps {
  var mean: [Int64] = []
  var variance: [Int64] = []
  var std: [Int64] = []
  var factor: [Int64] = []

  mutating func append(mean: Int64, variance: Int64, std: Int64, factor: Int64) {
    self.mean.append(mean)
    self.variance.append(variance)
    self.std.append(std)
    self.factor.append(factor)
  }

  /// The answer of a batch: these and `y`.
  func batch(y: [Int64], like x: RaggedTensor) -> Batch {
    Batch(
      count: x.count,
      items: [
        "y": RaggedTensor(rows: x.lengths, values: y), "mean": RaggedTensor(scalars: mean),
        "variance": RaggedTensor(scalars: variance), "std": RaggedTensor(scalars: std),
        "factor": RaggedTensor(scalars: factor),
      ])
  }
}

extension RaggedTensor {
  /// The length that all rows share.
  ///
  /// - Throws: ``BlockError/signals(_:)`` where they differ, since weights and biases have one length.
  func commonLength(array: String) throws(BlockError) -> Int {
    let length = count > 0 ? range(of: 0).count : 0
    for row in 0..<count where range(of: row).count != length {
      throw .signals(.unequalLengths(array: array))
    }
    return length
  }
}
