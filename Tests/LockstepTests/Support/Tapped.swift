import Blocks
import Devices
import Lockstep
import Signals
import Verilation

/// The block of `tapped.sv`: y = 3 x + 1, with the stages twice = 2 x and sum = the sum of a row's twice.
struct Tapped: Block {
  /// The faults that `tapped.sv` can have.
  enum Fault: Int64 {
    case none, wrongTwice, wrongSum, wrongOutput, sumNever, sumTwice, lastSumMissing, wrongKeep
    case wrongSumAndEnd
  }

  let name = "tapped"
  let summary = "What taps are tested with."
  let formula = "y = 3 x + 1"
  let source = "none"
  let parameters = [Parameter("Lanes", 1...16, default: 4, "elements in a beat")]
  var fault = Fault.none

  func interface(in configuration: Configuration) -> Interface {
    Interface(
      arrays: [
        ArraySpecification("x", .input, axes: ["R", "L"], .signed(8), "rows"),
        ArraySpecification("fault", .input, axes: [], .unsigned(4), default: 0, "planted"),
        ArraySpecification("y", .output, axes: ["R", "L"], .signed(12), "elements"),
        ArraySpecification("twice", .tap, axes: ["R", "L"], .signed(9), "2 x"),
        ArraySpecification("sum", .tap, axes: ["R"], .signed(20), "sums of 2 x"),
      ],
      batching: .leading("R"), settings: [.setting("fault", .unsigned(4))],
      streams: [
        .rows("x", .input, format: .signed(8), lanes: configuration["Lanes"]),
        .rows("y", .output, format: .signed(12), lanes: configuration["Lanes"]),
      ])
  }

  func corners(in configuration: Configuration) -> [Batch] { [] }

  /// Ten rows of 1 to 10 elements.
  func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    let lengths = Array(1...10)
    return Batch(
      count: 10, shared: ["fault": Tensor(fault.rawValue)],
      items: ["x": RaggedTensor(rows: lengths, values: (0..<55).map { $0 * 5 % 256 - 128 })],
      labels: lengths.map { "length \($0)" })
  }

  func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    guard let x = batch.items["x"] else { preconditionFailure("an incomplete batch") }
    var (y, twice) = (x, x)
    for index in x.values.indices {
      y.values[index] = 3 * x.values[index] + 1
      twice.values[index] = 2 * x.values[index]
    }
    let sums = (0..<batch.count).map { twice[$0].values.reduce(0, +) }
    return Batch(
      count: batch.count,
      items: [
        "y": y, "twice": twice, "sum": RaggedTensor(count: batch.count, shape: [], values: sums),
      ])
  }

  func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? { nil }

  func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(array: "y", unit: 1, element: 0, domain: Domain(), command: "none")
  }

  func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.items["x"]?.values.count ?? 0, .elements, peakPerCycle: configuration["Lanes"])
  }

  /// The taps of both stages.
  static let taps = [
    Tap(
      "twice", signal: "twice", valid: [Tap.Condition("busy", isInverted: true)], keep: "keep",
      last: "x_last_i"),
    Tap("sum", signal: "result_q", valid: [Tap.Condition("sum_valid_q")]),
  ]

  /// Half of the lanes of each beat.
  func tapOrders(in configuration: Configuration) -> [TapOrder] {
    [
      TapOrder("first_lanes", lanes: configuration["Lanes"], "the first two lanes of a beat") {
        batch in
        var result = Schedule(lanes: configuration["Lanes"])
        for row in 0..<batch.count {
          let count = batch.items["x"]?[row].values.count ?? 0
          for first in stride(from: 0, to: count, by: configuration["Lanes"]) {
            result.append { $0 < 2 && first + $0 < count ? first + $0 : nil }
          }
          result.endTransaction()
        }
        return result
      }
    ]
  }

  /// Verifies ten rows of 1 to 10 elements; for each of `parts`, where there are any, in a shard of its
  /// own.
  static func verify(
    _ fault: Fault, taps: [Tap] = Tapped.taps, stages: [Stage] = [],
    profiles: [StallProfile] = [.none], jobs: Int = 1, parts: [Fault] = [],
    explainer: ExplainerOptions? = nil
  ) async throws -> Outcome {
    let block = Tapped(fault: fault)
    var manifest = Built.manifest("tapped", sources: ["tapped.sv"])
    manifest.taps = taps
    manifest.stages = stages
    let configuration = try block.configuration()
    let library = try await Built.verilation()
      .library(for: manifest, configuration: configuration).open()
    let batch = block.stimulus(seed: 1, index: 0, in: configuration)
    let workload =
      parts.isEmpty
      ? .one(batch)
      : Workload(
        summary: "parts", transactions: parts.map { _ in 10 }, chunksPerShard: 1
      ) {
        Workload.Part(
          batch: Tapped(fault: parts[$0]).stimulus(seed: 1, index: 0, in: configuration))
      }
    var verification = Verification(
      block, in: configuration, library: library, manifest: manifest, workload: workload,
      seed: 1, profiles: profiles, jobs: jobs, hangLimit: 200, command: "cosim verify tapped")
    verification.explainer = explainer
    return try verification.run()
  }
}
