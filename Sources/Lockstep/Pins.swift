import Devices
import Signals

/// A device wired to the streams and settings of a block: addresses, looked up once.
final class Pins {
  private let device: Device
  private let clock: UnsafeMutablePointer<UInt8>
  private let resetPin: UnsafeMutablePointer<UInt8>?
  /// Level of the reset pin while the device is reset.
  private let asserted: UInt8
  /// Where each setting of the interface goes.
  let settings: [PortCopy]

  private let resetCycles: Int

  /// - Throws: ``DeviceError`` for a port that is not there or of another width or direction, and
  ///   ``LockstepError/unconnectedInput(device:port:)`` for an input that nothing would drive.
  init(
    _ library: DeviceLibrary, initialState: InitialState, interface: Interface, manifest: Manifest
  ) throws {
    let device = try Device(library, initialState: initialState)
    guard let clockName = manifest.clock else { throw LockstepError.noClock(device: library.top) }
    clock = try device.port(named: clockName, .input, bits: 1).pin
    var driven: Set<String> = [clockName]
    resetCycles = manifest.reset?.cycles ?? 0
    if let reset = manifest.reset {
      resetPin = try device.port(named: reset.name, .input, bits: 1).pin
      asserted = reset.active == .low ? 0 : 1
      driven.insert(reset.name)
    } else {
      resetPin = nil
      asserted = 0
    }
    settings = try interface.settings.map { field in
      let port = try device.port(named: field.settingPort, .input, bits: field.bits)
      return PortCopy(pin: port.address, offset: 0, byteCount: field.byteCount)
    }
    driven.formUnion(interface.settings.map(\.settingPort))
    for stream in interface.streams {
      // A port that is missing is worth more than the one that stands in its place.
      for field in stream.fields { _ = try device.port(named: stream.port(of: field)) }
      _ = try device.port(named: stream.validPort)
      _ = try device.port(named: stream.readyPort)
      driven.insert(stream.direction == .input ? stream.validPort : stream.readyPort)
      guard stream.direction == .input else { continue }
      driven.formUnion(stream.fields.map { stream.port(of: $0) })
    }
    for port in library.ports where port.direction == .input && !driven.contains(port.name) {
      throw LockstepError.unconnectedInput(device: library.top, port: port.name)
    }
    self.device = device
  }

  /// The channels of a role, ready for one simulation. The caller frees them.
  func channels(
    _ role: ChannelRole, _ interface: Interface, _ stalls: StallPlan, shard: Int
  ) throws -> UnsafeMutableBufferPointer<Channel> {
    let streams = interface.streams(role)
    var made: [Channel] = []
    for (index, stream) in streams.enumerated() {
      made.append(try channel(stream, role, index, stalls, shard: shard))
    }
    let channels = UnsafeMutableBufferPointer<Channel>.allocate(capacity: made.count)
    _ = channels.initialize(from: made)
    return channels
  }

  private func channel(
    _ stream: Stream, _ role: ChannelRole, _ index: Int, _ stalls: StallPlan, shard: Int
  ) throws -> Channel {
    let isInput = stream.direction == .input
    let valid = try device.port(named: stream.validPort, isInput ? .input : .output, bits: 1)
    let ready = try device.port(named: stream.readyPort, isInput ? .output : .input, bits: 1)
    let layout = BeatLayout(stream.fields)
    var copies: [PortCopy] = []
    for (field, slot) in zip(stream.fields, layout.slots) {
      let port = try device.port(
        named: stream.port(of: field), isInput ? .input : .output, bits: field.bits)
      copies.append(
        PortCopy(pin: port.address, offset: slot.offset, byteCount: slot.byteCount))
    }
    let ports = UnsafeMutableBufferPointer<PortCopy>.allocate(capacity: copies.count)
    _ = ports.initialize(from: copies)
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: layout.stride, alignment: 8)
    scratch.initializeMemory(as: UInt8.self, repeating: 0, count: layout.stride)
    if isInput {
      for slot in layout.slots {
        for bit in 0..<slot.bits {
          let byte = slot.offset + bit / 8
          let old = scratch.load(fromByteOffset: byte, as: UInt8.self)
          scratch.storeBytes(of: old | 1 << UInt8(bit % 8), toByteOffset: byte, as: UInt8.self)
        }
      }
    }
    let ordinal = index + (role == .data ? 0 : role == .output ? 32 : 64)
    return Channel(
      role: role, index: index, valid: valid.pin, ready: ready.pin, ports: ports,
      stride: layout.stride, scratch: scratch,
      decisions: stalls.decisions(stream: ordinal, direction: stream.direction, shard: shard),
      next: UnsafeRawPointer(scratch))
  }

  // MARK: - Time

  /// Clock low: combinational outputs follow the inputs as they are now.
  @inline(__always)
  func settle() {
    clock.pointee = 0
    device.evaluate()
  }

  /// Rising edge.
  @inline(__always)
  func rise() {
    clock.pointee = 1
    device.evaluate()
  }

  @inline(__always)
  var hasFailed: Bool { device.hasFailed }

  func takeFailure() -> DeviceFailure? { device.takeFailure() }

  /// Holds the device in reset for as long as the manifest says and lets it go with the clock low.
  func reset() {
    guard let resetPin else { return }
    // Assertions look at registers that reset has not reached yet.
    device.setAssertions(false)
    settle()
    resetPin.pointee = asserted
    for _ in 0..<resetCycles {
      settle()
      rise()
    }
    settle()
    resetPin.pointee = 1 - asserted
    device.evaluate()
    _ = device.takeFailure()
    device.setAssertions(true)
  }
}
