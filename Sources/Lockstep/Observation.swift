import Signals

/// One output stream of a case as expected and as observed, beat by beat.
struct Observation {
  struct Beat {
    /// Counted over the whole case.
    var transaction: Int
    /// Within its transaction.
    var index: Int
    /// The lanes that hold an element.
    var expected: [Int64]
    var observed: [Int64]

    var isWrong: Bool { expected != observed }
  }

  let stream: Stream
  let array: ArraySpecification
  let lanes: Int
  /// The beats that transferred.
  var beats: [Beat]
  /// Arrays that have an element where the output has one, in the order of the beats' elements.
  var aligned: [(name: String, values: [Int64])]

  /// - Returns: nil if the stream has no such field with elements.
  init?(_ result: CaseRunner.Result, interface: Interface, stream index: Int, field: Int) {
    let stream = interface.outputs[index]
    guard case .array(let name) = stream.fields[field].content, let array = interface.array(name)
    else { return nil }
    self.stream = stream
    self.array = array
    lanes = stream.fields[field].lanes
    beats = []
    aligned = []
    var first = 0
    var left = result.shard.streams.first { $0.stream == stream.name }?.transfer ?? 0
    for chunk in result.chunks {
      let answer = chunk.response.outputs[index]
      let wrong = Dictionary(
        result.shard.differences.filter { $0.stream == index && $0.chunk == chunk.index }
          .map { ($0.position, $0.observed) }, uniquingKeysWith: { first, _ in first })
      for transaction in 0..<chunk.batch.count {
        var elements = chunk.elementCount(of: name, transaction) ?? .max
        for position in answer.starts[transaction]..<answer.starts[transaction + 1] where left > 0 {
          left -= 1
          let count = min(lanes, elements)
          elements -= count
          let expected = answer.lanes(ofField: field, beat: position)
          let observed = wrong[position].map { bytes in
            bytes.withUnsafeBytes {
              Beats.lanes(stream.fields[field], slot: answer.layout.slots[field], beat: $0)
            }
          }
          beats.append(
            Beat(
              transaction: first + transaction, index: position - answer.starts[transaction],
              expected: Array(expected.prefix(count)),
              observed: Array((observed ?? expected).prefix(count))))
        }
      }
      first += chunk.batch.count
    }
    align(result, interface)
  }

  /// Finds the inputs whose transactions have as many elements as the output's.
  private mutating func align(_ result: CaseRunner.Result, _ interface: Interface) {
    let counts = beats.reduce(into: [Int: Int]()) {
      $0[$1.transaction, default: 0] += $1.expected.count
    }
    for input in interface.arrays where input.role == .input {
      var values: [Int64] = []
      var first = 0
      for chunk in result.chunks {
        guard let item = chunk.batch.items[input.name] else { break }
        for transaction in 0..<chunk.batch.count {
          guard let count = counts[first + transaction] else { continue }
          let own = item.values[item.range(of: transaction)]
          guard own.count >= count, chunk.elementCount(of: array.name, transaction) == own.count
          else { break }
          values += own.prefix(count)
        }
        first += chunk.batch.count
      }
      if values.count == counts.values.reduce(0, +) { aligned.append((input.name, values)) }
    }
  }
}

extension Chunk {
  /// Elements of an output array in one transaction; nil where the transaction has none of its own.
  func elementCount(of array: String, _ transaction: Int) -> Int? {
    expected.items[array].map { $0.range(of: transaction).count }
  }
}

extension CaseRunner.Result {
  /// Where the outputs of a transaction differ.
  ///
  /// - Parameter transaction: counted over the case.
  func errorMaps(of transaction: Int, origin: Int, interface: Interface) -> [ErrorMap] {
    var place = transaction
    guard
      let chunk = chunks.first(where: { chunk in
        if place < chunk.batch.count { return true }
        place -= chunk.batch.count
        return false
      })
    else { return [] }
    var maps: [ErrorMap] = []
    for (index, stream) in interface.outputs.enumerated() {
      for (field, content) in stream.fields.enumerated() {
        guard case .array(let name) = content.content, let item = chunk.expected.items[name],
          let seen = Observation(self, interface: interface, stream: index, field: field)
        else { continue }
        var map = ErrorMap(
          array: name, transaction: origin, shape: item.shape(of: place), places: [], expected: [],
          observed: [])
        for beat in seen.beats where beat.transaction == transaction {
          for lane in beat.expected.indices where beat.expected[lane] != beat.observed[lane] {
            map.places.append(beat.index * seen.lanes + lane)
            map.expected.append(beat.expected[lane])
            map.observed.append(beat.observed[lane])
          }
        }
        if !map.places.isEmpty { maps.append(map) }
      }
    }
    return maps
  }
}
