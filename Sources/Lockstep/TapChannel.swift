import Devices
import Signals

/// A lane that has a signal of its own, and where its bits belong.
struct TapLane {
  let pin: UnsafeMutableRawPointer
  let byteCount: Int
  let place: Int
}

/// The per-cycle state of one tap. Trivial: raw pointers and integers only.
struct TapChannel {
  let index: Int
  /// When there is a value.
  private var condition: LevelCondition
  private let level: UInt64
  /// All of them, as they are on the pins.
  private let conditions: UnsafeMutableBufferPointer<TapCondition>
  let words: PortWords
  /// Lanes that are put together before anything is compared; none where one signal has them all.
  let lanes: UnsafeMutableBufferPointer<TapLane>
  /// Where they are put together.
  let gathered: UnsafeMutableBufferPointer<UInt64>
  let stride: Int
  /// What was seen, where it is not what was expected.
  let scratch: UnsafeMutableRawPointer
  /// Next beat of the present chunk, and how many it has left.
  var next: UnsafeRawPointer
  /// Where the mask of that beat begins among ``masks``; nil if every bit of every beat is compared.
  private var maskStart: UnsafePointer<Int32>?
  private var masks: UnsafeRawPointer
  var left = 0
  var chunk = 0
  /// Some value of the chunk does not fit the signal.
  var isCareful = false
  /// It differed: what comes after that says nothing, and is not looked at.
  var isDone: Bool {
    get { condition.level != level }
    // A level that no bit under the mask can have; there is always one.
    set { condition.level = newValue ? ~condition.mask : level }
  }
  var attention: Attention = []
  var transfers = 0
  var lastTransfer = -1

  /// - Parameters:
  ///   - condition: all conditions, of the levels.
  ///   - conditions: the same, of the pins.
  ///   - lanes: their signals; `ports` has `gathered` in the place of them.
  init(
    index: Int, condition: LevelCondition, conditions: [TapCondition], ports: [PortCopy],
    stride: Int, lanes: [TapLane], gathered: UnsafeMutableBufferPointer<UInt64>
  ) {
    self.index = index
    self.condition = condition
    level = condition.level
    self.conditions = .allocate(capacity: conditions.count)
    _ = self.conditions.initialize(from: conditions)
    words = PortWords(ports)
    self.lanes = .allocate(capacity: lanes.count)
    _ = self.lanes.initialize(from: lanes)
    self.gathered = gathered
    self.stride = stride
    scratch = .allocate(byteCount: stride, alignment: 8)
    scratch.initializeMemory(as: UInt8.self, repeating: 0, count: stride)
    next = UnsafeRawPointer(scratch)
    masks = UnsafeRawPointer(scratch)
  }

  func deallocate() {
    conditions.deallocate()
    words.deallocate()
    lanes.deallocate()
    gathered.deallocate()
    scratch.deallocate()
  }

  /// Points at the beginning of a chunk.
  mutating func open(_ chunk: Chunk) {
    let run = chunk.tapRun(index)
    self.chunk = chunk.index
    next = run.base
    let masks = chunk.tapMasks(index)
    maskStart = masks?.starts
    if let masks { self.masks = masks.base }
    left = run.count
    isCareful = !chunk.holdsTap[index]
  }

  /// As before the first cycle.
  mutating func restart(at chunk: Int) {
    (left, transfers, lastTransfer) = (0, 0, -1)
    (isDone, isCareful) = (false, false)
    attention = []
    self.chunk = chunk
  }

  /// Looks at the signals after the device has settled.
  /// - Returns: what is to be looked at after the cycle.
  @inline(__always)
  mutating func observe(_ levels: UInt64, at cycle: Int) -> Attention {
    // Nor do they hold once the tap is done.
    if !condition.holds(levels) { return [] }
    if condition.isPartial && !conditions.allSatisfy(\.holds) { return [] }
    return compare(at: cycle)
  }

  @inline(__always)
  private mutating func compare(at cycle: Int) -> Attention {
    if !lanes.isEmpty { gather() }
    guard left > 0 else {
      words.sample(into: scratch)
      attention.insert(.unexpected)
      return attention
    }
    if isCareful || !agrees() {
      words.sample(into: scratch)
      attention.insert(.mismatch)
    }
    next += stride
    if let maskStart { self.maskStart = maskStart + 1 }
    left &-= 1
    transfers &+= 1
    lastTransfer = cycle
    if left == 0 { attention.insert(.exhausted) }
    return attention
  }

  /// Copies the signals, where they have a value, whatever is expected.
  ///
  /// - Returns: whether they have one.
  func sample(into beat: UnsafeMutableRawPointer) -> Bool {
    guard !isDone, conditions.allSatisfy(\.holds) else { return false }
    if !lanes.isEmpty { gather() }
    words.sample(into: beat)
    return true
  }

  /// Whether the signals hold the next beat, as far as it matters.
  @inline(__always)
  private func agrees() -> Bool {
    guard let start = maskStart?.pointee, start >= 0 else { return words.equals(next) }
    return words.equals(next, under: masks + Int(start))
  }

  /// Puts the lanes together as one signal of all of them would hold them.
  private func gather() {
    gathered.update(repeating: 0)
    for lane in lanes {
      let value =
        switch lane.byteCount {
        case 1: UInt64(lane.pin.load(as: UInt8.self))
        case 2: UInt64(lane.pin.load(as: UInt16.self))
        case 4: UInt64(lane.pin.load(as: UInt32.self))
        // A wider one consists of words of 32 bits.
        default: lane.pin.loadUnaligned(as: UInt64.self)
        }
      let (word, shift) = (lane.place >> 6, UInt64(lane.place & 63))
      gathered[word] |= value << shift
      // The buffer has a word to spare.
      gathered[word + 1] |= shift == 0 ? 0 : value >> (64 - shift)
    }
  }
}

extension Pins {
  /// The channels of taps, ready for one simulation. The caller frees them.
  ///
  /// - Parameter watched: receives the bits that they wait for.
  func tapChannels(
    _ plans: [TapPlan], _ watched: inout WatchedBits
  ) throws -> UnsafeMutableBufferPointer<TapChannel> {
    var made: [TapChannel] = []
    do {
      for (index, plan) in plans.enumerated() {
        made.append(try tapChannel(index, plan, &watched))
      }
    } catch {
      for channel in made { channel.deallocate() }
      throw error
    }
    let channels = UnsafeMutableBufferPointer<TapChannel>.allocate(capacity: made.count)
    _ = channels.initialize(from: made)
    return channels
  }

  private func tapChannel(
    _ index: Int, _ plan: TapPlan, _ watched: inout WatchedBits
  ) throws -> TapChannel {
    let layout = BeatLayout(plan.stream.fields)
    let conditions = try plan.tap.valid.map(tapCondition)
    let width = plan.stream.fields[0].format.width
    let lanes: [TapLane] =
      plan.signals[0].count == 1
      ? []
      : try plan.signals[0].enumerated().map { lane, signal in
        let port = try port(named: signal)
        return TapLane(
          pin: port.address, byteCount: min(port.description.elementByteCount, 8),
          place: lane * width)
      }
    let marks = try zip(plan.signals, layout.slots).dropFirst().map { signals, slot in
      PortCopy(
        pin: try port(named: signals[0]).address, offset: slot.offset, byteCount: slot.byteCount)
    }
    let slot = layout.slots[0]
    let whole = lanes.isEmpty ? try port(named: plan.signals[0][0]).address : nil
    let gathered = UnsafeMutablePointer<UInt64>.allocate(capacity: slot.byteCount / 8 + 2)
    gathered.initialize(repeating: 0, count: slot.byteCount / 8 + 2)
    let value = PortCopy(
      pin: whole ?? UnsafeMutableRawPointer(gathered), offset: slot.offset,
      byteCount: slot.byteCount)
    return TapChannel(
      index: index, condition: watched.add(conditions), conditions: conditions,
      ports: [value] + marks, stride: layout.stride, lanes: lanes,
      gathered: UnsafeMutableBufferPointer(start: gathered, count: slot.byteCount / 8 + 2))
  }
}
