import Devices
import Foundation
import Fuzzing
import Reports
import Signals
import Synchronization
import Testing
import Verilation

@Suite struct MutationCampaignTests {
  private func survivors(_ outcome: MutationOutcome) -> [Mutant] {
    outcome.results.filter { $0.fate == .survived }.map(\.mutant)
  }

  @Test func aSuiteThatReachesEverythingKillsEveryMutantThatCanBeNoticed() async throws {
    let scratch = try Scratch()
    let outcome = try await Fixture.campaign(in: scratch.path).run()
    // At the limit the sum itself is the limit; of 9 bits the uppermost goes nowhere; what is loaded
    // without valid is not looked at; a ready that comes late costs cycles and no values.
    let equivalent: Set = [
      "sum > 127 -> sum >= 127", "127 -> 126", "sum < -128 -> sum <= -128", "128 -> 127",
      "-9'sd128 -> 9'sd128", "9'sd127 -> 9'sh17f", "9'sd128 -> 9'sh180",
      "x_valid_i && x_ready_o -> 1'b1 && x_ready_o", "x_valid_i && x_ready_o -> x_valid_i && 1'b1",
    ]
    let noticeable = survivors(outcome).filter {
      !equivalent.contains("\($0.original) -> \($0.changed)")
        && !$0.text.hasPrefix("assign x_ready_o")
    }
    #expect(noticeable.isEmpty, "\(noticeable.map(\.change))")
    #expect(outcome.killed > 35)
    #expect(outcome.refused == 0)
  }

  @Test func whatTheSuiteDoesNotReachSurvives() async throws {
    let scratch = try Scratch()
    let outcome = try await Fixture.campaign(Scaler(reach: 40), in: scratch.path).run()
    let lines = Set(survivors(outcome).map(\.text))
    #expect(lines.contains { $0.hasPrefix("limited = -9'sd128") })
    #expect(lines.contains { $0.hasPrefix("if (sum > 127)") })
    #expect(!outcome.passes)
  }

  @Test func resetsAndHandshakesAreLookedAt() async throws {
    let scratch = try Scratch()
    let outcome = try await Fixture.campaign(in: scratch.path).run()
    func fates(_ text: String, _ changed: String) -> [MutantFate] {
      outcome.results.filter { $0.mutant.text.hasPrefix(text) && $0.mutant.changed == changed }
        .map(\.fate)
    }
    // Without reset a beat of the traffic before it comes out; a valid that stays low hangs.
    for fate in fates("valid_q <= 1'b0", "valid_q") + fates("if (!rst_ni)", "1'b0") {
      #expect(fate != .survived)
    }
    #expect(
      fates("if (!rst_ni)", "1'b1") == [.killed(by: "hang", configuration: "default")])
  }

  @Test func cyclesThatAreLostWithoutStallsAreNoticed() async throws {
    let scratch = try Scratch()
    let outcome = try await Fixture.campaign(in: scratch.path).run()
    // A register that takes nothing while it is full halves the throughput, and no value changes.
    let slow = outcome.results.filter {
      $0.mutant.text.hasPrefix("assign x_ready_o") && $0.mutant.changed.hasSuffix("|| 1'b0")
    }
    #expect(slow.map(\.fate) == [.killed(by: "cycles", configuration: "default")])
  }

  @Test func thePageShowsScoresAndSurvivors() async throws {
    let scratch = try Scratch()
    let outcome = try await Fixture.campaign(in: scratch.path).run()
    let page = MutationReport().page([outcome])
    #expect(page.contains("<h3>Survivors</h3>"))
    #expect(page.contains("<code>sum &gt;= 127</code>"))
    var perfect = outcome
    perfect.results.removeAll(where: \.isUnexplained)
    #expect(!MutationReport().page([perfect]).contains("<h3>Survivors</h3>"))
  }

  @Test func partsThatAreNotThereAreNotCounted() async throws {
    let scratch = try Scratch()
    let outcome = try await Fixture.campaign(in: scratch.path).run()
    let unused = outcome.results.filter { $0.mutant.text.hasPrefix("assign unused") }
    #expect(!unused.isEmpty)
    #expect(unused.allSatisfy { $0.fate == .absent })
  }

  @Test func wrongAnswersOfTheGoldenModelAreNoticed() async throws {
    let scratch = try Scratch()
    let outcome = try await Fixture.campaign(in: scratch.path).run()
    // Batches of one transaction have no earlier answer to be stale.
    #expect(Set(outcome.golden.map(\.change)) == Set(GoldenChange.allCases).subtracting([.stale]))
    #expect(outcome.unnoticed == 0)
    // In a beat that is not full, an element more or less would not be compared with anything.
    let counts = outcome.golden.filter { $0.change == .loss || $0.change == .repetition }
    #expect(counts.count > 1)
    #expect(counts.allSatisfy { $0.noticedBy == "refusal" })
    var blind = outcome
    blind.golden[0].noticedBy = nil
    #expect(blind.unnoticed == 1)
    #expect(!blind.passes)
  }

  @Test func beatsThatAreLostDoubledExchangedDamagedOrLateAreNoticed() async throws {
    let scratch = try Scratch()
    let outcome = try await Fixture.campaign(in: scratch.path).run()
    #expect(Set(outcome.beats.map(\.change)) == Set(StreamChange.allCases))
    #expect(outcome.beats.allSatisfy { $0.noticedBy != nil })
    var blind = outcome
    blind.beats[0].noticedBy = nil
    #expect(!blind.passes)
    #expect(MutationReport().render(blind).contains("y: a wrong beat went unnoticed: drop"))
  }

  @Test func constantsThatAreOneOffAreNoticed() async throws {
    let scratch = try Scratch()
    let outcome = try await Fixture.campaign(in: scratch.path).run()
    #expect(Set(outcome.settings.map(\.array)) == ["k"])
    #expect(Set(outcome.settings.map(\.step)) == [1, -1])
    #expect(outcome.settings.allSatisfy { $0.reachesOutput && $0.noticedBy == "mismatch" })
    // A model that does not look at its constant has no answer that depends on it.
    let deaf = try await Fixture.campaign(Scaler(reach: 40, isDeaf: true), in: scratch.path).run()
    #expect(deaf.settings.allSatisfy { !$0.reachesOutput })
    #expect(MutationReport().render(deaf).contains("k +1: changes no answer of the suite"))
  }

  @Test func survivorsThatAreProvenEquivalentDoNotCount() async throws {
    let scratch = try Scratch()
    var campaign = Fixture.campaign(in: scratch.path)
    let plain = try await campaign.run()
    let prover = FakeProver { $0.contains("(sum >= 127)") ? .proven : .unproven }
    campaign.prove = { try prover.answer($0, in: $1) }
    let outcome = try await campaign.run()
    let proven = outcome.results.filter { $0.fate == .equivalent }
    #expect(proven.map(\.mutant.changed) == ["sum >= 127"])
    #expect(outcome.survived == plain.survived - 1)
    #expect(prover.asked.count == plain.survived)
    // Many questions to a process, and one more process for the elaboration.
    #expect(prover.processes == 3)
    #expect(outcome.proofTrouble == nil)
  }

  @Test func whatWasProvenIsNotAskedAgain() async throws {
    let scratch = try Scratch()
    var campaign = Fixture.campaign(in: scratch.path)
    let prover = FakeProver { _ in .unproven }
    campaign.prove = { try prover.answer($0, in: $1) }
    let first = try await campaign.run()
    let asked = prover.asked.count
    #expect(asked > 0)
    #expect(try await campaign.run().results == first.results)
    #expect(prover.asked.count == asked)
  }

  @Test func aQuestionThatTakesTooLongHasTheNextProcessForItself() async throws {
    let scratch = try Scratch()
    var campaign = Fixture.campaign(in: scratch.path)
    let plain = try await campaign.run()
    // Every process is ended at the third of its questions.
    let prover = FakeProver(patience: 2) { $0.contains("(sum >= 127)") ? .proven : .unproven }
    campaign.prove = { try prover.answer($0, in: $1) }
    let outcome = try await campaign.run()
    #expect(outcome.equivalent == 1)
    #expect(Set(prover.asked).count == plain.survived)
    // A process that ends at its first question leaves it open.
    let hasty = FakeProver(patience: 0) { _ in .proven }
    try FileManager.default.removeItem(atPath: scratch.path + "/default-proofs.json")
    campaign.prove = { try hasty.answer($0, in: $1) }
    #expect(try await campaign.run().equivalent == 0)
  }

  /// Numbers of the mutants that were tried in a configuration.
  private func tried(_ configuration: String, in folder: String) throws -> Set<Int> {
    struct Record: Decodable { var verdicts: [Int: Verdict] }
    struct Verdict: Decodable {}
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(configuration).json"))
    return Set(try JSONDecoder().decode(Record.self, from: data).verdicts.keys)
  }

  @Test func whatIsProvenIsNotTriedInAThirdConfiguration() async throws {
    let scratch = try Scratch()
    var campaign = Fixture.campaign(in: scratch.path)
    campaign.configurations = ["a", "b", "c"].map { Configuration(name: $0, values: ["Extra": 2]) }
    let prover = FakeProver { $0.contains("(sum >= 127)") ? .proven : .unproven }
    campaign.prove = { try prover.answer($0, in: $1) }
    let outcome = try await campaign.run()
    let proven = outcome.results.filter { $0.fate == .equivalent }.map(\.mutant)
    #expect(proven.map(\.changed) == ["sum >= 127"])
    let number = try #require(proven.first?.number)
    #expect(try ["a", "b"].allSatisfy { try tried($0, in: scratch.path).contains(number) })
    let last = try tried("c", in: scratch.path)
    #expect(!last.contains(number))
    // All others that are alive are, and nobody is asked about them twice.
    #expect(last.count == outcome.survived + outcome.absent)
    #expect(outcome.stages.map(\.tried).last == last.count + 1)
    #expect(Set(prover.asked).count == prover.asked.count)
  }

  @Test func whatIsNotProvenOfTheThirdConfigurationIsTriedThere() async throws {
    let scratch = try Scratch()
    var campaign = Fixture.campaign(in: scratch.path)
    campaign.configurations = ["a", "b", "c"].map { Configuration(name: $0, values: ["Extra": 2]) }
    let prover = FakeProver { _ in .proven }
    let blind = FakeProver(wire: "another") { _ in .unproven }
    campaign.prove = { script, folder in
      try (folder.contains("/c-") ? blind : prover).answer(script, in: folder)
    }
    let outcome = try await campaign.run()
    #expect(outcome.equivalent == 0 && outcome.survived > 0)
    #expect(try tried("c", in: scratch.path).count >= outcome.survived + outcome.absent)
  }

  @Test func aDeviceThatDisagreesUnchangedIsRefused() async throws {
    let scratch = try Scratch()
    let error = await #expect(throws: FuzzingError.self) {
      _ = try await Fixture.campaign(Scaler(mistake: 1), in: scratch.path).run()
    }
    #expect("\(try #require(error))".contains("(mismatch at y.data, transaction 0, beat "))
  }

  @Test func reportsFitATerminalAndSayHowToGoOn() async throws {
    let scratch = try Scratch()
    let outcome = try await Fixture.campaign(in: scratch.path).run()
    let text = MutationReport().render(outcome)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(text.contains("mutants.yaml beside its source"))
    #expect(!text.contains("with waived mutants"))
    var stopped = outcome
    (stopped.wasInterrupted, stopped.golden, stopped.beats, stopped.stages) = (true, [], [], [])
    (stopped.skippedExpressions, stopped.seconds) = (0, 1)
    for index in stopped.results.indices { stopped.results[index].fate = .untested }
    #expect(
      MutationReport().render(stopped) == """
        scaler: cosim mutate scaler
          suite: \(outcome.suite)
          constants and table entries one off: 2 of 2 noticed
          \(stopped.results.count) mutants; 0 killed; 0 survived, 0 of them waived; \
        \(stopped.results.count) not tried
          \(MutationReport().summaries([stopped]))
          interrupted: the same command goes on from here
        """)
    #expect(MutationReport().summaries([stopped]).hasPrefix("scaler: no score, 0 unexplained "))
  }

  @Test func numbersOfJobsAndInterruptionsChangeNothing() async throws {
    let (whole, pieces) = (try Scratch(), try Scratch())
    let expected = try await Fixture.campaign(in: whole.path, jobs: 1).run()
    // Cancelled again and again, each time a little later.
    var limit = 40
    var runs = 0
    while true {
      let polls = Atomic(0)
      let most = limit
      let outcome = try await Fixture.campaign(
        in: pieces.path, jobs: 2,
        isCancelled: { polls.add(1, ordering: .relaxed).newValue > most }
      ).run()
      runs += 1
      if !outcome.wasInterrupted {
        #expect(outcome.results == expected.results)
        break
      }
      #expect(outcome.untested > 0)
      #expect(!outcome.passes)
      limit *= 2
    }
    #expect(runs > 1)
  }

  @Test func whatOnlyATapShowsIsNoticed() async throws {
    let scratch = try Scratch()
    let source = try String(contentsOfFile: Fixture.folder + "/scaler.sv", encoding: .utf8)
    let shown = """
        logic signed [8:0] shown;
        assign shown = sum - 9'sd0;

        always_comb begin
      """
    try scratch.write(
      source.replacing("  always_comb begin", with: shown, maxReplacements: 1), to: "scaler.sv")
    var manifest = Fixture.manifest
    manifest.directory = scratch.path
    func fates(_ block: Scaler) async throws -> [MutantFate] {
      let outcome = try await Fixture.campaign(
        block, in: scratch.path + "/\(manifest.taps.count)", manifest: manifest
      ).run()
      return outcome.results.filter {
        $0.mutant.text.hasPrefix("assign shown") && $0.mutant.original == "sum - 9'sd0"
      }.map(\.fate)
    }
    let unseen = try await fates(Scaler())
    #expect(unseen.count >= 2)
    #expect(unseen.allSatisfy { $0 == .absent })
    manifest.taps = [
      Tap("total", signal: "shown", valid: [.init("x_valid_i"), .init("x_ready_o")])
    ]
    let seen = try await fates(Scaler(hasTotal: true))
    #expect(seen.contains(.killed(by: "divergence", configuration: "default")))
  }
}
