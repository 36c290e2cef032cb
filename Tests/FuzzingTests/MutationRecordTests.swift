import Foundation
import Fuzzing
import Synchronization
import Testing

/// Verdicts that are kept.
@Suite struct MutationRecordTests {
  /// Runs a campaign.
  ///
  /// - Returns: its outcome, and how many mutants it tried.
  private func run(
    in folder: String, _ change: (inout MutationCampaign.Settings) -> Void = { _ in }
  ) async throws -> (outcome: MutationOutcome, tried: Int) {
    var campaign = Fixture.campaign(in: folder)
    change(&campaign.settings)
    let tried = Atomic(0)
    campaign.progress = { line in
      if line.contains(" mutants, ") { tried.add(1, ordering: .relaxed) }
    }
    let outcome = try await campaign.run()
    return (outcome, tried.load(ordering: .relaxed))
  }

  @Test func aSampleKeepsTheVerdictsOfMutantsThatItLeavesOut() async throws {
    let scratch = try Scratch()
    let whole = try await run(in: scratch.path)
    #expect(whole.tried == whole.outcome.results.count)
    let sample = try await run(in: scratch.path) { $0.limit = 10 }
    #expect(sample.outcome.results.count == 10)
    #expect(sample.tried == 0)
    let again = try await run(in: scratch.path)
    #expect(again.tried == 0)
    #expect(again.outcome.results == whole.outcome.results)
  }

  @Test func aWholeRunGoesOnFromASampleAndFromSomeFiles() async throws {
    let scratch = try Scratch()
    let sample = try await run(in: scratch.path) { $0.limit = 10 }
    #expect(sample.tried == 10)
    let whole = try await run(in: scratch.path) { $0.files = ["scaler.sv"] }
    #expect(whole.tried == whole.outcome.results.count - 10)
    #expect(try await run(in: scratch.path).tried == 0)
  }

  @Test func verdictsOfAnotherProgramOrSuiteAreNotTaken() async throws {
    let scratch = try Scratch()
    let sample = try await run(in: scratch.path) { $0.limit = 10 }
    let other = try await run(in: scratch.path) { ($0.limit, $0.program) = (10, "another") }
    #expect(other.tried == 10)
    #expect(other.outcome.results == sample.outcome.results)
    let longer = try await run(in: scratch.path) {
      ($0.limit, $0.program, $0.count) = (10, "another", 20)
    }
    #expect(longer.tried == 10)
  }
}
