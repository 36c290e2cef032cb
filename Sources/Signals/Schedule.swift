/// Where the elements of an array come, beat by beat, when the data decide what comes at all: a walk that
/// leaves out what a mask hides is none.
///
/// Beats of `lanes` places each, transaction after transaction. A place is the index of an element among
/// those of its transaction, in C order; a lane that holds none has ``absent``.
public struct Schedule: Sendable, Hashable {
  /// What stands for no element.
  public static let absent: Int32 = -1

  public let lanes: Int
  /// One more than there are transactions: transaction *i* has beats `starts[i]..<starts[i + 1]`.
  public private(set) var starts = [0]
  @usableFromInline var listed: [Int32] = []

  /// `lanes` places a beat.
  public var places: [Int32] { listed }

  /// - Parameter lanes: 1 or more.
  public init(lanes: Int) {
    precondition(lanes >= 1, "a schedule has lanes")
    self.lanes = lanes
  }

  /// Adds a beat to the transaction that is being listed.
  ///
  /// - Parameter place: index of the element in a lane; nil where it holds none. Called lane after lane.
  @inlinable
  public mutating func append(_ place: (_ lane: Int) -> Int?) {
    for lane in 0..<lanes { listed.append(place(lane).map { Int32($0) } ?? Schedule.absent) }
  }

  /// Adds a beat to the transaction that is being listed.
  ///
  /// - Parameter fill: writes the place of every lane that holds an element; the others are ``absent``
  ///   already.
  @inlinable
  public mutating func appendBeat(_ fill: (_ places: UnsafeMutablePointer<Int32>) -> Void) {
    let first = listed.count
    listed.append(contentsOf: repeatElement(Schedule.absent, count: lanes))
    listed.withUnsafeMutableBufferPointer { places in
      guard let base = places.baseAddress else { return }
      fill(base + first)
    }
  }

  /// Ends a transaction; the beats that follow belong to the next.
  public mutating func endTransaction() { starts.append(listed.count / lanes) }

  /// Whether every lane of every beat holds an element.
  var isWhole: Bool { listed.withUnsafeBufferPointer { $0.reduce(0, |) >= 0 } }

  /// Beats of a transaction.
  func beats(of transaction: Int) -> Int { starts[transaction + 1] - starts[transaction] }

  /// Calls `body` with the places of every beat of a transaction, in order.
  @inline(__always)
  func forEach(
    _ transaction: Int, _ body: (_ beat: Int, _ places: UnsafePointer<Int32>) -> Void
  ) {
    listed.withUnsafeBufferPointer { listed in
      guard let base = listed.baseAddress else { return }
      let first = starts[transaction]
      for beat in first..<starts[transaction + 1] { body(beat &- first, base + beat &* lanes) }
    }
  }

  /// Visits every beat of a transaction in order, as ``Itinerary/visit(_:_:)`` does.
  func visit(
    _ transaction: Int,
    _ body: (
      _ beat: Int, _ places: UnsafeMutablePointer<Int>, _ isWhole: Bool, _ run: Int
    ) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: lanes) { row in
      guard let row = row.baseAddress else { return }
      forEach(transaction) { beat, places in
        var all: Int32 = 0
        for lane in 0..<lanes {
          all |= places[lane]
          row[lane] = Int(places[lane])
        }
        body(beat, row, all >= 0, 1)
      }
    }
  }
}
