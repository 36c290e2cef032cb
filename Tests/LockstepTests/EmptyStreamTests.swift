import Blocks
import Lockstep
import Signals
import Testing

/// Streams that some transactions, or all of them, have no beats for.
@Suite struct EmptyStreamTests {
  private func verify(
    _ batches: [Batch], profiles: [StallProfile] = [.none, .random]
  ) async throws -> Outcome {
    let block = Choice()
    return try Verification(
      block, in: try block.configuration(), library: try await Built.choice.value,
      manifest: Built.manifest("choice", sources: ["choice.sv"]),
      workload: .of(batches, perShard: 8), seed: 1, profiles: profiles, jobs: 1, hangLimit: 200,
      command: "cosim verify choice"
    ).run()
  }

  private let none = Choice.batch(Array(repeating: false, count: 9))
  private let some = Choice.batch((0..<9).map { $0 % 3 == 1 })
  private let all = Choice.batch(Array(repeating: true, count: 9))

  @Test func chunksWithoutBeatsArePassed() async throws {
    for batches in [
      [none, some, all], [all, none, none, some], [some, none], [none, none, all, none, none],
    ] {
      let outcome = try await verify(batches)
      #expect(outcome.agrees, "\(outcome.allFindings)")
      #expect(outcome.runs[0].transactions == 9 * batches.count)
    }
  }

  @Test func aStreamThatNoTransactionUsesIsNoFinding() async throws {
    let outcome = try await verify([none, none])
    #expect(outcome.agrees, "\(outcome.allFindings)")
    #expect(outcome.runs[0].streams.first { $0.stream == "more" }?.due == 0)
    #expect(outcome.runs[0].streams.first { $0.stream == "out" }?.due == 18)
  }

  @Test func aStreamThatIsNeverConsumedThoughItHasBeatsIsAFinding() async throws {
    let outcome = try await verify([none, Choice.batch([true, true], isTold: false)])
    let findings = outcome.runs[0].findings
    #expect(findings.contains(.vacuous(.inputNeverConsumed(stream: "more"))), "\(findings)")
    #expect(!outcome.agrees)
  }
}
