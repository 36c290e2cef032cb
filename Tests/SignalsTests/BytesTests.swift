import Signals
import Testing

/// Values that are held in 8 bits, too, are packed as they are without.
struct BytesTests {
  private static func interface(_ streams: [Stream]) -> Interface {
    Interface(
      arrays: [
        ArraySpecification("x", .input, axes: ["R", "L"], .signed(8), ""),
        ArraySpecification("a", .input, axes: ["M", "K"], .signed(8), ""),
      ], batching: .whole, streams: streams)
  }

  private static func bytes(_ count: Int, seed: UInt64) -> [Int8] {
    var generator = CounterGenerator(seed: seed, stream: 0, index: 0)
    return (0..<count + RaggedTensor.slack).map { _ in
      Int8(truncatingIfNeeded: generator.next())
    }
  }

  /// The beats of an array with its bytes, and without.
  private static func beats(
    _ stream: Stream, _ name: String, _ array: RaggedTensor
  ) throws -> (Beats, Beats) {
    var wide = array
    wide.values[0] = array.values[0]
    #expect(array.bytes != nil && wide.bytes == nil)
    #expect(array == wide && array.hashValue == wide.hashValue)
    func beats(_ array: RaggedTensor) throws -> Beats {
      try Beats(
        stream, batch: Batch(count: array.count, items: [name: array]),
        interface: interface([stream]), filler: 77)
    }
    return (try beats(array), try beats(wide))
  }

  @Test(
    "rows, with junk, zeros or the last element behind them",
    arguments: [1, 3, 8, 16, 24, 33], [Stream.Direction.input, .output])
  func rows(lanes: Int, direction: Stream.Direction) throws {
    let lengths = [1, 2, 7, 8, 9, 15, 16, 17, 31, 40, 5]
    let array = RaggedTensor(
      rows: lengths, bytes: Self.bytes(lengths.reduce(0, +), seed: UInt64(lanes)))
    let marked = Stream.rows("x", direction, format: .signed(8), lanes: lanes)
    let bare = Stream(
      "x", direction, fields: [Field("data", .signed(8), lanes: lanes, content: .array("x"))])
    for stream in [marked, bare] {
      let (narrow, wide) = try Self.beats(stream, "x", array)
      #expect(narrow == wide)
      #expect(narrow.lanes(ofField: 0, beat: 0)[0] == array.values[0])
    }
  }

  @Test(
    "tiles, partial ones too, however many lanes lie side by side",
    arguments: [(8, 4), (5, 4), (4, 3), (2, 10), (1, 16), (9, 8), (3, 1)], [false, true])
  func tiles(tile: (rows: Int, depth: Int), isTransposed: Bool) throws {
    let (rows, depth) = (Walk.Loop("M", tile.rows), Walk.Loop("K", tile.depth))
    let stream = Stream(
      "a", .input,
      fields: [
        Field(
          "data", .signed(8), lanes: tile.rows * tile.depth, content: .array("a"),
          walk: Walk(beats: [rows, depth], lanes: isTransposed ? [depth, rows] : [rows, depth]))
      ])
    let shapes = [
      [1, 1], [tile.rows, tile.depth], [2 * tile.rows + 1, 3 * tile.depth - 1], [1, 40], [17, 2],
    ]
    let array = RaggedTensor(
      rank: 2, extents: shapes.flatMap { $0 },
      bytes: Self.bytes(shapes.reduce(0) { $0 + $1[0] * $1[1] }, seed: 5))
    let (narrow, wide) = try Self.beats(stream, "a", array)
    #expect(narrow == wide)
    #expect(narrow.lanes(ofField: 0, beat: 0)[0] == array.values[0])
  }

  @Test("a changed value is packed as changed")
  func changes() throws {
    var array = RaggedTensor(rows: [20], bytes: Self.bytes(20, seed: 1))
    let before = array
    array.values[3] ^= 1
    #expect(array != before)
    let stream = Stream.rows("x", .input, format: .signed(8), lanes: 16)
    let (first, second) = try (Self.beats(stream, "x", before).0, Self.packed(stream, array))
    #expect(first.bytes != second.bytes)
    #expect(second.lanes(ofField: 0, beat: 0)[3] == array.values[3])
  }

  private static func packed(_ stream: Stream, _ array: RaggedTensor) throws -> Beats {
    try Beats(
      stream, batch: Batch(count: 1, items: ["x": array]), interface: interface([stream]),
      filler: 77)
  }
}
