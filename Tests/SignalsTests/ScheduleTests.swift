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
    let bits = try #require(beats.significantBits())
    // Data in bytes 0 to 2 of a word of 32 bits, keep, last.
    #expect(beats.layout.stride == 8)
    #expect(bits.starts == [0, 8, SignificantBits.whole])
    #expect(Array(bits.masks[0..<6]) == [0xFF, 0, 0xFF, 0, 7, 1])
    #expect(Array(bits.masks[8..<14]) == [0, 0xFF, 0, 0, 7, 1])
    #expect(bits.masks.count == 16)
    #expect(
      try Beats(
        Self.stream,
        batch: Batch(count: 1, items: ["x": RaggedTensor(rows: [3], values: [1, 2, 3])]),
        interface: Self.interface, filler: 0, schedule: Self.whole
      ).significantBits() == nil)
  }

  @Test func `beats that lack the same lanes share a mask`() throws {
    let batch = Batch(count: 1, items: ["x": RaggedTensor(rows: [4], values: [1, 2, 3, 4])])
    var schedule = Schedule(lanes: 3)
    for first in [0, 1] { schedule.append { $0 == 0 ? nil : first + $0 } }
    schedule.append { $0 }
    schedule.append { $0 == 0 ? nil : $0 }
    schedule.endTransaction()
    let beats = try Beats(
      Self.stream, batch: batch, interface: Self.interface, filler: 0, schedule: schedule)
    #expect(beats.significantBits()?.starts == [0, 0, SignificantBits.whole, 0])
  }

  @Test func `beyond the end of a transaction no lane holds an element`() throws {
    let batch = Batch(
      count: 3, items: ["x": RaggedTensor(rows: [4, 3, 2], values: Array(0..<9))])
    let beats = try Beats(Self.stream, batch: batch, interface: Self.interface, filler: 0)
    #expect(beats.significantBits() == nil)
    let bits = try #require(beats.significantBits(elements: [4, 3, 2]))
    #expect(bits.starts == [SignificantBits.whole, 0, SignificantBits.whole, 8])
    #expect([0, 8].map { Array(bits.masks[$0..<$0 + 3]) } == [[0xFF, 0, 0], [0xFF, 0xFF, 0]])
  }

  @Test func `a beat can be filled place by place`() {
    var schedule = Schedule(lanes: 3)
    schedule.appendBeat { places in places[1] = 7 }
    schedule.appendBeat { places in places[0] = 1 }
    schedule.endTransaction()
    #expect(schedule.places == [-1, 7, -1, 1, -1, -1])
    #expect(schedule.starts == [0, 2])
  }

  private static var whole: Schedule {
    var schedule = Schedule(lanes: 3)
    schedule.append { $0 }
    schedule.endTransaction()
    return schedule
  }
}
