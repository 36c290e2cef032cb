import Blocks
import Devices
import Foundation
import Lockstep
import Logging
import Signals
import Verilation

/// Compiled devices of this test run, and of earlier ones: they are kept under the hash of their sources.
enum Built {
  static let cache = Cache(root: NSTemporaryDirectory() + "/cosim-lockstep-tests")

  static let bench = Task { try await library("bench", sources: ["bench.sv"], Bench()) }
  static let wire = Task { try await library("wire_block", sources: ["wire.sv"], Wire()) }
  static let choice = Task { try await library("choice", sources: ["choice.sv"], Choice()) }
  static let grumpy = Task {
    try await library("wire_block", sources: ["wire.sv"], Wire(), ["Grumpy": 1])
  }

  static func manifest(_ top: String, sources: [String]) -> Manifest {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fixtures").path
    return Manifest(directory: folder, top: top, sources: sources)
  }

  static func verilation() async throws -> Verilation {
    var log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    log.logLevel = .critical
    return Verilation(toolchain: try await Toolchain.find(cache: cache), cache: cache, log: log)
  }

  private static func library(
    _ top: String, sources: [String], _ block: any Block, _ values: [String: Int] = [:]
  ) async throws -> DeviceLibrary {
    let manifest = manifest(top, sources: sources)
    let configuration = try block.configuration(values)
    return try await verilation().library(for: manifest, configuration: configuration).open()
  }
}

/// Verifies the bench with a fault.
func verify(
  _ block: Bench, _ workload: Workload? = nil, profiles: [StallProfile] = [.none, .random],
  seed: UInt64 = 1, jobs: Int = 2, hangLimit: Int = 200, settingsTogether: Bool = false,
  isCancelled: @escaping @Sendable () -> Bool = { false }
) async throws -> Outcome {
  let configuration = try block.configuration()
  var manifest = Built.manifest("bench", sources: ["bench.sv"])
  manifest.settingsTogether = settingsTogether
  return try Verification(
    block, in: configuration, library: try await Built.bench.value, manifest: manifest,
    workload: workload ?? .mixed(block), seed: seed, profiles: profiles, jobs: jobs,
    hangLimit: hangLimit, command: "cosim verify bench", isCancelled: isCancelled
  ).run()
}

func verify(
  _ fault: Fault, _ workload: Workload? = nil, profiles: [StallProfile] = [.none, .random],
  seed: UInt64 = 1
) async throws -> Outcome {
  try await verify(Bench(fault: fault), workload, profiles: profiles, seed: seed)
}

/// Verifies the wire.
func verifyWire(
  _ workload: Workload, seed: UInt64 = 1, profiles: [StallProfile] = [.none], grumpy: Bool = false,
  jobs: Int = 1
) async throws -> Outcome {
  try Verification(
    Wire(), in: try Wire().configuration(["Grumpy": grumpy ? 1 : 0]),
    library: try await (grumpy ? Built.grumpy : Built.wire).value,
    manifest: Built.manifest("wire_block", sources: ["wire.sv"]), workload: workload, seed: seed,
    profiles: profiles, jobs: jobs, hangLimit: 100, command: "cosim verify wire_block"
  ).run()
}

extension Workload {
  /// Corners and random batches, each with settings of its own, several to a shard and several shards.
  static func mixed(_ block: Bench, chunks: Int = 12, perShard: Int = 3) -> Workload {
    let configuration = Configuration(name: "default", values: ["Lanes": 4, "Width": 8])
    let batches =
      block.corners(in: configuration)
      + (1..<chunks).map { block.stimulus(seed: 3, index: $0, in: configuration) }
    return .of(batches, perShard: perShard)
  }

  static func of(_ batches: [Batch], perShard: Int) -> Workload {
    Workload(
      summary: "\(batches.count) batches", transactions: batches.map(\.count),
      chunksPerShard: perShard
    ) { Part(batch: batches[$0]) }
  }

  /// One batch.
  static func one(_ batch: Batch) -> Workload { .whole(batch, summary: "one batch") }
}

extension Outcome {
  /// The same for equal results, however long these took.
  func withoutTimes() throws -> String {
    var copy = self
    copy.seconds = Seconds()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(copy), as: UTF8.self)
  }

  /// The findings of the runs, and of the outcome as a whole.
  var kinds: Set<String> { Set(allFindings.map { String("\($0)".prefix { $0 != "(" }) }) }
}
