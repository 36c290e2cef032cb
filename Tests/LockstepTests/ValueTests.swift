import Blocks
import Lockstep
import Reports
import Signals
import Testing

/// Wrong values, and beats that are missing or too many.
@Suite struct ValueTests {
  /// Ten rows of two beats, one setting: table 8 cycles, then a beat a cycle.
  private func rows(_ fault: Fault, _ count: Int = 10) -> Workload {
    .one(Bench.rows(count, of: 8, fault))
  }

  @Test func aFaultlessDeviceAgreesUnderEveryProfile() async throws {
    let outcome = try await verify(.none, profiles: StallProfile.allCases)
    #expect(outcome.agrees, "\(outcome.allFindings)")
    #expect(outcome.allFindings.isEmpty)
    #expect(outcome.runs.map(\.transactions) == Array(repeating: 12 + 11 * 24, count: 6))
    #expect(Set(outcome.runs.map(\.digest)).count == 1)
    #expect(outcome.firstMismatch == nil)
  }

  @Test func aWrongValueIsFoundWhereItIs() async throws {
    let outcome = try await verify(.wrongValue, rows(.wrongValue))
    #expect(outcome.kinds == ["mismatch"])
    let mismatch = try #require(outcome.firstMismatch)
    // Row 5, element 6: x = 5 * 8 + 6 - 128 = -82, w = 5, k = 5, table[-82 mod 8] = 60.
    #expect(
      mismatch.sentence
        == "y.data, transaction 5 (row 5), element 6 (beat 1, lane 2): expected -12, observed -9, at "
        + "cycle \(8 + 11 + 2) of shard 0")
    #expect(outcome.runs.map(\.mismatchedBeats) == [1, 1])
  }

  @Test func aWrongValueIsFoundInALaterShard() async throws {
    let quiet = Bench.rows(2, of: 8, .none)
    let outcome = try await verify(
      .none, .of([quiet, quiet, Bench.rows(7, of: 8, .wrongValue)], perShard: 2))
    let mismatch = try #require(outcome.firstMismatch)
    #expect(mismatch.shard == 1)
    #expect(mismatch.transaction == 2 + 2 + 5)
  }

  @Test func aLostSignIsFound() async throws {
    let mismatch = try #require(try await verify(.signLost, rows(.signLost)).firstMismatch)
    #expect(mismatch.observed - mismatch.expected == 256)
    #expect(mismatch.transaction == 0)
    #expect(mismatch.element == 0)
  }

  @Test func aMisplacedLastIsAMismatchOfThatField() async throws {
    let mismatch = try #require(try await verify(.lastEarly, rows(.lastEarly)).firstMismatch)
    #expect(mismatch.field == "last")
    #expect(mismatch.transaction == 6)
    #expect(mismatch.beat == 0)
    #expect(mismatch.element == nil)
    #expect(mismatch.expected == 0)
    #expect(mismatch.observed == 1)
  }

  @Test func aDroppedBeatIsMissedAtTheEnd() async throws {
    let outcome = try await verify(.droppedBeat, rows(.droppedBeat))
    #expect(outcome.kinds == ["mismatch", "hang", "vacuous"])
    #expect(outcome.firstMismatch?.transaction == 3)
    #expect(outcome.firstMismatch?.beat == 0)
    let missing = Finding.vacuous(.expectationNeverMet(stream: "y", missing: 1))
    #expect(outcome.runs.allSatisfy { $0.findings.contains(missing) })
  }

  @Test func aDuplicatedBeatIsFoundWhereItIsAndLeavesOneTooMany() async throws {
    let outcome = try await verify(.duplicatedBeat, rows(.duplicatedBeat))
    #expect(outcome.kinds == ["mismatch", "unexpectedBeat"])
    #expect(outcome.firstMismatch?.transaction == 4)
    #expect(outcome.firstMismatch?.beat == 0)
    #expect(outcome.runs[0].mismatchedBeats == 12)
    #expect(
      outcome.runs[0].findings.last
        == .unexpectedBeat(stream: "y", cycle: 8 + 20 + 2, afterTransaction: 9))
  }

  @Test func aBeatAfterTheLastOneIsFound() async throws {
    let outcome = try await verify(.extraBeatAtTheEnd, rows(.extraBeatAtTheEnd))
    for run in outcome.runs {
      guard case .unexpectedBeat("y", _, 9) = run.findings.first else {
        Issue.record("\(run.findings)")
        continue
      }
    }
    #expect(outcome.kinds == ["unexpectedBeat"])
  }

  @Test func aBeatWhileTablesAreLoadedIsFound() async throws {
    let batch = Bench.rows(4, of: 8, .extraBeatWhileLoading)
    let next = Bench.rows(4, of: 8, k: 6, .extraBeatWhileLoading)
    let outcome = try await verify(.none, .of([batch, next], perShard: 2), profiles: [.none])
    #expect(outcome.kinds == ["unexpectedBeat"])
    guard case .unexpectedBeat("y", _, 3) = outcome.allFindings.first else {
      Issue.record("\(outcome.allFindings)")
      return
    }
  }

  @Test func aMissingLastBeatOfOneOutputIsNamed() async throws {
    let outcome = try await verify(.lastSumMissing, rows(.lastSumMissing, 4))
    #expect(outcome.kinds == ["hang", "vacuous"])
    #expect(
      outcome.runs[0].findings.last == .vacuous(.expectationNeverMet(stream: "s", missing: 1)))
  }

  @Test func lanesBeyondTheEndAreCompared() async throws {
    let batch = Bench.rows(4, of: 7, .lanesLeak)
    let mismatch = try #require(try await verify(.lanesLeak, .one(batch)).firstMismatch)
    #expect(mismatch.field == "data")
    #expect(mismatch.lane == 3)
    #expect(mismatch.beat == 1)
    #expect(mismatch.expected == 0)
  }

  @Test func lanesBeyondTheEndHoldJunk() async throws {
    let outcome = try await verify(.keepIgnored, .one(Bench.rows(4, of: 7, .keepIgnored)))
    #expect(outcome.kinds == ["mismatch"])
    #expect(outcome.firstMismatch?.stream == "s")
    // Without such lanes it makes no difference.
    #expect(try await verify(.keepIgnored, rows(.keepIgnored)).agrees)
  }

  @Test func aPayloadSampledWithoutValidIsFound() async throws {
    let outcome = try await verify(.payloadWithoutValid, profiles: [.starved])
    #expect(outcome.firstMismatch?.stream == "y")
  }

  @Test func aSettingSampledTooEarlyIsFound() async throws {
    let fault = Fault.settingOfThePreviousRow
    let batches = [3, 4].map { Bench.rows(4, of: 8, k: $0, fault) }
    let outcome = try await verify(fault, .of(batches, perShard: 2), profiles: [.none])
    #expect(outcome.firstMismatch?.transaction == 0)
    // The rows in between see the right one; each chunk begins wrong.
    #expect(outcome.runs[0].mismatchedBeats == 4)
  }

  @Test func aSettingSampledTooLateIsFound() async throws {
    let batches = [3, 4].map { Wire.beats(4, in: 4, k: $0, late: true) }
    let outcome = try await verifyWire(.of(batches, perShard: 2))
    #expect(outcome.runs[0].mismatchedBeats == 2)
    #expect(outcome.firstMismatch?.transaction == 0)
    let punctual = [3, 4].map { Wire.beats(4, in: 4, k: $0) }
    #expect(try await verifyWire(.of(punctual, perShard: 2)).agrees)
  }

  @Test func aTableEntryThatIsNotWrittenIsFound() async throws {
    let outcome = try await verify(.tableEntryNotWritten)
    let mismatch = try #require(outcome.firstMismatch)
    #expect(mismatch.stream == "y")
    #expect(outcome.kinds.contains("dependsOnInitialState"))
  }

  @Test func expectedValuesOfAFileAreHeldAgainstTheDevice() async throws {
    let batch = Bench.rows(4, of: 8, .none)
    var expected = try Bench().golden(batch, in: Bench().configuration())
    expected.items["s"]?.values[2] += 1
    let outcome = try await verify(.none, .whole(batch, expected: expected, summary: "a file"))
    let mismatch = try #require(outcome.firstMismatch)
    #expect(mismatch.stream == "s")
    #expect(mismatch.transaction == 2)
    #expect(mismatch.expected - mismatch.observed == 1)
    #expect(outcome.kinds == ["mismatch"])
  }

  @Test func listsAFewMismatchesAndCountsTheRest() async throws {
    let outcome = try await verify(.signLost, rows(.signLost, 60), profiles: [.none])
    #expect(outcome.runs[0].findings.count == 8)
    #expect(outcome.runs[0].mismatchedBeats == 64)
  }

  @Test func countsWhatWasComparedBeforeAShardEnded() async throws {
    let hung = try await verify(.hang, .one(Bench.rows(12, of: 7, .hang)), profiles: [.none])
    #expect(hung.runs[0].transactions == 7)
    #expect(hung.runs[0].comparedBeats == 7 * 2 + 7)
    #expect(hung.runs[0].comparedElements == 7 * 7 + 7)
    // The shard ends at the 64th beat that differs, be it in the middle of a row.
    let wrong = Bench.rows(60, of: 5, .signLost)
    let outcome = try await verify(.signLost, .one(wrong), profiles: [.none])
    let beats = outcome.runs[0].streams.filter { $0.direction == .output }.map(\.transfer)
    let (rows, more) = beats[0].quotientAndRemainder(dividingBy: 2)
    #expect(outcome.runs[0].transactions == rows)
    #expect(outcome.runs[0].comparedElements == rows * 5 + more * 4 + beats[1])
  }
}
