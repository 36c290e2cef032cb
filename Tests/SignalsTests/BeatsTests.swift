import Signals
import Testing

struct BeatsTests {
  private static func interface(_ streams: [Stream]) -> Interface {
    Interface(
      arrays: [
        ArraySpecification("x", .input, axes: ["R", "L"], .signed(64), ""),
        ArraySpecification("m", .input, axes: ["R", "L"], .signed(64), allowsScalar: true, ""),
      ], batching: .leading("R"), streams: streams)
  }

  private static func values(_ format: IntegerFormat, count: Int, seed: UInt64) -> [Int64] {
    var generator = CounterGenerator(seed: seed, stream: 0, index: 0)
    return (0..<count).map { index in
      switch index % 4 {
      case 0: format.range.lowerBound
      case 1: format.range.upperBound
      default: generator.value(in: format.range)
      }
    }
  }

  /// The bits of a port from the definition: lane 0 lowest, least significant bit first.
  private static func bits(_ lanes: [Int64], width: Int) -> [Bool] {
    lanes.flatMap { value in (0..<width).map { value >> Int64($0) & 1 == 1 } }
  }

  @Test("every width packs bit by bit as defined, and unpacks again", arguments: 1...64)
  func widths(width: Int) throws {
    for isSigned in [true, false] where isSigned || width < 64 {
      let format = IntegerFormat(width: width, isSigned: isSigned)
      for lanes in [1, 2, 3, 4, 7, 16, 21] {
        let stream = Stream(
          "x", .input, fields: [Field("data", format, lanes: lanes, content: .array("x"))])
        let values = Self.values(format, count: lanes * 3, seed: UInt64(width))
        let batch = Batch(
          count: 1, items: ["x": RaggedTensor(rows: [values.count], values: values)])
        let beats = try Beats(
          stream, batch: batch, interface: Self.interface([stream]), filler: 0)
        #expect(beats.count == 3)
        #expect(beats.layout.slots[0].byteCount == Field.byteCount(bits: width * lanes))
        for beat in 0..<3 {
          let expected = Array(values[beat * lanes..<(beat + 1) * lanes])
          #expect(beats.lanes(ofField: 0, beat: beat) == expected)
          let bytes = beats.bytes[beat * beats.layout.stride..<(beat + 1) * beats.layout.stride]
          var bits: [Bool] = bytes.flatMap { byte -> [Bool] in
            (0..<8).map { byte >> UInt8($0) & 1 == 1 }
          }
          let used = Self.bits(expected, width: width)
          #expect(Array(bits.prefix(used.count)) == used)
          bits.removeFirst(used.count)
          #expect(!bits.contains(true), "bits above the port are zero")
        }
      }
    }
  }

  @Test("keep and last mark the end of a row; outputs are zero beyond it, inputs are arbitrary")
  func marks() throws {
    let values: [Int64] = [1, 2, 3, 4, 5, 6]
    let batch = Batch(count: 2, items: ["x": RaggedTensor(rows: [5, 1], values: values)])
    for direction in [Stream.Direction.input, .output] {
      let stream = Stream.rows("x", direction, format: .signed(8), lanes: 4)
      let beats = try Beats(
        stream, batch: batch, interface: Self.interface([stream]), filler: 77)
      #expect(beats.starts == [0, 2, 3])
      #expect(beats.lanes(ofField: 1, beat: 0) == [1, 1, 1, 1])
      #expect(beats.lanes(ofField: 1, beat: 1) == [1, 0, 0, 0])
      #expect(beats.lanes(ofField: 1, beat: 2) == [1, 0, 0, 0])
      #expect((0..<3).map { beats.lanes(ofField: 2, beat: $0) } == [[0], [1], [1]])
      #expect(beats.lanes(ofField: 0, beat: 1)[0] == 5)
      let beyond = beats.lanes(ofField: 0, beat: 1)[1...]
      #expect(beyond.allSatisfy { $0 == 0 } == (direction == .output))
      #expect((0..<3).map(beats.transaction(ofBeat:)) == [0, 0, 1])
    }
  }

  @Test("without keep, lanes beyond the end repeat the last element; one value stands for all")
  func repeats() throws {
    let stream = Stream(
      "x", .input,
      fields: [
        Field("data", .signed(8), lanes: 4, content: .array("x")),
        Field("m", .signed(8), lanes: 4, content: .array("m")),
      ])
    let batch = Batch(
      count: 1, shared: ["m": Tensor(9)],
      items: ["x": RaggedTensor(rows: [5], values: [1, 2, 3, 4, 5])])
    let beats = try Beats(stream, batch: batch, interface: Self.interface([stream]), filler: 0)
    #expect(beats.lanes(ofField: 0, beat: 1) == [5, 5, 5, 5])
    #expect(beats.lanes(ofField: 1, beat: 0) == [9, 9, 9, 9])
  }

  @Test("arrays of one stream that differ in length are refused")
  func lengths() throws {
    let stream = Stream(
      "x", .input,
      fields: [
        Field("data", .signed(8), lanes: 4, content: .array("x")),
        Field("m", .signed(8), lanes: 4, content: .array("m")),
      ])
    let batch = Batch(
      count: 1,
      items: [
        "x": RaggedTensor(rows: [5], values: [1, 2, 3, 4, 5]),
        "m": RaggedTensor(rows: [4], values: [1, 2, 3, 4]),
      ])
    #expect(throws: SignalError.unequalLengths(array: "m")) {
      try Beats(stream, batch: batch, interface: Self.interface([stream]), filler: 0)
    }
  }
}
