import FixedPoint
public import Signals

extension Int8GEMM {
  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let (a, w) = (batch.item("a"), batch.item("w"))
    var extents: [Int] = []
    var total = 0
    for transaction in 0..<batch.count {
      let (m, n) = (a.extents[2 * transaction], w.extents[2 * transaction])
      try check(
        m: m, n: n, k: a.extents[2 * transaction + 1], of: transaction,
        maxDepth: configuration["MaxDepth"])
      extents += [m, n]
      total += m * n
    }
    let constants = ChannelConstants(batch)
    var beyond: (transaction: Int, acc: Int64)?
    let (accumulators, results) = Filled.two(count: total) { accumulators, results in
      var first = 0
      for transaction in 0..<batch.count {
        let (m, n) = (extents[2 * transaction], extents[2 * transaction + 1])
        let sums = IntegerProduct.multiply(
          NarrowMatrix(a, item: transaction), NarrowMatrix(w, item: transaction))
        let place = first..<first + m * n
        let acc = constants.requantise(
          sums, transaction, count: n, into: Filled.Output(rebasing: accumulators[place]),
          Filled.Output(rebasing: results[place]))
        if let acc, beyond == nil { beyond = (transaction, acc) }
        first = place.upperBound
      }
    }
    if let beyond {
      throw .outsideDomain(
        block: name, transaction: beyond.transaction,
        limit: "acc, the sum with its bias, fits 32 bits", found: "\(beyond.acc)")
    }
    return batch.answer([
      "y": RaggedTensor(rank: 2, extents: extents, values: results),
      "acc": RaggedTensor(rank: 2, extents: extents, values: accumulators),
    ])
  }

  /// - Throws: ``BlockError/outsideDomain(block:transaction:limit:found:)`` for an extent that the
  ///   hardware does not count to.
  private func check(
    m: Int, n: Int, k: Int, of transaction: Int, maxDepth: Int
  ) throws(BlockError) {
    let limit: String
    if k > maxDepth {
      limit = "K is at most MaxDepth = \(maxDepth)"
    } else if max(m, n) > Int8GEMM.maxExtent {
      limit = "M and N are at most \(Int8GEMM.maxExtent)"
    } else {
      return
    }
    throw .outsideDomain(
      block: name, transaction: transaction, limit: limit,
      found: k > maxDepth ? "\(k)" : "\(max(m, n))")
  }

  /// The real value of the scaled sum, clamped to the range of `y`: it depends on no scale.
  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    let (a, w) = (batch.item("a"), batch.item("w"))
    let weights = w.values.map { Double($0) }
    let constants = ChannelConstants(batch)
    var result: [Double] = []
    for transaction in 0..<batch.count {
      let (n, k) = (w.shape(of: transaction)[0], w.shape(of: transaction)[1])
      let first = w.range(of: transaction).lowerBound
      for row in stride(
        from: a.range(of: transaction).lowerBound, to: a.range(of: transaction).upperBound, by: k)
      {
        let activations = a.values[row..<row + k].map { Double($0) }
        for channel in 0..<n {
          var sum = Double(constants.bias[transaction, channel])
          for (index, activation) in activations.enumerated() {
            sum += activation * weights[first + channel * k + index]
          }
          result.append(min(max(sum * constants.scale(transaction, channel).ratio, -128), 127))
        }
      }
    }
    return result
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(
      array: "y", unit: 1, element: 0.5,
      domain: Domain(conditions: "every input; half a unit for the rounding"),
      command: "cosim accuracy int8_gemm --check")
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    let array = MultiplierArray(configuration)
    let (a, w) = (batch.item("a"), batch.item("w"))
    var work = Work(0, .multiplications, peakPerCycle: array.peak, idealCycles: 0)
    for transaction in 0..<batch.count {
      let (m, k) = (a.extents[2 * transaction], a.extents[2 * transaction + 1])
      let n = w.extents[2 * transaction]
      work.add(
        Work(
          m * n * k, .multiplications, peakPerCycle: array.peak,
          idealCycles: array.cycles(m: m, n: n, k: k)))
    }
    return work
  }

  /// `multiplier` and `exponent` from the scales of `a`, `w` and `y`, one for all channels. The scale of
  /// `y` is rounded to single precision first, as I-BERT does.
  public func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    var given: [Double] = []
    for key in ["a", "w", "y"] {
      guard let scale = scales[key] else { throw .missingScale(block: name, name: key) }
      given.append(scale)
    }
    let ratio = given[0] * given[1] / Double(Float(given[2]))
    guard let scale = DyadicScale(nearest: ratio) else {
      throw .scaleOutOfRange(
        block: name, limit: "a * w / y must be in 2^-97 ..< 2^31", found: "\(ratio)")
    }
    return [
      "multiplier": Tensor(Int64(scale.multiplier)), "exponent": Tensor(Int64(scale.exponent)),
    ]
  }
}

/// The constants of each channel of each transaction.
private struct ChannelConstants {
  let bias: Constants
  private let multiplier: Constants
  private let exponent: Constants

  init(_ batch: Batch) {
    bias = Constants("bias", of: batch)
    multiplier = Constants("multiplier", of: batch)
    exponent = Constants("exponent", of: batch)
  }

  /// One constant of each channel, or of all.
  struct Constants {
    private let values: [Int64]
    private let offsets: [Int]

    init(_ name: String, of batch: Batch) {
      let item = batch.items[name]
      values = item?.values ?? [batch.scalar(name)]
      offsets = item?.offsets ?? []
    }

    @inline(__always)
    subscript(transaction: Int, channel: Int) -> Int64 {
      values[offsets.isEmpty ? 0 : offsets[transaction] + channel]
    }
  }

  @inline(__always)
  func scale(_ transaction: Int, _ channel: Int) -> DyadicScale {
    DyadicScale(
      multiplier: UInt32(truncatingIfNeeded: multiplier[transaction, channel]),
      exponent: Int(exponent[transaction, channel]))
  }

  /// Rows of sums, one a channel, with their bias and requantised.
  ///
  /// - Returns: an accumulator that does not fit 32 bits, where there is one.
  func requantise(
    _ sums: [Int32], _ transaction: Int, count: Int, into accumulators: Filled.Output,
    _ results: Filled.Output
  ) -> Int64? {
    var beyond: Int64?
    for channel in 0..<count {
      let bias = bias[transaction, channel]
      let scale = scale(transaction, channel)
      for index in stride(from: channel, to: sums.count, by: count) {
        let acc = Int64(sums[index]) + bias
        if acc != Int64(Int32(truncatingIfNeeded: acc)) { beyond = beyond ?? acc }
        accumulators[index] = acc
        results[index] = scale.requantise(acc, rounding: .halfToEven, to: .signed(8))
      }
    }
    return beyond
  }
}

extension NarrowMatrix {
  /// One transaction of a ragged array of matrices.
  init(_ matrices: RaggedTensor, item: Int) {
    let shape = matrices.shape(of: item)
    if let bytes = matrices.bytes {
      self = bytes.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { preconditionFailure("bytes have slack") }
        return NarrowMatrix(
          rows: shape[0], columns: shape[1], bytes: base + matrices.offsets[item])
      }
      return
    }
    self = matrices.values.withUnsafeBufferPointer { values in
      NarrowMatrix(
        rows: shape[0], columns: shape[1],
        values: UnsafeBufferPointer(rebasing: values[matrices.range(of: item)]))
    }
  }
}
