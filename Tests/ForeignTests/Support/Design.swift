import Blocks
import Devices
import External
import Foundation
import Lockstep
import Logging
import Signals
import Testing
import Verilation

/// A foreign design of the fixtures, with what it computes.
struct Design: Sendable {
  var name: String
  /// What is in the text of its files in place of something else: planted faults.
  var edits: [(old: String, new: String)] = []
  var configuration: String?
  var inputs: @Sendable (inout CounterGenerator, Configuration) -> Batch
  var answer: @Sendable (Batch, Configuration) -> [String: RaggedTensor]

  func with(_ old: String, _ new: String) -> Design {
    var copy = self
    copy.edits.append((old, new))
    return copy
  }

  static let cache = Cache(root: NSTemporaryDirectory() + "/cosim-foreign-tests")

  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures").path

  /// The manifest, of a copy where something is edited. Every edit must apply once.
  func manifest() throws -> Manifest {
    let original = "\(Design.fixtures)/\(name)"
    guard !edits.isEmpty else { return try Manifest(contentsOf: original) }
    let folder = NSTemporaryDirectory() + "/cosim-foreign-" + UUID().uuidString
    try FileManager.default.copyItem(atPath: original, toPath: folder)
    // A link to the helper leads nowhere from there.
    let helper = "\(folder)/\(Proposal.helperName)"
    try FileManager.default.removeItem(atPath: helper)
    try Data(Proposal.helper).write(to: URL(fileURLWithPath: helper))
    for edit in edits {
      var applied = 0
      for file in try FileManager.default.subpathsOfDirectory(atPath: folder) {
        let path = "\(folder)/\(file)"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { continue }
        applied += text.components(separatedBy: edit.old).count - 1
        try text.replacing(edit.old, with: edit.new)
          .write(toFile: path, atomically: true, encoding: .utf8)
      }
      #expect(applied == 1, "'\(edit.old)' stands in \(name) \(applied) times")
    }
    return try Manifest(contentsOf: folder)
  }

  /// The device of a manifest.
  private func library(
    _ manifest: Manifest, _ configuration: Configuration
  ) async throws -> BuiltDevice {
    var log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    log.logLevel = .critical
    let verilation = Verilation(
      toolchain: try await Toolchain.find(cache: Design.cache), cache: Design.cache, log: log)
    return try await verilation.library(for: manifest, configuration: configuration)
  }

  /// Holds the design against the golden model that its manifest names, as `cosim verify` does.
  func verifyAsExample(count: Int = 48) async throws -> Outcome {
    let manifest = try manifest()
    let configuration = manifest.configurations[0]
    let block = ManifestBlock(manifest)
    return try Verification(
      block, in: configuration, library: try await library(manifest, configuration).open(),
      manifest: manifest,
      workload: .directedAndRandom(block, in: configuration, seed: 1, count: count), seed: 1,
      profiles: [.none, .random], jobs: 1, hangLimit: 5000, command: "test"
    ).run()
  }

  /// Lines of the manifest and of the golden model.
  func lineCount() throws -> Int {
    try ["device.yaml", "golden.py"].reduce(0) { sum, file in
      let text = try String(contentsOfFile: "\(Design.fixtures)/\(name)/\(file)", encoding: .utf8)
      return sum + text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
    }
  }

  /// Holds the design against its answers.
  func verify(
    _ profiles: [StallProfile] = [.none, .random], hangLimit: Int = 5000
  ) async throws -> Outcome {
    let manifest = try manifest()
    let chosen = try configuration.map { try manifest.configuration(named: $0) }
    let configuration = chosen ?? manifest.configurations[0]
    let block = ManifestBlock(manifest, golden: Answers(answer: answer))
    let library = try await library(manifest, configuration)
    var generator = CounterGenerator(seed: 7, stream: 99, index: 0)
    let batch = inputs(&generator, configuration)
    let interface = try block.interface(in: configuration)
    return try Verification(
      block, in: configuration, library: library.open(), manifest: manifest,
      workload: .whole(batch, summary: "fixture", settings: interface.settings.map(\.name)),
      seed: 1, profiles: profiles, jobs: 1, hangLimit: hangLimit, command: "test"
    ).run()
  }
}

/// Answers from a function.
struct Answers: GoldenSource {
  var version: String { "a function" }
  var answer: @Sendable (Batch, Configuration) -> [String: RaggedTensor]

  func answer(
    _ batch: Batch, interface: Interface, configuration: Configuration
  ) throws(BlockError) -> Batch {
    Batch(count: batch.count, items: answer(batch, configuration))
  }
}

extension Outcome {
  /// The findings of the runs, and of the outcome as a whole.
  var kinds: Set<String> { Set(allFindings.map { String("\($0)".prefix { $0 != "(" }) }) }
}

extension CounterGenerator {
  mutating func values(_ count: Int, _ range: ClosedRange<Int64>) -> [Int64] {
    (0..<count).map { _ in value(in: range) }
  }

  mutating func rows(_ lengths: [Int], _ range: ClosedRange<Int64>) -> RaggedTensor {
    RaggedTensor(rows: lengths, values: values(lengths.reduce(0, +), range))
  }
}
