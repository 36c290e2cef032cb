import Blocks
import Lockstep
import Signals
import Testing

/// Settings that change one after the other, as a host writes registers.
@Suite struct SettingsTests {
  /// Two batches in one shard, whose settings differ in what is planted, or in `k` besides.
  private func workload(k: Int64) -> Workload {
    let first = Bench.rows(24, of: 8, k: 5, .hurried)
    let second = Bench.rows(24, of: 8, k: k, .hurriedToo)
    return .of([first, second], perShard: 2)
  }

  @Test func settingsChangeOneAfterTheOtherUnderStalls() async throws {
    let wrong = try await verify(Bench(), workload(k: 9))
    #expect(wrong.runs[0].findings.isEmpty)
    #expect(!wrong.runs[1].findings.isEmpty)
  }

  @Test func aSettingThatStaysIsNoChange() async throws {
    #expect(try await verify(Bench(), workload(k: 5)).agrees)
  }

  @Test func aManifestCanSayThatTheyChangeTogether() async throws {
    #expect(try await verify(Bench(), workload(k: 9), settingsTogether: true).agrees)
  }

  @Test func theCyclesInWhichTheyChangeAreShownAndCountedOnce() async throws {
    let outcome = try await explain(Bench(), workload(k: 9), profiles: [.random])
    let explanation = try #require(outcome.explanation)
    #expect(explanation.minimal.transactions == 2)
    let window = try #require(explanation.window)
    #expect(Set(window.traces.map(\.valid.count)) == [window.cycles])
    // The second setting changes 15 cycles behind the first.
    let x = try #require(window.traces.first { $0.stream == "x" })
    let offered = x.valid.indices.filter { x.valid[$0] == "1" }
    let gap = zip(offered, offered.dropFirst()).map { x.valid.distance(from: $0, to: $1) }.max()
    #expect((gap ?? 0) > 15, "\(x.valid)")
    let y = try #require(window.traces.first { $0.stream == "y" })
    #expect(y.valid.dropFirst(window.failingCycle - window.first).first == "1")
  }

  @Test func whatNeedsSettingsThatChangeSoNeedsNoStall() async throws {
    let outcome = try await explain(Bench(), workload(k: 9), profiles: [.random])
    let explanation = try #require(outcome.explanation)
    #expect((explanation.original.stalls ?? 0) > 0)
    #expect(explanation.minimal.stalls == 0)
    #expect(explanation.reproduced == 3)
  }
}
