/// The order in which the elements of an array cross a stream, where it is not simply that of the array.
///
/// Nested loops, as in a loop nest of the hardware: those of ``beats`` step from beat to beat, those of
/// ``lanes`` from lane to lane inside one. The index of an element along an axis is the sum of what all
/// loops that name the axis contribute. The activations `a` [M, K] of a matrix product that computes tiles
/// of 8 × 4 results, 2 products deep, cross as
///
///     Walk(beats: [Loop("M", 8), Loop("N", 4), Loop("K", 2)], lanes: [Loop("M", 8), Loop("K", 2)])
///
/// - Edge cases: a loop over an axis that the array does not have repeats the array. A lane whose index
///   lies outside the array holds no element: arbitrary on an input, 0 on an output.
public struct Walk: Sendable, Hashable, Codable {
  /// One loop of the nest.
  public struct Loop: Sendable, Hashable, Codable {
    /// The axis along which it steps.
    public var axis: String
    /// Among ``Walk/beats``: elements of one step; the loop ends when it has covered the axis, or the step
    /// of the next outer loop over the same axis. Among ``Walk/lanes``: number of steps, of one element.
    public var size: Int

    public init(_ axis: String, _ size: Int) {
      precondition(size >= 1, "a loop over \(axis) has no steps")
      self.axis = axis
      self.size = size
    }
  }

  /// From beat to beat, outermost first.
  public var beats: [Loop]
  /// From lane to lane, outermost first; the product of the sizes is the number of lanes.
  public var lanes: [Loop]

  /// - Precondition: where an axis is tiled more than once, outer tiles are whole numbers of inner ones.
  public init(beats: [Loop], lanes: [Loop]) {
    for (index, loop) in beats.enumerated() {
      let outer = beats[..<index].last { $0.axis == loop.axis }
      precondition(
        (outer?.size ?? 0) % loop.size == 0, "tiles of \(loop.axis) do not divide the outer ones")
    }
    self.beats = beats
    self.lanes = lanes
  }

  /// Lanes of a field with this walk.
  public var laneCount: Int { lanes.reduce(1) { $0 * $1.size } }
}

/// A walk over one array in every transaction of a batch, or a schedule of its elements: what it visits.
struct Itinerary: Sendable, Hashable {
  let lanes: Int
  /// Axes of the array.
  let rank: Int
  /// Where each lane lies from the first, `rank` offsets a lane.
  let offsets: [Int]
  /// The largest offset along each axis.
  let reach: [Int]
  let loops: [Step]
  /// For each transaction, the extents of the array's axes, then those of the loops' axes.
  let extents: [Int]
  /// In place of all that.
  let schedule: Schedule?

  /// A loop from beat to beat.
  struct Step: Sendable, Hashable {
    var size: Int
    /// Position of the axis among those of the array.
    var axis: Int?
    /// The next outer loop over the same axis.
    var outer: Int?
  }

  /// - Parameters:
  ///   - axes: of the array, as it is stored.
  ///   - extents: of any axis that the walk or the array names.
  init(_ walk: Walk, axes: [String], extents: AxisExtents, transactions: Int) {
    let rank = axes.count
    let lanes = walk.laneCount
    var offsets = [Int](repeating: 0, count: lanes * rank)
    var reach = [Int](repeating: 0, count: rank)
    var inner = lanes
    for loop in walk.lanes {
      inner /= loop.size
      guard let axis = axes.firstIndex(of: loop.axis) else { continue }
      for lane in 0..<lanes { offsets[lane * rank + axis] += lane / inner % loop.size }
      reach[axis] += loop.size - 1
    }
    loops = walk.beats.enumerated().map { index, loop in
      Step(
        size: loop.size, axis: axes.firstIndex(of: loop.axis),
        outer: walk.beats[..<index].lastIndex { $0.axis == loop.axis })
    }
    let named = (axes + walk.beats.map(\.axis)).map { extents.place(of: $0) }
    self.extents = [Int](unsafeUninitializedCapacity: transactions * named.count) { list, count in
      count = transactions * named.count
      guard let first = list.baseAddress else { return }
      for (index, place) in named.enumerated() {
        place.write(to: first + index, step: named.count, transactions: transactions)
      }
    }
    (self.lanes, self.rank, self.offsets, self.reach) = (lanes, rank, offsets, reach)
    schedule = nil
  }

  init(_ schedule: Schedule) {
    lanes = schedule.lanes
    (rank, offsets, reach, loops, extents) = (0, [], [], [], [])
    self.schedule = schedule
  }

  /// Visits every beat of a transaction in order, with the place in storage of each lane's element, or
  /// -1, whether every lane holds one, and how many lanes lie side by side.
  @inline(__always)
  func visit(
    _ transaction: Int,
    _ body: (
      _ beat: Int, _ places: UnsafeMutablePointer<Int>, _ isWhole: Bool, _ run: Int
    ) -> Void
  ) {
    if let schedule { return schedule.visit(transaction, body) }
    let beats = beats(of: transaction)
    guard beats > 0 else { return }
    let first = transaction * (rank + loops.count)
    extents.withUnsafeBufferPointer { all in
      let extents = UnsafeBufferPointer(rebasing: all[first..<first + rank + loops.count])
      withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * (lanes + rank + loops.count)) {
        guard let scratch = $0.baseAddress else { return }
        let strides = scratch
        let origin = strides + rank
        let starts = origin + rank
        let ends = starts + loops.count
        let distances = ends + loops.count
        let places = distances + lanes
        measure(extents, strides: strides, distances: distances)
        let run = run(distances)
        origin.initialize(repeating: 0, count: rank)
        for level in loops.indices { open(level, extents, starts, ends, origin) }
        for beat in 0..<beats {
          let isWhole = place(origin, extents, strides, distances, in: places)
          body(beat, places, isWhole, run)
          advance(extents, starts, ends, origin)
        }
      }
    }
  }

  /// Place in storage of the element that a lane holds; nil where it holds none.
  func place(transaction: Int, beat: Int, lane: Int) -> Int? {
    var found = -1
    visit(transaction) { number, places, _, _ in if number == beat { found = places[lane] } }
    return found < 0 ? nil : found
  }

  /// Sets the distance in storage between neighbours along each axis, and of each lane from the first.
  func measure(
    _ extents: UnsafeBufferPointer<Int>, strides: UnsafeMutablePointer<Int>,
    distances: UnsafeMutablePointer<Int>
  ) {
    var size = 1
    for axis in (0..<rank).reversed() {
      strides[axis] = size
      size *= extents[axis]
    }
    for lane in 0..<lanes {
      var distance = 0
      for axis in 0..<rank { distance += offsets[lane * rank + axis] * strides[axis] }
      distances[lane] = distance
    }
  }

  /// The number of lanes that lie side by side in storage, throughout; 1 if there is none.
  func run(_ distances: UnsafePointer<Int>) -> Int {
    var run = 1
    while run < lanes && distances[run] == distances[run - 1] + 1 { run += 1 }
    guard lanes % run == 0 else { return 1 }
    for lane in 1..<lanes where lane % run != 0 && distances[lane] != distances[lane - 1] + 1 {
      return 1
    }
    return run
  }

  /// Sets the place of each lane of the beat that begins at `origin`.
  ///
  /// - Returns: whether every lane holds an element.
  @inline(__always)
  private func place(
    _ origin: UnsafeMutablePointer<Int>, _ extents: UnsafeBufferPointer<Int>,
    _ strides: UnsafeMutablePointer<Int>, _ distances: UnsafeMutablePointer<Int>,
    in places: UnsafeMutablePointer<Int>
  ) -> Bool {
    var first = 0
    var isWhole = true
    for axis in 0..<rank {
      first += origin[axis] * strides[axis]
      isWhole = isWhole && origin[axis] + reach[axis] < extents[axis]
    }
    for lane in 0..<lanes { places[lane] = first &+ distances[lane] }
    guard !isWhole else { return true }
    offsets.withUnsafeBufferPointer { offsets in
      for axis in 0..<rank where origin[axis] + reach[axis] >= extents[axis] {
        let room = extents[axis] - origin[axis]
        var offset = axis
        for lane in 0..<lanes {
          if offsets[offset] >= room { places[lane] = -1 }
          offset &+= rank
        }
      }
    }
    return false
  }

  /// Begins a loop where the outer one over its axis stands.
  func open(
    _ level: Int, _ extents: UnsafeBufferPointer<Int>, _ starts: UnsafeMutablePointer<Int>,
    _ ends: UnsafeMutablePointer<Int>, _ origin: UnsafeMutablePointer<Int>
  ) {
    let loop = loops[level]
    starts[level] = loop.outer.map { starts[$0] } ?? 0
    ends[level] = extents[rank + level]
    if let outer = loop.outer {
      ends[level] = min(ends[level], starts[level] + loops[outer].size)
    }
    if let axis = loop.axis { origin[axis] = starts[level] }
  }

  /// Steps from a beat to the next, if there is one.
  func advance(
    _ extents: UnsafeBufferPointer<Int>, _ starts: UnsafeMutablePointer<Int>,
    _ ends: UnsafeMutablePointer<Int>, _ origin: UnsafeMutablePointer<Int>
  ) {
    var level = loops.count - 1
    while level >= 0 {
      starts[level] += loops[level].size
      if starts[level] < ends[level] { break }
      level -= 1
    }
    guard level >= 0 else { return }
    if let axis = loops[level].axis { origin[axis] = starts[level] }
    for inner in level + 1..<loops.count { open(inner, extents, starts, ends, origin) }
  }

  /// Number of beats of a transaction. Where an axis is tiled twice, its innermost loop alone says how many
  /// steps there are: outer tiles are whole numbers of inner ones.
  func beats(of transaction: Int) -> Int {
    if let schedule { return schedule.beats(of: transaction) }
    var total = 1
    for (level, loop) in loops.enumerated() where !loops.contains(where: { $0.outer == level }) {
      let extent = extents[transaction * (rank + loops.count) + rank + level]
      total *= (extent + loop.size - 1) / loop.size
    }
    return total
  }
}
