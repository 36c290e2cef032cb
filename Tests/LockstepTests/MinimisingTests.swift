import Lockstep
import Signals
import Testing

/// Failing cases made small.
@Suite struct MinimisingTests {
  /// Faults of the bench that need more than four beats by their nature: they wait for a row or for a
  /// queue that is full.
  private static let large: Set<Fault> = [
    .wrongValue, .droppedBeat, .duplicatedBeat, .hang, .fatal, .assertion, .finish, .stop,
    .lastEarly,
    .lastSumMissing, .swallowsInput, .extraBeatWhileLoading, .readyIgnored, .valueDependsOnTiming,
  ]

  @Test(arguments: Fault.shown)
  func everyPlantedFaultGetsSmall(_ fault: Fault) async throws {
    let outcome = try await explain(fault, profiles: [.none, .random, .throttled, .starved])
    #expect(!outcome.agrees)
    let explanation = try #require(outcome.explanation, "\(fault): \(outcome.allFindings)")
    #expect(explanation.reproduced == 3)
    #expect(explanation.minimising.end == .minimal, "\(fault)")
    #expect(explanation.minimising.seconds < 60)
    #expect(explanation.minimal.beats <= explanation.original.beats)
    if !MinimisingTests.large.contains(fault) {
      // Beats that only take time stay where no input has more than four.
      let beats =
        fault == .echo ? explanation.minimal.longestInput ?? .max : explanation.minimal.beats
      #expect(beats <= 4, "\(fault): \(explanation.minimal)")
      #expect((explanation.minimal.stalls ?? .max) <= 4, "\(fault): \(explanation.minimal)")
    }
  }

  @Test func aValueThatIsWrongAloneBecomesOneElement() async throws {
    let explanation = try #require(try await explain(.signLost).explanation)
    #expect(explanation.isolation == .alone)
    #expect(
      explanation.minimal
        == CaseSize(
          transactions: 1, beats: 2, longestInput: 1, elements: 2, significantElements: 1, stalls: 0
        ))
    guard case .mismatch(let mismatch) = explanation.finding else {
      Issue.record("\(explanation.finding)")
      return
    }
    #expect(mismatch.observed - mismatch.expected == 256)
    // x = -1 is the simplest value whose sign can be lost.
    let x = explanation.stimulus.first { $0.array == "x" }
    #expect(x?.values == [-1])
  }

  @Test func aFaultInTheSixthRowKeepsFiveRowsBeforeIt() async throws {
    let explanation = try #require(
      try await explain(.wrongValue, .one(Bench.rows(60, of: 8, .wrongValue))).explanation)
    #expect(explanation.isolation == .needsHistory(transactions: 5))
    // Five rows of one element, the second beat of the sixth, and one w each.
    #expect(explanation.minimal.transactions == 6)
    // Its second beat writes to lanes beyond the end, too.
    #expect(explanation.minimal.elements == 5 + 5 + 6)
    #expect(explanation.minimal.significantElements == 0)
  }

  @Test func aFaultThatNeedsNoStallHasNone() async throws {
    let explanation = try #require(
      try await explain(.signLost, profiles: [.adversarial]).explanation)
    #expect(explanation.minimal.stalls == 0)
    #expect((explanation.original.stalls ?? 0) > 0)
  }

  @Test func aFaultThatNeedsAStallKeepsOne() async throws {
    let explanation = try #require(
      try await explain(.validWithdrawn, profiles: [.random]).explanation)
    // Not taken for two cycles, withdrawn in the third.
    #expect((1...3).contains(explanation.minimal.stalls ?? 0), "\(explanation.minimal)")
    #expect(explanation.minimal.beats == 2)
    guard case .streamRule = explanation.finding else {
      Issue.record("\(explanation.finding)")
      return
    }
  }

  @Test func beatsThatOnlyTakeTimeBecomeAGap() async throws {
    // Five cycles after a beat with 100 another is wrong.
    let explanation = try #require(
      try await explain(.echo, .one(Bench.rows(40, of: 8, .echo)), profiles: [.none]).explanation)
    #expect(explanation.original.stalls == 0)
    #expect(explanation.minimal.longestInput == 2, "\(explanation.minimal)")
    #expect(explanation.minimal.stalls == 4, "\(explanation.minimal)")
    #expect(explanation.reproduced == 3)
  }

  @Test func beatsBetweenStallsBecomeAGapToo() async throws {
    let explanation = try #require(
      try await explain(.farEcho, .one(Bench.rows(200, of: 8, .farEcho)), profiles: [.random])
        .explanation)
    #expect((explanation.original.stalls ?? 0) > 0)
    #expect(explanation.minimal.longestInput == 2, "\(explanation.minimal)")
    #expect(explanation.minimal.stalls == 15, "\(explanation.minimal)")
    #expect(explanation.reproduced == 3)
  }

  @Test func aRegisterWithoutResetKeepsItsInitialState() async throws {
    let explanation = try #require(try await explain(.unresetWord).explanation)
    #expect(explanation.minimal.transactions == 1)
    #expect(explanation.minimal.beats == 2)
    #expect(explanation.minimal.significantElements == 0)
  }

  @Test func aResetInMidFlightThatMattersStays() async throws {
    let folder = Folder()
    let outcome = try await explain(.survivesReset, bundles: folder.path)
    let explanation = try #require(outcome.explanation)
    let bundle = try CaseBundle(contentsOf: try #require(explanation.files?.bundle))
    #expect(bundle.minimal.rehearsedBeats == 1)
    #expect(explanation.minimal.transactions == 1)
    // The table is sent before the reset, too, which is no part of the window.
    let window = try #require(explanation.window)
    #expect(Set(window.traces.map(\.valid.count)) == [window.cycles])
  }

  @Test func stallsTakeThePlaceOfAResetInMidFlightThatNeedsManyBeats() async throws {
    // Before the reset six beats must cross until the first has waited for four cycles.
    let folder = Folder()
    let outcome = try await explain(.longWait, profiles: [.none], bundles: folder.path)
    let explanation = try #require(outcome.explanation)
    let bundle = try CaseBundle(contentsOf: try #require(explanation.files?.bundle))
    #expect((bundle.original.rehearsedBeats ?? 0) >= 6)
    #expect(bundle.minimal.rehearsedBeats == nil)
    #expect((explanation.minimal.longestInput ?? .max) <= 4, "\(explanation.minimal)")
    #expect((explanation.minimal.stalls ?? 0) >= 4)
    #expect(explanation.reproduced == 3)
  }

  @Test func anotherFindingOfFewerTransactionsIsShownWhereACaseStaysLarge() async throws {
    let outcome = try await explain(
      .twoFaces, .one(Bench.rows(20, of: 8, .twoFaces)), profiles: [.none])
    guard case .mismatch(let found)? = outcome.runs[0].findings.first else {
      Issue.record("\(outcome.allFindings)")
      return
    }
    #expect(found.stream == "y")
    let explanation = try #require(outcome.explanation)
    #expect(explanation.minimal.transactions == 1)
    guard case .mismatch(let shown) = explanation.finding else {
      Issue.record("\(explanation.finding)")
      return
    }
    #expect(shown.stream == "s")
    #expect(explanation.reproduced == 3)
  }

  @Test func switchedOffItLeavesTheCaseAsItIs() async throws {
    let outcome = try await explain(.signLost, limits: MinimisingLimits(seconds: 0))
    let explanation = try #require(outcome.explanation)
    #expect(
      explanation.minimising
        == Minimising(end: .off, tries: 0, seconds: explanation.minimising.seconds))
    #expect(explanation.minimal == explanation.original)
    #expect(explanation.isolation == nil)
    #expect(explanation.reproduced == 3)
  }

  @Test func triesAreBounded() async throws {
    let outcome = try await explain(
      .wrongValue, .one(Bench.rows(60, of: 8, .wrongValue)),
      limits: MinimisingLimits(seconds: 60, tries: 5))
    let explanation = try #require(outcome.explanation)
    #expect(explanation.minimising.end == .outOfTries)
    #expect(explanation.minimising.tries == 5)
    #expect(explanation.reproduced == 3)
  }

  @Test func theSameFailureGivesTheSameCaseWithAnyNumberOfJobs() async throws {
    let folder = Folder()
    var paths: Set<String> = []
    for jobs in [1, 3] {
      let outcome = try await explain(
        Bench(fault: .valueDependsOnTiming), bundles: folder.path, jobs: jobs)
      paths.insert(try #require(outcome.explanation?.files?.bundle))
    }
    #expect(paths.count == 1)
  }

  @Test func agreementIsNotExplained() async throws {
    #expect(try await explain(.none).explanation == nil)
  }

  @Test func aTransactionThatGoldenHasNoAnswerToIsNoSmallerCase() async throws {
    // Elements would become 0, which the golden model refuses; the fault needs none of them.
    var block = Bench(fault: .signLost)
    block.refusesZero = true
    let outcome = try await explain(block, .one(Bench.rows(4, of: 3, .signLost)))
    let explanation = try #require(outcome.explanation)
    let values = explanation.stimulus.filter { $0.array == "x" }.flatMap(\.values)
    #expect(!values.isEmpty && !values.contains(0))
  }

  @Test func whatGoldenHasNoAnswerToInAShardThatWasNotReachedTakesNoName() async throws {
    var block = Bench(fault: .signLost)
    block.refusesMinimum = true
    var first = Bench.rows(30, of: 8, .signLost)
    first.items["x"]?.values[0] = 1
    let second = Bench.rows(30, of: 8, .signLost)
    let outcome = try await explain(
      block, .of([first, second], perShard: 1), profiles: [.none], jobs: 1)
    let explanation = try #require(outcome.explanation)
    #expect(explanation.classification?.kind == .signLost)
  }
}
