import Devices
import Lockstep
import Signals
import Testing

/// Streams that break their rule, stop, or never start, and RTL that complains itself.
@Suite struct StreamTests {
  private func rows(_ fault: Fault) -> Workload { .one(Bench.rows(10, of: 8, fault)) }

  private func rule(_ outcome: Outcome) -> StreamRuleBreak? {
    for case .streamRule(let rule) in outcome.allFindings { return rule }
    return nil
  }

  private func hang(_ outcome: Outcome) -> Hang? {
    for case .hang(let hang) in outcome.allFindings { return hang }
    return nil
  }

  private func failure(_ outcome: Outcome) -> DeviceFailure? {
    for case .deviceFailure(let failure, _, _) in outcome.allFindings { return failure }
    return nil
  }

  @Test func validWithdrawnIsFound() async throws {
    let outcome = try await verify(.validWithdrawn, profiles: [.none, .throttled])
    #expect(outcome.runs[0].findings.isEmpty)
    #expect(rule(outcome)?.kind == .validWithdrawn)
    #expect(rule(outcome)?.stream == "y")
    #expect(outcome.kinds == ["streamRule", "dependsOnTiming"])
  }

  @Test func aPayloadThatChangesWhileItWaitsIsFound() async throws {
    let outcome = try await verify(.payloadChanges, profiles: [.none, .random])
    #expect(outcome.runs[0].findings.isEmpty)
    #expect(outcome.runs[1].mismatchedBeats == 0)
    #expect(rule(outcome)?.kind == .payloadChanged)
    #expect(rule(outcome)?.stream == "y")
  }

  @Test func theBeatThatBreaksTheRuleIsPlaced() async throws {
    let outcome = try await verify(
      .payloadChanges, rows(.payloadChanges), profiles: [.throttled])
    let first = try #require(rule(outcome))
    #expect(first.transaction == 0)
    #expect(outcome.runs[0].findings.count == 8)
  }

  @Test func manyBreaksOfTheRuleDoNotHideWhatEndsTheRun() async throws {
    let block = Bench(fault: .breaksEveryRule)
    let outcome = try await verify(
      block, .one(Bench.rows(60, of: 8, .breaksEveryRule)), profiles: [.throttled])
    let run = outcome.runs[0]
    #expect(run.findings.filter { if case .streamRule = $0 { true } else { false } }.count == 8)
    #expect(outcome.firstMismatch != nil)
  }

  @Test func validThatWaitsForReadyHangsUnderTheAdversarialProfile() async throws {
    let outcome = try await verify(.validWaitsForReady, profiles: [.none, .adversarial])
    #expect(outcome.runs[0].findings.isEmpty)
    let found = try #require(hang(outcome))
    #expect(found.stream == "y")
    #expect(found.waiting[0].hasPrefix("output 'y' owes "))
    #expect(found.waiting[0].hasSuffix(", not valid since reset"))
    #expect(
      outcome.findings == [.dependsOnTiming(agreeing: .none, differing: .adversarial)])
  }

  @Test func aHangNamesWhatWaitsAndForHowLong() async throws {
    let outcome = try await verify(.hang, rows(.hang))
    // Rows 0 to 6 pass: 14 beats after the table's 8 cycles, the last output 2 cycles later.
    let found = try #require(hang(outcome))
    #expect(found.waited == 200)
    #expect(found.cycle == 8 + 14 + 2 + 200)
    #expect(found.stream == "y")
    #expect(found.transaction == 7)
    #expect(
      found.waiting == [
        "output 'y' owes 6 beats, not valid since cycle 23",
        "output 's' owes 3 beats, not valid since cycle 22",
        "input 'x' has 6 beats to give, not taken since cycle 21",
        "input 'w' has 3 beats to give, not taken since cycle 21",
      ])
    #expect(outcome.kinds == ["hang"])
  }

  @Test func aTableThatIsNeverTakenHangs() async throws {
    let outcome = try await verify(.tableNeverConsumed)
    let found = try #require(hang(outcome))
    #expect(found.stream == "table")
    #expect(found.waiting == ["table 'table' has 8 beats to give, not taken since reset"])
    #expect(
      outcome.runs[0].findings.contains(.vacuous(.inputNeverConsumed(stream: "table"))))
  }

  @Test func anInputThatIsNeverTakenIsNamed() async throws {
    let outcome = try await verify(.inputNeverConsumed)
    #expect(hang(outcome) != nil)
    #expect(outcome.runs[0].findings.contains(.vacuous(.inputNeverConsumed(stream: "w"))))
    #expect(!outcome.runs[0].findings.contains(.vacuous(.inputNeverConsumed(stream: "x"))))
  }

  @Test func anOutputThatNeverMovesIsNamed() async throws {
    let outcome = try await verify(.outputNeverMoves)
    #expect(hang(outcome)?.stream == "y")
    #expect(outcome.runs[0].findings.contains(.vacuous(.streamNeverMoved(stream: "y"))))
    #expect(!outcome.runs[0].findings.contains(.vacuous(.streamNeverMoved(stream: "s"))))
  }

  @Test func aDeviceThatSwallowsAllInputEndsInAHang() async throws {
    // Far more chunks than are prepared ahead, by workers that do prepare ahead.
    let block = Bench(fault: .swallowsInput)
    let outcome = try await verify(
      block, .one(Bench.rows(2000, of: 4, .swallowsInput)), profiles: [.none], jobs: 8)
    let waiting = try #require(hang(outcome)).waiting
    #expect(waiting.count == 1)
    #expect(waiting[0].hasPrefix("output 'y' owes 1992 beats, not valid since cycle "))
    #expect(
      outcome.runs[0].findings.contains(
        .vacuous(.expectationNeverMet(stream: "y", missing: 1992))))
  }

  @Test func ignoredBackPressureLosesBeats() async throws {
    let outcome = try await verify(.readyIgnored, profiles: [.none, .throttled])
    #expect(outcome.runs[0].findings.isEmpty)
    #expect(outcome.runs[1].findings.contains { if case .mismatch = $0 { true } else { false } })
    #expect(
      outcome.findings.contains(.dependsOnTiming(agreeing: .none, differing: .throttled)))
  }

  @Test(
    arguments: [
      (Fault.assertion, [DeviceFailure.Kind.assertion], "row nine"),
      // Verilator before 5.020 does not tell $fatal from an assertion.
      (.fatal, [.fatal, .assertion], "row nine is fatal"),
      (.finish, [.finish], ""), (.stop, [.stop], ""),
    ])
  func whatTheRTLSaysEndsTheRun(
    _ fault: Fault, _ kinds: [DeviceFailure.Kind], _ message: String
  ) async throws {
    let outcome = try await verify(fault, rows(fault), profiles: [.none])
    let found = try #require(failure(outcome))
    #expect(kinds.contains(found.kind))
    #expect(found.message.hasSuffix(message))
    #expect(found.file.hasSuffix("bench.sv"))
    #expect(found.line > 0)
    guard case .deviceFailure(_, let cycle, 0) = outcome.runs[0].findings[0] else {
      Issue.record("\(outcome.runs[0].findings)")
      return
    }
    // The first beat of row 9 is the 19th after the table.
    #expect(cycle == 8 + 18)
    #expect(outcome.runs[0].findings.count == 1)
  }

  @Test func anInitialBlockThatGivesUpIsFound() async throws {
    let outcome = try await verifyWire(.one(Wire.beats(16, in: 1)), grumpy: true)
    #expect(failure(outcome)?.message.hasSuffix("no configuration suits me") == true)
    #expect(outcome.kinds == ["deviceFailure"])
    #expect(outcome.runs[0].comparedBeats == 0)
  }

  @Test func settingsChangeOnlyWhenNothingIsInFlight() async throws {
    // bench.sv asserts it; the fault makes it believe that it is always busy.
    #expect(try await verify(.none, profiles: StallProfile.allCases).agrees)
    let outcome = try await verify(.alwaysBusy, profiles: [.none])
    #expect(failure(outcome)?.message.hasSuffix("a setting changed in flight") == true)
  }

  @Test func aBeatThatPassesInOneCycleIsNotTakenForTwo() async throws {
    let outcome = try await verifyWire(
      .of([Wire.beats(320, in: 4), Wire.beats(640, in: 4)], perShard: 1),
      profiles: StallProfile.allCases.filter { $0 != .adversarial })
    #expect(outcome.agrees, "\(outcome.allFindings)")
  }
}
