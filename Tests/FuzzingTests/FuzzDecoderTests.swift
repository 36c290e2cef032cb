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
      let words = (0..<56).map { _ in UInt32(truncatingIfNeeded: generator.next()) }
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
}
