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
    // The profile begins with a burst, and one beat passes in one cycle.
    let outcome = try await verifyWire(.one(Wire.beats(1, in: 1)), profiles: [.none, .bursts])
    #expect(outcome.runs[0].findings.isEmpty)
    #expect(outcome.runs[1].findings == [.vacuous(.nothingStalled(profile: .bursts))])
    #expect(!outcome.agrees)
  }

  @Test func anEmptyBatchIsLeftOut() async throws {
    let empty = Bench.rows(0, of: 8, .none)
    let outcome = try await verify(.none, .of([empty, Bench.rows(2, of: 8, .none)], perShard: 2))
    #expect(outcome.agrees, "\(outcome.allFindings)")
    #expect(outcome.runs[0].transactions == 2)
  }
}
