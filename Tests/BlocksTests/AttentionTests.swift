import Blocks
import FixedPoint
import Signals
import Testing

/// What holds for both attention blocks.
@Suite struct AttentionTests {
  /// A block, its parameters, and the algorithm of the reference.
  struct Case: Sendable, CustomStringConvertible {
    var block: any Block
    var values: [String: Int] = [:]
    var algorithm: NaiveAttention.Algorithm

    var description: String { "\(block.name) \(values.sorted { $0.key < $1.key })" }
    func configuration() throws -> Configuration { try block.configuration(values) }
  }

  static let cases: [Case] = [
    Case(block: ITAAttention(), algorithm: .ita(epsilonShift: 0, group: 16)),
    Case(
      block: ITAAttention(),
      values: [
        "EpsilonShift": 5, "Group": 8, "Rows": 3, "Columns": 4, "Depth": 2, "MaxTokens": 37,
        "MaxDimension": 6,
      ], algorithm: .ita(epsilonShift: 5, group: 8)),
    Case(block: IBERTAttention(), algorithm: .ibert(octaves: 30)),
    Case(
      block: IBERTAttention(),
      values: [
        "Lanes": 4, "Octaves": 15, "Rows": 2, "Columns": 4, "Depth": 4, "MaxTokens": 19,
        "MaxDimension": 12,
      ], algorithm: .ibert(octaves: 15)),
  ]

  @Test(arguments: cases)
  func `every part of every head equals a plain loop over pairs`(of: Case) throws {
    let configuration = try of.configuration()
    var compared = 0
    let batches =
      of.block.corners(in: configuration)
      + (0..<12).map { of.block.stimulus(seed: 6, index: $0, in: configuration) }
    for batch in batches {
      let golden = try of.block.golden(batch, in: configuration)
      let naive = NaiveAttention(batch: batch, algorithm: of.algorithm)
      for head in 0..<batch.count {
        let (found, expected) = (NaiveAttention.golden(golden, head), naive.answer(head))
        #expect(
          found.firstDifference(from: expected) == nil,
          "head \(head) \(batch.labels.isEmpty ? "" : batch.labels[head])")
        compared += expected.probs.count
      }
    }
    #expect(compared > 10_000)
  }

  /// In which part a fault shows first.
  private func stage(_ fault: NaiveAttention.Fault) -> String {
    switch fault {
    case .maskedInMaximum, .maskedInSum, .groupsOfVisible: "probs"
    case .probsSigned, .lastKeyMissing: "acc"
    case .roundingOfContext, .emptyRowsRequantised: "context"
    default: "logits"
    }
  }

  @Test(arguments: cases)
  func `corners show every planted fault, first in its own stage`(of: Case) throws {
    let configuration = try of.configuration()
    for fault in NaiveAttention.Fault.allCases {
      if case .ibert = of.algorithm, [.groupsOfVisible, .emptyRowsRequantised].contains(fault) {
        continue
      }
      var stages: [String: Int] = [:]
      for batch in of.block.corners(in: configuration) {
        let golden = try of.block.golden(batch, in: configuration)
        let naive = NaiveAttention(batch: batch, algorithm: of.algorithm, fault: fault)
        for head in 0..<batch.count {
          let found = NaiveAttention.golden(golden, head)
          if let stage = found.firstDifference(from: naive.answer(head)) {
            stages[stage, default: 0] += 1
          }
        }
      }
      let most = stages.max { $0.value < $1.value }?.key
      #expect(most == stage(fault), "\(fault) \(stages)")
    }
  }

  @Test(arguments: cases)
  func `golden stays within its tolerance of real attention`(of: Case) throws {
    let configuration = try of.configuration()
    let batches = (0..<8).map { of.block.stimulus(seed: 2, index: $0, in: configuration) }
    let accuracy = try Accuracy(of.block, batches, in: configuration)
    if (configuration.values["Octaves"] ?? 30) >= 20 {
      #expect(accuracy.compared > 2000)
      #expect(accuracy.worst > 0.002)
    }
    #expect(accuracy.worst <= of.block.tolerance(in: configuration).element)
  }

  @Test(arguments: cases)
  func `a device is told of a mask only where it has zeros`(of: Case) throws {
    let configuration = try of.configuration()
    let batch = of.block.corners(in: configuration)[2]
    let derived = try of.block.derived(batch, in: configuration)
    let visible = derived.item("masks")
    for head in 0..<batch.count {
      let mask = batch.item("mask")[head]
      let hasZeros = mask.values.contains(0)
      #expect(derived.item("masked").values[head] == (hasZeros ? 1 : 0))
      #expect(visible[head] == (hasZeros ? mask : Tensor(shape: [0, 0], values: [])))
    }
    #expect(Set(derived.item("masked").values) == [0, 1])
    let interface = try of.block.interface(in: configuration)
    let stimulus = try Stimulus(derived, interface: interface, filler: 0)
    let streams = interface.inputs.map(\.name)
    for (name, beats) in zip(streams, stimulus.data) where name == "mask" {
      #expect(zip(beats.starts, beats.starts.dropFirst()).contains { $0 == $1 })
      #expect(beats.count > 0)
    }
    #expect(streams.contains("mask"))
  }

  @Test(arguments: cases)
  func `one mask for all heads, a bare number and lengths by head are accepted`(of: Case) throws {
    let configuration = try of.configuration()
    let interface = try of.block.interface(in: configuration)
    let depth = configuration["Depth"]
    func values(_ count: Int) -> [Int64] { (0..<Int64(count)).map { $0 * 37 % 256 - 128 } }
    var arrays: [String: Tensor] = [
      "q": Tensor(shape: [2, 3, depth], values: values(6 * depth)),
      "k": Tensor(shape: [2, 3, depth], values: values(6 * depth)),
      "v": Tensor(shape: [2, 3, depth], values: values(6 * depth)),
    ]
    for setting in interface.settings { arrays[setting.name] = Tensor(1) }
    arrays["x0"] = arrays["x0"].map { _ in Tensor(-1) }
    func answer(_ more: [String: Tensor]) throws -> [String: RaggedTensor] {
      let batch = try Batch(arrays: arrays.merging(more) { $1 }, interface: interface)
      #expect(batch.count == 2)
      return try of.block.golden(batch, in: configuration).items
    }
    let lower: [Int64] = [1, 0, 0, 1, 1, 0, 1, 1, 1]
    let causal = try answer(["causal": Tensor(1)])
    #expect(try answer(["mask": Tensor(shape: [3, 3], values: lower)]) == causal)
    #expect(try answer(["mask": Tensor(shape: [2, 3, 3], values: lower + lower)]) == causal)
    #expect(try answer(["decode": Tensor([1, 1])]) == causal)
    #expect(try answer([:]) != causal)
    #expect(try answer([:]) == answer(["mask": Tensor(1)]))
    #expect(try answer(["mask": Tensor(0)]) == answer(["length": Tensor([0, 0])]))
    #expect(try answer(["length": Tensor(0)])["context"]?.values.allSatisfy { $0 == 0 } == true)
  }

  @Test func `work counts visible pairs, ideal cycles the tiles that hold any`() throws {
    let block = ITAAttention()
    let configuration = try block.configuration()
    func work(_ queries: Int, _ more: [String: Tensor] = [:]) throws -> Work {
      func array(_ rows: Int) -> Tensor {
        Tensor(shape: [1, rows, 32], values: [Int64](repeating: 1, count: rows * 32))
      }
      var arrays = ["q": array(queries), "k": array(64), "v": array(64)]
      for setting in try block.interface(in: configuration).settings {
        arrays[setting.name] = Tensor(1)
      }
      let batch = try Batch(
        arrays: arrays.merging(more) { $1 }, interface: block.interface(in: configuration))
      return block.work(batch, in: configuration)
    }
    // Tiles of 4 queries by 8 keys, 4 cycles for either product.
    let whole = try work(64)
    #expect(whole.peakPerCycle == 256 && whole.unit == .multiplications)
    #expect(whole.amount == 2 * 64 * 64 * 32 && whole.idealCycles == 16 * 8 * 8)
    let causal = try work(64, ["causal": Tensor(1)])
    #expect(causal.amount == 64 * 65 * 32 && causal.idealCycles == 2 * 36 * 8)
    let decoded = try work(2, ["decode": Tensor(1)])
    #expect(decoded.amount == 2 * (63 + 64) * 32 && decoded.idealCycles == 2 * 8 * 8)
    let padded = try work(64, ["length": Tensor(9)])
    #expect(padded.amount == 2 * 64 * 9 * 32 && padded.idealCycles == 16 * 2 * 8)
    let diagonal = Tensor(
      shape: [64, 64], values: (0..<4096).map { $0 / 64 / 8 == $0 % 64 / 8 ? 1 : 0 })
    #expect(try work(64, ["mask": diagonal]).idealCycles == 16 * 8)
    #expect(try work(64, ["mask": Tensor(0)]).idealCycles == 0)
  }

  @Test func `extents that the configuration does not hold are outside the domain`() throws {
    let block = ITAAttention()
    let configuration = try block.configuration(["MaxTokens": 4, "MaxDimension": 16])
    func failure(queries: Int, tokens: Int, dimension: Int) throws -> String {
      func item(_ rows: Int) -> RaggedTensor {
        RaggedTensor(
          count: 1, shape: [rows, dimension],
          values: [Int64](repeating: 1, count: rows * dimension))
      }
      let shared = [
        "length", "causal", "decode", "mask", "qk_multiplier", "qk_shift", "qk_add",
        "av_multiplier", "av_shift", "av_add",
      ]
      let batch = Batch(
        count: 1, shared: Dictionary(uniqueKeysWithValues: shared.map { ($0, Tensor(1)) }),
        items: ["q": item(queries), "k": item(tokens), "v": item(tokens)])
      do throws(BlockError) {
        _ = try block.golden(batch, in: configuration)
        return "accepted"
      } catch { return error.description }
    }
    #expect(try failure(queries: 4, tokens: 4, dimension: 16) == "accepted")
    #expect(
      try failure(queries: 1, tokens: 5, dimension: 16) == """
        ita_attention: transaction 0 is outside the domain: a head has 1 to MaxTokens = 4 tokens, \
        but found 5
        """)
    #expect(
      try failure(queries: 3, tokens: 2, dimension: 16) == """
        ita_attention: transaction 0 is outside the domain: a head of 2 tokens has 1 to 2 \
        queries, but found 3
        """)
    for dimension in [12, 24] {
      #expect(
        try failure(queries: 1, tokens: 1, dimension: dimension) == """
          ita_attention: transaction 0 is outside the domain: the dimension is a multiple of \
          Depth = 8, at most MaxDimension = 16, but found \(dimension)
          """)
    }
  }

  @Test func `parameters that exclude each other are refused`() throws {
    for (block, values, text) in [
      (
        ITAAttention() as any Block, ["Group": 12],
        "ita_attention: Group must be a multiple of Columns = 8, but is 12"
      ),
      (
        IBERTAttention(), ["Lanes": 4],
        "ibert_attention: Lanes must be a multiple of Columns = 8, but is 4"
      ),
      (
        IBERTAttention(), ["Depth": 5],
        "ibert_attention: Columns must be a multiple of Depth = 5, but is 8"
      ),
    ] {
      let error = #expect(throws: BlockError.self) {
        try block.interface(in: try block.configuration(values))
      }
      #expect(error?.description == text)
    }
  }

  @Test func `settings follow from the scales of a real layer`() throws {
    let scales = [
      "q": 0.065, "k": 0.06, "v": 0.026, "context": 0.024, "divisor": 32.0.squareRoot(),
    ]
    let ita = ITAAttention()
    let coarse = try ita.settings(from: scales, in: try ita.configuration())
    // 0.065 * 0.06 / 5.657 / ln 2 = 255 / 2^18 and 0.026 / 256 / 0.024 = 139 / 2^15, nearly.
    #expect(
      coarse == [
        "qk_multiplier": Tensor(130), "qk_shift": Tensor(17), "av_multiplier": Tensor(139),
        "av_shift": Tensor(15),
      ])
    let fine = try ita.settings(from: scales, in: try ita.configuration(["EpsilonShift": 5]))
    #expect(fine["qk_shift"] == Tensor(12) && fine["qk_multiplier"] == Tensor(130))
    let ibert = IBERTAttention()
    #expect(throws: BlockError.missingScale(block: "ibert_attention", name: "logits")) {
      try ibert.settings(from: scales, in: try ibert.configuration())
    }
    let all = try ibert.settings(
      from: scales.merging(["logits": 0x1p-5]) { $1 }, in: try ibert.configuration())
    #expect(all["x0"] == Tensor(-23) && all.count == 9)
    let ratio = 0.065 * 0.06 / 32.0.squareRoot() / 0x1p-5
    let derived = DyadicScale(
      multiplier: UInt32(all["qk_multiplier"]?.scalar ?? 0),
      exponent: Int(all["qk_exponent"]?.scalar ?? 0))
    #expect(abs(derived.ratio / ratio - 1) < 0x1p-30)
    #expect(throws: BlockError.missingScale(block: "ita_attention", name: "context")) {
      try ita.settings(from: ["q": 1, "k": 1, "v": 1], in: try ita.configuration())
    }
  }
}
