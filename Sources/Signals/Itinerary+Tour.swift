/// One beat of a walk: where the elements of its lanes are.
struct WalkBeat {
  /// Which beat of the transaction.
  let number: Int
  /// Place in storage of the first lane's element; that lane always holds one.
  let first: Int
  /// From there to the element of each lane; 0 for a lane that holds none.
  let distances: UnsafePointer<Int>
  /// A byte a lane, in whole eights: 255 where it holds an element, 0 where not. Nil if all lanes do.
  let present: UnsafeRawPointer?
  /// How many lanes lie side by side in storage, throughout.
  let run: Int

  /// The elements of up to eight lanes, the first one lowest; those of lanes that hold none are arbitrary.
  ///
  /// - Parameters:
  ///   - elements: of the transaction, 8 bits each, with at least 7 readable bytes behind the last.
  ///   - count: 8, or what is left of the lanes.
  @inline(__always)
  func bytes(_ elements: UnsafeRawPointer, lane: Int, count: Int) -> UInt64 {
    let source = elements + first
    if run & 7 == 0 {
      return source.loadUnaligned(fromByteOffset: distances[lane], as: UInt64.self)
    }
    if run & 3 == 0 {
      let low = source.loadUnaligned(fromByteOffset: distances[lane], as: UInt32.self)
      if count == 4 { return UInt64(low) }
      let high = source.loadUnaligned(fromByteOffset: distances[lane &+ 4], as: UInt32.self)
      return UInt64(low) | UInt64(high) &<< 32
    }
    var word: UInt64 = 0
    for byte in 0..<count {
      let element = source.load(fromByteOffset: distances[lane &+ byte], as: UInt8.self)
      word |= UInt64(element) &<< UInt64(8 &* byte)
    }
    return word
  }
}

extension Itinerary {
  /// It is a walk, not a schedule.
  var isWalk: Bool { schedule == nil }

  /// Visits every beat of a transaction in order.
  ///
  /// - Precondition: ``isWalk``.
  @inline(__always)
  func tour(_ transaction: Int, _ body: (WalkBeat) -> Void) {
    let beats = beats(of: transaction)
    guard beats > 0 else { return }
    let levels = loops.count
    let first = transaction * (rank + levels)
    let marks = (lanes + 7) / 8
    extents.withUnsafeBufferPointer { all in
      let extents = UnsafeBufferPointer(rebasing: all[first..<first + rank + levels])
      let size = 3 * rank + 2 * levels + 2 * lanes + marks
      withUnsafeTemporaryAllocation(of: Int.self, capacity: size) {
        guard let strides = $0.baseAddress else { return }
        let origin = strides + rank
        let rooms = origin + rank
        let starts = rooms + rank
        let ends = starts + levels
        let distances = ends + levels
        let partial = distances + lanes
        let present = UnsafeMutableRawPointer(partial + lanes)
        measure(extents, strides: strides, distances: distances)
        let run = run(distances)
        origin.initialize(repeating: 0, count: rank)
        rooms.initialize(repeating: -1, count: rank)
        (partial + lanes).initialize(repeating: 0, count: marks)
        for level in loops.indices { open(level, extents, starts, ends, origin) }
        for beat in 0..<beats {
          var start = 0
          var (isWhole, isKnown) = (true, true)
          for axis in 0..<rank {
            start &+= origin[axis] &* strides[axis]
            let room = min(extents[axis] &- origin[axis], reach[axis] &+ 1)
            isWhole = isWhole && room > reach[axis]
            isKnown = isKnown && room == rooms[axis]
          }
          if !isWhole && !isKnown {
            for axis in 0..<rank {
              rooms[axis] = min(extents[axis] &- origin[axis], reach[axis] &+ 1)
            }
            mark(rooms, distances, partial, present)
          }
          body(
            WalkBeat(
              number: beat, first: start, distances: isWhole ? distances : partial,
              present: isWhole ? nil : UnsafeRawPointer(present), run: run))
          advance(extents, starts, ends, origin)
        }
      }
    }
  }

  /// Says which lanes hold an element where there are so many of them along each axis.
  private func mark(
    _ rooms: UnsafePointer<Int>, _ distances: UnsafePointer<Int>,
    _ partial: UnsafeMutablePointer<Int>, _ present: UnsafeMutableRawPointer
  ) {
    offsets.withUnsafeBufferPointer { offsets in
      for lane in 0..<lanes {
        var isThere = true
        for axis in 0..<rank where offsets[lane &* rank &+ axis] >= rooms[axis] { isThere = false }
        partial[lane] = isThere ? distances[lane] : 0
        present.storeBytes(of: isThere ? .max : 0, toByteOffset: lane, as: UInt8.self)
      }
    }
  }
}
