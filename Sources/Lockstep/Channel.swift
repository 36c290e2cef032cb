import Signals

/// One port of a stream and where its value lies in a beat.
struct PortCopy {
  let pin: UnsafeMutableRawPointer
  let offset: Int
  let byteCount: Int

  @inline(__always)
  func drive(_ beat: UnsafeRawPointer) {
    let source = beat + offset
    switch byteCount {
    case 1: pin.storeBytes(of: source.load(as: UInt8.self), as: UInt8.self)
    case 2: pin.storeBytes(of: source.load(as: UInt16.self), as: UInt16.self)
    case 4: pin.storeBytes(of: source.load(as: UInt32.self), as: UInt32.self)
    case 8: pin.storeBytes(of: source.load(as: UInt64.self), as: UInt64.self)
    default: pin.copyMemory(from: source, byteCount: byteCount)
    }
  }

  @inline(__always)
  func equals(_ beat: UnsafeRawPointer) -> Bool {
    let other = beat + offset
    switch byteCount {
    case 1: return pin.load(as: UInt8.self) == other.load(as: UInt8.self)
    case 2: return pin.load(as: UInt16.self) == other.load(as: UInt16.self)
    case 4: return pin.load(as: UInt32.self) == other.load(as: UInt32.self)
    case 8: return pin.load(as: UInt64.self) == other.load(as: UInt64.self)
    case 16:
      // Wide ports are words of 32 bits, aligned as such.
      let low =
        pin.loadUnaligned(as: UInt64.self) ^ other.loadUnaligned(as: UInt64.self)
      let high =
        pin.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        ^ other.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      return low | high == 0
    default: return PortCopy.equal(pin, other, byteCount)
    }
  }

  private static func equal(
    _ left: UnsafeMutableRawPointer, _ right: UnsafeRawPointer, _ count: Int
  ) -> Bool {
    var difference: UInt32 = 0
    var offset = 0
    while offset < count {
      difference |=
        left.load(fromByteOffset: offset, as: UInt32.self)
        ^ right.load(fromByteOffset: offset, as: UInt32.self)
      offset += 4
    }
    return difference == 0
  }

  @inline(__always)
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

/// The per-cycle state of one stream. Trivial: raw pointers and integers only.
struct Channel {
  let role: ChannelRole
  /// Index among the streams of its role.
  let index: Int
  let valid: UnsafeMutablePointer<UInt8>
  let ready: UnsafeMutablePointer<UInt8>
  let ports: UnsafeMutableBufferPointer<PortCopy>
  let stride: Int
  /// Inputs: ones in every bit of the payload. Outputs: the payload that waits to be taken.
  let scratch: UnsafeMutableRawPointer
  var decisions: StallDecisions

  /// Next beat of the present chunk, and how many it has left.
  var next: UnsafeRawPointer
  var left = 0
  var chunk = 0
  /// No further chunk in this group.
  var isClosed = true
  /// Inputs: a beat is on the pins. Outputs: one was valid last cycle and not taken.
  var isHolding = false

  var transfer = 0
  var starved = 0
  var blocked = 0
  var idle = 0
  var lastTransfer = 0

  /// Points at the beginning of a chunk.
  mutating func open(_ chunk: Chunk) {
    let run = chunk.run(role, index)
    self.chunk = chunk.index
    next = run.base
    left = run.count
    isClosed = false
  }

  mutating func clearCounts() {
    (transfer, starved, blocked, idle) = (0, 0, 0, 0)
    lastTransfer = 0
    isHolding = false
  }

  func activity(_ stream: Stream) -> StreamActivity {
    StreamActivity(
      stream: stream.name, direction: stream.direction, transfer: transfer, starved: starved,
      blocked: blocked, idle: idle)
  }

  @inline(__always)
  mutating func count(valid: Bool, ready: Bool) {
    if valid {
      if ready { transfer += 1 } else { blocked += 1 }
    } else {
      if ready { starved += 1 } else { idle += 1 }
    }
  }

  /// Puts the next beat on the pins.
  @inline(__always)
  mutating func present() {
    for port in ports { port.drive(next) }
    valid.pointee = 1
    isHolding = true
  }

  /// Takes valid away and leaves the complement of the last payload on the pins, so that a device which
  /// looks at a payload without valid is found out.
  @inline(__always)
  mutating func withdraw() {
    valid.pointee = 0
    for port in ports {
      var offset = 0
      while offset < port.byteCount {
        let mask = scratch.load(fromByteOffset: port.offset + offset, as: UInt8.self)
        let value = port.pin.load(fromByteOffset: offset, as: UInt8.self)
        port.pin.storeBytes(of: ~value & mask, toByteOffset: offset, as: UInt8.self)
        offset += 1
      }
    }
  }

  @inline(__always)
  func matches(_ beat: UnsafeRawPointer) -> Bool {
    for port in ports where !port.equals(beat) { return false }
    return true
  }

  @inline(__always)
  func sample(into beat: UnsafeMutableRawPointer) {
    for port in ports { port.sample(into: beat) }
  }
}
