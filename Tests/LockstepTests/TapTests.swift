import Blocks
import Devices
import Foundation
import Lockstep
import Reports
import Signals
import Testing

/// Signals inside a device, compared with the golden model's intermediate values.
@Suite struct TapTests {
  /// What was found about taps, of the first run.
  private func firstDivergence(_ outcome: Outcome) -> Divergence? {
    for case .divergence(let divergence) in outcome.runs[0].findings { return divergence }
    return nil
  }

  private func message(_ taps: [Tap]) async -> String {
    do {
      return "no error: \(try await Tapped.verify(.none, taps: taps).allFindings)"
    } catch {
      return "\(error)"
    }
  }

  @Test func `a faultless device agrees in every stage, under every profile`() async throws {
    let outcome = try await Tapped.verify(.none, profiles: StallProfile.allCases)
    #expect(outcome.agrees, "\(outcome.allFindings)")
    // Rows of 1 to 10 elements, 4 a beat.
    let beats = (1...10).reduce(0) { $0 + ($1 + 3) / 4 }
    for run in outcome.runs {
      #expect(run.taps.map(\.tap) == ["twice", "sum"])
      #expect(run.taps.map(\.values) == [beats, 10])
    }
  }

  @Test func `the first stage that is wrong is named, and what follows from it`() async throws {
    let outcome = try await Tapped.verify(.wrongTwice)
    #expect(outcome.kinds == ["divergence", "mismatch"])
    let divergence = try #require(firstDivergence(outcome))
    #expect(divergence.first.tap == "twice")
    #expect(divergence.following.map(\.tap) == ["sum"])
    // Row 3 begins with element 6: x = 6 * 5 - 128 = -98, and -88 in lane 2; one beat a cycle.
    #expect(
      divergence.sentence
        == "tap twice (twice), transaction 3 (length 4), element 2 (beat 0, lane 2): expected -176, "
        + "observed -175, at cycle 3 of shard 0; then sum at cycle 4; outputs follow at cycle 4")
    #expect(outcome.runs[0].findings.first == .divergence(divergence))
  }

  @Test func `a wrong stage is found even where the outputs agree`() async throws {
    let outcome = try await Tapped.verify(.wrongSum)
    #expect(outcome.kinds == ["divergence"])
    let divergence = try #require(firstDivergence(outcome))
    #expect(divergence.first.tap == "sum")
    #expect(divergence.first.transaction == 4)
    #expect(divergence.agreeing == ["twice"])
    #expect(divergence.sentence.hasSuffix("; the outputs agree"))
    #expect(!outcome.agrees)
  }

  @Test func `where the run ends first, nothing is said of its outputs`() async throws {
    let outcome = try await Tapped.verify(.wrongSumAndEnd)
    #expect(outcome.kinds == ["divergence", "deviceFailure"])
    let divergence = try #require(firstDivergence(outcome))
    #expect(divergence.first.tap == "sum")
    #expect(divergence.sentence.hasSuffix("; the run ended before outputs could differ"))
    let page = HTMLReport().render([outcome], planned: 1)
    #expect(page.contains("<b>outputs</b> not reached: the run ended before"))
    #expect(!page.contains("<b>outputs</b> agree"))
  }

  @Test func `what only a tap sees is made small and repeats, too`() async throws {
    let folder = Folder()
    let outcome = try await Tapped.verify(
      .wrongSum, explainer: ExplainerOptions(bundles: folder.path, tool: "test"))
    let explanation = try #require(outcome.explanation)
    guard case .divergence(let divergence) = explanation.finding else {
      Issue.record("\(explanation.finding)")
      return
    }
    #expect(divergence.first.tap == "sum")
    #expect(explanation.reproduced == 3)
    #expect(explanation.isolation == .needsHistory(transactions: 4))
    #expect(explanation.minimal.transactions == 5)
    #expect(explanation.minimal.stalls == 0)
    #expect(explanation.window?.failingCycle == divergence.first.cycle)
    let files = try #require(explanation.files)
    let bundle = try CaseBundle(contentsOf: files.bundle)
    #expect(bundle.record.finding == explanation.finding)
  }

  @Test func `the page draws the stages in the order of data`() async throws {
    let first = HTMLReport().render([try await Tapped.verify(.wrongTwice)], planned: 1)
    let twice = try #require(first.range(of: "<b>twice</b> differs first, cycle 3"))
    let sum = try #require(first.range(of: "<b>sum</b> differs, cycle 4"))
    let outputs = try #require(first.range(of: "<b>outputs</b> differ, cycle 4"))
    #expect(twice.lowerBound < sum.lowerBound && sum.lowerBound < outputs.lowerBound)
    let second = HTMLReport().render([try await Tapped.verify(.wrongSum)], planned: 1)
    #expect(second.contains("<b>twice</b> 18 values agree"))
    #expect(second.contains("<b>outputs</b> agree"))
    let third = HTMLReport().render([try await Tapped.verify(.none)], planned: 1)
    #expect(!third.contains("class=\"chain\""))
  }

  @Test func `the page begins with blocks by configurations, each a link`() async throws {
    var outcomes = [try await Tapped.verify(.none), try await Tapped.verify(.wrongOutput)]
    outcomes[1].seed = 2
    let page = HTMLReport().render(outcomes, planned: 2)
    for (place, chip) in [
      "good\" href=\"#outcome0\">agrees, seed 1", "bad\" href=\"#outcome1\">differs, seed 2",
    ]
    .enumerated() {
      #expect(page.contains("<a class=\"chip \(chip)</a>"))
      #expect(page.components(separatedBy: "id=\"outcome\(place)\"").count == 2)
    }
  }

  @Test func `a stage that differs unseen does not hide an output that differs later`() async throws
  {
    // Shard 0 has a wrong sum, which no output shows; shard 1 nothing; shard 2 a wrong output.
    let faults: [Tapped.Fault] = [.wrongSum, .none, .wrongOutput]
    for jobs in [1, 3] {
      let outcome = try await Tapped.verify(.none, jobs: jobs, parts: faults)
      #expect(outcome.kinds == ["divergence", "mismatch"])
      let divergence = try #require(firstDivergence(outcome))
      #expect(divergence.first.transaction == 4)
      for case .mismatch(let mismatch) in outcome.runs[0].findings { #expect(mismatch.shard == 2) }
      #expect(!outcome.wasInterrupted)
    }
    // Of several that nothing else follows, the first is told.
    let unseen = try await Tapped.verify(.none, parts: [.none, .wrongSum, .wrongSum])
    #expect(unseen.kinds == ["divergence"])
    #expect(try #require(firstDivergence(unseen)).first.transaction == 14)
    #expect(unseen.runs[0].transactions == 30)
  }

  @Test func `lanes that have a signal each are one tap, and a bit of a vector is a condition`()
    async throws
  {
    let fire = Tap.Condition("busy", isInverted: true)
    func tap(_ bit: Int) -> [Tap] {
      [
        Tap(
          "twice", signal: "gen_lane[*].u_twice.twice_o", valid: [fire, .init("keep", bit: bit)],
          keep: "keep")
      ]
    }
    let right = try await Tapped.verify(.none, taps: tap(0))
    #expect(right.agrees, "\(right.allFindings)")
    #expect(right.runs[0].taps.map(\.values) == [18])
    let wrong = try #require(firstDivergence(try await Tapped.verify(.wrongTwice, taps: tap(0))))
    #expect(wrong.first.signal == "gen_lane[*].u_twice.twice_o")
    #expect(wrong.first.transaction == 3)
    #expect(wrong.first.lane == 2)
    #expect(wrong.first.observed == -175)
    // Beats without a fourth element are left out, and missed.
    let missing = try #require(firstDivergence(try await Tapped.verify(.none, taps: tap(3))))
    #expect(missing.first.transaction == 0)
    // From the highest bit down.
    let lowest = try await Tapped.verify(.none, taps: tap(-4))
    #expect(lowest.agrees)
    let highest = try await Tapped.verify(.none, taps: tap(-1))
    #expect(firstDivergence(highest) == missing)
    for bit in [4, -5] {
      #expect(
        await message([Tap("sum", signal: "result_q", valid: [.init("keep", bit: bit)])])
          == "comparing the tap 'sum' of 'tapped': 'keep' has 4 bits, but 1 is needed")
    }
  }

  @Test func `of a lane of more than 64 bits the lowest 64 are compared`() async throws {
    let fire = Tap.Condition("busy", isInverted: true)
    let wide = [Tap("twice", signal: "gen_lane[*].wide", valid: [fire], keep: "keep")]
    #expect(try await Tapped.verify(.none, taps: wide).agrees)
    let wrong = try #require(firstDivergence(try await Tapped.verify(.wrongTwice, taps: wide)))
    #expect(wrong.first.lane == 2)
    #expect(wrong.first.expected == -176 && wrong.first.observed == -175)
  }

  @Test func `a fault behind the last tap leaves the taps alone`() async throws {
    let outcome = try await Tapped.verify(.wrongOutput)
    #expect(outcome.kinds == ["mismatch"])
  }

  @Test func `a tap that never has a value is a finding of its own`() async throws {
    let outcome = try await Tapped.verify(.sumNever)
    #expect(
      outcome.runs[0].findings == [.vacuous(.tapNeverMoved(tap: "sum", signal: "result_q"))])
  }

  @Test func `a value that nothing accounts for is found`() async throws {
    let divergence = try #require(firstDivergence(try await Tapped.verify(.sumTwice)))
    #expect(divergence.first.tap == "sum")
    #expect(divergence.first.expected == nil)
    #expect(divergence.first.observed != nil)
    #expect(divergence.sentence.contains("when nothing more is expected"))
  }

  @Test func `a value that never comes is found`() async throws {
    let divergence = try #require(firstDivergence(try await Tapped.verify(.lastSumMissing)))
    #expect(divergence.first.transaction == 9)
    #expect(divergence.first.observed == nil)
    #expect(divergence.sentence.contains(", which never came, "))
  }

  @Test func `a wrong mark is found beside right values`() async throws {
    let divergence = try #require(firstDivergence(try await Tapped.verify(.wrongKeep)))
    #expect(divergence.first.part == .keep)
    #expect(divergence.first.signal == "keep")
    #expect(divergence.first.transaction == 2)
    #expect(divergence.first.lane == 3)
  }

  @Test func `a value that does not fit the signal is not the expected one`() async throws {
    // Row 0 has one element, -128, whose double is 0 in 8 bits.
    let low = Tap("sum", signal: "result_low", valid: [Tap.Condition("sum_valid_q")])
    let divergence = try #require(firstDivergence(try await Tapped.verify(.none, taps: [low])))
    #expect(divergence.first.expected == -256)
    #expect(divergence.first.observed == 0)
  }

  /// `twice` in an order that leaves out lanes 2 and 3.
  private func firstLanes(absentIsZero: Bool = false) -> [Tap] {
    [
      Tap(
        "twice", signal: "twice", valid: [Tap.Condition("busy", isInverted: true)],
        order: "first_lanes", absentIsZero: absentIsZero)
    ]
  }

  @Test func `lanes that an order leaves out may hold anything, unless they must be zero`()
    async throws
  {
    #expect(try await Tapped.verify(.none, taps: firstLanes()).agrees)
    // The fault is in lane 2.
    let outcome = try await Tapped.verify(.wrongTwice, taps: firstLanes())
    #expect(outcome.kinds == ["mismatch"])
    let zero = try await Tapped.verify(.none, taps: firstLanes(absentIsZero: true))
    let divergence = try #require(firstDivergence(zero))
    #expect(divergence.first.expected == 0)
    #expect(divergence.first.element == nil)
    #expect(divergence.first.observed != 0)
  }

  @Test func `what taps find does not depend on the number of jobs`() async throws {
    let one = try await Tapped.verify(.wrongTwice, profiles: [.none, .random])
    let three = try await Tapped.verify(.wrongTwice, profiles: [.none, .random], jobs: 3)
    #expect(try one.withoutTimes() == three.withoutTimes())
  }

  @Test func `taps that fit neither block nor device say what is wrong`() async {
    let valid = [Tap.Condition("sum_valid_q")]
    #expect(
      await message([Tap("sums", signal: "result_q", valid: valid)])
        == "comparing the taps of 'tapped': its golden model has no intermediate value 'sums'; did you"
        + " mean 'sum'?")
    #expect(
      await message([Tap("sum", signal: "result_q", valid: valid, lanes: .number(3))])
        == "comparing the tap 'sum' of 'tapped': 'result_q' has 16 bits, which are not 3 lanes of 1 to"
        + " 64 bits; say how many it has with 'lanes' in the manifest")
    #expect(
      await message([Tap("sum", signal: "result_q", valid: valid, lanes: .parameter("Lane"))])
        == "comparing the tap 'sum' of 'tapped': its lanes are 'Lane', which is no parameter of at"
        + " least 1")
    #expect(
      await message([Tap("sum", signal: "result_q", valid: [Tap.Condition("row_q")])])
        == "comparing the tap 'sum' of 'tapped': 'row_q' has 16 bits, but 1 is needed")
    #expect(
      await message([Tap("sum", signal: "result_q", valid: valid, order: "lanes")])
        == "comparing the tap 'sum' of 'tapped': its block has no order 'lanes'; it has first_lanes"
    )
    let missing = await message([Tap("sum", signal: "result_d", valid: valid)])
    #expect(
      missing.hasSuffix(
        "its taps or stages name the signal 'result_d', which the RTL does not have; did you mean 'result_q'?"
      )
    )
  }
}
