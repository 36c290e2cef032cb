import Blocks
import FixedPoint
import Signals
import Testing

@Suite struct LUTActivationTests {
  let block = LUTActivation()
  let codes = Array<Int64>(-128...127)

  private func answer(_ table: [Int64]) throws -> [Int64] {
    try block.golden(
      Batch(count: 1, shared: ["table": Tensor(table)], items: ["x": RaggedTensor([codes])]),
      in: try block.configuration()
    ).item("y").values
  }

  @Test func `the index is the code as an unsigned byte`() throws {
    let table = (0..<256).map { Int64($0) - 128 }
    let expected = codes.map { $0 < 0 ? $0 + 128 : $0 - 128 }
    #expect(try answer(table) == expected)
    #expect(try answer(table.withOneFault) != expected)
  }

  @Test func `a derived table is the function rounded half away from zero`() throws {
    let configuration = try block.configuration()
    // e^(x ln 2) of -1, 0, 1 in halves: 1, 2, 4; GELU of 0 is 0.
    let gelu = try block.settings(from: ["x": 1, "y": 0.25], in: configuration)["table"]?.values
    // GELU(1) = 0.8413 is 3.37 quarters, GELU(-1) = -0.1587 is -0.63 of one.
    #expect(gelu?[0] == 0 && gelu?[1] == 3 && gelu?[255] == -1 && gelu?[100] == 127)
    let logistic = try block.settings(
      from: [
        "x": 1, "y": 1.0 / 256, "y_zero_point": -128, "function": 2,
      ], in: configuration)["table"]?.values
    #expect(logistic?[0] == 0 && logistic?[127] == 127 && logistic?[128] == -128)
    // tanh of 0 on a zero point.
    let tanh = try block.settings(
      from: ["x": 0.1, "y": 0.1, "x_zero_point": 5, "y_zero_point": -7, "function": 3],
      in: configuration)["table"]?.values
    #expect(tanh?[5] == -7)
  }

  @Test func `every derived table is within half a code of the function`() throws {
    let configuration = try block.configuration()
    for batch in block.corners(in: configuration) where !batch.scales.isEmpty {
      let accuracy = try Accuracy(block, [batch], in: configuration)
      #expect(accuracy.compared == 256 && accuracy.worst <= 0.5)
      // A table shifted by one entry is not.
      var faulty = batch
      faulty.shared["table"] = Tensor(
        (0..<256).map { batch.shared["table"]?.values[($0 + 8) % 256] ?? 0 })
      #expect(try Accuracy(block, [faulty], in: configuration).worst > 0.5)
    }
  }

  @Test func `a table of another length and scales of nothing are refused`() throws {
    let error = #expect(throws: BlockError.self) { try answer([1, 2, 3]) }
    #expect(
      error?.description == """
        lut_activation: transaction 0 is outside the domain: table has 256 entries, but found 3
        """)
    let configuration = try block.configuration()
    #expect(throws: BlockError.missingScale(block: "lut_activation", name: "y")) {
      try block.settings(from: ["x": 1], in: configuration)
    }
    #expect(throws: BlockError.self) {
      try block.settings(from: ["x": 1, "y": 1, "function": 99], in: configuration)
    }
  }
}

@Suite struct PWLUnitTests {
  let block = PWLUnit()

  /// Compares one table of the reference file.
  private func compare(
    _ name: String, expecting transform: ([Int64]) -> [Int64] = { $0 }
  ) throws -> Comparison {
    let oracle = try Oracle("pwl")
    let parameters = try oracle.integers("\(name)_par")
    let slope = try oracle.integers("\(name)_slope")
    let shared = [
      "low": Tensor(parameters[0]), "segment_shift": Tensor(parameters[1]),
      "shift": Tensor(parameters[2]), "slope": Tensor(slope),
      "intercept": Tensor(try oracle.integers("\(name)_icpt")),
    ]
    return try compare(
      name, shared, expected: transform(try oracle.integers("\(name)_y")))
  }

  private func compare(
    _ name: String, _ shared: [String: Tensor], expected: [Int64]
  ) throws -> Comparison {
    let oracle = try Oracle("pwl")
    let golden = try block.golden(
      Batch(
        count: 1, shared: shared, items: ["x": RaggedTensor([try oracle.integers("\(name)_x")])]),
      in: try block.configuration(["Segments": shared["slope"]?.values.count ?? 0]))
    // The tables for 8-bit codes saturate to 8 bits, which loses nothing after saturating to 16.
    let isNarrow = !name.hasSuffix("16")
    let observed = golden.item("y").values.map { isNarrow ? $0.saturated(to: .signed(8)) : $0 }
    var comparison = Comparison()
    comparison.compare(observed, expected, name)
    return comparison
  }

  @Test(arguments: ["gelu8", "gelu16", "sigmoid8", "exp8", "tanh16"])
  func `every reference value is met`(name: String) throws {
    let comparison = try compare(name)
    #expect(comparison.differences == [])
    #expect(comparison.compared == (name.hasSuffix("8") ? 32 : 2731))
    #expect(try compare(name) { $0.withOneFault }.differences.count == 1)
  }

  /// Chosen breakpoints that are multiples of 8 are equal segments of 8 with repeated entries.
  @Test func `chosen breakpoints are equal segments with repeated entries`() throws {
    let oracle = try Oracle("pwl")
    let breakpoints = try oracle.integers("gelunu_brk")
    let (slope, intercept) = (
      try oracle.integers("gelunu_slope"), try oracle.integers("gelunu_icpt")
    )
    let pieces = (0..<32).map { segment in breakpoints.count { $0 <= -128 + 8 * Int64(segment) } }
    let shared = [
      "low": Tensor(-128), "segment_shift": Tensor(3),
      "shift": Tensor(try oracle.integers("gelunu_par")[0]),
      "slope": Tensor(pieces.map { slope[$0] }), "intercept": Tensor(pieces.map { intercept[$0] }),
    ]
    let expected = try oracle.integers("gelunu_y")
    let comparison = try compare("gelunu", shared, expected: expected)
    #expect(comparison.differences == [])
    #expect(comparison.compared == 32)
    #expect(
      try compare("gelunu", shared, expected: expected.withOneFault).differences.count == 1)
  }

  /// Function, scale of x, scale of y and zero point of x of each table.
  static let tables: [(String, ActivationFunction, Double, Double, Double)] = [
    ("gelu8", .gelu, 1.0 / 32, 1.0 / 32, 0), ("gelu16", .gelu, 8.0 / 32768, 8.0 / 32768, 0),
    ("sigmoid8", .logistic, 1.0 / 16, 1.0 / 128, 0),
    ("exp8", .exponential, 1.0 / 32, 1.0 / 128, 128),
    ("tanh16", .tanh, 4.0 / 32768, 1.0 / 32768, 0),
  ]

  @Test(arguments: tables) func `the tables follow from function and scales`(
    name: String, function: ActivationFunction, x: Double, y: Double, zero: Double
  ) throws {
    let oracle = try Oracle("pwl")
    let slope = try oracle.integers("\(name)_slope")
    let parameters = try oracle.integers("\(name)_par")
    let settings = try block.settings(
      from: [
        "x": x, "y": y, "x_zero_point": zero, "function": Double(function.rawValue),
        "x_bits": name.hasSuffix("8") ? 8 : 16,
      ], in: try block.configuration(["Segments": slope.count]))
    var comparison = Comparison()
    for (setting, expected) in [
      ("slope", slope), ("intercept", try oracle.integers("\(name)_icpt")),
      ("low", [parameters[0]]), ("segment_shift", [parameters[1]]), ("shift", [parameters[2]]),
    ] {
      comparison.compare(settings[setting]?.values ?? [], expected, setting)
    }
    #expect(comparison.differences == [])
    #expect(comparison.compared == 2 * slope.count + 3)
  }

  private func answer(_ x: [Int64], _ shared: [String: [Int64]]) throws -> [Int64] {
    let segments = shared["slope"]?.count ?? 0
    return try block.golden(
      Batch(
        count: 1, shared: shared.mapValues { $0.count == 1 ? Tensor($0[0]) : Tensor($0) },
        items: ["x": RaggedTensor([x])]),
      in: try block.configuration(["Segments": segments])
    ).item("y").values
  }

  @Test func `codes outside the segments use the first and the last`() throws {
    let shared: [String: [Int64]] = [
      "low": [-4], "segment_shift": [2], "shift": [0], "slope": [0, 0], "intercept": [10, 20],
    ]
    #expect(
      try answer([-32768, -5, -4, -1, 0, 3, 4, 32767], shared) == [
        10, 10, 10, 10, 20, 20, 20, 20,
      ])
  }

  @Test func `one rounding, half up, and saturation to 16 bits`() throws {
    let shared: [String: [Int64]] = [
      "low": [0], "segment_shift": [16], "shift": [1], "slope": [1, 1], "intercept": [0, 0],
    ]
    #expect(try answer([-3, -1, 1, 3], shared) == [-1, 0, 1, 2])
    var steep = shared
    steep["slope"] = [9, 9]
    #expect(try answer([-32768, 32767], steep) == [-32768, 32767])
  }

  @Test func `tables of another length and scales that do not fit are refused`() throws {
    let error = #expect(throws: BlockError.self) {
      try block.golden(
        Batch(
          count: 1,
          shared: [
            "low": Tensor(0), "segment_shift": Tensor(0), "shift": Tensor(0),
            "slope": Tensor([1, 2]), "intercept": Tensor([1, 2]),
          ], items: ["x": RaggedTensor([[1]])]),
        in: try block.configuration())
    }
    #expect(
      error?.description == """
        pwl_unit: transaction 0 is outside the domain: slope has 16 entries, but found 2
        """)
    let steep = #expect(throws: BlockError.self) {
      try block.settings(from: ["x": 1, "y": 0.001], in: try block.configuration())
    }
    #expect(steep?.description.contains("slope must fit int20, but found 16384000") == true)
  }
}
