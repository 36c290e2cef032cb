/// Which bits of beats hold an element or a mark, where not all of them do.
public struct SignificantBits: Sendable, Hashable {
  /// Masks, one after the other, each laid out like a beat: ones for every bit that counts.
  public private(set) var masks: [UInt8] = []
  /// For each beat, where in ``masks`` its own begins; ``whole`` for one of which every bit counts.
  public private(set) var starts: [Int32]

  /// What stands for a beat of which every bit counts.
  public static let whole: Int32 = -1

  init(beats: Int) { starts = Array(repeating: SignificantBits.whole, count: beats) }

  /// The mask of a beat: `beat`, of all ones, unless it has one already.
  /// - Returns: where it begins.
  mutating func open(_ number: Int, like beat: [UInt8]) -> Int {
    if starts[number] == SignificantBits.whole {
      starts[number] = Int32(masks.count)
      masks += beat
    }
    return Int(starts[number])
  }

  /// Gives a beat the mask of another.
  mutating func share(_ number: Int, with other: Int) { starts[number] = starts[other] }

  mutating func write(
    _ row: [Int64], _ writer: LaneWriter, lanes: Int, at offset: Int
  ) {
    masks.withUnsafeMutableBytes { raw in
      guard let base = raw.baseAddress else { return }
      writer.write(row, lanes: lanes, to: base + offset)
    }
  }

  /// Whether no beat has a mask.
  var isEmpty: Bool { masks.isEmpty }
}

extension Beats {
  /// Ones for every bit that an element or a mark holds, and zeros for lanes that hold no element: those of a
  /// walk or a schedule, and those beyond the end of a transaction. Nil where every lane holds one.
  ///
  /// - Parameter elements: for an array without walk or schedule, the elements in each transaction; without
  ///   it, all its lanes count.
  public func significantBits(elements: [Int]? = nil) -> SignificantBits? {
    var result = SignificantBits(beats: count)
    let ones = onesEverywhere()
    // Two fields seldom lack the same lanes.
    let shares = itineraries.count { $0 != nil } <= 1
    for (index, field) in stream.fields.enumerated() {
      guard case .array = field.content else { continue }
      let slot = layout.slots[index]
      var column = MaskColumn(
        field: field, offset: slot.offset,
        writer: LaneWriter(width: field.format.width, byteCount: slot.byteCount), ones: ones,
        shares: shares)
      if let itinerary = itineraries[index] {
        if let schedule = itinerary.schedule, schedule.isWhole { continue }
        mark(itinerary, &column, &result)
      } else if let elements {
        mark(elements, lanes: field.lanes, &column, &result)
      }
    }
    return result.isEmpty ? nil : result
  }

  private func mark(
    _ itinerary: Itinerary, _ column: inout MaskColumn, _ result: inout SignificantBits
  ) {
    for transaction in 0..<starts.count - 1 {
      let first = starts[transaction]
      if let schedule = itinerary.schedule {
        schedule.forEach(transaction) { beat, places in
          column.mark(first + beat, &result) { Int64(places[$0] >> 31) ^ -1 }
        }
      } else {
        itinerary.tour(transaction) { beat in
          guard let present = beat.present else { return }
          column.mark(first + beat.number, &result) { lane in
            Int64(present.load(fromByteOffset: lane, as: Int8.self))
          }
        }
      }
    }
  }

  private func mark(
    _ elements: [Int], lanes: Int, _ column: inout MaskColumn, _ result: inout SignificantBits
  ) {
    for transaction in 0..<min(starts.count - 1, elements.count) {
      let beats = starts[transaction]..<starts[transaction + 1]
      let present = elements[transaction] - (beats.count - 1) * lanes
      guard let last = beats.last, present < lanes else { continue }
      column.mark(last, &result) { $0 < present ? -1 : 0 }
    }
  }

  /// Ones for every bit of a beat that crosses pins.
  private func onesEverywhere() -> [UInt8] {
    var beat = [UInt8](repeating: 0, count: layout.stride)
    beat.withUnsafeMutableBytes { raw in
      guard let base = raw.baseAddress else { return }
      for (field, slot) in zip(stream.fields, layout.slots) {
        LaneWriter(width: field.format.width, byteCount: slot.byteCount).write(
          [Int64](repeating: -1, count: field.lanes), lanes: field.lanes, to: base + slot.offset)
      }
    }
    return beat
  }
}

/// One field on its way into masks.
private struct MaskColumn {
  private let offset: Int
  private let writer: LaneWriter
  private let ones: [UInt8]
  private let shares: Bool
  /// For each lane of the last beat that has a mask, ones or zeros, and the number of that beat.
  private var row: [Int64]
  private var last: Int?

  init(field: Field, offset: Int, writer: LaneWriter, ones: [UInt8], shares: Bool) {
    (self.offset, self.writer, self.ones, self.shares) = (offset, writer, ones, shares)
    row = Array(repeating: -1, count: field.lanes)
  }

  /// - Parameter present: ones for a lane that holds an element, zeros for one that does not.
  @inline(__always)
  mutating func mark(
    _ beat: Int, _ result: inout SignificantBits, _ present: (_ lane: Int) -> Int64
  ) {
    var (all, change): (Int64, Int64) = (-1, 0)
    row.withUnsafeMutableBufferPointer { row in
      for lane in 0..<row.count {
        let bits = present(lane)
        all &= bits
        change |= bits ^ row[lane]
      }
      guard all == 0, change != 0 else { return }
      for lane in 0..<row.count { row[lane] = present(lane) }
    }
    if all != 0 { return }
    if shares, change == 0, let last {
      result.share(beat, with: last)
    } else {
      let start = result.open(beat, like: ones)
      result.write(row, writer, lanes: row.count, at: start + offset)
    }
    last = beat
  }
}
