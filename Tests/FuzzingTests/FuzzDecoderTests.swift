import Blocks
import Devices
import Fuzzing
import Lockstep
import Signals
import Testing

@Suite struct FuzzDecoderTests {
  private func inputs(_ count: Int) -> [FuzzInput] {
    (0..<count).map { index in
      var generator = CounterGenerator(seed: 1, stream: 9, index: UInt64(index))
      let words = (0..<80).map { _ in UInt32(truncatingIfNeeded: generator.next()) }
      // The settings of a part, then one transaction.
      return FuzzInput([Array(words[..<28]), [words[28] & ~3] + words[29..<42], [1] + words[42...]])
    }
  }

  private func space() throws -> FuzzSpace {
    try FuzzSpace(
      Picky(), in: Fixture.configuration, manifest: Fixture.manifest, hangLimit: 10_000)
  }

  @Test func someTransactionsAreRepeatedSoThatCountersOverflow() throws {
    let decoder = FuzzDecoder(try space())
    let counts = inputs(2000).map { input in
      decoder.part(decoder.parts(of: input)[0], restraint: .none, room: 24, origin: 0).batch.count
    }
    #expect(counts.contains(1))
    #expect(counts.contains { $0 > 100 })
    #expect(counts.count { $0 > 1 } < 200)
    #expect(counts.allSatisfy { $0 <= 257 })
  }

  @Test func someOutputsStandStillWhileAnInputTrickles() throws {
    let decoder = FuzzDecoder(try space())
    let plans = inputs(400).compactMap { decoder.plan($0).stalls.recorded?.streams }
    let trickles = plans.filter { streams in
      let (x, y) = (streams["x"] ?? [], streams["y"] ?? [])
      return x.count > 6 && x[3] == x[5] && y.count >= 2 && y[1] >= 16
    }
    #expect(trickles.count > 10)
  }

  @Test func streamsTrickleAfterAsManyBeatsAsAnInputSays() throws {
    let space = try space()
    let decoder = FuzzDecoder(space)
    let inputs = space.interface.streams.count { $0.direction == .input }
    let stream = try #require(
      space.interface.streams.filter { $0.direction == .input }.firstIndex { $0.name == "x" })
    func leads(_ word: UInt32?) -> [Int] {
      self.inputs(2000).map { input in
        var input = input
        if let word { input.segments[0][FuzzDecoder.leadPlace] = word }
        return input
      }.compactMap { decoder.plan($0).stalls.recorded?.streams }.compactMap { streams in
        guard let x = streams["x"], let y = streams["y"], x.count > 6, x[3] == x[5], y.first == 0
        else { return nil }
        return x[0]
      }
    }
    #expect(leads(nil).isEmpty)
    for beats in [0, 37, 4000] {
      let drawn = leads(FuzzDecoder.lead(input: stream, beats: beats, inputs: inputs))
      #expect(drawn.count > 20 && drawn.allSatisfy { $0 == beats })
    }
  }

  @Test func structureIsRepeatedBeyondWhatTheBlockMakesAndStaysValid() throws {
    let fixture = try BitmapFixture()
    let (block, configuration, space) = (fixture.block, fixture.configuration, fixture.space)
    let decoder = FuzzDecoder(space)
    /// Seen only by whoever counts with 8 bits.
    var wraps = 0
    for input in inputs(40_000) {
      let batch = decoder.part(
        decoder.parts(of: input)[0], restraint: .settings, room: 24, origin: 0
      ).batch
      let size = batch.items.values.reduce(0) { $0 + $1.values.count }
      guard batch.count == 1, let rows = batch.items["bitmap"]?.extents.first, rows > 256 else {
        continue
      }
      #expect(size <= 2 * 6144)
      if (try? block.golden(batch, in: configuration)) != nil { wraps += 1 }
    }
    #expect(wraps > 3)
    let own = (0..<64).map { block.stimulus(seed: 1, index: $0, in: configuration) }
    #expect(own.allSatisfy { ($0.items["bitmap"]?.extents.max() ?? 0) <= 256 })
  }

  // MARK: - Corners and tables

  private let lookup = Configuration(name: "default", values: ["Lanes": 4])

  private func lookupSpace(_ generator: FuzzGenerator = .structured) throws -> FuzzSpace {
    try FuzzSpace(
      LUTActivation(), in: lookup, manifest: Fixture.manifest, hangLimit: 10_000,
      generator: generator)
  }

  @Test func aSearchBeginsWithTheCornersAsTheyAre() throws {
    let space = try lookupSpace()
    let decoder = FuzzDecoder(space)
    let parts = space.cornerInputs().flatMap { input in
      decoder.parts(of: input).map {
        decoder.part($0, restraint: .none, room: 24, origin: 0).batch
      }
    }
    let rows = Set(
      parts.flatMap { part in
        (0..<part.count).map { part.transactions($0..<$0 + 1).items }
      })
    let corners = LUTActivation().corners(in: lookup)
    let wanted = Set(
      corners.flatMap { corner in
        (0..<corner.count).map { corner.transactions($0..<$0 + 1).items }
      })
    #expect(!wanted.isEmpty && rows == wanted)
    #expect(Set(parts.map(\.shared)) == Set(corners.map(\.shared)))
  }

  @Test func theDeepestProductIsAmongTheCorners() throws {
    let configuration = Configuration(
      name: "default",
      values: ["BlockRows": 4, "BlockColumns": 4, "Rows": 4, "MaxDepth": 2048])
    let space = try FuzzSpace(
      BlockSpMM(), in: configuration, manifest: Fixture.manifest, hangLimit: 10_000)
    let decoder = FuzzDecoder(space)
    let batches = space.extremeInputs().flatMap { input in
      decoder.parts(of: input).map {
        decoder.part($0, restraint: .none, room: 24, origin: 0).batch
      }
    }
    #expect(batches.compactMap { $0.items["a"]?.extents.max() }.max() == 2048)
    // What pads blocks stays 0, so that golden has answers; what is said of it shows beyond 24 bits.
    let sums = try batches.compactMap {
      try BlockSpMM().golden($0, in: configuration).items["acc"]?.values.max()
    }
    #expect(sums.max() ?? 0 > 1 << 24)
  }

  @Test func cornersAreTriedWithAllValuesAtALimit() throws {
    let space = try lookupSpace()
    let decoder = FuzzDecoder(space)
    let inputs = space.extremeInputs()
    let values = inputs.flatMap { input in
      decoder.parts(of: input).flatMap {
        decoder.part($0, restraint: .none, room: 24, origin: 0).batch.items["x"]?.values ?? []
      }
    }
    #expect(!values.isEmpty && values.allSatisfy { $0 == -128 })
    #expect(inputs.count == space.cornerInputs().count)
  }

  @Test func tablesThatTakeLongToLoadServeMoreTransactions() throws {
    func transactions(_ space: FuzzSpace) -> Int {
      let decoder = FuzzDecoder(space)
      return inputs(200).reduce(0) { sum, input in
        sum
          + decoder.part(decoder.parts(of: input)[0], restraint: .none, room: 24, origin: 0)
          .batch.count
      }
    }
    #expect(transactions(try lookupSpace()) > 600)
    // The baseline stays as plain as it is.
    #expect(transactions(try lookupSpace(.uniform)) == 200)
  }
}
