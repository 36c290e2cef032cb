import Foundation
import Lockstep
import Signals
import Testing

/// Stall plans as data, and the search that makes lists short.
@Suite struct StallRecordTests {
  @Test func emptyRunsAndMovesAtTheEndSayNothing() {
    #expect(StallRecord(["a": [3, 2, 1]]).streams == ["a": [3, 2]])
    #expect(StallRecord(["a": [3, 0, 4, 1]]).streams == ["a": [7, 1]])
    #expect(StallRecord(["a": [0, 2, 0, 3, 1]]).streams == ["a": [0, 5]])
    #expect(StallRecord(["a": [9], "b": [], "c": [0, 0, 4]]).streams.isEmpty)
    #expect(StallRecord(["a": [3, 2, 1, 4], "b": [0, 7]]).stalls == 13)
  }

  @Test func aRecordSurvivesJSON() throws {
    let plan = StallPlan(.random, seed: 3, recorded: StallRecord(["a": [1, 2, 3, 4]]))
    let data = try JSONEncoder().encode(plan)
    #expect(try JSONDecoder().decode(StallPlan.self, from: data) == plan)
    // What was written before there were records.
    let old = Data(#"{"profile":"random","seed":3}"#.utf8)
    #expect(try JSONDecoder().decode(StallPlan.self, from: old) == StallPlan(.random, seed: 3))
  }

  /// What is recorded under a profile is repeated cycle for cycle, and what was cut out is not.
  @Test(arguments: StallProfile.allCases.filter { $0 != .none })
  func whatHappenedHappensAgain(_ profile: StallProfile) async throws {
    let folder = Folder()
    let outcome = try await explain(
      .wrongValue, .one(Bench.rows(9, of: 8, .wrongValue)), profiles: [profile],
      limits: MinimisingLimits(seconds: 0), bundles: folder.path)
    let explanation = try #require(outcome.explanation)
    #expect(explanation.finding == outcome.runs[0].findings[0])
    #expect((explanation.original.stalls ?? 0) > 0)
    var bundle = try CaseBundle(contentsOf: try #require(explanation.files?.bundle))
    let replay = Replay(
      bundle, block: Bench(fault: .wrongValue), library: try await Built.bench.value,
      manifest: Built.manifest("bench", sources: ["bench.sv"]))
    #expect(try replay.run().repeating == 1)
    bundle.minimal.stalls.recorded = StallRecord()
    var other = replay
    other.bundle = bundle
    let result = try other.run()
    // Bursts may begin after the failing cycle; every other profile moves it.
    if profile != .bursts { #expect(result.differing == 1, "\(result.findings)") }
  }

  @Test func withoutItsStallAFaultOfTimingIsGone() async throws {
    let folder = Folder()
    let outcome = try await explain(.validWithdrawn, profiles: [.random], bundles: folder.path)
    var bundle = try CaseBundle(
      contentsOf: try #require(outcome.explanation?.files?.bundle))
    bundle.minimal.stalls.recorded = StallRecord()
    let replay = Replay(
      bundle, block: Bench(fault: .validWithdrawn), library: try await Built.bench.value,
      manifest: Built.manifest("bench", sources: ["bench.sv"]))
    #expect(try replay.run().agrees)
  }

  @Test(arguments: [[], [0], [63], [5, 40], [0, 1, 2, 61, 62, 63], Array(0..<64)])
  func theNeededElementsAreFound(_ needed: [Int]) {
    var tests = 0
    let found = deltaDebug(Array(0..<64)) { kept in
      tests += 1
      return Set(needed).isSubset(of: kept)
    }
    #expect(found == needed)
    #expect(tests <= 2 * 64 + 40 * max(1, min(needed.count, 8)))
  }

  @Test func nothingAcceptedLeavesEverything() {
    #expect(deltaDebug([1, 2, 3]) { _ in false } == [1, 2, 3])
    #expect(deltaDebug([Int]()) { _ in true } == [])
  }

  @Test func elementsThatOnlyGoTogetherStayWithinReach() {
    // Either of a pair alone breaks the case: they go while halves and quarters are tried.
    let found = deltaDebug(Array(0..<16)) { kept in
      Set(kept).isSuperset(of: [9]) && kept.contains(2) == kept.contains(3)
    }
    #expect(found == [9])
  }
}
