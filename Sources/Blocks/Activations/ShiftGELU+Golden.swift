import FixedPoint
import Foundation
public import Signals

extension ShiftGELU {
  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let x = batch.item("x")
    try x.checkRows(maxLength: configuration["MaxLength"], block: name)
    let exponential = ShiftExponential(
      x0: batch.scalar("x0"), octaves: configuration["Octaves"])
    let table = DropTable(bits: configuration["InputBits"], elements: x.values.count) {
      exponential(-$0)
    }
    let (exp, sigmoid, y) = Filled.three(count: x.values.count) { exp, sigmoid, y in
      x.values.withUnsafeBufferPointer { values in
        for row in 0..<x.count {
          let range = x.range(of: row)
          let maximum = values.maximum(of: range)
          let zero = exponential(-maximum)
          // The exponentials lie where the answers will.
          _ = table.fill(range, of: values, maximum: maximum, y)
          for index in range {
            let value = y[index]
            let factor = ShiftExponential.factor(of: min(value + zero, ShiftExponential.largest))
            let gate = (value &* factor).shiftedRight(by: 24, rounding: .floor)
            exp[index] = value
            sigmoid[index] = gate
            y[index] = values[index] &* gate
          }
        }
      }
    }
    return Batch(
      count: batch.count,
      items: [
        "y": RaggedTensor(rows: x.lengths, values: y),
        "exp": RaggedTensor(rows: x.lengths, values: exp),
        "sigmoid": RaggedTensor(rows: x.lengths, values: sigmoid),
      ])
  }

  /// GELU of `x` times its scale, with the error function of the C library; nil without the scales
  /// `x` and `y`.
  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    guard let scale = batch.scales["x"], batch.scales["y"] != nil else { return nil }
    return batch.item("x").values.map {
      let real = Double($0) * scale
      return real / 2 * erfc(-real / 2.0.squareRoot())
    }
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(
      array: "y", unit: 1, scaleKey: "y", element: 0.4,
      domain: Domain(
        scale: 0x1p-6...0x1p-4, length: 1...1024,
        conditions: "x of 8 bits, 23 octaves (above S = 9.4 / max(x), halves)"),
      command: "cosim accuracy shift_gelu --check")
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.item("x").values.count, .elements, peakPerCycle: configuration["Lanes"])
  }

  /// `x0` from the scale of `x`: floor(-1 / (1.702 S)).
  public func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    guard let scale = scales["x"] else { throw .missingScale(block: name, name: "x") }
    return try ShiftExponential.settings(
      scale: scale * 1.702, interface: interface(in: configuration), block: name)
  }

  public func corners(in configuration: Configuration) -> [Batch] {
    let range = Signals.IntegerFormat.signed(configuration["InputBits"]).range
    let lanes = configuration["Lanes"]
    let maxLength = configuration["MaxLength"]
    let widest = -ShiftExponential.x0(octaves: configuration["Octaves"]).range.upperBound
    let settings: [(String, Int64)] = [
      ("x0 -12", -12), ("x0 -1", -1), ("x0 -76", -76), ("widest x0", widest),
    ]
    return settings.filter { $0.1 >= widest }.map { label, x0 in
      var rows = RowCorners(range: range, maxLength: maxLength)
      rows.addShapes(lanes: lanes)
      rows.add("every step", (0..<256).map { range.upperBound - $0 })
      // Rows below 0: exp(-max) has a positive argument, of which the largest saturate.
      for maximum in [Int64(-1), -2, -16, -100] {
        rows.add("maximum \(maximum)", (0..<9).map { maximum - $0 * $0 })
      }
      rows.addLengths(lanes: lanes, spread: 30, longest: x0 == -12 || maxLength <= 1024)
      // 1 / (1.702 * 0.05) is 11.75.
      let hasScale = x0 == -12 && configuration["Octaves"] == 23 && configuration["InputBits"] == 8
      return rows.batch(
        "x", prefix: label, shared: ["x0": Tensor(x0)],
        scales: hasScale ? ["x": 0.05, "y": 0.05 / 128] : [:])
    }
  }

  public func transactionCount(
    seed: UInt64, index: Int, in configuration: Configuration
  ) -> Int {
    CounterGenerator.batchSize(seed: seed, index: index)
  }

  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    let count = generator.count(in: 16...64)
    let widest = -ShiftExponential.x0(octaves: configuration["Octaves"]).range.upperBound
    var settings = ["x0": Tensor(-generator.value(in: 1...generator.value(in: 1...(-widest))))]
    var scales: [String: Double] = [:]
    if generator.oneIn(2) {
      let scale = generator.scale(exponents: -6 ... -5)
      if let derived = try? self.settings(from: ["x": scale], in: configuration) {
        settings = derived
        let isClaimed = configuration["Octaves"] == 23 && configuration["InputBits"] == 8
        scales = isClaimed ? ["x": scale, "y": scale / 128] : [:]
      }
    } else if generator.oneIn(3) {
      settings["x0"] = Tensor(max(-generator.value(in: 1...4), widest))
    }
    let rows = RowStimulus(
      range: Signals.IntegerFormat.signed(configuration["InputBits"]).range,
      lanes: configuration["Lanes"], maxLength: configuration["MaxLength"])
    let spread = Double(rows.range.upperBound) / 3
    return Batch(
      count: count, shared: settings,
      items: ["x": rows.rows(seed: seed, index: index, count: count, spread: spread)],
      scales: scales)
  }
}

extension ShiftGELU {
  /// Settings of the scale; `y` has 1/128 of it.
  public func batch(
    of codes: RaggedTensor, scale: Double, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    try batch(of: codes, scales: ["x": scale, "y": scale / 128], in: configuration)
  }
}
