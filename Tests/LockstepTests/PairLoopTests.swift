import Blocks
import Lockstep
import Signals
import Testing

/// The loop for one input and one output does what the general one does.
@Suite struct PairLoopTests {
  /// What each fault is found as, under the profiles that show it.
  static let findings: [Relay.Fault: String] = [
    .wrongValue: "mismatch", .droppedBeat: "mismatch", .duplicatedBeat: "mismatch",
    .validWithdrawn: "streamRule", .payloadChanges: "streamRule", .hang: "hang",
    .looksWithoutValid: "mismatch",
  ]

  @Test(
    "both come to the same outcome, and find what is wrong", arguments: Relay.Fault.allCases,
    [UInt64(1), 2])
  func outcomes(fault: Relay.Fault, seed: UInt64) async throws {
    var verification = try await Relay.verification(fault, seed: seed)
    let outcome = try verification.run()
    verification.isGeneral = true
    #expect(try outcome.withoutTimes() == verification.run().withoutTimes())
    #expect(outcome.agrees == [.none, .slowAfterWaiting].contains(fault))
    if let finding = Self.findings[fault] { #expect(outcome.kinds.contains(finding)) }
    for run in outcome.runs {
      for stream in run.streams {
        #expect(stream.transfer + stream.starved + stream.blocked + stream.idle == run.cycles)
      }
    }
  }
}
