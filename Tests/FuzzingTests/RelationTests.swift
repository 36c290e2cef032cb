import Blocks
import Fuzzing
import Lockstep
import Reports
import Signals
import Testing

@Suite struct RelationTests {
  private func check(_ block: Scaler, hasDevice: Bool = true) async throws -> RelationOutcome {
    let device = hasDevice ? (try await Fixture.library(), Fixture.manifest) : nil
    return try RelationCheck(
      block, in: Fixture.configuration, device: device, jobs: 2, command: "cosim relations scaler"
    ).run()
  }

  /// y does not change when what is added to x is taken from k.
  private static let exchange = Relation(
    "exchange", "one more in x and one less in k change no answer",
    follow: { batch, _, _ in
      guard batch.scalar("k") > -128, let x = batch.items["x"],
        x.values.allSatisfy({ $0 < 127 })
      else { return nil }
      var result = batch
      result.shared["k"] = Tensor(batch.scalar("k") - 1)
      result.items["x"]?.values = x.values.map { $0 + 1 }
      return result
    },
    violation: { found in
      let (one, other) = (found.answer.items["y"], found.relatedAnswer.items["y"])
      let place = zip(one?.values ?? [], other?.values ?? []).enumerated()
        .first { $0.element.0 != $0.element.1 }
      return place.map {
        RelationViolation(transaction: 0, element: $0.offset, "\($0.element.0), \($0.element.1)")
      }
    })

  @Test func relationsThatHoldAreFoundToHoldOfGoldenModelAndDevice() async throws {
    let outcome = try await check(Scaler(reach: 100, claims: [Self.exchange]))
    #expect(outcome.agrees)
    // Its batches have one transaction, and no order.
    #expect(outcome.results.map(\.name) == ["exchange"])
    let result = try #require(outcome.results.last)
    #expect(result.cases > 5)
    #expect(result.deviceCases == result.cases)
  }

  @Test func aMistakeOfTheGoldenModelBreaksThemInTheGoldenModelAlone() async throws {
    let outcome = try await check(
      Scaler(reach: 100, mistake: 1, mistaken: 5, claims: [Self.exchange]))
    let result = try #require(outcome.results.last)
    #expect(!outcome.agrees)
    #expect(result.goldenViolations > 0)
    // The device is asked by itself, and is right.
    #expect(result.deviceViolations == 0)
    #expect(RelationReport().render(outcome).contains("BROKEN exchange"))
    #expect(RelationReport().render(outcome).contains("golden model, "))
  }

  @Test func aDeviceThatBreaksThemIsNamedWhateverTheGoldenModelSays() async throws {
    // False of the RTL, and of a golden model of which every answer is 0 it is true.
    let claim = Relation("small", "answers are small") { found in
      let place = found.answer.items["y"]?.values.firstIndex { abs($0) > 20 }
      return place.map { RelationViolation(transaction: 0, element: $0, "too large") }
    }
    let outcome = try await check(Scaler(isZero: true, claims: [claim]))
    let result = try #require(outcome.results.last)
    #expect(result.goldenViolations == 0)
    #expect(result.deviceViolations > 0)
    #expect(result.device?.text == "too large")
    #expect(!outcome.agrees)
  }

  @Test func aRelationThatNeverAppliesDoesNotHold() async throws {
    let claim = Relation(
      "never", "nothing", follow: { _, _, _ in nil }, violation: { _ in nil })
    let outcome = try await check(Scaler(claims: [claim]), hasDevice: false)
    #expect(!outcome.agrees)
    #expect(RelationReport().render(outcome).contains("never applied"))
  }
}
