import Lockstep
import Signals
import Testing

/// Answers that depend on more than the stimulus: timing, initial values, what was before a reset.
@Suite struct StateTests {
  @Test func aValueThatDependsOnTimingIsTold() async throws {
    let outcome = try await verify(.valueDependsOnTiming)
    #expect(outcome.runs[0].findings.isEmpty)
    #expect(outcome.runs[1].mismatchedBeats > 0)
    #expect(outcome.findings == [.dependsOnTiming(agreeing: .none, differing: .random)])
  }

  @Test func timingIsTriedWithoutStallsIfNoRunAgrees() async throws {
    let outcome = try await verify(.valueDependsOnTiming, profiles: [.throttled])
    #expect(outcome.findings == [.dependsOnTiming(agreeing: .none, differing: .throttled)])
  }

  @Test(arguments: [Fault.unresetBit, .unresetWord])
  func aRegisterWithoutResetIsTold(_ fault: Fault) async throws {
    let outcome = try await verify(fault)
    #expect(outcome.firstMismatch?.stream == "y")
    let found = outcome.findings.contains {
      if case .dependsOnInitialState(_, let seeds) = $0 { Set(seeds).count == 2 } else { false }
    }
    #expect(found, "\(outcome.findings)")
    #expect(!outcome.kinds.contains("dependsOnTiming"))
  }

  @Test func aWrongValueIsNotBlamedOnState() async throws {
    for fault in [Fault.wrongValue, .signLost, .hang, .droppedBeat, .duplicatedBeat, .fatal] {
      #expect(try await verify(fault).findings.isEmpty, "\(fault)")
    }
  }

  @Test func whatSurvivesAResetIsTold() async throws {
    let outcome = try await verify(.survivesReset)
    #expect(outcome.firstMismatch?.stream == "s")
    // Shards 1 and 3 of the first run are reset in mid-flight, shards 0 and 2 of the second.
    #expect(outcome.firstMismatch?.shard == 1)
    #expect(outcome.findings == [.survivesReset(profile: .none)])
  }

  @Test func aSingleShardIsResetInMidFlightToo() async throws {
    let batch = Bench.rows(20, of: 9, .survivesReset)
    let outcome = try await verify(.survivesReset, .one(batch))
    #expect(outcome.runs[0].findings.isEmpty)
    #expect(outcome.findings.contains(.survivesReset(profile: .random)))
  }

  @Test func theResetInMidFlightLeavesNoTraceInTheRun() async throws {
    let batch = Bench.rows(20, of: 9, .none)
    // Shard 0 is reset in mid-flight in the second run only.
    let outcome = try await verify(.none, .one(batch), profiles: [.bursts, .bursts])
    #expect(outcome.agrees)
    #expect(outcome.runs[0].streams == outcome.runs[1].streams)
    #expect(outcome.runs[0].cycles == outcome.runs[1].cycles)
    #expect(outcome.runs[0].latency == outcome.runs[1].latency)
  }
}
