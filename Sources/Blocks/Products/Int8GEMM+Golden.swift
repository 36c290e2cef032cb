import FixedPoint
public import Signals

extension Int8GEMM {
  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let (a, w) = (batch.item("a"), batch.item("w"))
    var y = RaggedTensor(rank: 2)
    var acc = RaggedTensor(rank: 2)
    for transaction in 0..<batch.count {
      let shape = try shape(of: transaction, in: batch, maxDepth: configuration["MaxDepth"])
      let sums = IntegerProduct.multiply(
        NarrowMatrix(a, item: transaction), NarrowMatrix(w, item: transaction))
      let channels = ChannelConstants(batch, transaction, count: shape.n)
      var beyond: Int64?
      let (accumulators, results) = Filled.two(count: sums.count) { accumulators, results in
        beyond = channels.requantise(sums, into: accumulators, results)
      }
      if let beyond {
        throw .outsideDomain(
          block: name, transaction: transaction, limit: "acc, the sum with its bias, fits 32 bits",
          found: "\(beyond)")
      }
      acc.append(shape: [shape.m, shape.n], values: accumulators)
      y.append(shape: [shape.m, shape.n], values: results)
    }
    return batch.answer(["y": y, "acc": acc])
  }

  /// - Throws: ``BlockError/outsideDomain(block:transaction:limit:found:)`` for an extent that the
  ///   hardware does not count to.
  private func shape(
    of transaction: Int, in batch: Batch, maxDepth: Int
  ) throws(BlockError) -> (m: Int, n: Int) {
    let (a, w) = (
      batch.item("a").shape(of: transaction), batch.item("w").shape(of: transaction)
    )
    let limits = [
      ("K is at most MaxDepth", a[1], maxDepth), ("M is at most", a[0], Int8GEMM.maxExtent),
      ("N is at most", w[0], Int8GEMM.maxExtent),
    ]
    for (limit, extent, most) in limits where extent > most {
      throw .outsideDomain(
        block: name, transaction: transaction,
        limit: limit + (limit.hasSuffix("MaxDepth") ? " = \(most)" : " \(most)"),
        found: "\(extent)")
    }
    return (a[0], w[0])
  }

  /// The real value of the scaled sum, clamped to the range of `y`: it depends on no scale.
  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    let (a, w) = (batch.item("a"), batch.item("w"))
    let weights = w.values.map { Double($0) }
    var result: [Double] = []
    for transaction in 0..<batch.count {
      let (n, k) = (w.shape(of: transaction)[0], w.shape(of: transaction)[1])
      let channels = ChannelConstants(batch, transaction, count: n)
      let first = w.range(of: transaction).lowerBound
      for row in stride(
        from: a.range(of: transaction).lowerBound, to: a.range(of: transaction).upperBound, by: k)
      {
        let activations = a.values[row..<row + k].map { Double($0) }
        for channel in 0..<n {
          var sum = Double(channels.bias[channel])
          for (index, activation) in activations.enumerated() {
            sum += activation * weights[first + channel * k + index]
          }
          result.append(min(max(sum * channels.scales[channel].ratio, -128), 127))
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

/// The constants of each channel in one transaction.
private struct ChannelConstants {
  let bias: [Int64]
  let scales: [DyadicScale]

  init(_ batch: Batch, _ transaction: Int, count: Int) {
    func values(_ name: String) -> [Int64] {
      guard let item = batch.items[name] else {
        return [Int64](repeating: batch.scalar(name), count: count)
      }
      precondition(item.range(of: transaction).count == count, "\(name) has a value a channel")
      return Array(item.values[item.range(of: transaction)])
    }
    bias = values("bias")
    scales = zip(values("multiplier"), values("exponent")).map {
      DyadicScale(multiplier: UInt32($0), exponent: Int($1))
    }
  }

  /// Rows of sums, one a channel, with their bias and requantised.
  ///
  /// - Returns: an accumulator that does not fit 32 bits, where there is one.
  func requantise(
    _ sums: [Int32], into accumulators: Filled.Output, _ results: Filled.Output
  ) -> Int64? {
    var beyond: Int64?
    var index = 0
    while index < sums.count {
      for channel in bias.indices {
        let acc = Int64(sums[index]) + bias[channel]
        if acc != Int64(Int32(truncatingIfNeeded: acc)) { beyond = beyond ?? acc }
        accumulators[index] = acc
        results[index] = scales[channel].requantise(acc, rounding: .halfToEven, to: .signed(8))
        index += 1
      }
    }
    return beyond
  }
}

extension NarrowMatrix {
  /// One transaction of a ragged array of matrices.
  init(_ matrices: RaggedTensor, item: Int) {
    let shape = matrices.shape(of: item)
    self = matrices.values.withUnsafeBufferPointer { values in
      NarrowMatrix(
        rows: shape[0], columns: shape[1],
        values: UnsafeBufferPointer(rebasing: values[matrices.range(of: item)]))
    }
  }
}
