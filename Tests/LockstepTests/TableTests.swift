import Blocks
import Lockstep
import Signals
import Testing

/// Tables that are offered while data is on its way, and data that is offered before tables are whole.
@Suite struct TableTests {
  /// Batches that differ in their tables alone, in one shard.
  ///
  /// - Parameter settingsToo: also in a setting, so that no table is offered while data is on its way.
  private func outcome(
    _ fault: Fault, tablesWait: Bool?, batches count: Int = 2, settingsToo: Bool = false
  ) async throws -> Outcome {
    let batches = (0..<count).map { number in
      var batch = Bench.rows(12, of: 8, k: settingsToo ? Int64(number) : 5, fault)
      if number % 2 == 1 { batch.shared["table"] = Tensor([7, 6, 5, 4, 3, 2, 1, 0]) }
      return batch
    }
    let block = Bench(fault: fault, rewire: { $0.tablesWait = tablesWait })
    return try await verify(block, .of(batches, perShard: count))
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

  @Test func dataIsOfferedBehindTheFirstEntryOfTheNextTable() async throws {
    // One batch has no next table.
    #expect(try await outcome(.tableBegun, tablesWait: true, batches: 1).agrees)
    let wrong = try await outcome(.tableBegun, tablesWait: true, batches: 8, settingsToo: true)
    #expect(wrong.runs[0].findings.isEmpty)
    #expect(!wrong.runs[1].findings.isEmpty)
    let kept = try await outcome(.tableBegun, tablesWait: nil, batches: 8, settingsToo: true)
    #expect(kept.agrees)
    let right = try await outcome(.tableAwaited, tablesWait: true, batches: 8, settingsToo: true)
    #expect(right.agrees, "\(right.allFindings)")
  }

  @Test func anotherTableIsLoadedBeforeTheResetThanBehindIt() async throws {
    let wrong = try await outcome(.tableKept, tablesWait: true, batches: 1)
    #expect(wrong.runs[0].findings.isEmpty)
    #expect(!wrong.runs[1].findings.isEmpty)
    #expect(try await outcome(.tableKept, tablesWait: nil, batches: 1).agrees)
  }

  @Test(arguments: [nil, true])
  func noEntryStaysOnThePinsWhileDataIsTaken(_ tablesWait: Bool?) async throws {
    // In the second run the shard is reset in mid-flight, too: what comes before is no exception.
    let outcome = try await outcome(.tableRests, tablesWait: tablesWait)
    #expect(outcome.agrees, "\(outcome.allFindings)")
  }
}
