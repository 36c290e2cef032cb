import Blocks
import Signals

/// What one shard found; runs add these up in the order of shards.
struct ShardResult: Sendable {
  var transactions = 0
  var comparedElements = 0
  var cycles = 0
  /// Cycles before a reset in mid-flight, and after the last transfer.
  var asideCycles = 0
  var latency: Int?
  var streams: [StreamActivity] = []
  var work: Work?
  var digests: [UInt32]
  var mismatchedBeats = 0
  /// Every beat that differs, as observed.
  var differences: [Difference] = []
  var taps: [TapActivity] = []
  var stages: [StageActivity] = []
  /// One for each output field that is not compared exactly.
  var leeways: [Leeway] = []
  /// The first difference of each tap that has one, by its place in the manifest.
  var tapDifferences: [Int: TapDifference] = [:]
  var findings: [Finding] = []
  var wasInterrupted = false
  /// Nothing more can be learnt from this shard.
  var isFinal = false
  var simulating = 0.0
  var preparing = 0.0

  private var ruleBreaks = 0

  /// Whether later shards are not needed: something is wrong that can be seen from outside. A stage inside
  /// the device that differs where no output does must not hide an output that does.
  var endsRun: Bool {
    findings.contains { if case .divergence = $0 { false } else { true } }
  }

  /// Findings of one kind that are listed; further ones are only counted.
  private static let listed = 8
  /// Differing beats after which a shard ends.
  private let enough: Int

  init(outputs: Int, enough: Int) {
    digests = [UInt32](repeating: 0, count: outputs)
    self.enough = enough
  }

  /// Counts a chunk of which one output stream has been compared to its end.
  mutating func retire(_ chunk: Chunk, output: Int) {
    digests[output] = Digest.combine(digests[output], UInt64(chunk.digests[output]))
    comparedElements += chunk.elements[output]
    if output == 0 {
      transactions += chunk.batch.count
      if work == nil { work = chunk.work } else { work?.add(chunk.work) }
    }
  }

  /// Counts the beats of a chunk that were compared before the shard ended.
  mutating func retire(_ chunk: Chunk, output: Int, beats: Int) {
    comparedElements += chunk.elements(ofOutput: output, beats: beats)
    let all = chunk.response.outputs[output]
    if output == 0, beats < all.count { transactions += all.transaction(ofBeat: beats) }
  }

  mutating func add(_ finding: Finding) {
    if case .streamRule = finding {
      ruleBreaks += 1
      if ruleBreaks > ShardResult.listed { return }
    }
    findings.append(finding)
  }

  mutating func addMismatch(_ difference: Difference) {
    mismatchedBeats += 1
    differences.append(difference)
    digests[difference.stream] = Digest.combine(
      digests[difference.stream], UInt64(difference.position) << 32 | difference.observedDigest)
    if mismatchedBeats <= ShardResult.listed { findings.append(.mismatch(difference.mismatch)) }
    if mismatchedBeats >= enough { isFinal = true }
  }
}

/// A beat that differs from the expected one, decoded.
struct Difference: Sendable {
  let stream: Int
  /// Beat of the stream within its chunk.
  let position: Int
  let chunk: Int
  /// The bytes of the observed beat.
  let observed: [UInt8]
  let observedDigest: UInt64
  let mismatch: Mismatch

  /// - Parameters:
  ///   - beats: the expected beats of the chunk.
  ///   - position: which of them.
  ///   - observed: the bytes of the observed beat.
  init(
    beats: Beats, position: Int, observed: UnsafeRawPointer, stream: Int, chunk: Int, cycle: Int,
    shard: Int, firstTransaction: Int, labels: [String]
  ) {
    self.stream = stream
    self.position = position
    self.chunk = chunk
    let bytes = UnsafeRawBufferPointer(start: observed, count: beats.layout.stride)
    self.observed = Array(bytes)
    observedDigest = UInt64(Digest.of(self.observed))
    let transaction = beats.transaction(ofBeat: position)
    let beat = position - beats.starts[transaction]
    var found = Mismatch(
      stream: beats.stream.name, field: "", transaction: firstTransaction + transaction,
      label: labels.isEmpty ? nil : labels[transaction], beat: beat, lane: 0, element: nil,
      expected: 0, observed: 0, cycle: cycle, shard: shard)
    search: for (index, field) in beats.stream.fields.enumerated() {
      let expected = beats.lanes(ofField: index, beat: position)
      let observed = Beats.lanes(field, slot: beats.layout.slots[index], beat: bytes)
      for lane in 0..<field.lanes
      where !field.accepts(expected: expected[lane], observed: observed[lane]) {
        found.field = field.name
        found.lane = lane
        found.expected = expected[lane]
        found.observed = observed[lane]
        if case .array = field.content {
          found.element = beats.element(
            ofField: index, transaction: transaction, beat: beat, lane: lane)
        }
        break search
      }
    }
    mismatch = found
  }
}
