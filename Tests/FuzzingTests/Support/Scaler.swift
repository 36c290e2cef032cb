import Blocks
import Devices
import Foundation
import Fuzzing
import Lockstep
import Logging
import Signals
import Verilation

/// The block of `scaler.sv`: y = saturate(x + k).
struct Scaler: Block {
  let name = "scaler"
  let summary = "What mutation is tested with."
  let formula = "y = saturate(x + k)"
  let source = "none"
  let parameters = [Parameter("Extra", 2...3, default: 2, "not to be touched")]
  /// The largest magnitude in the stimulus: below 64, nothing saturates.
  var reach: Int64 = 128
  /// What the golden model adds by mistake.
  var mistake: Int64 = 0
  /// The only input at which it adds that; nil for all.
  var mistaken: Int64?
  /// The golden model and the stimulus have no k.
  var isDeaf = false
  /// The golden model says what a tap `total` shows, the sum before it is saturated.
  var hasTotal = false
  /// Every answer of the golden model is 0.
  var isZero = false
  /// The largest sum that the golden model answers.
  var largestSum: Int64 = .max
  /// What is claimed to hold of it.
  var claims: [Relation] = []

  func relations(in configuration: Configuration) -> [Relation] { claims }

  func interface(in configuration: Configuration) -> Interface {
    Interface(
      arrays: [
        ArraySpecification("x", .input, axes: ["N"], .signed(8), "numbers"),
        ArraySpecification("k", .input, axes: [], .signed(8), "what is added"),
        ArraySpecification("y", .output, axes: ["N"], .signed(8), "sums"),
      ]
        + (hasTotal
          ? [ArraySpecification("total", .tap, axes: ["N"], .signed(9), "sums, exact")] : []),
      batching: .chunks("N", size: 16), settings: [.setting("k", .signed(8))],
      streams: [
        Stream("x", .input, fields: [Field("data", .signed(8), content: .array("x"))]),
        Stream("y", .output, fields: [Field("data", .signed(8), content: .array("y"))]),
      ])
  }

  func corners(in configuration: Configuration) -> [Batch] {
    let edge = reach - 1
    return [batch([-reach, -1, 0, 1, edge], k: 0), batch([-reach, edge, 0, 1], k: edge)]
      + (reach < 128
        ? [] : [batch([-128, -127, -1, 0, 1, 126, 127], k: 1), batch([-128, -127, 127], k: -1)])
  }

  func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    var generator = CounterGenerator(seed: seed, stream: 1, index: UInt64(index))
    let values = (0..<64).map { _ in generator.value(in: -reach...(reach - 1)) }
    return batch(values, k: generator.value(in: -reach...(reach - 1)))
  }

  private func batch(_ values: [Int64], k: Int64) -> Batch {
    Batch(
      count: 1, shared: ["k": Tensor(isDeaf ? 0 : k)],
      items: ["x": RaggedTensor(rows: [values.count], values: values)])
  }

  func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    var y = batch.items["x"] ?? RaggedTensor(rank: 1)
    var totals = y
    for index in y.values.indices {
      let isMistaken = mistaken.map { $0 == y.values[index] } ?? true
      let sum =
        y.values[index] + (isDeaf ? 0 : batch.scalar("k")) + (isMistaken ? mistake : 0)
      guard sum <= largestSum else {
        throw .outsideDomain(
          block: name, transaction: 0, limit: "sums of at most \(largestSum)", found: "\(sum)")
      }
      totals.values[index] = sum
      y.values[index] = isZero ? 0 : min(max(sum, -128), 127)
    }
    return Batch(count: batch.count, items: hasTotal ? ["y": y, "total": totals] : ["y": y])
  }

  func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? {
    (batch.items["x"]?.values ?? []).map { Double($0 + batch.scalar("k")) }
  }

  func tolerance(in configuration: Configuration) -> Tolerance {
    Tolerance(array: "y", unit: 1, element: 128, domain: Domain(), command: "none")
  }

  func work(_ batch: Batch, in configuration: Configuration) -> Work {
    Work(batch.items["x"]?.values.count ?? 0, .elements, peakPerCycle: 1)
  }
}

/// A folder of its own, removed at the end.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/cosim-fuzzing-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
  }
}

enum Fixture {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures").path

  static var manifest: Manifest {
    Manifest(directory: folder, top: "scaler", sources: ["scaler.sv"])
  }

  static let configuration = Configuration(name: "default", values: ["Extra": 2])

  static func verilation() async throws -> Verilation {
    var log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    log.logLevel = .critical
    let cache = Cache(root: NSTemporaryDirectory() + "/cosim-fuzzing-tests")
    return Verilation(toolchain: try await Toolchain.find(cache: cache), cache: cache, log: log)
  }

  /// The scaler as it is.
  static func library() async throws -> DeviceLibrary {
    try await verilation().library(for: manifest, configuration: configuration).open()
  }

  /// The mutants of the scaler, tried with a block's suite.
  static func campaign(
    _ block: Scaler = Scaler(), in folder: String, manifest: Manifest = Fixture.manifest,
    jobs: Int = 2, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) -> MutationCampaign {
    var settings = MutationCampaign.Settings()
    settings.count = 16
    settings.jobs = jobs
    return MutationCampaign(
      block, manifest: manifest, configurations: [configuration], settings: settings,
      command: "cosim mutate scaler", folder: folder,
      build: { manifest, configuration in
        let built = try await verilation().library(for: manifest, configuration: configuration)
        return (try built.open(), built.seconds)
      },
      identify: { manifest, configuration in
        let texts = try manifest.sources.map {
          try String(contentsOfFile: manifest.path(of: $0), encoding: .utf8)
        }
        return "\(configuration.values) \(texts)"
      }, isCancelled: isCancelled)
  }
}
