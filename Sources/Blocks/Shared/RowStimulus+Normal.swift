import Signals

extension RowStimulus {
  /// Rows of 1 to 128 normally distributed values about 0, for which tolerances are stated: a standard
  /// deviation in `sigmas` for each row.
  func normal(
    seed: UInt64, index: Int, count: Int, sigmas: ClosedRange<Double>
  ) -> RaggedTensor {
    var lengths: [Int] = []
    var values: [Int64] = []
    for transaction in 0..<count {
      var generator = CounterGenerator.transaction(
        seed: seed, index: index, transaction: transaction)
      let length = generator.count(in: 1...min(128, maxLength))
      let part = Double(generator.count(in: 0...1024)) / 1024
      let sigma = sigmas.lowerBound + part * (sigmas.upperBound - sigmas.lowerBound)
      lengths.append(length)
      for _ in 0..<length { values.append(generator.bell(sigma: sigma, in: range)) }
    }
    return RaggedTensor(rows: lengths, values: values)
  }
}
