import Blocks
import Lockstep
import Signals
import Testing

/// What is counted, and what stall profiles do.
@Suite struct CycleTests {
  @Test func everyStreamCountsEveryCycleOnce() async throws {
    let outcome = try await verify(.none, profiles: StallProfile.allCases)
    for run in outcome.runs {
      #expect(run.streams.map(\.stream) == ["x", "w", "table", "y", "s"])
      for stream in run.streams {
        let sum = stream.transfer + stream.starved + stream.blocked + stream.idle
        #expect(sum == run.cycles, "\(run.profile) \(stream)")
      }
      #expect(run.comparedBeats == run.streams[3].transfer + run.streams[4].transfer)
      #expect(run.streams[2].transfer == 12 * 8)
      #expect(run.streams[4].transfer == run.transactions)
      #expect(run.streams[1].transfer == run.transactions)
    }
  }

  @Test func aHangCountsTheCyclesThatItWaited() async throws {
    let run = try await verify(.hang, .one(Bench.rows(10, of: 8, .hang))).runs[0]
    #expect(run.cycles == 8 + 14 + 2 + 200)
    for stream in run.streams {
      #expect(stream.transfer + stream.starved + stream.blocked + stream.idle == run.cycles)
    }
  }

  @Test func cyclesBeginAndEndWithTheFirstAndLastTransfer() async throws {
    let wire = try await verifyWire(.one(Wire.beats(160, in: 10)))
    #expect(wire.runs[0].cycles == 160)
    #expect(wire.runs[0].latency == 0)
    let bench = try await verify(.none, .one(Bench.rows(10, of: 8, .none)))
    #expect(bench.runs[0].cycles == 8 + 20 + 2)
    // The sum waits for the row's second beat and one cycle in its queue.
    #expect(bench.runs[0].latency == 2)
  }

  @Test func cyclesBeforeAResetAndAfterTheLastAnswerAreCountedAside() async throws {
    let wire = try await verifyWire(.one(Wire.beats(160, in: 10)), profiles: [.none, .none])
    // 64 quiet cycles, and twice the latency, which is 0; every second run begins with a reset in traffic.
    #expect(wire.runs[0].asideCycles == 64)
    // There outputs are ready in 8 of 16 cycles.
    #expect((65...64 + 16 * 20).contains(wire.runs[1].asideCycles))
    #expect(wire.runs[1].cycles == 160)
    let bench = try await verify(.none, .one(Bench.rows(10, of: 8, .none)))
    #expect(bench.runs[0].asideCycles == 64 + 2 * 2)
  }

  @Test func utilisationIsWorkOverCyclesTimesPeak() async throws {
    let wire = try await verifyWire(.one(Wire.beats(160, in: 10)))
    #expect(wire.runs[0].utilisation == 1)
    let bench = try await verify(.none, .one(Bench.rows(10, of: 7, .none)))
    #expect(bench.runs[0].work?.amount == 70)
    #expect(bench.runs[0].utilisation == 70 / (30.0 * 4))
    #expect(bench.runs[0].comparedElements == 70 + 10)
  }

  @Test func profilesStallWhatTheyPromise() async throws {
    let workload = Workload.one(Bench.rows(500, of: 8, .none))
    let outcome = try await verify(.none, workload, profiles: StallProfile.allCases)
    #expect(outcome.agrees)
    for run in outcome.runs {
      let inputs = run.streams.filter { $0.direction == .input }
      let outputs = run.streams.filter { $0.direction == .output }
      let (x, y) = (run.streams[0], run.streams[3])
      // Cycles in which a beat was there, against those in which it was let through.
      let gaps = Double(x.withheld) / Double(x.withheld + x.transfer)
      let waits = Double(y.blocked) / Double(y.blocked + y.transfer)
      switch run.profile {
      case .none:
        #expect(run.streams.allSatisfy { $0.withheld == 0 })
        #expect(y.blocked == 0)
      case .random, .bursts:
        #expect(inputs.allSatisfy { $0.withheld > 0 })
        #expect(outputs.allSatisfy { $0.withheld > 0 })
      case .starved:
        #expect((0.8...0.95).contains(gaps), "\(gaps)")
        #expect(outputs.allSatisfy { $0.blocked + $0.idle == 0 })
      case .throttled:
        #expect((0.8...0.95).contains(waits), "\(waits)")
        #expect(inputs.allSatisfy { $0.withheld == 0 })
      case .adversarial:
        // Ready comes after valid and goes with the beat: never ready alone, never two in a row.
        #expect(outputs.allSatisfy { $0.starved == 0 })
        #expect(y.blocked >= y.transfer)
        #expect(x.withheld > 0)
      }
    }
  }

  @Test func randomStallsReachFromRareToNearlyAlways() {
    var shares: Set<Int> = []
    var decisions = StallPlan(.random, seed: 1).decisions(stream: 0, direction: .input, shard: 0)
    for _ in 0..<400 {
      let moving = (0..<16).filter { _ in decisions.mayMove(sawValid: false) }.count
      shares.insert(moving)
    }
    #expect(shares.isSuperset(of: [0, 1, 4, 8, 12, 15, 16]))
  }

  @Test func someStreamsStandStillForLongerThanAByteCounts() {
    func longest(_ direction: Signals.Stream.Direction, patience: Int = .max) -> [Int] {
      (0..<64).map { shard in
        var decisions = StallPlan(.random, seed: 1).decisions(
          stream: 0, direction: direction, shard: shard, patience: patience)
        var (longest, length) = (0, 0)
        for _ in 0..<2000 {
          length = decisions.mayMove(sawValid: true) ? 0 : length + 1
          longest = max(longest, length)
        }
        return longest
      }
    }
    for direction in [Signals.Stream.Direction.input, .output] {
      // About one in eight, once.
      let standing = longest(direction).filter { (315..<500).contains($0) }
      #expect((3...16).contains(standing.count), "\(standing)")
      // Never for so long that it would look like a hang of the device.
      #expect(longest(direction, patience: 100).allSatisfy { $0 < 315 })
      #expect(longest(direction, patience: 0).allSatisfy { $0 < 200 })
    }
  }

  @Test func burstsAreLong() {
    var decisions = StallPlan(.bursts, seed: 1).decisions(stream: 0, direction: .output, shard: 0)
    var longest = [false: 0, true: 0]
    var (length, last) = (0, true)
    for _ in 0..<10_000 {
      let moves = decisions.mayMove(sawValid: true)
      length = moves == last ? length + 1 : 1
      last = moves
      longest[moves] = max(longest[moves] ?? 0, length)
    }
    #expect((33...64).contains(longest[true] ?? 0))
    #expect((17...32).contains(longest[false] ?? 0))
  }

  @Test func streamsShardsAndSeedsStallIndependently() {
    func pattern(_ seed: UInt64, _ stream: Int, _ shard: Int) -> [Bool] {
      var decisions = StallPlan(.starved, seed: seed).decisions(
        stream: stream, direction: .input, shard: shard)
      return (0..<256).map { _ in decisions.mayMove(sawValid: false) }
    }
    let patterns = [(1, 0, 0), (2, 0, 0), (1, 1, 0), (1, 0, 1)].map { pattern($0, $1, $2) }
    #expect(Set(patterns).count == 4)
    #expect(pattern(1, 0, 0) == patterns[0])
  }
}
