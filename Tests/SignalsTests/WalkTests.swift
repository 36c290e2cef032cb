import Signals
import Testing

/// Matrices `a` [M, K] in tiles: what a walk puts on the pins, against loops written out.
struct WalkTests {
  private static let rows = 3
  private static let columns = 2
  private static let depth = 4

  private static func interface(_ streams: [Stream]) -> Interface {
    Interface(
      arrays: [
        ArraySpecification("a", .input, axes: ["M", "K"], .signed(8), ""),
        ArraySpecification("w", .input, axes: ["N", "K"], .signed(8), ""),
        ArraySpecification("bias", .input, axes: ["N"], .signed(32), allowsScalar: true, ""),
        ArraySpecification("y", .output, axes: ["M", "N"], .signed(8), ""),
      ], batching: .whole, streams: streams)
  }

  private static func batch(_ shapes: [(m: Int, n: Int, k: Int)]) -> Batch {
    var items = [
      "a": RaggedTensor(rank: 2), "w": RaggedTensor(rank: 2), "y": RaggedTensor(rank: 2),
    ]
    for (index, shape) in shapes.enumerated() {
      for (name, extents) in [
        ("a", [shape.m, shape.k]), ("w", [shape.n, shape.k]), ("y", [shape.m, shape.n]),
      ] {
        let count = extents[0] * extents[1]
        items[name]?.append(
          shape: extents, values: (0..<count).map { Int64(($0 * 7 + index) % 251 - 125) })
      }
    }
    return Batch(count: shapes.count, shared: ["bias": Tensor(-5)], items: items)
  }

  private static var activations: Stream {
    let loops = Walk(
      beats: [Walk.Loop("M", rows), Walk.Loop("N", columns), Walk.Loop("K", depth)],
      lanes: [Walk.Loop("M", rows), Walk.Loop("K", depth)])
    return Stream(
      "a", .input,
      fields: [
        Field("data", .signed(8), lanes: rows * depth, content: .array("a"), walk: loops),
        Field("keep", .unsigned(1), lanes: rows * depth, content: .keep),
        Field("last", .unsigned(1), content: .last),
      ])
  }

  @Test("partial tiles, repeated for each tile of an axis that the array does not have")
  func tiles() throws {
    let shapes = [(m: 7, n: 3, k: 5), (m: 1, n: 1, k: 1), (m: 3, n: 4, k: 8)]
    let batch = Self.batch(shapes)
    let beats = try Beats(
      Self.activations, batch: batch, interface: Self.interface([Self.activations]), filler: 9)
    var beat = 0
    for (index, shape) in shapes.enumerated() {
      let a = try #require(batch.items["a"])[index].values
      #expect(beats.starts[index] == beat)
      for m in stride(from: 0, to: shape.m, by: Self.rows) {
        for _ in stride(from: 0, to: shape.n, by: Self.columns) {
          for k in stride(from: 0, to: shape.k, by: Self.depth) {
            let data = beats.lanes(ofField: 0, beat: beat)
            let keep = beats.lanes(ofField: 1, beat: beat)
            for lane in 0..<Self.rows * Self.depth {
              let (row, column) = (m + lane / Self.depth, k + lane % Self.depth)
              let isThere = row < shape.m && column < shape.k
              #expect(keep[lane] == (isThere ? 1 : 0))
              let place = beats.element(
                ofField: 0, transaction: index, beat: beat - beats.starts[index], lane: lane)
              #expect(place == (isThere ? row * shape.k + column : nil))
              if isThere { #expect(data[lane] == a[row * shape.k + column]) }
            }
            beat += 1
            #expect(
              beats.lanes(ofField: 2, beat: beat - 1) == [beat == beats.starts[index + 1] ? 1 : 0])
          }
        }
      }
    }
    #expect(beats.count == beat)
  }

  @Test(
    "elements reach their lanes however many of them lie side by side",
    arguments: [(8, 4), (5, 4), (4, 3), (2, 10), (1, 16), (9, 8)], [false, true])
  func runs(tile: (rows: Int, depth: Int), isTransposed: Bool) throws {
    let (m, k) = (2 * tile.rows + 1, 3 * tile.depth)
    let rows = Walk.Loop("M", tile.rows)
    let depth = Walk.Loop("K", tile.depth)
    let lanes = tile.rows * tile.depth
    let stream = Stream(
      "a", .input,
      fields: [
        Field(
          "data", .signed(8), lanes: lanes, content: .array("a"),
          walk: Walk(beats: [rows, depth], lanes: isTransposed ? [depth, rows] : [rows, depth]))
      ])
    let batch = Self.batch([(m: m, n: 1, k: k), (m: tile.rows, n: 1, k: tile.depth)])
    let beats = try Beats(stream, batch: batch, interface: Self.interface([stream]), filler: 0)
    var compared = 0
    for transaction in 0..<2 {
      let a = try #require(batch.items["a"])[transaction]
      for beat in beats.starts[transaction]..<beats.starts[transaction + 1] {
        let data = beats.lanes(ofField: 0, beat: beat)
        let first = beat - beats.starts[transaction]
        let tiles = (a.shape[1] + tile.depth - 1) / tile.depth
        for lane in 0..<lanes {
          let (across, along) =
            isTransposed
            ? (lane % tile.rows, lane / tile.rows) : (lane / tile.depth, lane % tile.depth)
          let row = first / tiles * tile.rows + across
          guard row < a.shape[0] else { continue }
          let column = first % tiles * tile.depth + along
          #expect(data[lane] == a.values[row * a.shape[1] + column])
          compared += 1
        }
      }
    }
    #expect(compared == m * k + lanes)
  }

  @Test("an axis that is tiled twice is covered once, whatever the remainders", arguments: 1...40)
  func twoLevels(extent: Int) throws {
    let walk = Walk(
      beats: [Walk.Loop("K", 15), Walk.Loop("M", 1), Walk.Loop("K", 5)], lanes: [Walk.Loop("K", 5)])
    let stream = Stream(
      "a", .input, fields: [Field("data", .signed(8), lanes: 5, content: .array("a"), walk: walk)])
    let batch = Self.batch([(m: 2, n: 1, k: extent)])
    let beats = try Beats(stream, batch: batch, interface: Self.interface([stream]), filler: 0)
    var expected: [[Int?]] = []
    for outer in stride(from: 0, to: extent, by: 15) {
      for row in 0..<2 {
        for k in stride(from: outer, to: min(extent, outer + 15), by: 5) {
          expected.append((0..<5).map { k + $0 < extent ? row * extent + k + $0 : nil })
        }
      }
    }
    #expect(beats.count == expected.count)
    for (beat, lanes) in expected.enumerated() {
      for (lane, place) in lanes.enumerated() {
        #expect(beats.element(ofField: 0, transaction: 0, beat: beat, lane: lane) == place)
      }
    }
  }

  @Test("absent lanes are zero on an output and arbitrary on an input")
  func absent() throws {
    let walk = Walk(
      beats: [Walk.Loop("M", 4), Walk.Loop("N", 4)], lanes: [Walk.Loop("M", 4), Walk.Loop("N", 4)])
    let batch = Self.batch([(m: 1, n: 1, k: 1)])
    for direction in [Stream.Direction.input, .output] {
      let stream = Stream(
        "y", direction,
        fields: [Field("data", .signed(8), lanes: 16, content: .array("y"), walk: walk)])
      let beats = try Beats(stream, batch: batch, interface: Self.interface([stream]), filler: 3)
      let others = beats.lanes(ofField: 0, beat: 0).dropFirst()
      #expect(others.contains { $0 != 0 } == (direction == .input))
    }
  }

  @Test("a command stream carries extents and shared scalars, one beat a transaction")
  func extents() throws {
    let stream = Stream(
      "shape", .input,
      fields: ["M", "N", "K"].map { Field($0, .unsigned(12), content: .extent($0)) })
    let batch = Self.batch([(m: 7, n: 300, k: 5), (m: 1, n: 2, k: 4095)])
    let beats = try Beats(stream, batch: batch, interface: Self.interface([stream]), filler: 0)
    #expect(beats.count == 2)
    #expect((0..<3).map { beats.lanes(ofField: $0, beat: 0) } == [[7], [300], [5]])
    #expect((0..<3).map { beats.lanes(ofField: $0, beat: 1) } == [[1], [2], [4095]])
  }

  @Test("one value stands for every element of a walk")
  func scalar() throws {
    let walk = Walk(beats: [Walk.Loop("N", 2)], lanes: [Walk.Loop("N", 2)])
    let stream = Stream(
      "bias", .input,
      fields: [Field("data", .signed(32), lanes: 2, content: .array("bias"), walk: walk)])
    let beats = try Beats(
      stream, batch: Self.batch([(m: 1, n: 4, k: 1)]), interface: Self.interface([stream]),
      filler: 0)
    #expect(beats.count == 2)
    #expect(beats.lanes(ofField: 0, beat: 1) == [-5, -5])
  }

  @Test("walks of one stream that give different numbers of beats are refused")
  func unequal() throws {
    let a = Walk(beats: [Walk.Loop("M", 1)], lanes: [Walk.Loop("K", 8)])
    let w = Walk(beats: [Walk.Loop("N", 1)], lanes: [Walk.Loop("K", 8)])
    let stream = Stream(
      "both", .input,
      fields: [
        Field("a", .signed(8), lanes: 8, content: .array("a"), walk: a),
        Field("w", .signed(8), lanes: 8, content: .array("w"), walk: w),
      ])
    #expect(throws: SignalError.unequalLengths(array: "w")) {
      try Beats(
        stream, batch: Self.batch([(m: 3, n: 2, k: 8)]), interface: Self.interface([stream]),
        filler: 0)
    }
  }

  @Test("an array without elements has no beats where that is allowed, and is refused elsewhere")
  func empty() throws {
    let stream = Stream(
      "v", .input,
      fields: [
        Field("data", .signed(8), lanes: 4, content: .array("v")),
        Field("last", .unsigned(1), content: .last),
      ])
    func interface(allowsEmpty: Bool) -> Interface {
      Interface(
        arrays: [
          ArraySpecification(
            "v", .input, axes: ["B"], .signed(8), allowsEmpty: allowsEmpty, "")
        ], batching: .whole, streams: [stream])
    }
    let nothing = ["v": Tensor([])]
    let batch = try Batch(arrays: nothing, interface: interface(allowsEmpty: true))
    let beats = try Beats(
      stream, batch: batch, interface: interface(allowsEmpty: true), filler: 0)
    #expect(beats.count == 0)
    #expect(throws: SignalError.empty(array: "v")) {
      try Batch(arrays: nothing, interface: interface(allowsEmpty: false))
    }
  }
}
