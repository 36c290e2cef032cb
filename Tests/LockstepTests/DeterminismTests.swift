import Blocks
import Lockstep
import Signals
import Synchronization
import Testing

/// Results that depend on seed and stimulus alone, and runs that end before their end.
@Suite struct DeterminismTests {
  @Test(arguments: [Fault.none, .wrongValue, .hang, .fatal, .droppedBeat, .unresetBit])
  func resultsDoNotDependOnTheNumberOfWorkers(_ fault: Fault) async throws {
    var results: Set<String> = []
    for jobs in [1, 2, 5] {
      results.insert(try await verify(Bench(fault: fault), jobs: jobs).withoutTimes())
    }
    #expect(results.count == 1)
  }

  @Test func aSeedGivesOneResultAndAnotherSeedOtherStalls() async throws {
    let results = try await [7, 7, 8].asyncMap { try await verify(.none, seed: $0) }
    #expect(try results[0].withoutTimes() == results[1].withoutTimes())
    #expect(results[0].runs[1].cycles != results[2].runs[1].cycles)
    // The same transactions, hence the same answers.
    #expect(results[0].runs[1].digest == results[2].runs[1].digest)
  }

  @Test func theDigestTellsWhatWasObserved() async throws {
    let faults: [Fault] = [.none, .wrongValue, .signLost, .lastEarly]
    let digests = try await faults.asyncMap { fault in
      let workload = Workload.one(Bench.rows(10, of: 8, fault))
      let outcome = try await verify(fault, workload)
      // Neither stalls nor initial values change it.
      #expect(Set(outcome.runs.map(\.digest)).count == 1)
      return outcome.runs[0].digest
    }
    #expect(Set(digests).count == 4)
  }

  @Test func fewerTransactionsAreAPrefixOfMore() throws {
    let configuration = try Bench().configuration()
    func parts(_ count: Int) throws -> [Batch] {
      let workload = Workload.directedAndRandom(
        Bench(), in: configuration, seed: 5, count: count)
      #expect(workload.transactions.reduce(0, +) == 12 + count)
      return try (0..<workload.chunkCount).map { try workload.part($0).batch }
    }
    let (few, many) = (try parts(30), try parts(100))
    #expect(few[..<2] == many[..<2])
    #expect(few[2].count == 6)
    #expect(few[2] == many[2].transactions(0..<6))
  }

  @Test func anInterruptionEndsWithWhatWasFound() async throws {
    let polls = Atomic<Int>(0)
    let block = Bench()
    let outcome = try await verify(
      block, .mixed(block, chunks: 12, perShard: 2), profiles: [.none], jobs: 1
    ) { polls.add(1, ordering: .relaxed).newValue > 20 }
    #expect(outcome.wasInterrupted)
    #expect(!outcome.agrees)
    #expect(outcome.allFindings.isEmpty)
    #expect(outcome.runs[0].transactions > 0)
    #expect(outcome.runs[0].transactions < 12 + 11 * 24)
  }

  @Test func anInterruptionFromTheStartComparesNothingAndIsNoAgreement() async throws {
    let outcome = try await verify(Bench(), isCancelled: { true })
    #expect(outcome.wasInterrupted)
    #expect(!outcome.agrees)
  }

  @Test(arguments: [1, 2, 5])
  func anErrorOfTheGoldenModelEndsTheRun(_ jobs: Int) async throws {
    let block = Bench(refusesMinimum: true)
    await #expect(
      throws: BlockError.outsideDomain(
        block: "bench", transaction: 0, limit: "x > -128", found: "-128")
    ) { try await verify(block, jobs: jobs) }
  }

  @Test(arguments: [1, 5])
  func aFindingBeforeTheErrorIsTheResult(_ jobs: Int) async throws {
    // Shard 0 finds a wrong value; the golden model refuses shard 1.
    var wrong = Bench.rows(10, of: 8, .wrongValue)
    wrong.items["x"]?.values[0] = 0
    let workload = Workload.of([wrong, Bench.rows(10, of: 8, .none)], perShard: 1)
    let outcome = try await verify(
      Bench(fault: .wrongValue, refusesMinimum: true), workload, jobs: jobs)
    #expect(outcome.firstMismatch?.transaction == 5)
    #expect(!outcome.wasInterrupted)
  }
}

extension Array {
  func asyncMap<Result>(_ transform: (Element) async throws -> Result) async throws -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}
