import Blocks
import Lockstep
import Signals
import Verilation

/// The block of `relay.sv`: out = in + 1, with one input and one output.
struct Relay: Block {
  /// The faults that `relay.sv` can have.
  enum Fault: Int64, CaseIterable, Sendable {
    case none, wrongValue, droppedBeat, duplicatedBeat, validWithdrawn, payloadChanges, hang
    case looksWithoutValid, slowAfterWaiting
  }

  let name = "relay"
  let summary = "Adds one."
  let formula = "out = (in + 1) mod 256"
  let source = "none"
  let parameters: [Parameter] = []
  var fault = Fault.none

  func interface(in configuration: Configuration) -> Interface {
    Interface(
      arrays: [
        ArraySpecification("in", .input, axes: ["N"], .unsigned(8), "numbers"),
        ArraySpecification("fault", .input, axes: [], .unsigned(4), default: 0, "planted"),
        ArraySpecification("out", .output, axes: ["N"], .unsigned(8), "sums"),
      ],
      batching: .chunks("N", size: 16), settings: [.setting("fault", .unsigned(4))],
      streams: [
        Stream("in", .input, fields: [Field("data", .unsigned(8), content: .array("in"))]),
        Stream("out", .output, fields: [Field("data", .unsigned(8), content: .array("out"))]),
      ])
  }

  func corners(in configuration: Configuration) -> [Batch] { [] }

  /// Twelve transactions of 16 numbers.
  func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator(seed: seed, stream: 1, index: UInt64(index))
    return Batch(
      count: 12, shared: ["fault": Tensor(fault.rawValue)],
      items: [
        "in": RaggedTensor(
          rows: Array(repeating: 16, count: 12),
          values: (0..<12 * 16).map { _ in generator.value(in: 0...255) })
      ])
  }

  func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    var out = batch.items["in"] ?? RaggedTensor(rank: 1)
    for index in out.values.indices { out.values[index] = (out.values[index] + 1) % 256 }
    return Batch(count: batch.count, items: ["out": out])
  }

  func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? { nil }

  func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(array: "out", unit: 1, element: 0, domain: Domain(), command: "none")
  }

  func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.items["in"]?.values.count ?? 0, .elements, peakPerCycle: 1)
  }

  /// Two shards of three batches under every profile.
  static func verification(_ fault: Fault, seed: UInt64) async throws -> Verification {
    let block = Relay(fault: fault)
    let configuration = try block.configuration()
    let manifest = Built.manifest("relay", sources: ["relay.sv"])
    let library = try await Built.verilation()
      .library(for: manifest, configuration: configuration).open()
    return Verification(
      block, in: configuration, library: library, manifest: manifest,
      workload: .of(
        (0..<6).map { block.stimulus(seed: seed, index: $0, in: configuration) }, perShard: 3),
      seed: seed, profiles: StallProfile.allCases, hangLimit: 400, command: "cosim verify relay")
  }
}
