import Devices
import Signals

/// A pin of one bit and its level when a tap has a value.
struct TapCondition {
  let pin: UnsafeMutablePointer<UInt8>
  let level: UInt8
}

/// The per-cycle state of one tap. Trivial: raw pointers and integers only.
struct TapChannel {
  let index: Int
  let conditions: UnsafeMutableBufferPointer<TapCondition>
  let words: PortWords
  let stride: Int
  /// What was seen, where it is not what was expected.
  let scratch: UnsafeMutableRawPointer
  /// Next beat of the present chunk, and how many it has left.
  var next: UnsafeRawPointer
  /// The bits of that beat which are compared; nil for all.
  var mask: UnsafeRawPointer?
  var left = 0
  var chunk = 0
  /// Some value of the chunk does not fit the signal.
  var isCareful = false
  /// It differed: what comes after that says nothing, and is not looked at.
  var isDone = false
  var attention: Attention = []
  var transfers = 0
  var lastTransfer = -1

  init(index: Int, conditions: [TapCondition], ports: [PortCopy], stride: Int) {
    self.index = index
    self.conditions = .allocate(capacity: conditions.count)
    _ = self.conditions.initialize(from: conditions)
    words = PortWords(ports)
    self.stride = stride
    scratch = .allocate(byteCount: stride, alignment: 8)
    scratch.initializeMemory(as: UInt8.self, repeating: 0, count: stride)
    next = UnsafeRawPointer(scratch)
  }

  func deallocate() {
    conditions.deallocate()
    words.deallocate()
    scratch.deallocate()
  }

  /// Points at the beginning of a chunk.
  mutating func open(_ chunk: Chunk) {
    let run = chunk.tapRun(index)
    self.chunk = chunk.index
    next = run.base
    mask = chunk.tapMask(index)
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
  mutating func observe(at cycle: Int) -> Attention {
    if isDone { return [] }
    for condition in conditions where condition.pin.pointee != condition.level { return [] }
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
    if let mask { self.mask = mask + stride }
    left &-= 1
    transfers &+= 1
    lastTransfer = cycle
    if left == 0 { attention.insert(.exhausted) }
    return attention
  }

  /// Whether the signals hold the next beat, as far as it matters.
  @inline(__always)
  private func agrees() -> Bool {
    guard let mask else { return words.equals(next) }
    words.sample(into: scratch)
    var bits: UInt64 = 0
    var offset = 0
    // Strides are whole words.
    while offset < stride {
      let seen = scratch.load(fromByteOffset: offset, as: UInt64.self)
      let due = next.load(fromByteOffset: offset, as: UInt64.self)
      bits |= (seen ^ due) & mask.load(fromByteOffset: offset, as: UInt64.self)
      offset &+= 8
    }
    return bits == 0
  }
}

extension Pins {
  /// The channels of taps, ready for one simulation. The caller frees them.
  func tapChannels(_ plans: [TapPlan]) throws -> UnsafeMutableBufferPointer<TapChannel> {
    var made: [TapChannel] = []
    do {
      for (index, plan) in plans.enumerated() {
        let layout = BeatLayout(plan.stream.fields)
        let ports = try zip(plan.signals, layout.slots).map { signal, slot in
          PortCopy(
            pin: try port(named: signal).address, offset: slot.offset, byteCount: slot.byteCount)
        }
        let conditions = try plan.tap.valid.map {
          TapCondition(pin: try port(named: $0.signal).pin, level: $0.isInverted ? 0 : 1)
        }
        made.append(
          TapChannel(index: index, conditions: conditions, ports: ports, stride: layout.stride))
      }
    } catch {
      for channel in made { channel.deallocate() }
      throw error
    }
    let channels = UnsafeMutableBufferPointer<TapChannel>.allocate(capacity: made.count)
    _ = channels.initialize(from: made)
    return channels
  }
}
