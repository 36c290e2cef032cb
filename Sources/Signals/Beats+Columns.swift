/// One array on its way into the beats of a stream.
struct CarriedArray {
  let name: String
  private let item: RaggedTensor?
  private let shared: [Int64]
  /// The axis extent that a single shared value stands for, by transaction; nil without axes.
  private let extent: (RaggedTensor, axis: Int)?

  init(_ name: String, batch: Batch, interface: Interface) throws(SignalError) {
    self.name = name
    item = batch.items[name]
    shared = batch.shared[name]?.values ?? []
    guard item != nil || !shared.isEmpty else {
      throw .missingArray(name, known: interface.arrays.map(\.name))
    }
    extent =
      shared.count == 1 ? CarriedArray.extent(of: name, batch: batch, interface: interface) : nil
  }

  /// Finds a per-transaction array with the same innermost axis.
  private static func extent(
    of name: String, batch: Batch, interface: Interface
  ) -> (RaggedTensor, axis: Int)? {
    guard let axis = interface.array(name)?.axes.last else { return nil }
    for specification in interface.arrays {
      guard let item = batch.items[specification.name], item.rank > 0 else { continue }
      let axes = Array(specification.axes.suffix(item.rank))
      if let position = axes.firstIndex(of: axis) { return (item, position) }
    }
    return nil
  }

  /// Raises `elements`, one number a transaction, to the elements that this array has in each.
  func extend(_ elements: inout [Int]) {
    withCounts(elements.count) { counts in
      for index in elements.indices { elements[index] = max(elements[index], counts(index)) }
    }
  }

  /// Whether each transaction has as many elements as it should, or one value for all.
  func fits(_ elements: [Int]) -> Bool {
    withCounts(elements.count) { counts in
      elements.indices.allSatisfy { counts($0) == elements[$0] || counts($0) == 1 }
    }
  }

  /// Calls `body` with the elements in each transaction; 1 for a value that is repeated.
  @inline(__always)
  private func withCounts<Result>(
    _ transactions: Int, _ body: ((_ transaction: Int) -> Int) -> Result
  ) -> Result {
    if let item {
      return item.offsets.withUnsafeBufferPointer { offsets in
        body { offsets[$0 + 1] - offsets[$0] }
      }
    }
    guard let extent, shared.count == 1 else { return body { _ in shared.count } }
    return body { extent.0.extents[$0 * extent.0.rank + extent.axis] }
  }

  /// The elements of all transactions in 8 bits, and where those of each begin; nil where they are not held so.
  var bytes: (values: [Int8], offsets: [Int])? {
    guard let item, let bytes = item.bytes else { return nil }
    return (bytes, item.offsets)
  }

  func withElements(_ transaction: Int, _ body: (UnsafeBufferPointer<Int64>) -> Void) {
    withElements { elements in body(elements(transaction)) }
  }

  /// Calls `body` with the elements of each transaction, which are valid while it runs.
  @inline(__always)
  func withElements(_ body: ((_ transaction: Int) -> UnsafeBufferPointer<Int64>) -> Void) {
    if let item {
      item.values.withUnsafeBufferPointer { values in
        item.offsets.withUnsafeBufferPointer { offsets in
          body { UnsafeBufferPointer(rebasing: values[offsets[$0]..<offsets[$0 + 1]]) }
        }
      }
    } else {
      shared.withUnsafeBufferPointer { values in body { _ in values } }
    }
  }
}

/// What lanes beyond the end of a transaction hold.
enum Padding {
  case lastElement
  case zero
  /// Arbitrary content, from this seed.
  case junk(UInt64)

  /// Fills the lanes that hold no element in the middle of a walk: with zeros if not with anything.
  ///
  /// - Parameter present: a byte a lane, 255 where it holds one and 0 where not.
  @inline(__always)
  func fill(
    _ row: UnsafeMutablePointer<Int64>, lanes: Int, but present: UnsafeRawPointer, beat: Int
  ) {
    for start in stride(from: 0, to: lanes, by: 8) {
      // One draw for eight lanes, turned for each.
      var word: UInt64 = 0
      if case .junk(let seed) = self {
        word = UInt64(bitPattern: Beats.junk(seed, beat: beat, lane: start))
      }
      for lane in start..<min(start + 8, lanes) {
        let mask = Int64(present.load(fromByteOffset: lane, as: Int8.self))
        row[lane] = row[lane] & mask | Int64(bitPattern: word) & ~mask
        word = word >> 8 | word << 56
      }
    }
  }
}

/// The places of one field in all beats of a stream.
struct Column {
  let base: UnsafeMutableRawPointer
  let stride: Int
  let starts: [Int]

  subscript(beat: Int) -> UnsafeMutableRawPointer { base + beat * stride }

  /// Sets one bit for each lane that holds an element. The bytes are zero.
  func mark(_ elements: [Int], lanes: Int) {
    switch lanes {
    case ...8: mark(elements, lanes: lanes, as: UInt8.self)
    case 9...16: mark(elements, lanes: lanes, as: UInt16.self)
    default: mark(elements, lanes: lanes, as: UInt32.self)
    }
  }

  /// Sets bits word by word; a port of more than one word consists of words of 32 bits.
  @inline(__always)
  private func mark<Word: FixedWidthInteger & BitwiseCopyable>(
    _ elements: [Int], lanes: Int, as: Word.Type
  ) {
    let whole: Word = lanes < Word.bitWidth ? (1 &<< Word(lanes)) &- 1 : .max
    for (transaction, count) in elements.enumerated() {
      var left = count
      var target = self[starts[transaction]]
      for _ in starts[transaction]..<starts[transaction + 1] {
        if left >= lanes && lanes <= Word.bitWidth {
          target.storeBytes(of: whole, as: Word.self)
        } else {
          mark(min(lanes, left), at: target, as: Word.self)
        }
        left &-= lanes
        target += stride
      }
    }
  }

  /// Sets the lowest `count` bits of a port.
  private func mark<Word: FixedWidthInteger & BitwiseCopyable>(
    _ count: Int, at target: UnsafeMutableRawPointer, as: Word.Type
  ) {
    var (present, word) = (count, target)
    while present >= Word.bitWidth {
      word.storeBytes(of: .max, as: Word.self)
      word += MemoryLayout<Word>.size
      present -= Word.bitWidth
    }
    if present > 0 { word.storeBytes(of: (1 &<< Word(present)) &- 1, as: Word.self) }
  }

  /// Packs an array in the order of its walk.
  func pack(
    _ array: CarriedArray, along itinerary: Itinerary, writer: LaneWriter, beyond: Padding
  ) {
    if let schedule = itinerary.schedule { return pack(array, schedule, writer, beyond) }
    if writer.width == 8, let held = array.bytes {
      return pack(held.values, held.offsets, along: itinerary, beyond)
    }
    let lanes = itinerary.lanes
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: lanes) { row in
      guard let row = row.baseAddress else { return }
      array.withElements { content in
        for transaction in 0..<starts.count - 1 {
          let first = starts[transaction]
          let elements = content(transaction)
          guard let values = elements.baseAddress else { continue }
          let isRepeated = elements.count == 1
          itinerary.tour(transaction) { beat in
            let target = self[first + beat.number]
            let source = values + (isRepeated ? 0 : beat.first)
            if isRepeated {
              for lane in 0..<lanes { row[lane] = source[0] }
            } else if beat.present == nil && writer.width == 8 {
              return writer.gather(source, beat.distances, lanes: lanes, run: beat.run, to: target)
            } else {
              for lane in 0..<lanes { row[lane] = source[beat.distances[lane]] }
            }
            if let present = beat.present {
              beyond.fill(row, lanes: lanes, but: present, beat: first + beat.number)
            }
            writer.write(row, lanes: lanes, to: target)
          }
        }
      }
    }
  }

  /// Packs an array, transaction by transaction, `lanes` elements a beat.
  func pack(
    _ array: CarriedArray, elements: [Int], lanes: Int, writer: LaneWriter, beyond: Padding
  ) {
    if writer.width == 8, let held = array.bytes {
      return pack(held.values, held.offsets, elements: elements, lanes: lanes, beyond)
    }
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: lanes) { row in
      guard let partial = row.baseAddress else { return }
      array.withElements { content in
        for (transaction, count) in elements.enumerated() {
          let values = content(transaction)
          guard let source = values.baseAddress else { continue }
          let (start, end) = (starts[transaction], starts[transaction + 1])
          let isRepeated = values.count == 1
          // All beats are whole but for the last one, perhaps.
          let room = (end - start) * lanes
          let whole = room == count ? end - start : end - start - 1
          if isRepeated {
            spread(source[0], lanes: lanes, writer, start..<start + whole, row: partial)
          } else {
            writer.write(source, lanes: lanes, beats: whole, to: self[start], stride: stride)
          }
          // One value for all, or the rest of the transaction.
          for beat in start + whole..<end {
            let first = (beat - start) * lanes
            let present = min(lanes, count - first)
            if isRepeated {
              for lane in 0..<present { row[lane] = source[0] }
            } else {
              partial.update(from: source + first, count: present)
            }
            fill(row, from: present, beyond, beat: beat, last: values[values.count - 1])
            writer.write(partial, lanes: lanes, beats: 1, to: self[beat], stride: stride)
          }
        }
      }
    }
  }

  /// Writes one value to all lanes of some beats.
  private func spread(
    _ value: Int64, lanes: Int, _ writer: LaneWriter, _ beats: Range<Int>,
    row: UnsafeMutablePointer<Int64>
  ) {
    guard let first = beats.first else { return }
    row.update(repeating: value, count: lanes)
    writer.write(row, lanes: lanes, to: self[first])
    for beat in beats.dropFirst() {
      self[beat].copyMemory(from: self[first], byteCount: writer.byteCount)
    }
  }

  /// Fills the lanes from `first` that hold no element.
  private func fill(
    _ row: UnsafeMutableBufferPointer<Int64>, from first: Int, _ padding: Padding, beat: Int,
    last: Int64
  ) {
    switch padding {
    case .junk(let seed):
      // One draw for eight lanes, turned for each.
      var word: UInt64 = 0
      for lane in first..<row.count {
        if lane == first || lane & 7 == 0 {
          word = UInt64(bitPattern: Beats.junk(seed, beat: beat, lane: lane))
        }
        row[lane] = Int64(bitPattern: word)
        word = word >> 8 | word << 56
      }
    case .zero: for lane in first..<row.count { row[lane] = 0 }
    case .lastElement: for lane in first..<row.count { row[lane] = last }
    }
  }
}
