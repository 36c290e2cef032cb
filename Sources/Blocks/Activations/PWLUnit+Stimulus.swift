public import Signals

extension PWLUnit {
  private static let codes: ClosedRange<Int64> = -32768...32767

  /// Segment ends and their neighbours for functions, and tables and shifts at their limits.
  public func corners(in configuration: Configuration) -> [Batch] {
    var batches: [Batch] = []
    for function in [ActivationFunction.gelu, .logistic, .tanh] {
      let scales = ["x": 8.0 / 32768, "y": 8.0 / 32768, "function": Double(function.rawValue)]
      if let settings = try? settings(from: scales, in: configuration) {
        batches.append(corners("\(function)", settings, scales: scales, in: configuration))
      }
    }
    let narrow = ["x": 0.0625, "y": 0.0078125, "function": 2.0, "x_bits": 8]
    if let settings = try? settings(from: narrow, in: configuration) {
      batches.append(corners("8-bit codes", settings, in: configuration))
    }
    let limits: [(slope: Int64, intercept: Int64)] = [
      (-(1 << 19), -(1 << 35)), ((1 << 19) - 1, (1 << 35) - 1), (-(1 << 19), (1 << 35) - 1), (1, 0),
      (-1, 0), (0, 1), (0, -1),
    ]
    for (number, limit) in limits.enumerated() {
      for shift: Int64 in [0, 1, 15, 20, 31] {
        let settings = [
          "low": Tensor([-32768, 32767, 0][number % 3]),
          "segment_shift": Tensor([16, 0, 11][number % 3]), "shift": Tensor(shift),
          "slope": Tensor([Int64](repeating: limit.slope, count: configuration["Segments"])),
          "intercept": Tensor(
            [Int64](repeating: limit.intercept, count: configuration["Segments"])),
        ]
        let label = "slope \(limit.slope), intercept \(limit.intercept), shift \(shift)"
        batches.append(corners(label, settings, in: configuration))
      }
    }
    return batches
  }

  /// Codes about the ends of all segments, the limits, and the lengths.
  private func corners(
    _ prefix: String, _ settings: [String: Tensor], scales: [String: Double] = [:],
    in configuration: Configuration
  ) -> Batch {
    let low = settings["low"]?.scalar ?? 0
    let width = Int64(1) << (settings["segment_shift"]?.scalar ?? 0)
    var elements = DirectedElements(["x"])
    let limits: [Int64] = [-32768, -32767, -1, 0, 1, 32766, 32767]
    elements.append("\(prefix): limits", limits.map { [$0] })
    let ends = (0...Int64(configuration["Segments"])).flatMap { segment in
      [-1, 0, 1].map { low + segment * width + $0 }
    }.filter { PWLUnit.codes.contains($0) }
    for start in stride(from: 0, to: ends.count, by: 255) {
      elements.append(
        "\(prefix): segment ends from \(start)",
        ends[start..<min(ends.count, start + 255)].map { [$0] })
    }
    let lanes = configuration["Lanes"]
    for length in Set([1, max(1, lanes - 1), lanes, lanes + 1, 256]).sorted() {
      elements.append(
        "\(prefix): length \(length)", (0..<Int64(length)).map { [$0 * 257 - 32768] })
    }
    return elements.batch(shared: settings, scales: scales)
  }

  public func transactionCount(
    seed: UInt64, index: Int, in configuration: Configuration
  ) -> Int {
    CounterGenerator.batchSize(seed: seed, index: index)
  }

  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var settings = CounterGenerator.settings(seed: seed, index: index)
    return stimulus(
      seed: seed, index: index, count: settings.count(in: 16...64), in: configuration)
  }

  /// The first `count` transactions of stimulus `index`: chords of a function, or any tables.
  func stimulus(seed: UInt64, index: Int, count: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    _ = generator.next()
    let (settings, scales) = randomSettings(index, using: &generator, in: configuration)
    let width = Int64(1) << (settings["segment_shift"]?.scalar ?? 0)
    let low = settings["low"]?.scalar ?? 0
    var elements = DirectedElements(["x"])
    for number in 0..<count {
      var generator = CounterGenerator.transaction(seed: seed, index: index, transaction: number)
      let length = generator.chunkLength(lanes: configuration["Lanes"])
      elements.append(
        "",
        (0..<length).map { _ in
          guard generator.oneIn(3) else { return [generator.value(in: PWLUnit.codes)] }
          // Beside the end of a segment.
          let segment = generator.value(in: 0...Int64(configuration["Segments"]))
          let code = low + segment * width + generator.value(in: -1...1)
          return [min(max(code, -32768), 32767)]
        })
    }
    return elements.batch(shared: settings, scales: scales)
  }

  private func randomSettings(
    _ index: Int, using generator: inout CounterGenerator, in configuration: Configuration
  ) -> (settings: [String: Tensor], scales: [String: Double]) {
    let reach = generator.scale(exponents: 0...2)
    let function = generator.choice([ActivationFunction.gelu, .logistic, .tanh])
    var scales = ["function": Double(function.rawValue), "x": reach / 32768]
    // The largest value is below the reach or 1, so that nothing saturates.
    scales["y"] = max(reach, 1) / 32767
    // Two after each other with other tables and the same settings, so that tables need not wait for
    // these.
    if index % 4 < 2, let settings = try? settings(from: scales, in: configuration) {
      return (settings, scales)
    }
    scales = ActivationQuantisation.randomScales(codes: PWLUnit.codes, using: &generator)
    scales["shift"] = Double(generator.count(in: 0...16))
    if index % 4 == 2, let settings = try? settings(from: scales, in: configuration) {
      return (settings, [:])
    }
    let shift = generator.value(in: 0...31)
    let slopes = min(Int64(1) << (shift + 2), (1 << 19) - 1)
    let intercepts = min(Int64(1) << (shift + 15), (1 << 35) - 1)
    let count = configuration["Segments"]
    let settings = [
      "low": Tensor(generator.value(in: PWLUnit.codes)),
      "segment_shift": Tensor(generator.value(in: 0...16)), "shift": Tensor(shift),
      "slope": Tensor((0..<count).map { _ in generator.value(in: -slopes...slopes) }),
      "intercept": Tensor((0..<count).map { _ in generator.value(in: -intercepts...intercepts) }),
    ]
    return (settings, [:])
  }
}
