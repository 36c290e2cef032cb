import Devices

/// The per-cycle path of a device with one input and one output.
///
/// Does what the general one does. What changes from cycle to cycle is in local variables, and goes back to the
/// channels in the end: no more is written to memory than the pins.
extension CycleLoop {
  /// Whether ``runPair(_:)`` will do: one input and one output, both with beats left.
  var isPair: Bool {
    guard drivers.count == 1, outputs.count == 1 else { return false }
    return drivers[0].left > 0 && drivers[0].decisions.areDrawn
      && outputs[0].left > 0 && outputs[0].decisions.areDrawn
  }

  /// Runs cycles as ``run(_:)`` does.
  ///
  /// - Precondition: ``isPair``.
  @inline(never)
  mutating func runPair(_ pins: Pins) {
    guard let driver = drivers.baseAddress, let answer = outputs.baseAddress else { return }
    var input = PairInput(driver)
    var output = PairOutput(answer)
    let (device, clock) = (pins.evaluator, pins.clock)
    let (taps, stages, watched) = (taps, stages, levels)
    let (hangLimit, start) = (hangLimit, cycle)
    var (cycle, lastMove) = (cycle, lastMove)
    var seen: Attention = []
    repeat {
      input.drive()
      output.drive()
      clock.pointee = 0
      device.evaluate()
      if input.conclude(at: cycle) { lastMove = cycle &+ 1 }
      if output.observe(at: cycle) { lastMove = cycle &+ 1 }
      let levels = watched.read()
      CycleLoop.forEach(taps) { seen.formUnion($0.pointee.observe(levels, at: cycle)) }
      CycleLoop.forEach(stages) { $0.pointee.observe(levels) }
      clock.pointee = 1
      device.advanceTime()
      device.evaluateClock()
      cycle &+= 1
      if input.left == 0 || output.left == 0 || !output.attention.isEmpty || device.hasFailed {
        break
      }
      if !seen.isEmpty || cycle &- lastMove >= hangLimit { break }
    } while cycle & (CycleLoop.period - 1) != 0
    (self.cycle, self.lastMove) = (cycle, lastMove)
    input.finish(cycles: cycle &- start)
    output.finish(cycles: cycle &- start)
  }
}

/// What is counted of an input and an output alike.
private struct PairCounts {
  /// Cycles with valid, and cycles with ready.
  var valid = 0
  var ready = 0
  /// Beats left at first.
  private let due: Int
  var last: Int

  @inline(__always)
  init(_ channel: Channel) { (due, last) = (channel.left, channel.lastTransfer) }

  /// Gives the channel what was counted, and where its stream stands.
  @inline(__always)
  func store(
    in channel: UnsafeMutablePointer<Channel>, cycles: Int, _ next: UnsafeRawPointer, left: Int,
    holds: Bool, _ bits: UInt64, first: Int
  ) {
    let counts = channel.pointee.counts
    let both = due &- left
    counts[3] &+= both
    counts[2] &+= valid &- both
    counts[1] &+= ready &- both
    counts[0] &+= cycles &- valid &- ready &+ both
    channel.pointee.decisions.bits = bits
    (channel.pointee.next, channel.pointee.left) = (next, left)
    (channel.pointee.isHolding, channel.pointee.lastTransfer) = (holds, last)
    channel.pointee.firstTransfer = first
    if left == 0 { channel.pointee.attention.insert(.exhausted) }
  }
}

/// ``Channel/drive()`` and ``Channel/conclude(at:)``.
private struct PairInput {
  private let channel: UnsafeMutablePointer<Channel>
  private let words: PortWords
  private let valid: UnsafeMutablePointer<UInt8>
  private let ready: UnsafeMutablePointer<UInt8>
  private let mask: UnsafeMutableRawPointer
  private let stride: Int
  private var next: UnsafeRawPointer
  private(set) var left: Int
  private var holds: Bool
  /// A beat is on the pins, or was in the last cycle.
  private var isValid: Bool
  private var bits: UInt64
  private var first: Int
  private var counts: PairCounts

  @inline(__always)
  init(_ channel: UnsafeMutablePointer<Channel>) {
    let known = channel.pointee
    self.channel = channel
    (words, valid, ready) = (known.words, known.valid, known.ready)
    (mask, stride) = (known.scratch, known.stride)
    (next, left, holds) = (known.next, known.left, known.isHolding)
    (bits, first, counts) = (known.decisions.bits, known.firstTransfer, PairCounts(known))
    isValid = known.valid.pointee != 0
  }

  @inline(__always)
  mutating func drive() {
    if holds { return }
    if bits == 1 { bits = channel.pointee.decisions.more() }
    let begins = bits & 1 != 0
    bits >>= 1
    if begins {
      words.drive(next)
      valid.pointee = 1
      (holds, isValid) = (true, true)
    } else if isValid {
      valid.pointee = 0
      words.complement(mask)
      isValid = false
    }
  }

  /// - Returns: whether a beat transferred.
  @inline(__always)
  mutating func conclude(at cycle: Int) -> Bool {
    let isReady = ready.pointee != 0
    counts.ready &+= isReady ? 1 : 0
    guard holds else { return false }
    counts.valid &+= 1
    guard isReady else { return false }
    next += stride
    left &-= 1
    holds = false
    counts.last = cycle
    if first < 0 { first = cycle }
    return true
  }

  @inline(__always)
  func finish(cycles: Int) {
    counts.store(in: channel, cycles: cycles, next, left: left, holds: holds, bits, first: first)
    // There was a beat to give in every cycle.
    channel.pointee.withheld &+= cycles &- counts.valid
  }
}

/// ``Channel/observe(at:)``.
private struct PairOutput {
  private let channel: UnsafeMutablePointer<Channel>
  private let words: PortWords
  private let valid: UnsafeMutablePointer<UInt8>
  private let ready: UnsafeMutablePointer<UInt8>
  private let scratch: UnsafeMutableRawPointer
  private let stride: Int
  /// Must have seen valid to be ready.
  private let awaits: Bool
  private var next: UnsafeRawPointer
  private(set) var left: Int
  /// A beat was valid in the last cycle, and not taken.
  private var holds: Bool
  private var isReady = false
  private var bits: UInt64
  private var first: Int
  private var counts: PairCounts
  private(set) var attention: Attention = []

  @inline(__always)
  init(_ channel: UnsafeMutablePointer<Channel>) {
    let known = channel.pointee
    self.channel = channel
    (words, valid, ready) = (known.words, known.valid, known.ready)
    (scratch, stride, awaits) = (known.scratch, known.stride, known.decisions.awaitValid)
    (next, left, holds) = (known.next, known.left, known.isHolding)
    (bits, first, counts) = (known.decisions.bits, known.firstTransfer, PairCounts(known))
  }

  @inline(__always)
  mutating func drive() {
    if bits == 1 { bits = channel.pointee.decisions.more() }
    let moves = UInt8(truncatingIfNeeded: bits & 1)
    bits >>= 1
    isReady = moves != 0 && (holds || !awaits)
    ready.pointee = isReady ? 1 : 0
    counts.ready &+= isReady ? 1 : 0
  }

  /// - Returns: whether a beat transferred.
  @inline(__always)
  mutating func observe(at cycle: Int) -> Bool {
    guard valid.pointee != 0 else {
      if holds { attention.insert(.validWithdrawn) }
      holds = false
      return false
    }
    counts.valid &+= 1
    if holds && !words.equals(scratch) {
      attention.insert(.payloadChanged)
      words.sample(into: scratch)
    }
    guard isReady else {
      if !holds { words.sample(into: scratch) }
      holds = true
      return false
    }
    if !words.equals(next) {
      attention.insert(.mismatch)
      words.sample(into: scratch)
    }
    next += stride
    left &-= 1
    holds = false
    counts.last = cycle
    if first < 0 { first = cycle }
    return true
  }

  @inline(__always)
  func finish(cycles: Int) {
    counts.store(in: channel, cycles: cycles, next, left: left, holds: holds, bits, first: first)
    channel.pointee.attention.formUnion(attention)
  }
}
