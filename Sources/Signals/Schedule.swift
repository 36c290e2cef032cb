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

  /// Ends a transaction; the beats that follow belong to the next.
  public mutating func endTransaction() { starts.append(listed.count / lanes) }

  /// Whether every lane of every beat holds an element.
  var isWhole: Bool { listed.withUnsafeBufferPointer { $0.reduce(0, |) >= 0 } }

  /// Beats of a transaction.
  func beats(of transaction: Int) -> Int { starts[transaction + 1] - starts[transaction] }

  /// Visits every beat of a transaction in order, as ``Itinerary/visit(_:_:)`` does.
  func visit(
    _ transaction: Int,
    _ body: (
      _ beat: Int, _ places: UnsafeMutablePointer<Int>, _ isWhole: Bool, _ run: Int
    ) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: lanes) { row in
      guard let row = row.baseAddress else { return }
      listed.withUnsafeBufferPointer { places in
        let first = starts[transaction]
        for beat in first..<starts[transaction + 1] {
          var isWhole = true
          for lane in 0..<lanes {
            row[lane] = Int(places[beat * lanes + lane])
            isWhole = isWhole && row[lane] >= 0
          }
          body(beat - first, row, isWhole, 1)
        }
      }
    }
  }
}
