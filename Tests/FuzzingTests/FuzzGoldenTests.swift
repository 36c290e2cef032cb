import Blocks
import Fuzzing
import Lockstep
import Signals
import Synchronization
import Testing

/// Searches with golden models that are programs of their own.
@Suite struct FuzzGoldenTests {
  @Test func severalInputsAreAskedAboutAtOnce() async throws {
    let (one, three) = (Questions(), Questions())
    let outcome = try await Fixture.fuzz(Picky(elsewhere: one), count: 256, jobs: 1).run()
    let other = try await Fixture.fuzz(Picky(elsewhere: three), count: 256, jobs: 3).run()
    #expect(outcome.agrees)
    #expect(outcome.records == other.records)
    let single = Questions()
    _ = try await Fixture.fuzz(
      Picky(elsewhere: single, isElsewhere: false), count: 256, jobs: 1
    ).run()
    let (together, apart) = (
      one.number.load(ordering: .relaxed), single.number.load(ordering: .relaxed)
    )
    #expect(together < apart)
    // A mistake is found as without.
    let found = try await Fixture.fuzz(Picky(run: 6, elsewhere: Questions()), count: 2000).run()
    #expect(found.find?.finding?.stream == "y")
  }

  @Test func oneThatAnswersNothingIsAnError() async throws {
    let block = Picky(
      elsewhere: Questions(), failure: { _ in .external(block: "scaler", reason: "it ended") })
    await #expect(throws: BlockError.external(block: "scaler", reason: "it ended")) {
      try await Fixture.fuzz(block, count: 64).run()
    }
  }

  @Test func whatItRefusesNowAndThenIsLeftOut() async throws {
    let block = Picky(
      elsewhere: Questions(),
      failure: { batch in
        let values = batch.items["x"]?.values ?? []
        let isPlateau = values.count > 3 && values[0] == values[1] && values[1] == values[2]
        return isPlateau ? .external(block: "scaler", reason: "a plateau") : nil
      })
    let outcome = try await Fixture.fuzz(block, count: 512).run()
    #expect(outcome.agrees)
    #expect((outcome.records.first?.restrained ?? 0) > 10)
  }
}
