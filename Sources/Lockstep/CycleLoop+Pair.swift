import Devices

/// The per-cycle path of a device with one input and one output.
///
/// Does what the general one does, in straight lines: what stalls and the device decide selects values, not
/// branches, because a processor guesses many of such branches wrongly, and a wrong guess costs more than moving
/// a beat. What changes is in local variables, and goes back to the channels in the end.
extension CycleLoop {
  /// Bytes of a beat up to which moving it needlessly costs less than a wrong guess.
  private static let shortBeat = 256

  /// Whether ``runPair(_:)`` does: one input and one output, both with beats left and both have moved before.
  var isPair: Bool {
    willBePair && drivers[0].firstTransfer >= 0 && outputs[0].firstTransfer >= 0
  }

  /// The same, but for the first transfers.
  var willBePair: Bool {
    guard drivers.count == 1, outputs.count == 1 else { return false }
    func fits(_ channel: Channel) -> Bool {
      channel.left > 0 && channel.stride <= CycleLoop.shortBeat && channel.decisions.areDrawn
    }
    return fits(drivers[0]) && fits(outputs[0])
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
    let (taps, stages, hangLimit, start) = (taps, stages, hangLimit, cycle)
    var (cycle, lastMove) = (cycle, lastMove)
    var seen: Attention = []
    repeat {
      input.drive()
      output.drive()
      clock.pointee = 0
      device.evaluate()
      let moves = input.conclude(at: cycle) | output.observe(at: cycle)
      CycleLoop.forEach(taps) { seen.formUnion($0.pointee.observe(at: cycle)) }
      CycleLoop.forEach(stages) { $0.pointee.observe() }
      clock.pointee = 1
      device.advanceTime()
      device.evaluateClock()
      cycle &+= 1
      lastMove = moves != 0 ? cycle : lastMove
      if input.left == 0 || output.left == 0 || output.attention != 0 || device.hasFailed { break }
      if seen != [] || cycle &- lastMove >= hangLimit { break }
    } while cycle & (CycleLoop.period - 1) != 0
    (self.cycle, self.lastMove) = (cycle, lastMove)
    input.finish(cycles: cycle &- start)
    output.finish(cycles: cycle &- start)
  }
}

/// What is counted of an input and an output alike. A flag is 0 or 1.
private struct PairCounts {
  /// Cycles with valid, and cycles with ready.
  private(set) var valid = 0
  private(set) var ready = 0
  /// Beats left at first.
  private let due: Int
  private var last: Int

  @inline(__always)
  init(_ channel: Channel) { (due, last) = (channel.left, channel.lastTransfer) }

  @inline(__always)
  mutating func count(valid isValid: Int, ready isReady: Int, moves: Int, at cycle: Int) {
    valid &+= isValid
    ready &+= isReady
    last ^= (last ^ cycle) & (0 &- moves)
  }

  @inline(__always)
  func store(in channel: UnsafeMutablePointer<Channel>, left: Int, cycles: Int) {
    let counts = channel.pointee.counts
    let transfer = due &- left
    counts[3] &+= transfer
    counts[2] &+= valid &- transfer
    counts[1] &+= ready &- transfer
    counts[0] &+= cycles &- valid &- ready &+ transfer
    channel.pointee.lastTransfer = last
  }
}

/// ``Channel/drive()`` and ``Channel/conclude(at:)`` without branches. A flag is 0 or 1.
private struct PairInput {
  private let channel: UnsafeMutablePointer<Channel>
  private let words: PortWords
  private let valid: UnsafeMutablePointer<UInt8>
  private let ready: UnsafeMutablePointer<UInt8>
  private let mask: UnsafeRawPointer
  private let stride: Int
  private var next: UnsafeRawPointer
  /// The beat that was on the pins last: its complement is there while no beat is.
  private var last: UnsafeRawPointer
  private(set) var left: Int
  private var holds: Int
  private var bits: UInt64
  private var counts: PairCounts

  @inline(__always)
  init(_ channel: UnsafeMutablePointer<Channel>) {
    let known = channel.pointee
    self.channel = channel
    (words, valid, ready) = (known.words, known.valid, known.ready)
    (mask, stride) = (UnsafeRawPointer(known.scratch), known.stride)
    (next, left, holds) = (known.next, known.left, known.isHolding ? 1 : 0)
    (bits, counts) = (known.decisions.bits, PairCounts(known))
    words.sample(into: known.idle)
    let turned: UInt64 = known.valid.pointee != 0 ? 0 : .max
    for offset in Swift.stride(from: 0, to: stride, by: 8) {
      let word = known.idle.load(fromByteOffset: offset, as: UInt64.self)
      let ones = mask.load(fromByteOffset: offset, as: UInt64.self)
      known.idle.storeBytes(of: word ^ ones & turned, toByteOffset: offset, as: UInt64.self)
    }
    last = UnsafeRawPointer(known.idle)
  }

  @inline(__always)
  mutating func drive() {
    if bits == 1 { bits = channel.pointee.decisions.more() }
    let free = 1 &- holds
    holds |= Int(truncatingIfNeeded: bits) & free
    bits = bits &>> UInt64(truncatingIfNeeded: free)
    let beat = last + ((next - last) & (0 &- holds))
    words.drive(beat, mask, turned: UInt64(truncatingIfNeeded: holds &- 1))
    valid.pointee = UInt8(truncatingIfNeeded: holds)
  }

  /// - Returns: whether a beat transferred.
  @inline(__always)
  mutating func conclude(at cycle: Int) -> Int {
    let isReady = ready.pointee != 0 ? 1 : 0
    let moves = holds & isReady
    counts.count(valid: holds, ready: isReady, moves: moves, at: cycle)
    last += (next - last) & (0 &- moves)
    next += stride & (0 &- moves)
    left &-= moves
    holds ^= moves
    return moves
  }

  @inline(__always)
  func finish(cycles: Int) {
    counts.store(in: channel, left: left, cycles: cycles)
    channel.pointee.decisions.bits = bits
    (channel.pointee.next, channel.pointee.left) = (next, left)
    channel.pointee.isHolding = holds != 0
    // There was a beat to give in every cycle.
    channel.pointee.withheld &+= cycles &- counts.valid
    if left == 0 { channel.pointee.attention.insert(.exhausted) }
  }
}

/// ``Channel/observe(at:)`` without branches, but for what is wrong. A flag is 0 or 1.
private struct PairOutput {
  private let channel: UnsafeMutablePointer<Channel>
  private let words: PortWords
  private let valid: UnsafeMutablePointer<UInt8>
  private let ready: UnsafeMutablePointer<UInt8>
  private let scratch: UnsafeMutableRawPointer
  private let stride: Int
  /// Need not have seen valid to be ready.
  private let isFree: Int
  private var next: UnsafeRawPointer
  private(set) var left: Int
  /// A beat was valid in the last cycle, and not taken.
  private var holds: Int
  private var isReady = 0
  private var bits: UInt64
  private var counts: PairCounts
  private(set) var attention: UInt8 = 0

  @inline(__always)
  init(_ channel: UnsafeMutablePointer<Channel>) {
    let known = channel.pointee
    self.channel = channel
    (words, valid, ready) = (known.words, known.valid, known.ready)
    (scratch, stride) = (known.scratch, known.stride)
    isFree = known.decisions.awaitValid ? 0 : 1
    (next, left, holds) = (known.next, known.left, known.isHolding ? 1 : 0)
    (bits, counts) = (known.decisions.bits, PairCounts(known))
  }

  @inline(__always)
  mutating func drive() {
    if bits == 1 { bits = channel.pointee.decisions.more() }
    isReady = Int(truncatingIfNeeded: bits & 1) & (holds | isFree)
    bits = bits &>> 1
    ready.pointee = UInt8(truncatingIfNeeded: isReady)
  }

  /// - Returns: whether a beat transferred.
  @inline(__always)
  mutating func observe(at cycle: Int) -> Int {
    let isValid = valid.pointee != 0 ? 1 : 0
    let moves = isValid & isReady
    let (wrong, changed) = words.look(next, scratch)
    let isBroken = holds & ((isValid ^ 1) | (changed != 0 ? 1 : 0))
    if isBroken | (moves & (wrong != 0 ? 1 : 0)) != 0 {
      note(isBroken: isBroken != 0, isValid: isValid != 0, isWrong: moves != 0 && wrong != 0)
    }
    counts.count(valid: isValid, ready: isReady, moves: moves, at: cycle)
    next += stride & (0 &- moves)
    left &-= moves
    holds = isValid & (isReady ^ 1)
    return moves
  }

  @inline(__always)
  private mutating func note(isBroken: Bool, isValid: Bool, isWrong: Bool) {
    if isBroken {
      attention |= (isValid ? Attention.payloadChanged : .validWithdrawn).rawValue
    }
    if isWrong { attention |= Attention.mismatch.rawValue }
  }

  @inline(__always)
  func finish(cycles: Int) {
    counts.store(in: channel, left: left, cycles: cycles)
    channel.pointee.decisions.bits = bits
    (channel.pointee.next, channel.pointee.left) = (next, left)
    channel.pointee.isHolding = holds != 0
    channel.pointee.attention.formUnion(Attention(rawValue: attention))
    if left == 0 { channel.pointee.attention.insert(.exhausted) }
  }
}
