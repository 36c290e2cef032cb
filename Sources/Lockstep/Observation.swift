package import Signals

/// One output stream of a case as expected and as observed, beat by beat.
package struct Observation {
  struct Beat {
    /// Counted over the whole case.
    var transaction: Int
    /// Within its transaction.
    var index: Int
    /// The lanes that hold an element, and the places of these among those of the transaction.
    var lanes: [Int]
    var places: [Int]
    /// Their values.
    var expected: [Int64]
    var observed: [Int64]

    var isWrong: Bool { expected != observed }
  }

  let array: ArraySpecification
  let lanes: Int
  /// The beats that transferred.
  var beats: [Beat]
  /// What else is known of each element, in the order of the beats' elements.
  package var aligned: [Feature]

  /// One number for each element.
  package struct Feature {
    /// Among how many independent things it can tell.
    package enum Grain { case element, transaction, settings }

    package var name: String
    package var grain = Grain.element
    package var values: [Int64]

    package init(_ name: String, _ grain: Grain = .element, values: [Int64]) {
      self.name = name
      self.grain = grain
      self.values = values
    }
  }

  /// Without beats.
  init(_ array: ArraySpecification, lanes: Int) {
    self.array = array
    self.lanes = lanes
    beats = []
    aligned = []
  }

  /// - Returns: nil if the stream has no such field with elements.
  init?(_ result: CaseRunner.Result, interface: Interface, stream index: Int, field: Int) {
    let stream = interface.outputs[index]
    guard case .array(let name) = stream.fields[field].content, let array = interface.array(name)
    else { return nil }
    self.init(array, lanes: stream.fields[field].lanes)
    var first = 0
    var left = result.shard.streams.first { $0.stream == stream.name }?.transfer ?? 0
    for chunk in result.chunks {
      let answer = chunk.response.outputs[index]
      let wrong = Dictionary(
        result.shard.differences.filter { $0.stream == index && $0.chunk == chunk.index }
          .map { ($0.position, $0.observed) }, uniquingKeysWith: { first, _ in first })
      for transaction in 0..<chunk.batch.count {
        let count = chunk.elementCount(of: name, transaction) ?? .max
        let start = answer.starts[transaction]
        for position in start..<answer.starts[transaction + 1] where left > 0 {
          left -= 1
          var beat = Beat(
            transaction: first + transaction, index: position - start, lanes: [], places: [],
            expected: [], observed: [])
          beat.fill(
            lanes: answer.lanes(ofField: field, beat: position),
            observed: wrong[position].map { bytes in
              bytes.withUnsafeBytes {
                Beats.lanes(stream.fields[field], slot: answer.layout.slots[field], beat: $0)
              }
            }
          ) { lane in
            let place = answer.element(
              ofField: field, transaction: transaction, beat: position - start, lane: lane)
            return place.flatMap { $0 < count ? $0 : nil }
          }
          beats.append(beat)
        }
      }
      first += chunk.batch.count
    }
    align(result, interface)
  }

  /// An output of whole transactions, `lanes` elements a beat.
  ///
  /// - Parameter aligned: arrays with an element for each of the output's.
  package init(
    _ array: ArraySpecification, lanes: Int,
    transactions: [(expected: [Int64], observed: [Int64])],
    aligned: [(name: String, values: [Int64])] = []
  ) {
    self.init(array, lanes: lanes)
    self.aligned = aligned.map { Feature($0.name, values: $0.values) }
    beats = transactions.enumerated().flatMap { number, transaction in
      stride(from: 0, to: transaction.expected.count, by: lanes).enumerated().map { index, start in
        let places = start..<min(start + lanes, transaction.expected.count)
        return Beat(
          transaction: number, index: index, lanes: places.map { $0 - start },
          places: Array(places), expected: Array(transaction.expected[places]),
          observed: Array(transaction.observed[places]))
      }
    }
  }
}

extension Observation.Beat {
  /// - Parameters:
  ///   - observed: nil if it is as expected.
  ///   - place: of the element in a lane; nil if it holds none.
  mutating func fill(
    lanes all: [Int64], observed found: [Int64]?, place: (Int) -> Int?
  ) {
    for lane in all.indices {
      guard let place = place(lane) else { continue }
      lanes.append(lane)
      places.append(place)
      expected.append(all[lane])
      observed.append((found ?? all)[lane])
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
          for index in beat.places.indices where beat.expected[index] != beat.observed[index] {
            map.places.append(beat.places[index])
            map.expected.append(beat.expected[index])
            map.observed.append(beat.observed[index])
          }
        }
        if !map.places.isEmpty { maps.append(map) }
      }
    }
    return maps
  }
}
