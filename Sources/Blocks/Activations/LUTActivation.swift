import FixedPoint
public import Signals

/// Any function of an int8 code, as a table of 256 codes.
///
/// `x` [N] int8 to `y` [N] int8.
///
/// - Edge cases: none; every table and every code has an answer.
/// - Source: tensorflow/tflite-micro, `kernels/internal/common.h`: `LUTPopulate`, `LUTLookup`.
public struct LUTActivation: Block {
  public let name = "lut_activation"
  public let family: Family? = .activation
  public let summary = "Any function of int8 codes, from a table of 256 entries."
  public let formula = """
    y = table[x mod 256]: the index is the code read as an unsigned byte
    """
  public let source = "tensorflow/tflite-micro, kernels/internal/common.h: LUTPopulate, LUTLookup"
  public let parameters = [Parameter.lanes]

  private static let tableLength = 256
  private static let codes = Array<Int64>(-128...127)

  public init() {}

  /// `x` and `y` carry data; the table is loaded.
  public func interface(in configuration: Configuration) -> Interface {
    let lanes = configuration["Lanes"]
    return Interface(
      arrays: [
        ArraySpecification("x", .input, axes: ["N"], .signed(8), "codes"),
        ArraySpecification(
          "table", .input, axes: ["T"], .signed(8), "256 entries: code 0 first, code -1 last"),
        ArraySpecification("y", .output, axes: ["N"], .signed(8), "codes of the function"),
      ],
      batching: .chunks("N", size: 256),
      streams: [
        .table("table", .signed(8)),
        .elements("x", .input, .signed(8), lanes: lanes),
        .elements("y", .output, .signed(8), lanes: lanes),
      ], tablesWait: true)
  }

  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let table = try batch.table("table", length: LUTActivation.tableLength, of: name)
    let x = batch.item("x")
    return batch.answer(["y": x.with(x.values.map { table[Int($0 & 255)] })])
  }

  /// The function that `scales["function"]` numbers (see ``ActivationFunction``) of the code's real
  /// value, in codes of `y` and clamped to them.
  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    guard let quantisation = ActivationQuantisation(batch.scales) else { return nil }
    return batch.item("x").values.map {
      min(max(quantisation.code(of: Double($0)), -128), 127)
    }
  }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(
      array: "y", unit: 1, element: 0.5,
      domain: Domain(conditions: "tables derived from a function and scales"),
      command: "cosim accuracy lut_activation --check")
  }

  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.item("x").values.count, .elements, peakPerCycle: configuration["Lanes"])
  }

  /// The table of a function: `sat8(halfAway(f(Sx (x - Zx)) / Sy) + Zy)` for every code.
  ///
  /// - Parameter scales: `x` and `y`; `x_zero_point` and `y_zero_point`, 0 where left out; `function`,
  ///   the number of an ``ActivationFunction``, GELU where left out.
  public func settings(
    from scales: [String: Double], in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    for key in ["x", "y"] where scales[key] == nil { throw .missingScale(block: name, name: key) }
    guard let quantisation = ActivationQuantisation(scales) else {
      throw .scaleOutOfRange(
        block: name, limit: ActivationQuantisation.limit,
        found: "\(scales.sorted { $0.key < $1.key })")
    }
    let table = (Int64(0)..<256).map { index in
      let code = index < 128 ? index : index - 256
      return quantisation.roundedCode(of: Double(code)).saturated(to: .signed(8))
    }
    return ["table": Tensor(table)]
  }
}

// MARK: - Stimulus

extension LUTActivation {
  /// All 256 codes, through a table for each function, the identity and tables at the limits.
  public func corners(in configuration: Configuration) -> [Batch] {
    let lanes = configuration["Lanes"]
    let functions = ActivationFunction.allCases.compactMap { function -> Batch? in
      let scales = ["x": 0.0625, "y": 0.03125, "function": Double(function.rawValue)]
      guard let settings = try? settings(from: scales, in: configuration) else { return nil }
      return Batch(
        count: 1, shared: settings,
        items: ["x": RaggedTensor(rows: [256], values: LUTActivation.codes)],
        labels: ["all codes, \(function)"], scales: scales)
    }
    let tables: [(String, [Int64])] = [
      ("identity", (0..<256).map { $0 < 128 ? $0 : $0 - 256 }),
      ("complement", (0..<256).map { $0 < 128 ? -1 - $0 : 255 - $0 }),
      ("limits", (0..<256).map { $0 % 2 == 0 ? 127 : -128 }),
      ("zero", [Int64](repeating: 0, count: 256)),
    ]
    let directed = tables.map { label, table in
      Batch(
        count: 1, shared: ["table": Tensor(table)],
        items: ["x": RaggedTensor(rows: [256], values: LUTActivation.codes)],
        labels: ["all codes, \(label)"])
    }
    var lengths = DirectedElements(["x"])
    for length in Set([1, max(1, lanes - 1), lanes, lanes + 1, 255]).sorted() {
      lengths.append("length \(length)", (0..<Int64(length)).map { [$0 % 256 - 128] })
    }
    return functions + directed + [lengths.batch(shared: ["table": Tensor(tables[0].1)])]
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

  /// The first `count` transactions of stimulus `index`: the table of a function, or any table.
  func stimulus(seed: UInt64, index: Int, count: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator.settings(seed: seed, index: index)
    _ = generator.next()
    let shared: [String: Tensor]
    var scales: [String: Double] = [:]
    let derived = ActivationQuantisation.randomScales(codes: -128...127, using: &generator)
    if index % 3 != 2, let settings = try? settings(from: derived, in: configuration) {
      (shared, scales) = (settings, derived)
    } else {
      shared = ["table": Tensor((0..<256).map { _ in generator.value(in: -128...127) })]
    }
    var elements = DirectedElements(["x"])
    for number in 0..<count {
      var generator = CounterGenerator.transaction(seed: seed, index: index, transaction: number)
      let length = generator.chunkLength(lanes: configuration["Lanes"])
      elements.append("", (0..<length).map { _ in [generator.value(in: -128...127)] })
    }
    return elements.batch(shared: shared, scales: scales)
  }
}

// MARK: - Accuracy

extension LUTActivation {
  /// The table of GELU; `y` has the scale of `x`, which holds every value that GELU takes.
  public func batch(
    of codes: RaggedTensor, scale: Double, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    try batch(of: codes, scales: ["x": scale, "y": scale], in: configuration)
  }

  /// Codes and ideal times the scale of `y`.
  public func readings(
    of answer: Batch, to batch: Batch, in configuration: Configuration
  ) -> Readings? {
    guard let unit = batch.scales["y"], let exact = ideal(batch, in: configuration) else {
      return nil
    }
    let zeroPoint = batch.scales["y_zero_point"] ?? 0
    return Readings(
      got: answer.item("y").values.map { (Double($0) - zeroPoint) * unit },
      exact: exact.map { ($0 - zeroPoint) * unit }, unit: unit)
  }
}
