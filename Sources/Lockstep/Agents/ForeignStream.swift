import Devices
import Signals

/// Valid, ready and payload of a foreign stream as a ``Channel`` sees them, and the pins of its fields.
///
/// The bytes are memory of the harness; an agent translates between them and what the design calls a
/// handshake.
final class ForeignStream {
  let stream: Signals.Stream
  let layout: BeatLayout
  let isStallable: Bool
  let valid: UnsafeMutablePointer<UInt8>
  let ready: UnsafeMutablePointer<UInt8>
  let beat: UnsafeMutableRawPointer
  /// The channel that looks at these bytes.
  var channel: UnsafeMutablePointer<Channel>?
  /// How far its channel has come; nil where nobody asks.
  var progress: StreamProgress?
  /// Streams that it waits for.
  var precedents: [Precedent] = []
  /// Lanes of every field that has pins, and of which field.
  private var lanes: [(field: Int, moves: [LaneMove])] = []
  /// What marks the lanes that hold an element, and whether the device says so itself.
  private let keep: (slot: BeatLayout.Slot, isHidden: Bool, lanes: Int)?
  private let last: BeatLayout.Slot?
  private let isLastHidden: Bool

  init(_ stream: Signals.Stream, isStallable: Bool) {
    self.stream = stream
    self.isStallable = isStallable
    let layout = BeatLayout(stream.fields)
    self.layout = layout
    valid = .allocate(capacity: 1)
    ready = .allocate(capacity: 1)
    valid.initialize(to: 0)
    ready.initialize(to: 0)
    beat = .allocate(byteCount: max(layout.stride, 8), alignment: 8)
    beat.initializeMemory(as: UInt8.self, repeating: 0, count: max(layout.stride, 8))
    let ports = stream.wires?.fields ?? [:]
    let kept = stream.fields.firstIndex { $0.content == .keep }
    keep = kept.map {
      (layout.slots[$0], ports[stream.fields[$0].name] == nil, stream.fields[$0].lanes)
    }
    let end = stream.fields.firstIndex { $0.content == .last }
    last = end.map { layout.slots[$0] }
    isLastHidden = end.map { ports[stream.fields[$0].name] == nil } ?? false
  }

  deinit {
    valid.deallocate()
    ready.deallocate()
    beat.deallocate()
  }

  func add(_ moves: [LaneMove], ofField field: Int) { lanes.append((field, moves)) }

  /// The fields as the channel copies them.
  var copies: [PortCopy] {
    layout.slots.map { PortCopy(pin: beat + $0.offset, offset: $0.offset, byteCount: $0.byteCount) }
  }

  var isValid: Bool {
    get { valid.pointee != 0 }
    set { valid.pointee = newValue ? 1 : 0 }
  }
  var isReady: Bool {
    get { ready.pointee != 0 }
    set { ready.pointee = newValue ? 1 : 0 }
  }

  /// Whether another stream must come first.
  var isWaiting: Bool {
    guard !precedents.isEmpty, let progress else { return false }
    let own = progress.transaction
    return precedents.contains { $0.progress.completed < own + ($0.isSame ? 1 : 0) }
  }

  /// Puts the payload on the pins; while it waits, what it is not.
  func drive() {
    let isHeldBack = isValid && isWaiting
    for (_, moves) in lanes {
      for move in moves { isHeldBack ? move.driveComplement(beat) : move.drive(beat) }
    }
  }

  /// Takes the marks of all lanes away, which are the valid of streams that have no other.
  func rest() {
    for (field, moves) in lanes where stream.fields[field].content == .keep {
      for move in moves { LaneMove.write(0, move.pin, move.pinBit, move.span) }
    }
  }

  /// Whether any lane is marked on the pins.
  var hasMarks: Bool {
    lanes.contains { field, moves in
      stream.fields[field].content == .keep && moves.contains { $0.sample() != 0 }
    }
  }

  /// Takes the payload from the pins.
  func sample() { sample(into: beat) }

  /// The same, into another beat.
  func sample(into beat: UnsafeMutableRawPointer) {
    sampleBits(into: beat)
    complete(beat)
  }

  /// What is on the pins, whatever counts of it.
  func sampleBits(into beat: UnsafeMutableRawPointer) {
    for (_, moves) in lanes {
      for move in moves { LaneMove.write(read(move), beat, move.beatBit, move.width) }
    }
  }

  /// What is on the pins, as a beat to be kept until it is restored.
  func sampledBits() -> [UInt8] {
    sampleBits(into: beat)
    return Array(UnsafeRawBufferPointer(start: beat, count: layout.stride))
  }

  /// Makes a beat among those that are kept the present one.
  func restore(_ beats: [UInt8], _ number: Int = 0) {
    beats.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      beat.copyMemory(from: base + number * layout.stride, byteCount: layout.stride)
    }
  }

  /// Where bits of one lane should agree and do not, the lane is what it should not be.
  private func read(_ move: LaneMove) -> UInt64 {
    let value = move.sample()
    guard move.extension_ == .copies else { return value }
    let all = LaneMove.read(UnsafeRawPointer(move.pin), move.pinBit, move.span)
    let ones = move.span >= 64 ? UInt64.max : (1 << UInt64(move.span)) - 1
    if all == 0 || all == ones { return value }
    return 1 - (expected.map { LaneMove.read($0, move.beatBit, 1) } ?? 1)
  }

  /// The beat that the channel expects, or gives; nil where there is none.
  var expected: UnsafeRawPointer? {
    guard let channel, channel.pointee.left > 0 else { return nil }
    return channel.pointee.next
  }

  /// Fills in what the device does not say, and takes away what does not count.
  func complete(_ beat: UnsafeMutableRawPointer) {
    if let keep {
      if keep.isHidden {
        if let expected {
          (beat + keep.slot.offset).copyMemory(
            from: expected + keep.slot.offset, byteCount: keep.slot.byteCount)
        }
      }
      clear(beat, keep.slot, lanes: keep.lanes)
    }
    if isLastHidden, let last, let expected {
      (beat + last.offset).copyMemory(from: expected + last.offset, byteCount: last.byteCount)
    }
  }

  /// Clears the lanes that hold no element.
  private func clear(_ beat: UnsafeMutableRawPointer, _ keep: BeatLayout.Slot, lanes count: Int) {
    let first = keep.offset * 8
    for lane in 0..<count where LaneMove.read(UnsafeRawPointer(beat), first + lane, 1) == 0 {
      for (field, moves) in lanes where moves.count == count {
        guard case .array = stream.fields[field].content else { continue }
        LaneMove.write(0, beat, moves[lane].beatBit, moves[lane].width)
      }
    }
  }

  /// Whether a beat is the last of its transaction, where the stream says so.
  func isLast(_ beat: UnsafeRawPointer) -> Bool {
    guard let last else { return false }
    return beat.load(fromByteOffset: last.offset, as: UInt8.self) & 1 != 0
  }
}
