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
    for (transaction, count) in elements.enumerated() {
      var left = count
      var target = self[starts[transaction]]
      for _ in starts[transaction]..<starts[transaction + 1] {
        var (present, word) = (min(lanes, left), target)
        while present >= Word.bitWidth {
          word.storeBytes(of: .max, as: Word.self)
          word += MemoryLayout<Word>.size
          present -= Word.bitWidth
        }
        if present > 0 { word.storeBytes(of: (1 &<< Word(present)) &- 1, as: Word.self) }
        left -= lanes
        target += stride
      }
    }
  }

  /// Packs an array in the order of its walk.
  func pack(
    _ array: CarriedArray, along itinerary: Itinerary, writer: LaneWriter, beyond: Padding
  ) {
    let lanes = itinerary.lanes
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: lanes) { row in
      guard let row = row.baseAddress else { return }
      for transaction in 0..<starts.count - 1 {
        let first = starts[transaction]
        array.withElements(transaction) { values in
          guard let values = values.baseAddress.map({ ($0, isRepeated: values.count == 1) })
          else { return }
          itinerary.visit(transaction) { beat, places, isWhole in
            if isWhole && !values.isRepeated {
              if writer.width == 8 {
                // Straight to its place: what is scattered gains nothing from vectors.
                let target = self[first + beat]
                for lane in 0..<lanes {
                  target.storeBytes(
                    of: UInt8(truncatingIfNeeded: values.0[places[lane]]), toByteOffset: lane,
                    as: UInt8.self)
                }
                return
              }
              for lane in 0..<lanes { row[lane] = values.0[places[lane]] }
            } else {
              for lane in 0..<lanes {
                if places[lane] >= 0 {
                  row[lane] = values.0[values.isRepeated ? 0 : places[lane]]
                } else if case .junk(let seed) = beyond {
                  row[lane] = Beats.junk(seed, beat: first + beat, lane: lane)
                } else {
                  row[lane] = 0
                }
              }
            }
            writer.write(row, lanes: lanes, to: self[first + beat])
          }
        }
      }
    }
  }

  /// Sets one bit for each lane that holds an element on a walk. The bytes are zero.
  func mark(along itinerary: Itinerary) {
    for transaction in 0..<starts.count - 1 {
      itinerary.visit(transaction) { beat, places, _ in
        let target = self[starts[transaction] + beat]
        for lane in 0..<itinerary.lanes where places[lane] >= 0 {
          let old = target.load(fromByteOffset: lane / 8, as: UInt8.self)
          target.storeBytes(of: old | 1 << UInt8(lane % 8), toByteOffset: lane / 8, as: UInt8.self)
        }
      }
    }
  }

  /// Packs an array, transaction by transaction, `lanes` elements a beat.
  func pack(
    _ array: CarriedArray, elements: [Int], lanes: Int, writer: LaneWriter, beyond: Padding
  ) {
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: lanes) { row in
      guard let partial = row.baseAddress else { return }
      array.withElements { content in
        for (transaction, count) in elements.enumerated() {
          let values = content(transaction)
          guard let source = values.baseAddress else { continue }
          let start = starts[transaction]
          let isRepeated = values.count == 1
          let whole = isRepeated ? 0 : count / lanes
          writer.write(source, lanes: lanes, beats: whole, to: self[start], stride: stride)
          // One value for all, or the rest of the transaction.
          for beat in start + whole..<starts[transaction + 1] {
            let first = (beat - start) * lanes
            let present = min(lanes, count - first)
            for lane in 0..<present { row[lane] = isRepeated ? source[0] : source[first + lane] }
            fill(row, from: present, beyond, beat: beat, last: values[values.count - 1])
            writer.write(partial, lanes: lanes, beats: 1, to: self[beat], stride: stride)
          }
        }
      }
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

/// Packs values of one width, lane 0 lowest, into the bytes of a port.
struct LaneWriter {
  let width: Int
  let byteCount: Int
  private let mask: UInt64

  init(width: Int, byteCount: Int) {
    self.width = width
    self.byteCount = byteCount
    mask = width == 64 ? .max : (1 << UInt64(width)) - 1
  }

  /// Packs one beat.
  @inline(__always)
  func write(_ values: UnsafePointer<Int64>, lanes: Int, to target: UnsafeMutableRawPointer) {
    write(values, lanes: lanes, beats: 1, to: target, stride: 0)
  }

  /// Packs beats of `lanes` values that follow one another, `stride` bytes apart.
  func write(
    _ values: UnsafePointer<Int64>, lanes: Int, beats: Int, to target: UnsafeMutableRawPointer,
    stride: Int
  ) {
    switch width {
    case 8: narrow(values, lanes, beats, to: target, stride, as: UInt8.self)
    case 16: narrow(values, lanes, beats, to: target, stride, as: UInt16.self)
    case 32: narrow(values, lanes, beats, to: target, stride, as: UInt32.self)
    default:
      for beat in 0..<beats {
        writeBits(values + beat * lanes, lanes: lanes, to: target + beat * stride)
      }
    }
  }

  @inline(__always)
  private func narrow<Word: FixedWidthInteger & SIMDScalar>(
    _ values: UnsafePointer<Int64>, _ lanes: Int, _ beats: Int,
    to target: UnsafeMutableRawPointer, _ stride: Int, as: Word.Type
  ) {
    var (source, target) = (values, target)
    for _ in 0..<beats {
      narrow(source, lanes, to: target, as: Word.self)
      source += lanes
      target += stride
    }
  }

  @inline(__always)
  private func narrow<Word: FixedWidthInteger & SIMDScalar>(
    _ values: UnsafePointer<Int64>, _ lanes: Int, to target: UnsafeMutableRawPointer,
    as: Word.Type
  ) {
    let size = MemoryLayout<Word>.size
    var lane = 0
    while lane + 16 <= lanes {
      let wide = UnsafeRawPointer(values + lane).loadUnaligned(as: SIMD16<Int64>.self)
      (target + lane * size).storeBytes(
        of: SIMD16<Word>(truncatingIfNeeded: wide), as: SIMD16<Word>.self)
      lane += 16
    }
    while lane < lanes {
      target.storeBytes(
        of: Word(truncatingIfNeeded: values[lane]), toByteOffset: lane * size, as: Word.self)
      lane += 1
    }
  }

  private func writeBits(
    _ values: UnsafePointer<Int64>, lanes: Int, to target: UnsafeMutableRawPointer
  ) {
    var word: UInt64 = 0
    var filled = 0
    var offset = 0
    for lane in 0..<lanes {
      let bits = UInt64(bitPattern: values[lane]) & mask
      word |= bits &<< UInt64(filled)
      filled += width
      if filled >= 64 {
        target.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
        offset += 8
        filled -= 64
        word = filled == 0 ? 0 : bits &>> UInt64(width - filled)
      }
    }
    while filled > 0 {
      target.storeBytes(
        of: UInt8(truncatingIfNeeded: word), toByteOffset: offset, as: UInt8.self)
      word >>= 8
      offset += 1
      filled -= 8
    }
  }
}
