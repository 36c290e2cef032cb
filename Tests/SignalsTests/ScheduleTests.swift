import Signals
import Testing

/// Elements that come in an order that the data decide.
struct ScheduleTests {
  private static let interface = Interface(
    arrays: [ArraySpecification("x", .output, axes: ["R", "L"], .signed(8), "")],
    batching: .leading("R"), streams: [])

  private static let stream = Stream(
    "x", .output,
    fields: [
      Field("data", .signed(8), lanes: 3, content: .array("x")),
      Field("keep", .unsigned(1), lanes: 3, content: .keep),
      Field("last", .unsigned(1), content: .last),
    ])

  /// Two rows of four elements: of the first 3, none, 0 and then 2 alone; of the second nothing; of a third
  /// row everything, backwards.
  private static func beats() throws -> Beats {
    let batch = Batch(
      count: 3,
      items: [
        "x": RaggedTensor(rows: [4, 4, 3], values: [10, 11, 12, 13, 20, 21, 22, 23, -1, -2, -3])
      ])
    var schedule = Schedule(lanes: 3)
    schedule.append { [3, nil, 0][$0] }
    schedule.append { $0 == 1 ? 2 : nil }
    schedule.endTransaction()
    schedule.endTransaction()
    schedule.append { 2 - $0 }
    schedule.endTransaction()
    return try Beats(stream, batch: batch, interface: interface, filler: 0, schedule: schedule)
  }

  @Test func `beats hold what the schedule names, in its order, and nothing else`() throws {
    let beats = try Self.beats()
    #expect(beats.starts == [0, 2, 2, 3])
    #expect(
      (0..<3).map { beats.lanes(ofField: 0, beat: $0) } == [
        [13, 0, 10], [0, 12, 0], [-3, -2, -1],
      ])
    #expect(
      (0..<3).map { beats.lanes(ofField: 1, beat: $0) } == [[1, 0, 1], [0, 1, 0], [1, 1, 1]])
    #expect((0..<3).map { beats.lanes(ofField: 2, beat: $0) } == [[0], [1], [1]])
  }

  @Test func `an element is found again by its lane`() throws {
    let beats = try Self.beats()
    #expect(beats.element(ofField: 0, transaction: 0, beat: 0, lane: 2) == 0)
    #expect(beats.element(ofField: 0, transaction: 0, beat: 0, lane: 1) == nil)
    #expect(beats.element(ofField: 0, transaction: 2, beat: 0, lane: 0) == 2)
  }

  @Test func `bits of lanes without an element do not matter, those of marks do`() throws {
    let beats = try Self.beats()
    let mask = try #require(beats.significantBits())
    #expect(mask.count == beats.bytes.count)
    // Data in bytes 0 to 2 of a word of 32 bits, keep, last.
    #expect(beats.layout.stride == 8)
    #expect(Array(mask[0..<6]) == [0xFF, 0, 0xFF, 0, 7, 1])
    #expect(Array(mask[8..<14]) == [0, 0xFF, 0, 0, 7, 1])
    #expect(Array(mask[16..<22]) == [0xFF, 0xFF, 0xFF, 0, 7, 1])
    #expect(
      try Beats(
        Self.stream,
        batch: Batch(count: 1, items: ["x": RaggedTensor(rows: [3], values: [1, 2, 3])]),
        interface: Self.interface, filler: 0, schedule: Self.whole
      ).significantBits() == nil)
  }

  private static var whole: Schedule {
    var schedule = Schedule(lanes: 3)
    schedule.append { $0 }
    schedule.endTransaction()
    return schedule
  }
}
