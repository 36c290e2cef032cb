/// Where each field of a stream lies in the bytes of a beat.
///
/// A beat is stored exactly as the ports of a Verilated model hold it (see ``Field/byteCount``), field
/// after field, so that driving and comparing a port is a copy or a comparison of memory.
public struct BeatLayout: Sendable, Hashable {
  public struct Slot: Sendable, Hashable {
    public var offset: Int
    public var byteCount: Int
    public var bits: Int
  }

  /// One slot a field, in the order of the stream's fields.
  public var slots: [Slot]
  /// Bytes of one beat, a multiple of 8.
  public var stride: Int

  public init(_ fields: [Field]) {
    slots = []
    var end = 0
    for field in fields {
      let alignment = min(8, field.byteCount)
      let offset = (end + alignment - 1) / alignment * alignment
      slots.append(Slot(offset: offset, byteCount: field.byteCount, bits: field.bits))
      end = offset + field.byteCount
    }
    stride = (end + 7) / 8 * 8
  }
}

/// The beats of one stream for a batch, packed and contiguous.
public struct Beats: Sendable, Hashable {
  public let stream: Stream
  public let layout: BeatLayout
  /// `count * layout.stride` bytes. Padding between slots is zero.
  public internal(set) var bytes: [UInt8]
  /// One more than there are transactions: transaction *i* is beats `starts[i]..<starts[i + 1]`.
  public internal(set) var starts: [Int]
  /// For each field with a walk, what it visits.
  var itineraries: [Itinerary?]

  public var count: Int { starts[starts.count - 1] }

  /// The transaction that a beat belongs to.
  public func transaction(ofBeat beat: Int) -> Int {
    var low = 0
    var high = starts.count - 1
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= beat { low = middle } else { high = middle }
    }
    return low
  }

  /// Place of the element that a lane carries, among those of its transaction; nil where there is none.
  ///
  /// - Parameter beat: counted from the beginning of the transaction.
  public func element(ofField field: Int, transaction: Int, beat: Int, lane: Int) -> Int? {
    guard let itinerary = itineraries[field] else {
      return beat * stream.fields[field].lanes + lane
    }
    return itinerary.place(transaction: transaction, beat: beat, lane: lane)
  }

  /// The lanes of one field in one beat, sign-extended where the field is signed.
  public func lanes(ofField field: Int, beat: Int) -> [Int64] {
    bytes.withUnsafeBytes { raw in
      Beats.lanes(
        stream.fields[field], slot: layout.slots[field],
        beat: UnsafeRawBufferPointer(rebasing: raw[(beat * layout.stride)...]))
    }
  }

  /// The lanes of a field in the bytes of one beat.
  public static func lanes(
    _ field: Field, slot: BeatLayout.Slot, beat: UnsafeRawBufferPointer
  ) -> [Int64] {
    let width = field.format.width
    return (0..<field.lanes).map { lane in
      var value: UInt64 = 0
      for bit in 0..<width {
        let position = lane * width + bit
        let byte = beat[slot.offset + position / 8]
        value |= UInt64(byte >> UInt8(position % 8) & 1) << UInt64(bit)
      }
      let unused = UInt64(64 - width)
      return field.format.isSigned
        ? Int64(bitPattern: value << unused) >> Int64(unused) : Int64(bitPattern: value)
    }
  }
}
