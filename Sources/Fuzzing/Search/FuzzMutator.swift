import Signals

/// Makes inputs: new ones, and changed or joined ones of a corpus.
struct FuzzMutator {
  private var generator: CounterGenerator

  /// Choices of a new segment.
  static let length = 28

  init(_ generator: CounterGenerator) { self.generator = generator }

  private mutating func below(_ count: Int) -> Int {
    Int(generator.next() % UInt64(max(1, count)))
  }

  private mutating func word() -> UInt32 { UInt32(truncatingIfNeeded: generator.next()) }

  /// - Parameter opens: begins a part, with settings of its own.
  private mutating func segment(opens: Bool) -> [UInt32] {
    var words = (0..<FuzzMutator.length).map { _ in word() }
    words[0] = words[0] & ~3 | (opens ? 0 : 1 + words[0] % 3)
    return words
  }

  /// A new input.
  mutating func fresh() -> FuzzInput {
    var segments = [(0..<FuzzMutator.length).map { _ in word() }]
    for _ in 0..<[1, 1, 2, 3][below(4)] {
      segments.append(segment(opens: true))
      for _ in 0..<1 + below(6) { segments.append(segment(opens: false)) }
    }
    return FuzzInput(segments)
  }

  /// One of the corpus, changed in some ways.
  mutating func changed(_ parent: FuzzInput, corpus: [FuzzInput]) -> FuzzInput {
    var input = parent
    if input.segments.isEmpty { input = fresh() }
    for _ in 0..<[1, 1, 1, 2, 2, 4][below(6)] {
      changeOnce(&input, corpus[below(corpus.count)])
    }
    input.segments = Array(input.segments.prefix(2 * FuzzSpace.mostTransactions))
    return input
  }

  private mutating func changeOnce(_ input: inout FuzzInput, _ other: FuzzInput) {
    let place = below(input.segments.count)
    switch below(12) {
    case 0...3: changeWord(&input.segments[place])
    case 4: input.segments.insert(segment(opens: below(6) == 0), at: 1 + place)
    case 5 where place > 0: input.segments.remove(at: place)
    case 6 where place > 0:
      // The same transaction again, or one that differs in one choice.
      var copy = input.segments[place]
      if below(2) == 0 { changeWord(&copy) }
      input.segments.insert(copy, at: place + 1)
    case 7 where place > 0:
      let second = 1 + below(input.segments.count - 1)
      input.segments.swapAt(place, second)
    case 8:
      let cut = min(1 + below(max(1, other.segments.count)), other.segments.count)
      input.segments = Array(input.segments.prefix(place + 1) + other.segments[cut...])
    case 9:
      if let plan = other.segments.first { input.segments[0] = plan }
    case 10: input.segments[0] = (0..<FuzzMutator.length).map { _ in word() }
    default:
      // Another rest.
      let kept = 1 + below(max(1, input.segments[place].count))
      for index in kept..<max(kept, input.segments[place].count) {
        input.segments[place][index] = word()
      }
    }
  }

  private mutating func changeWord(_ segment: inout [UInt32]) {
    guard !segment.isEmpty else {
      segment = [word()]
      return
    }
    let place = below(segment.count)
    switch below(6) {
    case 0: segment[place] &+= 1
    case 1: segment[place] &-= 1
    case 2: segment[place] ^= 1 << UInt32(below(32))
    case 3: segment[place] = segment[below(segment.count)]
    default: segment[place] = word()
    }
  }
}
