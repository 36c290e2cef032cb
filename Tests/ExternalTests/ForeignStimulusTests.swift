import Devices
import External
import Signals
import Testing

/// Stimulus for blocks of which only arrays are known.
@Suite struct ForeignStimulusTests {
  private func stimulus(_ lengths: [String: ClosedRange<Int>] = ["x": 1...5]) -> ForeignStimulus {
    ForeignStimulus(Bench.interface, StimulusSpecification(lengths: lengths, transactions: 16))
  }

  @Test func `corners reach both ends of every array and of every length, each with its name`() {
    let corners = stimulus().corners()
    let rows = corners.flatMap { batch in
      (0..<batch.count).map { batch.items["x"]?[$0].values ?? [] }
    }
    #expect(Set(rows.map(\.count)).isSuperset(of: [1, 2, 5]))
    #expect(rows.contains { $0 == [Int64](repeating: -128, count: 5) })
    #expect(rows.contains { $0 == [Int64](repeating: 127, count: 5) })
    #expect(rows.contains { $0 == [Int64](repeating: 0, count: 5) })
    #expect(
      rows.contains { $0 == [127, 0, 0, 0, 0] } && rows.contains { $0 == [0, 0, 0, 0, 127] })
    #expect(Set(corners.map { $0.scalar("k") }).isSuperset(of: [0, 15]))
    #expect(corners.allSatisfy { $0.labels.count == $0.count })
    #expect(corners[0].labels[0] == "all zero, shortest")
  }

  @Test func `a random batch follows from seed and index, and stays in range and length`() {
    let made = (0..<20).map { stimulus().batch(seed: 7, index: $0) }
    #expect(made[3] == stimulus().batch(seed: 7, index: 3))
    #expect(made[3] != made[4])
    #expect(made[3] != stimulus().batch(seed: 8, index: 3))
    let items = made.compactMap { $0.items["x"] }
    #expect(items.allSatisfy { $0.count == 16 })
    #expect(items.allSatisfy { $0.values.allSatisfy { (-128...127).contains($0) } })
    #expect(Set(items.flatMap(\.extents)) == [1, 2, 3, 4, 5])
    #expect(
      items.contains { $0.values.contains(-128) } && items.contains { $0.values.contains(127) })
    #expect(Set(made.map { $0.scalar("k") }).count > 8)
  }

  @Test func `extents that the manifest excludes are named`() {
    let batch = Bench.batch
    #expect(stimulus(["x": 1...3]).violation(in: batch) == nil)
    #expect(
      stimulus(["x": 2...3]).violation(in: batch) == "x has 1 elements along x, not 2 to 3")
    #expect(stimulus([:]).violation(in: batch) == nil)
  }

  @Test func `arrays of one stream are equally long`() {
    var interface = Bench.interface
    interface.arrays.append(
      ArraySpecification("w", .input, axes: ["T", "w"], .signed(8), "weights"))
    interface.streams[0].fields.append(Field("w", .signed(8), lanes: 2, content: .array("w")))
    let stimulus = ForeignStimulus(
      interface, StimulusSpecification(lengths: ["x": 1...9, "w": 1...9], transactions: 32))
    let batch = stimulus.batch(seed: 1, index: 0)
    #expect(batch.items["x"]?.extents == batch.items["w"]?.extents)
    #expect(Set(batch.items["x"]?.extents ?? []).count > 3)
  }
}
