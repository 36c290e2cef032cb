extension Beats {
  /// Packs the arrays of a batch into the beats of a stream.
  ///
  /// - Parameters:
  ///   - stream: one of the interface's streams.
  ///   - batch: holds every array that the stream's fields carry.
  ///   - interface: names the axes, for an array of one value that stands for a longer one.
  ///   - filler: seeds the arbitrary content of lanes that hold no element.
  /// - Throws: ``SignalError`` for an array that the batch does not hold and for arrays of one stream
  ///   whose lengths differ.
  public init(
    _ stream: Stream, batch: Batch, interface: Interface, filler: UInt64
  ) throws(SignalError) {
    let isShared = stream.phase == .configuration
    let transactions = isShared ? 1 : batch.count
    var carried: [CarriedArray?] = []
    for field in stream.fields {
      if case .array(let name) = field.content {
        carried.append(try CarriedArray(name, batch: batch, interface: interface))
      } else {
        carried.append(nil)
      }
    }
    let lanes = stream.dataLanes
    var elements = [Int](repeating: 1, count: transactions)
    for case .some(let array) in carried { array.extend(&elements) }
    for case .some(let array) in carried where !array.fits(elements) {
      throw .unequalLengths(array: array.name)
    }
    let starts = [Int](unsafeUninitializedCapacity: transactions + 1) { starts, initialized in
      starts[0] = 0
      for index in 0..<transactions {
        starts[index + 1] = starts[index] + (elements[index] + lanes - 1) / lanes
      }
      initialized = transactions + 1
    }
    self.init(stream: stream, layout: BeatLayout(stream.fields), bytes: [], starts: starts)
    bytes = [UInt8](repeating: 0, count: count * layout.stride)
    pack(carried, elements: elements, lanes: lanes, filler: filler)
  }

  private mutating func pack(
    _ carried: [CarriedArray?], elements: [Int], lanes: Int, filler: UInt64
  ) {
    let starts = starts
    let layout = layout
    let stream = stream
    bytes.withUnsafeMutableBytes { raw in
      guard let base = raw.baseAddress else { return }
      for (index, field) in stream.fields.enumerated() {
        let slot = layout.slots[index]
        let column = Column(base: base + slot.offset, stride: layout.stride, starts: starts)
        switch field.content {
        case .keep:
          column.mark(elements, lanes: lanes)
        case .last:
          for end in starts.dropFirst() { column[end - 1].storeBytes(of: 1, as: UInt8.self) }
        case .array:
          guard let array = carried[index] else { continue }
          let writer = LaneWriter(width: field.format.width, byteCount: slot.byteCount)
          let junk: UInt64? =
            stream.marksLanes ? (stream.direction == .input ? filler : nil) : nil
          column.pack(
            array, elements: elements, lanes: lanes, writer: writer,
            beyond: !stream.marksLanes ? .lastElement : junk.map(Padding.junk) ?? .zero)
        }
      }
    }
  }

  /// Arbitrary but repeatable content (the finalizer of SplitMix64).
  static func junk(_ seed: UInt64, beat: Int, lane: Int) -> Int64 {
    var z = seed &+ UInt64(beat) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(lane) &* 0xD1B5_4A32_D192_ED03
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int64(bitPattern: z ^ (z >> 31))
  }
}

extension Stream {
  /// Elements a beat: the lanes of the fields that carry arrays.
  public var dataLanes: Int {
    fields.compactMap { if case .array = $0.content { $0.lanes } else { nil } }.max() ?? 1
  }
}

/// One array on its way into the beats of a stream.
private struct CarriedArray {
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
    for index in elements.indices { elements[index] = max(elements[index], count(index)) }
  }

  /// Whether each transaction has as many elements as it should, or one value for all.
  func fits(_ elements: [Int]) -> Bool {
    for index in elements.indices {
      let count = count(index)
      if count != elements[index] && count != 1 { return false }
    }
    return true
  }

  /// Elements in a transaction; 1 for a value that is repeated.
  @inline(__always)
  private func count(_ transaction: Int) -> Int {
    if let item { return item.range(of: transaction).count }
    guard let extent, shared.count == 1 else { return shared.count }
    return extent.0.extents[transaction * extent.0.rank + extent.axis]
  }

  func withElements(_ transaction: Int, _ body: (UnsafeBufferPointer<Int64>) -> Void) {
    if let item {
      item.values.withUnsafeBufferPointer {
        body(UnsafeBufferPointer(rebasing: $0[item.range(of: transaction)]))
      }
    } else {
      shared.withUnsafeBufferPointer(body)
    }
  }
}

/// What lanes beyond the end of a transaction hold.
private enum Padding {
  case lastElement
  case zero
  /// Arbitrary content, from this seed.
  case junk(UInt64)
}

/// The places of one field in all beats of a stream.
private struct Column {
  let base: UnsafeMutableRawPointer
  let stride: Int
  let starts: [Int]

  subscript(beat: Int) -> UnsafeMutableRawPointer { base + beat * stride }

  /// Sets one bit for each lane that holds an element. The bytes are zero.
  func mark(_ elements: [Int], lanes: Int) {
    for (transaction, count) in elements.enumerated() {
      var left = count
      for beat in starts[transaction]..<starts[transaction + 1] {
        let present = min(lanes, left)
        left -= present
        var target = self[beat]
        for lane in Swift.stride(from: 0, to: present, by: 8) {
          target.storeBytes(
            of: UInt8(truncatingIfNeeded: 0xFF >> max(0, 8 - (present - lane))), as: UInt8.self)
          target += 1
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
      for (transaction, count) in elements.enumerated() {
        array.withElements(transaction) { values in
          guard let source = values.baseAddress else { return }
          var beat = starts[transaction]
          let isRepeated = values.count == 1
          if !isRepeated {
            for first in Swift.stride(from: 0, through: count - lanes, by: lanes) {
              writer.write(source + first, lanes: lanes, to: self[beat])
              beat += 1
            }
          }
          // One value for all, or the rest of the transaction.
          while beat < starts[transaction + 1] {
            let first = (beat - starts[transaction]) * lanes
            for lane in 0..<lanes {
              let isPresent = first + lane < count
              switch beyond {
              case .junk(let seed) where !isPresent:
                row[lane] = Beats.junk(seed, beat: beat, lane: lane)
              case .zero where !isPresent: row[lane] = 0
              default: row[lane] = values[min(first + lane, values.count - 1)]
              }
            }
            writer.write(partial, lanes: lanes, to: self[beat])
            beat += 1
          }
        }
      }
    }
  }
}

/// Packs values of one width, lane 0 lowest, into the bytes of a port.
private struct LaneWriter {
  let width: Int
  let byteCount: Int
  private let mask: UInt64

  init(width: Int, byteCount: Int) {
    self.width = width
    self.byteCount = byteCount
    mask = width == 64 ? .max : (1 << UInt64(width)) - 1
  }

  @inline(__always)
  func write(_ values: UnsafePointer<Int64>, lanes: Int, to target: UnsafeMutableRawPointer) {
    switch width {
    case 8: narrow(values, lanes: lanes, to: target, as: UInt8.self)
    case 16: narrow(values, lanes: lanes, to: target, as: UInt16.self)
    case 32: narrow(values, lanes: lanes, to: target, as: UInt32.self)
    default: writeBits(values, lanes: lanes, to: target)
    }
  }

  @inline(__always)
  private func narrow<Word: FixedWidthInteger & SIMDScalar>(
    _ values: UnsafePointer<Int64>, lanes: Int, to target: UnsafeMutableRawPointer, as: Word.Type
  ) {
    let size = MemoryLayout<Word>.size
    var lane = 0
    while lane + 8 <= lanes {
      let wide = UnsafeRawPointer(values + lane).loadUnaligned(as: SIMD8<Int64>.self)
      (target + lane * size).storeBytes(
        of: SIMD8<Word>(truncatingIfNeeded: wide), as: SIMD8<Word>.self)
      lane += 8
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
