import Devices
import Signals

/// One port of a stream and where its value lies in a beat.
struct PortCopy {
  let pin: UnsafeMutableRawPointer
  let offset: Int
  let byteCount: Int

  func drive(_ beat: UnsafeRawPointer) {
    pin.copyMemory(from: beat + offset, byteCount: byteCount)
  }

  func sample(into beat: UnsafeMutableRawPointer) {
    (beat + offset).copyMemory(from: pin, byteCount: byteCount)
  }
}

/// What a channel does in a simulation.
enum ChannelRole {
  /// An input that is driven once for each transaction.
  case data
  /// An input that is driven whenever the settings change.
  case table
  case output
}

extension Interface {
  /// The streams of a role, in the order in which channels and beats are indexed.
  func streams(_ role: ChannelRole) -> [Stream] {
    switch role {
    case .data: inputs.filter { $0.phase == .data }
    case .table: inputs.filter { $0.phase == .configuration }
    case .output: outputs
    }
  }
}

/// What the per-cycle loop saw on a channel and leaves to be looked at after the cycle.
struct Attention: OptionSet {
  let rawValue: UInt8
  /// A beat transferred; not left to be looked at, because that needs no attention.
  static let transferred = Attention(rawValue: 128)
  /// The last beat of the chunk transferred.
  static let exhausted = Attention(rawValue: 1)
  /// A beat transferred that is not the expected one; `scratch` holds it.
  static let mismatch = Attention(rawValue: 2)
  /// A beat transferred when none was expected.
  static let unexpected = Attention(rawValue: 4)
  static let validWithdrawn = Attention(rawValue: 8)
  static let payloadChanged = Attention(rawValue: 16)
  /// A beat came for which the device had no credit.
  static let creditsExceeded = Attention(rawValue: 32)
}

/// The per-cycle state of one stream. Trivial: raw pointers and integers only.
struct Channel {
  let role: ChannelRole
  /// Index among the streams of its role.
  let index: Int
  let valid: UnsafeMutablePointer<UInt8>
  let ready: UnsafeMutablePointer<UInt8>
  let ports: UnsafeMutableBufferPointer<PortCopy>
  /// The same ports for the per-cycle path.
  let words: PortWords
  let stride: Int
  /// Inputs: ones in every bit of the payload. Outputs: the payload that waits to be taken, or the one
  /// that was not expected.
  let scratch: UnsafeMutableRawPointer
  /// Cycles by what valid and ready said: neither, ready alone, valid alone, both.
  let counts: UnsafeMutablePointer<Int>
  /// The decisions of a whole simulation, to begin again with.
  let plan: StallDecisions
  var decisions: StallDecisions

  /// Next beat of the present chunk, and how many it has left.
  var next: UnsafeRawPointer
  var left = 0
  var chunk = 0
  /// Beats of all chunks so far.
  var due = 0
  /// No further chunk in this group.
  var isClosed = true
  /// Inputs: a beat is on the pins. Outputs: one was valid last cycle and not taken.
  var isHolding = false
  var attention: Attention = []
  /// Inputs: cycles in which a beat was kept back by the stall profile.
  var withheld = 0
  /// Cycles of these transfers; -1 before the first.
  var firstTransfer = -1
  var lastTransfer = -1
  /// The stall plan has a say.
  var isStallable = true

  init(
    role: ChannelRole, index: Int, valid: UnsafeMutablePointer<UInt8>,
    ready: UnsafeMutablePointer<UInt8>, ports: [PortCopy], stride: Int, decisions: StallDecisions
  ) {
    self.role = role
    self.index = index
    self.valid = valid
    self.ready = ready
    self.ports = .allocate(capacity: ports.count)
    _ = self.ports.initialize(from: ports)
    words = PortWords(ports)
    self.stride = stride
    scratch = .allocate(byteCount: stride, alignment: 8)
    scratch.initializeMemory(as: UInt8.self, repeating: 0, count: stride)
    counts = .allocate(capacity: 4)
    counts.initialize(repeating: 0, count: 4)
    plan = decisions
    self.decisions = decisions
    next = UnsafeRawPointer(scratch)
  }

  func deallocate() {
    ports.deallocate()
    words.deallocate()
    scratch.deallocate()
    counts.deallocate()
  }

  /// Points at the beginning of a chunk.
  mutating func open(_ chunk: Chunk) {
    let run = chunk.run(role, index)
    self.chunk = chunk.index
    next = run.base
    left = run.count
    due += run.count
    isClosed = false
  }

  /// Points at the beginning of a chunk, of which only some beats will be sent.
  mutating func open(_ chunk: Chunk, beats: Int) {
    open(chunk)
    due -= left - beats
    left = beats
  }

  /// Leaves out the next beat.
  mutating func skip() {
    next += stride
    left -= 1
    due -= 1
  }

  /// As before the first cycle, whatever has happened on it.
  mutating func restart(at chunk: Int) {
    counts.update(repeating: 0, count: 4)
    decisions = plan
    (left, due, withheld, firstTransfer, lastTransfer) = (0, 0, 0, -1, -1)
    (isClosed, isHolding) = (true, false)
    attention = []
    self.chunk = chunk
  }

  func activity(_ stream: Stream) -> StreamActivity {
    StreamActivity(
      stream: stream.name, direction: stream.direction, transfer: counts[3], starved: counts[1],
      blocked: counts[2], idle: counts[0], withheld: role == .output ? counts[2] : withheld,
      due: due, isStallable: isStallable ? nil : false)
  }

  // MARK: - Every cycle

  @inline(__always)
  func count(valid: Bool, ready: Bool) {
    counts[(valid ? 2 : 0) | (ready ? 1 : 0)] &+= 1
  }

  /// Counts a transfer in `cycle` and moves on to the next beat.
  @inline(__always)
  mutating func consume(at cycle: Int) {
    next += stride
    left &-= 1
    isHolding = false
    if firstTransfer < 0 { firstTransfer = cycle }
    lastTransfer = cycle
    if left == 0 { attention.insert(.exhausted) }
  }

  /// Inputs: puts the next beat on the pins, keeps the one that is there, or takes it away.
  @inline(__always)
  mutating func drive() {
    if isHolding { return }
    if left > 0 {
      if decisions.mayMove(sawValid: false) { return present() }
      withheld &+= 1
    }
    if valid.pointee != 0 { withdraw() }
  }

  @inline(__always)
  mutating func present() {
    words.drive(next)
    valid.pointee = 1
    isHolding = true
  }

  /// Takes valid away and leaves the complement of the last payload on the pins, so that a device which
  /// looks at a payload without valid is found out.
  @inline(__always)
  func withdraw() {
    valid.pointee = 0
    words.complement(scratch)
  }

  /// Outputs: whether the beat on the pins is the one at `beat`.
  @inline(__always)
  func matches(_ beat: UnsafeRawPointer) -> Bool { words.equals(beat) }

  @inline(__always)
  func sample() { words.sample(into: scratch) }

  /// Inputs: looks at ready after the device has settled.
  /// - Returns: whether the beat transferred, and what needs attention if so.
  @inline(__always)
  mutating func conclude(at cycle: Int) -> Attention {
    let isReady = ready.pointee != 0
    count(valid: isHolding, ready: isReady)
    guard isHolding && isReady else { return [] }
    consume(at: cycle)
    return attention.union(.transferred)
  }

  /// Outputs: looks at the pins after the device has settled.
  /// - Returns: whether a beat transferred, and what needs attention.
  @inline(__always)
  mutating func observe(at cycle: Int) -> Attention {
    let isValid = valid.pointee != 0
    let isReady = ready.pointee != 0
    count(valid: isValid, ready: isReady)
    return isValid || isHolding ? look(isReady: isReady, isValid: isValid, at: cycle) : []
  }

  @inline(__always)
  private mutating func look(isReady: Bool, isValid: Bool, at cycle: Int) -> Attention {
    if isHolding { checkHolding(isValid: isValid) }
    guard isValid && isReady else {
      if isValid && !isHolding { sample() }
      isHolding = isValid
      return attention
    }
    guard left > 0 else {
      isHolding = false
      attention.insert(.unexpected)
      return attention
    }
    if !matches(next) {
      sample()
      attention.insert(.mismatch)
    }
    consume(at: cycle)
    return attention.union(.transferred)
  }

  @inline(__always)
  private mutating func checkHolding(isValid: Bool) {
    if isValid && matches(scratch) { return }
    attention.insert(isValid ? .payloadChanged : .validWithdrawn)
    if isValid { sample() }
  }
}
