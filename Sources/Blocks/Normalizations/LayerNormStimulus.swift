import Foundation
import Signals

/// Rows and biases for the LayerNorms whose mean is an integer.
///
/// All rows of a batch have the length of its bias.
struct LayerNormStimulus {
  let range: ClosedRange<Int64>
  let lanes: Int
  let maxLength: Int

  init(_ configuration: Configuration) {
    range = Signals.IntegerFormat.signed(configuration["InputBits"]).range
    lanes = configuration["Lanes"]
    maxLength = configuration["MaxLength"]
  }

  /// Shapes at several lengths, ties of the mean, the ends of the bias, and more rows of one beat than
  /// there are places for.
  func corners() -> [Batch] {
    var result = [ties(length: 2), ties(length: 4)]
    let lengths: Set = [1, lanes - 1, lanes, lanes + 1, 2 * lanes + lanes / 2 + 1, maxLength]
    for length in lengths.sorted() where (1...maxLength).contains(length) {
      var rows = RowCorners(range: range, maxLength: length)
      if length > 256 {
        // The longest rows cost the most cycles: one is enough.
        var generator = CounterGenerator(seed: 0, stream: 0xC1, index: UInt64(length))
        let sigma = Double(range.upperBound) / 4
        rows.add("bell", (0..<length).map { _ in generator.bell(sigma: sigma, in: range) })
      } else {
        rows.addShapes(length: length)
      }
      result.append(batch(rows, prefix: "length \(length)", length: length))
    }
    let length = min(lanes, maxLength)
    var crowd = RowCorners(range: range, maxLength: length)
    crowd.addCrowd(length: length, sigmas: [1, Double(range.upperBound) / 3])
    result.append(batch(crowd, prefix: "crowd", length: length))
    return result.filter { $0.count > 0 }
  }

  /// Sums that lie just between two multiples of the length: means that are ties, of both parities.
  private func ties(length: Int) -> Batch {
    var rows = RowCorners(range: range, maxLength: length)
    if length <= maxLength {
      for base in Int64(-3)...3 {
        rows.add("mean \(base) 1/2", (0..<length).map { base + Int64($0 % 2) })
        rows.add(
          "wide mean \(base) 1/2",
          (0..<length).map { base + Int64($0 % 2) + ($0 < length / 2 ? -40 : 40) })
      }
    }
    return batch(rows, prefix: "ties, length \(length)", length: length)
  }

  private func batch(_ rows: RowCorners, prefix: String, length: Int) -> Batch {
    let pattern: [Int64] = [0, 1, -1, Int64(Int32.min), Int64(Int32.max), 1_000_000_007]
    let bias = (0..<length).map { pattern[$0 % pattern.count] }
    return rows.batch("x", prefix: prefix, shared: ["bias": Tensor(bias)])
  }

  /// The smallest shift with which no row of values `amplitude` around their mean reaches 2^`bits`.
  static func safeShift(length: Int, amplitude: Int64, bits: Int) -> Int64 {
    var shift: Int64 = 0
    while shift < 15 {
      let largest = (amplitude >> shift) + 2
      let sum = Double(length) * Double(largest) * Double(largest)
      if sum < Double(sign: .plus, exponent: bits, significand: 1) { break }
      shift += 1
    }
    return shift
  }

  /// Random rows of one length around a random centre.
  ///
  /// - Returns: the batch without a shift, and half the width of its values. It has the scale `y`
  ///   where the tolerance holds: rows with standard deviations of 64 and more.
  func random(seed: UInt64, index: Int) -> (batch: Batch, amplitude: Int64) {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    let rowCount = generator.count(in: 16...64)
    var rows = RowStimulus(range: range, lanes: lanes, maxLength: maxLength)
    var length = rows.length(&generator)
    let isAccurate = generator.oneIn(2) && range.upperBound >= 2047 && maxLength >= 32
    if isAccurate { length = min(max(length, 32), min(maxLength, 1024)) }
    // About 32 Ki elements at most.
    let count = min(rowCount, max(4, 32768 / length))
    let most = isAccurate ? min(range.upperBound, 1 << 14) : range.upperBound + 1
    let sigma = isAccurate ? generator.value(in: 128...max(128, most / 16)) : 0
    let bits = Int64(generator.count(in: 0...(Int64.bitWidth - 1 - most.leadingZeroBitCount)))
    let amplitude = isAccurate ? 8 * sigma : generator.value(in: 1...(1 << bits))
    let centre = generator.value(
      in: isAccurate ? (range.lowerBound + amplitude)...(range.upperBound - amplitude) : range)
    let (low, high) = (centre - amplitude, centre + amplitude)
    rows.range = max(range.lowerBound, low)...min(range.upperBound, high)
    let biasLimit: Int64 = generator.oneIn(4) ? 1 << 31 : 1 << generator.value(in: 0...30)
    let bias = (0..<length).map { _ in generator.value(in: -biasLimit...(biasLimit - 1)) }
    var values: [Int64] = []
    for transaction in 0..<count {
      var generator = CounterGenerator.transaction(
        seed: seed, index: index, transaction: transaction)
      if isAccurate {
        let reach = -amplitude...amplitude
        for _ in 0..<length {
          values.append(centre + generator.bell(sigma: Double(sigma), in: reach))
        }
      } else {
        rows.append(
          to: &values, length: length, spread: Double(amplitude) / 3, &generator)
      }
    }
    let batch = Batch(
      count: count, shared: ["bias": Tensor(bias)],
      items: ["x": RaggedTensor(count: count, shape: [length], values: values)],
      scales: isAccurate ? ["y": Double(length).squareRoot() * 0x1p-30] : [:])
    return (batch, amplitude)
  }
}

/// LayerNorm in double precision.
enum RealLayerNorm {
  /// (x - mean) / deviation + bias * unit, with the population's deviation; rows without deviation
  /// give the bias.
  static func values(_ batch: Batch, unit: Double) -> [Double] {
    let x = batch.item("x")
    let bias = batch.shared["bias"]?.values ?? []
    var result: [Double] = []
    result.reserveCapacity(x.values.count)
    for row in 0..<x.count {
      let values = x.values[x.range(of: row)]
      let mean = Double(values.reduce(0, +)) / Double(values.count)
      let squares = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
      let deviation = (squares / Double(values.count)).squareRoot()
      for (value, bias) in zip(values, bias) {
        let normal = deviation == 0 ? 0 : (Double(value) - mean) / deviation
        result.append(normal + Double(bias) * unit)
      }
    }
    return result
  }
}
