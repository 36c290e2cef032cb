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

/// A walk over one array of known extents: what it visits in one transaction.
struct Itinerary: Sendable, Hashable {
  /// Extents of the array's axes.
  private let extents: [Int]
  /// Distance in storage between neighbours along each axis.
  private let strides: [Int]
  /// Where each lane lies from the first, `extents.count` offsets a lane.
  private let offsets: [Int]
  /// The same as a distance in storage.
  private let distances: [Int]
  /// The largest offset along each axis.
  private let reach: [Int]
  private let loops: [Step]
  let lanes: Int
  let beats: Int

  /// A loop from beat to beat.
  private struct Step: Sendable, Hashable {
    var size: Int
    var extent: Int
    /// Position of the axis among those of the array.
    var axis: Int?
    /// The next outer loop over the same axis.
    var outer: Int?
  }

  /// - Parameters:
  ///   - axes: of the array, as it is stored.
  ///   - extent: of any axis that the walk or the array names.
  init(_ walk: Walk, axes: [String], extent: (String) -> Int) {
    let rank = axes.count
    let extents = axes.map(extent)
    var strides = [Int](repeating: 1, count: rank)
    for axis in strides.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * extents[axis + 1]
    }
    let lanes = walk.laneCount
    var offsets = [Int](repeating: 0, count: lanes * rank)
    var distances = [Int](repeating: 0, count: lanes)
    var reach = [Int](repeating: 0, count: rank)
    var inner = lanes
    for loop in walk.lanes {
      inner /= loop.size
      guard let axis = axes.firstIndex(of: loop.axis) else { continue }
      for lane in 0..<lanes {
        let step = lane / inner % loop.size
        offsets[lane * rank + axis] += step
        distances[lane] += step * strides[axis]
      }
      reach[axis] += loop.size - 1
    }
    loops = walk.beats.enumerated().map { index, loop in
      Step(
        size: loop.size, extent: extent(loop.axis), axis: axes.firstIndex(of: loop.axis),
        outer: walk.beats[..<index].lastIndex { $0.axis == loop.axis })
    }
    (self.extents, self.strides, self.lanes) = (extents, strides, lanes)
    (self.offsets, self.distances, self.reach) = (offsets, distances, reach)
    beats = Itinerary.count(loops)
  }

  /// Whether the lane holds an element in a beat that begins at `origin`.
  @inline(__always)
  private func holds(_ lane: Int, _ origin: [Int]) -> Bool {
    for axis in extents.indices
    where origin[axis] + offsets[lane * extents.count + axis] >= extents[axis] {
      return false
    }
    return true
  }

  /// Visits every beat in order, with the place in storage of each lane's element, or -1.
  func visit(_ body: (_ beat: Int, _ places: UnsafeBufferPointer<Int>) -> Void) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: lanes) { places in
      var beat = 0
      walk { origin in
        let first = zip(origin, strides).reduce(0) { $0 + $1.0 * $1.1 }
        let isWhole = extents.indices.allSatisfy { origin[$0] + reach[$0] < extents[$0] }
        for lane in 0..<lanes {
          places[lane] = isWhole || holds(lane, origin) ? first + distances[lane] : -1
        }
        body(beat, UnsafeBufferPointer(places))
        beat += 1
      }
    }
  }

  /// Place in storage of the element that a lane holds; nil where it holds none.
  func place(beat: Int, lane: Int) -> Int? {
    var found = -1
    visit { if $0 == beat { found = $1[lane] } }
    return found < 0 ? nil : found
  }

  /// Runs the loops; `origin` is the index of lane 0 along each axis of the array.
  private func walk(_ body: (_ origin: [Int]) -> Void) {
    var origin = [Int](repeating: 0, count: extents.count)
    // First index and number of elements that each loop's present step covers.
    var starts = [Int](repeating: 0, count: loops.count)
    func descend(_ level: Int) {
      guard level < loops.count else { return body(origin) }
      let loop = loops[level]
      let begin = loop.outer.map { starts[$0] } ?? 0
      let end = loop.outer.map { min(loop.extent, begin + loops[$0].size) } ?? loop.extent
      for start in stride(from: begin, to: end, by: loop.size) {
        starts[level] = start
        if let axis = loop.axis { origin[axis] = start }
        descend(level + 1)
      }
    }
    descend(0)
  }

  /// Number of beats. An axis that is tiled twice has as many inner steps as its outer tiles have in sum.
  private static func count(_ loops: [Step]) -> Int {
    var total = 1
    for (level, loop) in loops.enumerated() where !loops.contains(where: { $0.outer == level }) {
      // Innermost over its axis: steps of the whole chain of loops.
      var sizes = [loop.size]
      var outer = loop.outer
      while let level = outer {
        sizes.append(loops[level].size)
        outer = loops[level].outer
      }
      total *= steps(loop.extent, sizes[...])
    }
    return total
  }

  /// Innermost steps that cover `extent`; `sizes` innermost first.
  private static func steps(_ extent: Int, _ sizes: ArraySlice<Int>) -> Int {
    guard let size = sizes.last else { return extent > 0 ? 1 : 0 }
    let (whole, rest) = extent.quotientAndRemainder(dividingBy: size)
    let inner = sizes.dropLast()
    return whole * (inner.isEmpty ? 1 : steps(size, inner))
      + (rest == 0 ? 0 : inner.isEmpty ? 1 : steps(rest, inner))
  }
}
