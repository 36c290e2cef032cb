import Blocks
import Devices
import Foundation
import Fuzzing
import Lockstep
import Reports
import Signals
import Synchronization
import Testing
import Verilation

@Suite struct FuzzTests {
  @Test func plateausAreFoundThatUniformValuesNeverShow() async throws {
    let outcome = try await Fixture.fuzz(Picky(run: 6), count: 2000).run()
    let find = try #require(outcome.find)
    #expect(!outcome.agrees)
    #expect(outcome.executions < 200)
    // Far more transactions, with the same golden model, of uniform values.
    let library = try await Fixture.library()
    let uniform = try Verification(
      Picky(run: 6), in: Fixture.configuration, library: library, manifest: Fixture.manifest,
      workload: .directedAndRandom(
        Picky(run: 6), in: Fixture.configuration, seed: 1, count: 20_000),
      seed: 1, profiles: [.none], jobs: 2, command: ""
    ).run()
    #expect(uniform.agrees)
    #expect(find.finding?.stream == "y")
  }

  @Test func aDeviceThatAgreesIsNotAccused() async throws {
    let outcome = try await Fixture.fuzz(count: 600).run()
    #expect(outcome.find == nil)
    #expect(outcome.agrees)
    #expect(outcome.executions == 600)
    #expect(outcome.elements > 10_000)
  }

  @Test func theSameIsFoundWhateverTheNumberOfThreads() async throws {
    let one = try await Fixture.fuzz(Picky(run: 8), count: 4000, jobs: 1).run()
    let three = try await Fixture.fuzz(Picky(run: 8), count: 4000, jobs: 3).run()
    let find = try #require(one.find)
    #expect(find.findings == three.find?.findings)
    #expect(find.execution == three.find?.execution)
    #expect(one.records == three.records)
    // What the report says to repeat does repeat.
    let again = try await Fixture.fuzz(Picky(run: 8), count: one.executions).run()
    #expect(again.find?.findings == find.findings)
    let short = try await Fixture.fuzz(Picky(run: 8), count: one.executions - 1).run()
    #expect(short.find == nil)
  }

  @Test func uniformStimulusIsABaselineThatMissesPlateaus() async throws {
    let missed = try await Fixture.fuzz(Picky(run: 6), count: 2000, generator: .uniform).run()
    #expect(missed.agrees)
    #expect(missed.feedback.isEmpty)
    #expect(missed.records.first?.corpus == 0)
    #expect(missed.elements > 100_000)
    #expect(FuzzReport().render(missed).contains("  seed 1, uniform stimulus, guided by nothing"))
    // What is wrong everywhere it does find.
    let found = try await Fixture.fuzz(Picky(run: 1), count: 64, generator: .uniform).run()
    #expect(found.find?.execution == 1)
  }

  @Test func anotherSeedSearchesElsewhere() async throws {
    let one = try await Fixture.fuzz(count: 128).run()
    let other = try await Fixture.fuzz(count: 128, seed: 2).run()
    #expect(one.records != other.records)
  }

  @Test func binsOfTheBlockAndOfItsArraysAreFilled() async throws {
    let outcome = try await Fixture.fuzz(count: 256).run()
    let groups = try #require(outcome.records.first).groups
    func filled(_ name: String) -> Int { groups.first { $0.name == name }?.filled ?? -1 }
    #expect(filled("halves") == 2)
    #expect(filled("y limit") == 7)
    #expect(filled("x octave") > 12)
    #expect(filled("stall depth and occupancy") > 10)
    #expect(filled("k with y") > 16)
    #expect(filled("x near power") >= 13)
    // Numbers of the RTL, as 64 and 127.
    #expect(filled("x constant") > 0)
    #expect(filled("y constant") == 0)
  }

  @Test func nothingGuidesWhereNothingShall() async throws {
    let outcome = try await Fixture.fuzz(count: 128, feedback: []).run()
    #expect(outcome.records.first?.features == 0)
    #expect(outcome.records.first?.corpus == 0)
    #expect(outcome.agrees)
  }

  @Test func edgesOfTheModelAreCounted() async throws {
    let found = try await Fixture.verilation().counting()
    _ = try #require(found)
    let outcome = try await Fixture.fuzz(count: 128, feedback: [.edges]).run()
    let record = try #require(outcome.records.first)
    #expect(record.edges > 20)
    #expect(record.edgesTaken > 5)
    #expect(record.edgesTaken < record.edges)
    #expect(record.features >= record.edgesTaken)
    #expect(record.groups.isEmpty)
  }

  @Test func countersOfCopiesAreTheirOwn() async throws {
    let found = try await Fixture.verilation().counting()
    let counting = try #require(found)
    let path = try await counting.library(
      for: Fixture.manifest, configuration: Fixture.configuration
    ).path
    let folder = NSTemporaryDirectory()
    let (one, other) = (
      try DeviceLibrary.copy(of: path, in: folder), try DeviceLibrary.copy(of: path, in: folder)
    )
    let counters = try #require(one.counters)
    counters.update(repeating: 0)
    other.counters?.update(repeating: 0)
    let device = try Device(other)
    device.evaluate()
    #expect(counters.allSatisfy { $0 == 0 })
    #expect(other.counters?.contains { $0 != 0 } == true)
    #expect(try await Fixture.library().counters == nil)
  }

  @Test func anInterruptionEndsTheSearchWithWhatItHas() async throws {
    let polls = Atomic(0)
    let outcome = try await Fixture.fuzz(count: 1_000_000) {
      polls.add(1, ordering: .relaxed).newValue > 500
    }.run()
    #expect(outcome.wasInterrupted)
    #expect(!outcome.agrees)
    #expect(outcome.executions > 0)
  }

  @Test func theReportSaysWhatGuidedAndHowToRepeat() async throws {
    let outcome = try await Fixture.fuzz(Picky(run: 6), count: 2000).run()
    let text = FuzzReport().render(outcome)
    #expect(text.hasPrefix("FOUND  scaler  "))
    #expect(text.contains("  seed 1, guided by bins\n"))
    #expect(text.hasSuffix("  repeat: cosim fuzz scaler --count \(outcome.executions)"))
    var without = outcome
    without.missingFeedback = "there is no clang++"
    #expect(FuzzReport().render(without).contains("; not by edges: there is no clang++"))
  }
}
