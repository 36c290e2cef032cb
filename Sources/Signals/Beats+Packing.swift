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
    var elements: [Int] = []
    var starts = [0]
    elements.reserveCapacity(transactions)
    starts.reserveCapacity(transactions + 1)
    for index in 0..<transactions {
      var most = 1
      for array in carried { most = max(most, array?.count(index) ?? 0) }
      elements.append(most)
      starts.append(starts[index] + (most + lanes - 1) / lanes)
      for case .some(let array) in carried where array.count(index) != most {
        guard array.count(index) == 1 else { throw .unequalLengths(array: array.name) }
      }
    }
    self.init(stream: stream, layout: BeatLayout(stream.fields), bytes: [], starts: starts)
    bytes = [UInt8](repeating: 0, count: count * layout.stride)
    pack(carried, elements: elements, lanes: lanes, filler: filler)
  }

  private mutating func pack(
    _ carried: [CarriedArray?], elements: [Int], lanes: Int, filler: UInt64
  ) {
    let fills = stream.direction == .input && stream.marksLanes
    let marks = stream.marksLanes
    let stride = layout.stride
    let starts = starts
    bytes.withUnsafeMutableBytes { raw in
      guard let base = raw.baseAddress else { return }
      for (index, field) in stream.fields.enumerated() {
        let slot = layout.slots[index]
        var writer = LaneWriter(width: field.format.width, byteCount: slot.byteCount)
        for (transaction, count) in elements.enumerated() {
          let beats = starts[transaction]..<starts[transaction + 1]
          for beat in beats {
            let target = base + beat * stride + slot.offset
            let first = (beat - beats.lowerBound) * lanes
            let present = min(lanes, count - first)
            switch field.content {
            case .keep:
              writer.write(lanes: lanes, to: target) { $0 < present ? 1 : 0 }
            case .last:
              target.storeBytes(of: beat + 1 == beats.upperBound ? 1 : 0, as: UInt8.self)
            case .array:
              guard let array = carried[index] else { continue }
              array.withElements(transaction) { values in
                let last = values.count - 1
                let repeats = values.count == 1
                if present == lanes && !repeats {
                  writer.write(lanes: lanes, to: target) { values[first + $0] }
                } else {
                  writer.write(lanes: lanes, to: target) { lane in
                    if lane < present || !marks { return values[min(first + lane, last)] }
                    return fills ? Beats.junk(filler, beat: beat, lane: lane) : 0
                  }
                }
              }
            }
          }
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

  /// Elements in a transaction; 1 for a value that is repeated.
  func count(_ transaction: Int) -> Int {
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
  mutating func write(
    lanes: Int, to target: UnsafeMutableRawPointer, _ value: (Int) -> Int64
  ) {
    switch width {
    case 8:
      for lane in 0..<lanes {
        target.storeBytes(
          of: UInt8(truncatingIfNeeded: value(lane)), toByteOffset: lane, as: UInt8.self)
      }
    case 16:
      for lane in 0..<lanes {
        target.storeBytes(
          of: UInt16(truncatingIfNeeded: value(lane)), toByteOffset: 2 * lane, as: UInt16.self)
      }
    case 32:
      for lane in 0..<lanes {
        target.storeBytes(
          of: UInt32(truncatingIfNeeded: value(lane)), toByteOffset: 4 * lane, as: UInt32.self)
      }
    default:
      writeBits(lanes: lanes, to: target, value)
    }
  }

  @inline(__always)
  private func writeBits(
    lanes: Int, to target: UnsafeMutableRawPointer, _ value: (Int) -> Int64
  ) {
    var word: UInt64 = 0
    var filled = 0
    var offset = 0
    for lane in 0..<lanes {
      let bits = UInt64(bitPattern: value(lane)) & mask
      word |= bits << UInt64(filled)
      filled += width
      if filled >= 64 {
        store(word, 8, to: target, offset)
        offset += 8
        filled -= 64
        word = filled == 0 ? 0 : bits >> UInt64(width - filled)
      }
    }
    if filled > 0 { store(word, (filled + 7) / 8, to: target, offset) }
  }

  @inline(__always)
  private func store(
    _ word: UInt64, _ count: Int, to target: UnsafeMutableRawPointer, _ offset: Int
  ) {
    for byte in 0..<min(count, byteCount - offset) {
      target.storeBytes(
        of: UInt8(truncatingIfNeeded: word >> UInt64(8 * byte)), toByteOffset: offset + byte,
        as: UInt8.self)
    }
  }
}
