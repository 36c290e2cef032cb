/// Packing what comes in the order of a schedule.
extension Column {
  /// Packs an array whose elements come in the order of a schedule.
  func pack(
    _ array: CarriedArray, _ schedule: Schedule, _ writer: LaneWriter, _ beyond: Padding
  ) {
    let lanes = schedule.lanes
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: lanes) { row in
      guard let row = row.baseAddress else { return }
      array.withElements { content in
        for transaction in 0..<starts.count - 1 {
          let first = starts[transaction]
          let elements = content(transaction)
          guard let values = elements.baseAddress, elements.count > 0 else { continue }
          // One value for all.
          let last = Int32(truncatingIfNeeded: elements.count == 1 ? 0 : Int(Int32.max))
          schedule.forEach(transaction) { beat, places in
            var all: Int32 = 0
            for lane in 0..<lanes {
              let place = min(places[lane], last)
              let absent = place >> 31
              all |= absent
              row[lane] = values[Int(place & ~absent)] & ~Int64(absent)
            }
            if all != 0 { Column.fill(row, lanes, absentFrom: places, beyond, beat: first + beat) }
            writer.write(row, lanes: lanes, to: self[first + beat])
          }
        }
      }
    }
  }

  /// Fills the lanes that have no place and hold zeros.
  private static func fill(
    _ row: UnsafeMutablePointer<Int64>, _ lanes: Int, absentFrom places: UnsafePointer<Int32>,
    _ padding: Padding, beat: Int
  ) {
    guard case .junk = padding else { return }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: lanes) { present in
      guard let present = present.baseAddress else { return }
      for lane in 0..<lanes { present[lane] = places[lane] < 0 ? 0 : .max }
      padding.fill(row, lanes: lanes, but: UnsafeRawPointer(present), beat: beat)
    }
  }

  /// Sets the bit of each lane that holds an element on a walk or a schedule, of bytes that are zero.
  func mark(along itinerary: Itinerary) {
    for transaction in 0..<starts.count - 1 {
      let first = starts[transaction]
      if let schedule = itinerary.schedule {
        schedule.forEach(transaction) { beat, places in
          mark(at: self[first + beat], lanes: itinerary.lanes) { places[$0] >= 0 }
        }
      } else {
        itinerary.visit(transaction) { beat, places, _, _ in
          mark(at: self[first + beat], lanes: itinerary.lanes) { places[$0] >= 0 }
        }
      }
    }
  }

  /// Sets a bit for each lane of one beat, byte by byte.
  @inline(__always)
  private func mark(
    at target: UnsafeMutableRawPointer, lanes: Int, _ isPresent: (_ lane: Int) -> Bool
  ) {
    for first in Swift.stride(from: 0, to: lanes, by: 8) {
      var byte: UInt8 = 0
      for lane in first..<min(first &+ 8, lanes) {
        byte |= (isPresent(lane) ? 1 : 0) &<< UInt8(truncatingIfNeeded: lane &- first)
      }
      target.storeBytes(of: byte, toByteOffset: first / 8, as: UInt8.self)
    }
  }
}
