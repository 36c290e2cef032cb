import Blocks
import Lockstep
import Signals
import Testing

/// Tables that are offered while data is on its way, and data that is offered before tables are whole.
@Suite struct TableTests {
  /// Two batches that differ in their tables alone, in one shard.
  private func outcome(_ fault: Fault, tablesWait: Bool?) async throws -> Outcome {
    let first = Bench.rows(12, of: 8, fault)
    var second = first
    second.shared["table"] = Tensor([7, 6, 5, 4, 3, 2, 1, 0])
    let block = Bench(fault: fault, rewire: { $0.tablesWait = tablesWait })
    return try await verify(block, .of([first, second], perShard: 2))
  }

  @Test func aDeviceThatMakesBothWaitAgrees() async throws {
    #expect(try await outcome(.tableAwaited, tablesWait: true).agrees)
  }

  @Test func dataIsOfferedBeforeItsTableIsWhole() async throws {
    let wrong = try await outcome(.none, tablesWait: true)
    #expect(wrong.runs[0].findings.isEmpty)
    #expect(!wrong.runs[1].findings.isEmpty)
    #expect(try await outcome(.none, tablesWait: nil).agrees)
  }

  @Test func tablesAreOfferedWhileDataIsOnItsWay() async throws {
    let wrong = try await outcome(.tableOvertakes, tablesWait: true)
    #expect(wrong.runs[0].findings.isEmpty)
    #expect(!wrong.runs[1].findings.isEmpty)
    #expect(try await outcome(.tableOvertakes, tablesWait: nil).agrees)
  }

  @Test(arguments: [nil, true])
  func noEntryStaysOnThePinsWhileDataIsTaken(_ tablesWait: Bool?) async throws {
    // In the second run the shard is reset in mid-flight, too: what comes before is no exception.
    let outcome = try await outcome(.tableRests, tablesWait: tablesWait)
    #expect(outcome.agrees, "\(outcome.allFindings)")
  }
}
