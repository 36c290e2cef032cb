extension Beats {
  /// Packs the arrays of a batch into the beats of a stream.
  ///
  /// - Parameters:
  ///   - stream: one of the interface's streams.
  ///   - batch: holds every array that the stream's fields carry.
  ///   - interface: names the axes, for an array of one value that stands for a longer one.
  ///   - filler: seeds the arbitrary content of lanes that hold no element.
  ///   - schedule: the order of the elements of every array, where neither arrays nor walks say it.
  /// - Throws: ``SignalError`` for an array that the batch does not hold and for arrays of one stream
  ///   whose lengths differ.
  public init(
    _ stream: Stream, batch: Batch, interface: Interface, filler: UInt64,
    schedule: Schedule? = nil
  ) throws(SignalError) {
    try self.init(
      stream, batch: batch, interface: interface,
      extents: AxisExtents(batch, interface: interface), filler: filler, schedule: schedule)
  }

  /// The same with the extents of the batch's axes, which all streams share.
  init(
    _ stream: Stream, batch: Batch, interface: Interface, extents: AxisExtents, filler: UInt64,
    schedule: Schedule? = nil
  ) throws(SignalError) {
    let transactions = stream.phase == .configuration ? 1 : batch.count
    var carried: [CarriedArray?] = []
    var itineraries: [Itinerary?] = []
    for field in stream.fields {
      guard case .array(let name) = field.content else {
        carried.append(nil)
        itineraries.append(nil)
        continue
      }
      carried.append(try CarriedArray(name, batch: batch, interface: interface))
      let walk = field.walk.map {
        Itinerary($0, axes: extents.axes(of: name), extents: extents, transactions: transactions)
      }
      itineraries.append(schedule.map { Itinerary($0) } ?? walk)
    }
    let lanes = stream.dataLanes
    // Fields with fewer lanes have as many elements as there are beats for them, or one for all.
    let leading = zip(carried, stream.fields).map { $1.lanes == lanes || $1.walk != nil ? $0 : nil }
    let elements = try Beats.elements(leading, itineraries, lanes: lanes, transactions)
    for case (let array?, let field) in zip(carried, stream.fields) where field.lanes != lanes {
      let own = elements.map { ($0 + lanes - 1) / lanes * field.lanes }
      guard field.walk != nil || array.fits(own) else { throw .unequalLengths(array: array.name) }
    }
    let starts = [Int](unsafeUninitializedCapacity: transactions + 1) { starts, initialized in
      starts[0] = 0
      for index in 0..<transactions {
        starts[index + 1] = starts[index] + (elements[index] + lanes - 1) / lanes
      }
      initialized = transactions + 1
    }
    self.init(
      stream: stream, layout: BeatLayout(stream.fields), bytes: [], starts: starts,
      itineraries: itineraries)
    bytes = [UInt8](repeating: 0, count: count * layout.stride)
    pack(carried, elements: elements, lanes: lanes, extents, filler: filler)
  }

  /// Elements in each transaction, absent ones of a walk included: as many as its beats have room for.
  private static func elements(
    _ carried: [CarriedArray?], _ itineraries: [Itinerary?], lanes: Int, _ transactions: Int
  ) throws(SignalError) -> [Int] {
    // A stream without arrays has one beat for each transaction.
    let isBare = carried.allSatisfy { $0 == nil }
    var elements = [Int](repeating: isBare ? 1 : 0, count: transactions)
    var leader: Itinerary?
    for case (let array?, let itinerary?) in zip(carried, itineraries) {
      if let leader {
        for transaction in 0..<transactions
        where leader.beats(of: transaction) != itinerary.beats(of: transaction) {
          throw .unequalLengths(array: array.name)
        }
      } else {
        leader = itinerary
        for transaction in 0..<transactions {
          elements[transaction] = itinerary.beats(of: transaction) * lanes
        }
      }
    }
    let plain = zip(carried, itineraries).compactMap { $1 == nil ? $0 : nil }
    if leader == nil {
      for array in plain { array.extend(&elements) }
    }
    for array in plain where !array.fits(elements) { throw .unequalLengths(array: array.name) }
    return elements
  }

  private mutating func pack(
    _ carried: [CarriedArray?], elements: [Int], lanes: Int, _ extents: AxisExtents, filler: UInt64
  ) {
    let (starts, layout, stream, itineraries) = (starts, layout, stream, itineraries)
    let absent: Padding = stream.direction == .input ? .junk(filler) : .zero
    // The walk, if there is one, of the lanes that `keep` marks.
    let kept = zip(stream.fields, itineraries).first { $0.lanes == lanes && $1 != nil }?.1
    bytes.withUnsafeMutableBytes { raw in
      guard let base = raw.baseAddress else { return }
      for (index, field) in stream.fields.enumerated() {
        let slot = layout.slots[index]
        let column = Column(base: base + slot.offset, stride: layout.stride, starts: starts)
        let writer = LaneWriter(width: field.format.width, byteCount: slot.byteCount)
        switch field.content {
        case .keep:
          if let kept { column.mark(along: kept) } else { column.mark(elements, lanes: lanes) }
        case .last:
          for (start, end) in zip(starts, starts.dropFirst()) where start < end {
            column[end - 1].storeBytes(of: 1, as: UInt8.self)
          }
        case .extent(let axis):
          let place = extents.place(of: axis)
          for transaction in 0..<starts.count - 1 {
            let extent = Int64(place[transaction])
            for beat in starts[transaction]..<starts[transaction + 1] {
              withUnsafePointer(to: extent) { writer.write($0, lanes: 1, to: column[beat]) }
            }
          }
        case .array:
          guard let array = carried[index] else { continue }
          if let itinerary = itineraries[index] {
            column.pack(array, along: itinerary, writer: writer, beyond: absent)
          } else {
            let own =
              field.lanes == lanes
              ? elements : elements.map { ($0 + lanes - 1) / lanes * field.lanes }
            column.pack(
              array, elements: own, lanes: field.lanes, writer: writer,
              beyond: stream.marksLanes
                ? absent : stream.fillsWithZeros == true ? .zero : .lastElement)
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
