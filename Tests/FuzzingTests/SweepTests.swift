import Blocks
import Foundation
import Fuzzing
import Lockstep
import Reports
import Synchronization
import Testing

@Suite struct SweepTests {
  private func sweep(
    _ block: Scaler = Scaler(), sets: Int = 3, limit: Int = 24, jobs: Int = 2,
    notes: (path: String, harness: String)? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) async throws -> SweepOutcome {
    try Sweep(
      block, in: Fixture.configuration, library: try await Fixture.library(),
      manifest: Fixture.manifest, sets: sets, limit: limit, jobs: jobs,
      command: "cosim sweep scaler --exhaustive", notes: notes, isCancelled: isCancelled
    ).run()
  }

  @Test func everyInputIsComparedForEverySet() async throws {
    let outcome = try await sweep()
    #expect(outcome.agrees)
    #expect(outcome.compared == 3 * 256)
    #expect(outcome.statement == "all 2^8 inputs, 3 sets of constants, 0 mismatches")
    #expect(Set(outcome.constants.map { $0["k"] ?? 0 }).count == 3)
  }

  @Test func inputsWithoutAnAnswerAreLeftOutAndTheStatementSaysSo() async throws {
    // x + k has an answer up to 147 only.
    let outcome = try await sweep(Scaler(largestSum: 127 + 20), sets: 8)
    #expect(outcome.agrees)
    let restricted = outcome.constants.indices.filter { outcome.constants[$0]["k"] ?? 0 > 20 }
    #expect(outcome.restricted == restricted && !restricted.isEmpty && restricted.count < 8)
    for (set, domain) in outcome.domains.enumerated() {
      let k = outcome.constants[set]["k"] ?? 0
      #expect(domain == -128...min(127, 147 - k))
      #expect(outcome.inputs[set] == domain.count)
    }
    #expect(outcome.compared == outcome.inputs.reduce(0, +))
    #expect(
      outcome.statement
        == "all 2^8 inputs, 8 sets of constants, with \(restricted.count) of them those inputs "
        + "that have an answer, 0 mismatches")
    let first = try #require(restricted.first)
    #expect(
      SweepReport().render(outcome).contains(
        "  x from -128 to \(outcome.domains[first].upperBound), which have an answer with k "))
    await #expect(throws: BlockError.self) { try await sweep(Scaler(largestSum: -300)) }
  }

  @Test func theOneInputThatDiffersIsNamed() async throws {
    let outcome = try await sweep(Scaler(mistake: 1, mistaken: -77), sets: 4)
    #expect(!outcome.agrees)
    // Where the sum saturates, one more changes nothing.
    #expect(!outcome.findings.isEmpty)
    #expect(outcome.findings.allSatisfy { $0.input == -77 })
    #expect(SweepReport().render(outcome).contains("x = -77, k "))
  }

  @Test func whatIsTooWideIsStratifiedAndSaysSo() async throws {
    // 2^8 inputs have no 65,536 parts, so there are fewer.
    let outcome = try await sweep(sets: 1, limit: 7)
    #expect(!outcome.isExhaustive)
    #expect(
      outcome.statement.hasSuffix("of 2^8 inputs (stratified), 1 set of constants, 0 mismatches"))
  }

  @Test func finishedSetsAreNotedAndOthersHarnessesAreNotBelieved() async throws {
    let scratch = try Scratch()
    let notes = (path: scratch.path + "/notes.json", harness: "one")
    let polls = Atomic(0)
    let first = try await sweep(jobs: 1, notes: notes) {
      polls.add(1, ordering: .relaxed).newValue > 3
    }
    #expect(first.wasInterrupted)
    #expect(!first.agrees)
    #expect(first.statement.hasSuffix(", interrupted"))
    let second = try await sweep(notes: notes)
    #expect(second.agrees)
    // All is noted: a device that would disagree is not asked again, but by another harness it is.
    let noted = try await sweep(Scaler(mistake: 1), notes: notes)
    #expect(noted.agrees)
    let other = try await sweep(Scaler(mistake: 1), notes: (notes.path, "two"))
    #expect(!other.agrees)
  }
}
