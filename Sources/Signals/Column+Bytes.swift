/// Packing what is held in 8 bits already.
extension Column {
  /// Packs an array of 8-bit integers in the order of its walk, eight lanes at once.
  func pack(
    _ bytes: [Int8], _ offsets: [Int], along itinerary: Itinerary, _ beyond: Padding
  ) {
    bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      for transaction in 0..<starts.count - 1 {
        let (source, first) = (base + offsets[transaction], starts[transaction])
        let isRepeated = offsets[transaction + 1] - offsets[transaction] == 1
        itinerary.tour(transaction) { beat in
          let target = self[first + beat.number]
          for lane in Swift.stride(from: 0, to: itinerary.lanes, by: 8) {
            let count = min(8, itinerary.lanes &- lane)
            var word: UInt64
            if isRepeated {
              word = UInt64(source.load(as: UInt8.self)) &* 0x0101_0101_0101_0101
            } else {
              word = beat.bytes(source, lane: lane, count: count)
            }
            if let present = beat.present {
              let mask = present.loadUnaligned(fromByteOffset: lane, as: UInt64.self)
              word &= mask
              if case .junk(let seed) = beyond, ~mask != 0 {
                let junk = Beats.junk(seed, beat: first &+ beat.number, lane: lane)
                word |= UInt64(bitPattern: junk) & ~mask
              }
            }
            Column.store(word, count: count, to: target + lane)
          }
        }
      }
    }
  }

  /// Stores the lowest bytes of a word.
  @inline(__always)
  private static func store(_ word: UInt64, count: Int, to target: UnsafeMutableRawPointer) {
    if count == 8 { return target.storeBytes(of: word, as: UInt64.self) }
    if count == 4 {
      return target.storeBytes(of: UInt32(truncatingIfNeeded: word), as: UInt32.self)
    }
    for byte in 0..<count {
      target.storeBytes(
        of: UInt8(truncatingIfNeeded: word &>> UInt64(8 &* byte)), toByteOffset: byte,
        as: UInt8.self)
    }
  }

  /// Packs an array of 8-bit integers, transaction by transaction, `lanes` elements a beat.
  func pack(
    _ bytes: [Int8], _ offsets: [Int], elements: [Int], lanes: Int, _ beyond: Padding
  ) {
    bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      for (transaction, count) in elements.enumerated() {
        var source = base + offsets[transaction]
        let own = offsets[transaction + 1] - offsets[transaction]
        let isRepeated = own == 1
        var left = count
        for beat in starts[transaction]..<starts[transaction + 1] {
          let target = self[beat]
          let present = min(lanes, left)
          if present < lanes && lanes & 7 == 0 && !isRepeated, case .junk(let seed) = beyond {
            Column.join(source, present, to: target, lanes: lanes, seed, beat: beat)
            continue
          }
          if isRepeated {
            let value = source.load(as: UInt8.self)
            target.initializeMemory(as: UInt8.self, repeating: value, count: present)
          } else {
            Column.copy(source, to: target, count: present)
            source += present
          }
          left &-= lanes
          if present < lanes {
            let last = base.load(fromByteOffset: offsets[transaction + 1] - 1, as: UInt8.self)
            fill(target, from: present, to: lanes, beyond, beat: beat, last: last)
          }
        }
      }
    }
  }

  /// Lanes of elements, and arbitrary ones behind them. Elements have eight readable bytes behind them.
  @inline(__always)
  private static func join(
    _ source: UnsafeRawPointer, _ present: Int, to target: UnsafeMutableRawPointer, lanes: Int,
    _ seed: UInt64, beat: Int
  ) {
    var lane = 0
    while lane &+ 8 <= present {
      target.storeBytes(
        of: source.loadUnaligned(fromByteOffset: lane, as: UInt64.self), toByteOffset: lane,
        as: UInt64.self)
      lane &+= 8
    }
    while lane < lanes {
      let bits = UInt64(max(0, present &- lane) &* 8)
      let junk = UInt64(bitPattern: Beats.junk(seed, beat: beat, lane: max(lane, present)))
      var word = junk &<< bits
      if bits > 0 {
        let elements = source.loadUnaligned(fromByteOffset: lane, as: UInt64.self)
        word |= elements & ((1 &<< bits) &- 1)
      }
      target.storeBytes(of: word, toByteOffset: lane, as: UInt64.self)
      lane &+= 8
    }
  }

  @inline(__always)
  private static func copy(
    _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int
  ) {
    var byte = 0
    while byte &+ 16 <= count {
      target.storeBytes(
        of: source.loadUnaligned(fromByteOffset: byte, as: SIMD2<UInt64>.self),
        toByteOffset: byte, as: SIMD2<UInt64>.self)
      byte &+= 16
    }
    while byte < count {
      target.storeBytes(
        of: source.load(fromByteOffset: byte, as: UInt8.self), toByteOffset: byte, as: UInt8.self)
      byte &+= 1
    }
  }

  /// Fills lanes of 8 bits that hold no element. The bytes are zero.
  private func fill(
    _ target: UnsafeMutableRawPointer, from first: Int, to end: Int, _ padding: Padding, beat: Int,
    last: UInt8
  ) {
    var word: UInt64 = 0
    switch padding {
    case .zero: return
    case .lastElement: word = UInt64(last) &* 0x0101_0101_0101_0101
    case .junk: break
    }
    for lane in first..<end {
      if case .junk(let seed) = padding, lane == first || lane & 7 == 0 {
        word = UInt64(bitPattern: Beats.junk(seed, beat: beat, lane: lane))
      }
      target.storeBytes(
        of: UInt8(truncatingIfNeeded: word), toByteOffset: lane, as: UInt8.self)
      word = word >> 8 | word << 56
    }
  }
}
