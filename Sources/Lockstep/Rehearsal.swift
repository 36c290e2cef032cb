import Signals

/// How many beats of the first data stream cross before a reset in the middle of traffic.
enum Rehearsal {
  /// Anywhere in the chunk, hence as a rule in the middle of a transaction, but before its end.
  case drawn(CounterGenerator)
  case beats(Int)

  /// - Parameter available: beats of the chunk.
  func beats(of available: Int) -> Int {
    switch self {
    case .drawn(var generator):
      Int(generator.value(in: 1...Int64(max(1, available - 1))))
    case .beats(let count):
      min(max(count, 0), available)
    }
  }
}
