import Fuzzing
import Reports
import Testing

@Suite struct MutationSampleTests {
  @Test(arguments: [
    (190, 200, 0.9104, 0.9726), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (1, 2, 0.0945, 0.9055),
  ])
  func theIntervalOfAShareIsThatOfWilson(
    count: Int, all: Int, least: Double, most: Double
  ) throws {
    let interval = try #require(MutationOutcome.interval(of: count, in: all))
    #expect(abs(interval.lowerBound - least) < 0.0001)
    #expect(abs(interval.upperBound - most) < 0.0001)
  }

  @Test func noDrawsSayNothing() {
    #expect(MutationOutcome.interval(of: 0, in: 0) == nil)
    #expect(MutationOutcome.interval(of: 3, in: 2) == nil)
  }

  @Test func onlyASampleHasAnIntervalInItsReport() async throws {
    let scratch = try Scratch()
    var campaign = Fixture.campaign(in: scratch.path)
    let whole = try await campaign.run()
    #expect(whole.scoreInterval == nil)
    #expect(!MutationReport().render(whole).contains("confidence"))
    campaign.settings.limit = 30
    let sample = try await campaign.run()
    let interval = try #require(sample.scoreInterval)
    #expect(interval.contains(try #require(sample.score)))
    let text = MutationReport().render(sample)
    #expect(text.contains("30 of \(whole.results.count) mutants"))
    #expect(text.contains(" % (of all with 95 % confidence "))
  }
}
