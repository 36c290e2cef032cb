import Blocks
import Lockstep
import Signals
import Testing

/// Settings that change one after the other, as a host writes registers.
@Suite struct SettingsTests {
  /// Two batches in one shard, whose settings differ in what is planted, or in `k` besides.
  private func outcome(k: Int64) async throws -> Outcome {
    let first = Bench.rows(24, of: 8, k: 5, .hurried)
    let second = Bench.rows(24, of: 8, k: k, .hurriedToo)
    return try await verify(Bench(), .of([first, second], perShard: 2))
  }

  @Test func settingsChangeOneAfterTheOtherUnderStalls() async throws {
    let wrong = try await outcome(k: 9)
    #expect(wrong.runs[0].findings.isEmpty)
    #expect(!wrong.runs[1].findings.isEmpty)
  }

  @Test func aSettingThatStaysIsNoChange() async throws {
    #expect(try await outcome(k: 5).agrees)
  }
}
