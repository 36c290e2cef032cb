import Foundation
import Lockstep
import Signals
import Testing
import Vectors

/// Bundles: written, moved, replayed, refused.
@Suite struct BundleTests {
  private func bundle(_ fault: Fault, in folder: Folder) async throws -> CaseBundle {
    let outcome = try await explain(fault, bundles: folder.path)
    return try CaseBundle(contentsOf: try #require(outcome.explanation?.files?.bundle))
  }

  private func replay(
    _ bundle: CaseBundle, block: Bench? = nil, times: Int = 1, isForced: Bool = false
  ) async throws -> Replay.Result {
    try Replay(
      bundle, block: block ?? Bench(fault: bundle.fault), library: try await Built.bench.value,
      manifest: Built.manifest("bench", sources: ["bench.sv"])
    ).run(times: times, isForced: isForced, path: "x.npz")
  }

  @Test(arguments: Fault.shown)
  func everyBundleReplaysExactly(_ fault: Fault) async throws {
    let folder = Folder()
    let bundle = try await bundle(fault, in: folder)
    let result = try await replay(bundle, block: Bench(fault: fault), times: 4)
    #expect(result.repeating == 4, "\(result.findings) \(bundle.record.finding)")
    #expect(!result.agrees)
    #expect(result.differences.isEmpty)
    #expect(result.findings == bundle.record.minimal.findings)
    #expect(result.window?.failingCycle == bundle.record.finding.cycle)
  }

  @Test func aBundleIsTheSameInAnotherPlace() async throws {
    let folder = Folder()
    let outcome = try await explain(.wrongValue, bundles: folder.path)
    let path = try #require(outcome.explanation?.files?.bundle)
    let other = folder.path + "/elsewhere.npz"
    try FileManager.default.moveItem(atPath: path, toPath: other)
    let bundle = try CaseBundle(contentsOf: other)
    #expect(try await replay(bundle).repeating == 1)
  }

  @Test func theFileHoldsWhatWasExpectedAndObserved() async throws {
    let folder = Folder()
    let outcome = try await explain(.signLost, bundles: folder.path)
    let explanation = try #require(outcome.explanation)
    guard case .mismatch(let mismatch) = explanation.finding else {
      Issue.record("\(explanation.finding)")
      return
    }
    let archive = try NPZArchive(path: try #require(explanation.files?.bundle))
    let expected = try archive.tensor("minimal.0.expected.y").values
    let observed = try archive.tensor("minimal.0.observed.y").values
    let wrong = expected.indices.filter { expected[$0] != observed[$0] }
    #expect(wrong.count == 1)
    #expect(wrong.map { expected[$0] } == [mismatch.expected])
    #expect(wrong.map { observed[$0] } == [mismatch.observed])
  }

  @Test func theOriginalIsKeptAndRepeatsToo() async throws {
    let folder = Folder()
    var bundle = try await bundle(.wrongValue, in: folder)
    #expect(bundle.record.original.size.elements > bundle.record.minimal.size.elements)
    // The fingerprint of the answer is that of the minimal case.
    bundle.minimal = bundle.original
    let findings = try await replay(bundle, isForced: true).findings
    #expect(!findings.isEmpty)
    #expect(findings == bundle.record.original.findings)
  }

  @Test func aFixedDeviceAgrees() async throws {
    let folder = Folder()
    var bundle = try await bundle(.signLost, in: folder)
    let block = Bench(fault: bundle.fault)
    for index in bundle.minimal.parts.indices {
      bundle.minimal.parts[index].batch.shared["fault"] = Tensor(0)
    }
    let result = try await replay(bundle, block: block, times: 3)
    #expect(result.agrees)
    #expect(result.agreeing == 3)
  }

  @Test func anotherDeviceIsMentionedAndReplayed() async throws {
    let folder = Folder()
    var bundle = try await bundle(.signLost, in: folder)
    bundle.record.fingerprints.device = "0123456789abcdef"
    let result = try await replay(bundle)
    #expect(result.differences.map(\.subject) == [.device])
    #expect(result.repeating == 1)
  }

  @Test func anotherGoldenModelIsRefusedUnlessForced() async throws {
    let folder = Folder()
    var bundle = try await bundle(.signLost, in: folder)
    let found = bundle.record.fingerprints.golden
    bundle.record.fingerprints.golden = "00000000"
    let difference = FingerprintDifference(subject: .golden, recorded: "00000000", found: found)
    await #expect(
      throws: BundleError.otherFingerprints(path: "x.npz", differences: [difference])
    ) { try await replay(bundle) }
    #expect(try await replay(bundle, isForced: true).repeating == 1)
  }

  @Test func anotherInterfaceIsRefused() async throws {
    let folder = Folder()
    let bundle = try await bundle(.signLost, in: folder)
    let changed = Bench(
      fault: .signLost, rewire: { interface in interface.arrays[0].summary = "other" })
    await #expect(throws: BundleError.self) { try await replay(bundle, block: changed) }
    let narrow = Bench(fault: .signLost, rewire: { interface in interface.arrays[0].range = 5...6 })
    await #expect(
      throws: BundleError.damaged(path: "x.npz", reason: "x holds -1, outside 5...6")
    ) { try await replay(bundle, block: narrow, isForced: true) }
  }

  @Test func damagedFilesAreRefused() async throws {
    let folder = Folder()
    let outcome = try await explain(.signLost, bundles: folder.path)
    let path = try #require(outcome.explanation?.files?.bundle)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    let damaged = folder.path + "/damaged.npz"
    for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 37)) {
      try whole.prefix(length).write(to: URL(fileURLWithPath: damaged))
      #expect(throws: BundleError.self) { try CaseBundle(contentsOf: damaged) }
    }
    try NPZArchive.write([try NPZMember("x", Tensor([1]), as: .int8)], to: damaged)
    #expect(throws: BundleError.notABundle(path: damaged)) {
      try CaseBundle(contentsOf: damaged)
    }
    #expect(CaseBundle.isBundle(path))
    #expect(!CaseBundle.isBundle(damaged))
  }

  @Test func aBundleIsATest() async throws {
    let folder = Folder()
    let bundle = try await bundle(.signLost, in: folder)
    let replay = Replay(
      bundle, block: Bench(), library: try await Built.bench.value,
      manifest: Built.manifest("bench", sources: ["bench.sv"]))
    let failing = try replay.outcome(path: "a.npz", command: "cosim replay a.npz")
    #expect(!failing.agrees)
    #expect(failing.firstMismatch != nil)
    var fixed = replay
    fixed.bundle.minimal.parts[0].batch.shared["fault"] = Tensor(0)
    let agreeing = try fixed.outcome(path: "a.npz", command: "cosim replay a.npz")
    #expect(agreeing.agrees)
    #expect(agreeing.runs[0].comparedBeats > 0)
  }

  @Test func errorsSayWhatToDo() {
    let differences = [
      FingerprintDifference(subject: .golden, recorded: "1", found: "2"),
      FingerprintDifference(subject: .interface, recorded: "3", found: "4"),
    ]
    #expect(
      "\(BundleError.otherFingerprints(path: "a.npz", differences: differences))"
        == "replaying 'a.npz' would prove nothing: the golden model answers otherwise (then 1, now 2); "
        + "the block's pins or arrays have changed (then 3, now 4). Replay it all the same with "
        + "--force, or run its verify command again.")
    #expect(
      "\(BundleError.notABundle(path: "a.npz"))"
        == "'a.npz' is no bundle: it has no member 'bundle.json'. `cosim verify` writes bundles where "
        + "a device disagrees.")
    #expect(
      "\(BundleError.version(path: "a.npz", found: 9, known: 1))"
        == "'a.npz' is a bundle of version 9, but this cosim reads version 1; replay it with the cosim "
        + "that wrote it, or run its verify command again")
    #expect(
      "\(BundleError.cannotWrite(path: "a", reason: "b"))" == "writing the bundle 'a': b")
    #expect("\(BundleError.damaged(path: "a", reason: "b"))" == "reading the bundle 'a': b")
  }
}

extension CaseBundle {
  /// The fault that was planted.
  var fault: Fault {
    let number = minimal.parts.first?.batch.shared["fault"]?.scalar ?? 0
    return Fault(rawValue: number) ?? .none
  }
}
