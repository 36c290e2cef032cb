import Signals

/// Makes inputs: new ones, and changed or joined ones of a corpus.
struct FuzzMutator {
  private var generator: CounterGenerator
  /// Beats that the device takes of each input while no output moves; 0 where that is not known.
  private let rooms: [Int]

  /// Choices of a new segment.
  static let length = 28

  init(_ generator: CounterGenerator, rooms: [Int] = []) {
    self.generator = generator
    self.rooms = rooms
  }

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

  /// A first segment.
  private mutating func plan() -> [UInt32] {
    var words = (0..<FuzzMutator.length).map { _ in word() }
    guard !rooms.isEmpty, below(4) > 0 else { return words }
    // Mostly just short of what fits, so that the last places are taken while time goes by.
    let input = below(rooms.count)
    guard rooms[input] > 0 else { return words }
    words[FuzzDecoder.leadPlace] = FuzzDecoder.lead(
      input: input, beats: max(0, rooms[input] - below(4)), inputs: rooms.count)
    return words
  }

  /// A new input.
  mutating func fresh() -> FuzzInput {
    var segments = [plan()]
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
    switch below(13) {
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
    case 10: input.segments[0] = plan()
    case 11 where place > 0:
      // What is there, with all values at limits.
      lengthen(&input.segments[place])
      let (first, choices) = FuzzDecoder.extremes
      for (index, choice) in choices.enumerated() { input.segments[place][first + index] = choice }
      for index in first + choices.count..<input.segments[place].count where below(2) == 0 {
        input.segments[place][index] = word()
      }
    default:
      // Another rest.
      lengthen(&input.segments[place])
      let kept = 1 + below(max(1, input.segments[place].count))
      for index in kept..<max(kept, input.segments[place].count) {
        input.segments[place][index] = word()
      }
    }
  }

  /// What is left out counts as 0: written down it can be changed. Not as long as a new segment, which may
  /// stand for several transactions.
  private func lengthen(_ segment: inout [UInt32]) {
    while segment.count < FuzzMutator.length - 1 { segment.append(0) }
  }

  private mutating func changeWord(_ segment: inout [UInt32]) {
    lengthen(&segment)
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
