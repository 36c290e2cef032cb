import Lockstep
import Signals
import Testing

/// Runs that find nothing and prove nothing.
@Suite struct VacuityTests {
  @Test func nothingComparedIsAFailure() async throws {
    let outcome = try await verify(.none, .of([], perShard: 1))
    #expect(!outcome.agrees)
    #expect(
      outcome.runs.map(\.findings) == [
        [.vacuous(.nothingCompared)], [.vacuous(.nothingCompared)],
      ])
  }

  @Test func aProfileUnderWhichNothingStalledIsAFailure() async throws {
    // One beat passes in one cycle, for which some seeds have no stall.
    var unstalled: Outcome?
    for seed in 1...64 as ClosedRange<UInt64> where unstalled == nil {
      let outcome = try await verifyWire(
        .one(Wire.beats(1, in: 1)), seed: seed, profiles: [.none, .random])
      #expect(outcome.runs[0].findings.isEmpty)
      let withheld = outcome.runs[1].streams.reduce(0) { $0 + $1.withheld }
      #expect(outcome.agrees == (withheld > 0))
      if withheld == 0 { unstalled = outcome }
    }
    let outcome = try #require(unstalled)
    #expect(outcome.runs[1].findings == [.vacuous(.nothingStalled(profile: .random))])
  }

  @Test func anEmptyBatchIsLeftOut() async throws {
    let empty = Bench.rows(0, of: 8, .none)
    let outcome = try await verify(.none, .of([empty, Bench.rows(2, of: 8, .none)], perShard: 2))
    #expect(outcome.agrees, "\(outcome.allFindings)")
    #expect(outcome.runs[0].transactions == 2)
  }
}
