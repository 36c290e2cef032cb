/// How many transactions of a stream have crossed.
final class StreamProgress {
  /// First beats of the transactions of a chunk and one more, and the number of the first
  /// transaction.
  typealias Bounds = (_ chunk: Int) -> (starts: [Int], first: Int)

  private let channel: UnsafeMutablePointer<Channel>
  private let bounds: Bounds
  private var chunk = -1
  private var starts: [Int] = [0]
  private var first = 0
  /// Transactions of the chunk that have crossed as a whole.
  private var crossed = 0

  init(_ channel: UnsafeMutablePointer<Channel>, bounds: @escaping Bounds) {
    (self.channel, self.bounds) = (channel, bounds)
  }

  func restart() { (chunk, starts, first, crossed) = (-1, [0], 0, 0) }

  /// Transactions of which every beat has crossed, from the beginning of the workload.
  var completed: Int {
    update()
    return first + crossed
  }

  /// That of the next beat.
  var transaction: Int { completed }

  private func update() {
    if channel.pointee.chunk != chunk || starts.count == 1 {
      chunk = channel.pointee.chunk
      (starts, first) = bounds(chunk)
      crossed = 0
    }
    let position = (starts.last ?? 0) - channel.pointee.left
    while crossed + 1 < starts.count, starts[crossed + 1] <= position { crossed += 1 }
  }
}

/// A stream that another one waits for.
struct Precedent {
  let progress: StreamProgress
  /// The whole of the same transaction, of an input; otherwise the whole of the one before.
  let isSame: Bool
}
