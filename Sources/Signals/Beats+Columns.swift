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
struct LaneWriter {
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
