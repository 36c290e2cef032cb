import Devices
import Signals

/// A device wired to the streams and settings of a block: addresses, looked up once.
final class Pins {
  private let device: Device
  let clock: UnsafeMutablePointer<UInt8>
  private let resetPin: UnsafeMutablePointer<UInt8>?
  /// Level of the reset pin while the device is reset.
  private let asserted: UInt8
  /// Where each setting of the interface goes.
  let settings: [PortCopy]

  private let resetCycles: Int
  /// What an `initial` block found wrong.
  let initialFailure: DeviceFailure?
  /// What stands between channels and the pins of a foreign design; nil where ports are as the rule of
  /// names has them.
  let agents: Agents?
  /// Settings change in one cycle, under stalls, too.
  let settingsTogether: Bool
  /// The clock's place where agents move the clocks.
  private var idleClock: UnsafeMutablePointer<UInt8>?

  /// - Parameters:
  ///   - ties: inputs of up to 32 bits, beside those of the block, that hold a value for ever.
  ///   - isChecked: ``checkPresence(of:in:_:)`` has been.
  /// - Throws: ``DeviceError`` for a port that is not there or of another width or direction, and
  ///   ``LockstepError/unconnectedInput(device:port:)`` for an input that nothing would drive.
  init(
    _ library: DeviceLibrary, initialState: InitialState, interface: Interface, manifest: Manifest,
    ties: [String: UInt32] = [:], isChecked: Bool = false
  ) throws {
    let device = try Device(library, initialState: initialState, directory: manifest.directory)
    guard let clockName = manifest.clock else { throw LockstepError.noClock(device: library.top) }
    settingsTogether = manifest.settingsTogether || manifest.wiring != nil
    if var wiring = manifest.wiring {
      wiring.ties.merge(ties.mapValues(Int.init)) { _, given in given }
      initialFailure = try Pins.initialFailure(of: device, manifest)
      agents = try Agents(device, wiring: wiring, manifest: manifest, interface: interface)
      clock = .allocate(capacity: 1)
      idleClock = clock
      (resetPin, asserted, settings, resetCycles) = (nil, 0, [], 0)
      self.device = device
      return
    }
    agents = nil
    if !isChecked { try Pins.checkPresence(of: interface, in: library, manifest) }
    initialFailure = try Pins.initialFailure(of: device, manifest)
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
    for (name, value) in ties {
      let port = try device.port(named: name, .input)
      switch port.description.elementByteCount {
      case 1: port.address.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
      case 2: port.address.storeBytes(of: UInt16(truncatingIfNeeded: value), as: UInt16.self)
      default: port.address.storeBytes(of: value, as: UInt32.self)
      }
      driven.insert(name)
    }
    for stream in interface.streams {
      driven.insert(stream.direction == .input ? stream.validPort : stream.readyPort)
      guard stream.direction == .input else { continue }
      driven.formUnion(stream.fields.map { stream.port(of: $0) })
    }
    for port in library.ports where port.direction == .input && !driven.contains(port.name) {
      throw LockstepError.unconnectedInput(device: library.top, port: port.name)
    }
    self.device = device
  }

  /// A port that is missing is worth more than the one that stands in its place.
  ///
  /// - Throws: ``LockstepError`` for a device without clock, or without a port of the interface; nothing
  ///   where a manifest says what the ports are.
  static func checkPresence(
    of interface: Interface, in library: DeviceLibrary, _ manifest: Manifest
  ) throws(LockstepError) {
    guard manifest.clock != nil else { throw .noClock(device: library.top) }
    guard manifest.wiring == nil else { return }
    var needed: [(name: String, direction: PortDirection)] = []
    needed += [manifest.clock, manifest.reset?.name].compactMap { $0 }.map { ($0, .input) }
    needed += interface.settings.map { ($0.settingPort, .input) }
    for stream in interface.streams {
      let isInput = stream.direction == .input
      let (forward, backward): (PortDirection, PortDirection) =
        isInput ? (.input, .output) : (.output, .input)
      needed += stream.fields.map { (stream.port(of: $0), forward) }
      needed += [(stream.validPort, forward), (stream.readyPort, backward)]
    }
    let names = Set(needed.map(\.name))
    let present = Set(library.ports.map(\.name))
    guard let missing = needed.first(where: { !present.contains($0.name) }) else { return }
    let unused = library.ports.filter {
      $0.direction == missing.direction && !names.contains($0.name)
    }
    throw .missingPort(
      device: library.top, port: missing.name, direction: missing.direction,
      unused: unused.map(\.name).sorted())
  }

  /// What failed while `device` was made. Combinational logic that dislikes the random values of
  /// registers before reset is not meant: that does not fail from zeros.
  private static func initialFailure(
    of device: borrowing Device, _ manifest: Manifest
  ) throws -> DeviceFailure? {
    guard device.hasFailed else { return nil }
    let failure = device.takeFailure()
    let quiet = try Device(
      device.library, initialState: .zeros, directory: manifest.directory)
    return quiet.hasFailed ? failure : nil
  }

  deinit { idleClock?.deallocate() }

  /// A port, or a signal that was built as a tap.
  func port(named name: String) throws(DeviceError) -> Port { try device.port(named: name) }

  /// The channels of some roles, one role after the other, ready for one simulation. The caller frees
  /// them.
  func channels(
    _ roles: [ChannelRole], _ interface: Interface, _ stalls: StallSource, shard: Int
  ) throws -> UnsafeMutableBufferPointer<Channel> {
    var made: [Channel] = []
    do {
      for role in roles {
        for (index, stream) in interface.streams(role).enumerated() {
          made.append(try channel(stream, role, index, stalls, shard: shard))
        }
      }
    } catch {
      for channel in made { channel.deallocate() }
      throw error
    }
    let channels = UnsafeMutableBufferPointer<Channel>.allocate(capacity: made.count)
    _ = channels.initialize(from: made)
    return channels
  }

  private func channel(
    _ stream: Stream, _ role: ChannelRole, _ index: Int, _ stalls: StallSource, shard: Int
  ) throws -> Channel {
    let ordinal = index + (role == .data ? 0 : role == .output ? 32 : 64)
    if let port = agents?.streams.first(where: { $0.stream.name == stream.name }) {
      return channel(port, role, index, stalls, ordinal: ordinal, shard: shard)
    }
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
    let channel = Channel(
      role: role, index: index, valid: valid.pin, ready: ready.pin, ports: copies,
      stride: layout.stride,
      decisions: stalls.decisions(stream, ordinal: ordinal, shard: shard))
    if isInput { Pins.markPayload(layout, in: channel.scratch) }
    return channel
  }

  /// The channel of a foreign stream. One that cannot be held up always moves.
  private func channel(
    _ port: ForeignStream, _ role: ChannelRole, _ index: Int, _ stalls: StallSource,
    ordinal: Int, shard: Int
  ) -> Channel {
    let isMemory = port.stream.fields.last?.name == "end" && port.stream.direction == .input
    var channel = Channel(
      role: role, index: index, valid: port.valid, ready: port.ready, ports: port.copies,
      stride: port.layout.stride,
      decisions: port.isStallable && !isMemory
        ? stalls.decisions(port.stream, ordinal: ordinal, shard: shard)
        : StallDecisions(.none, direction: port.stream.direction, state: 1))
    channel.isStallable = port.isStallable
    if role != .output { Pins.markPayload(port.layout, in: channel.scratch) }
    return channel
  }

  /// Sets every bit of a beat that lies on a pin.
  private static func markPayload(_ layout: BeatLayout, in beat: UnsafeMutableRawPointer) {
    for slot in layout.slots {
      for bit in 0..<slot.bits {
        let byte = slot.offset + bit / 8
        let old = beat.load(fromByteOffset: byte, as: UInt8.self)
        beat.storeBytes(of: old | 1 << UInt8(bit % 8), toByteOffset: byte, as: UInt8.self)
      }
    }
  }

  // MARK: - Time

  /// Clock low: combinational outputs follow the inputs as they are now.
  @inline(__always)
  func settlePins() {
    clock.pointee = 0
    device.evaluate()
  }

  /// Rising edge. No input has changed since ``settle()``.
  @inline(__always)
  func risePins() {
    clock.pointee = 1
    device.time &+= 1
    device.evaluateClock()
  }

  /// The same two with agents, where there are any, for what is not run in every cycle.
  func settle() {
    guard let agents else { return settlePins() }
    agents.drive()
    agents.settle(self)
  }

  func rise() {
    guard let agents else { return risePins() }
    agents.rise(self)
  }

  /// Puts settings on their pins.
  ///
  /// - Parameter values: bytes of each setting, in the order of the interface.
  func apply(_ values: [[UInt8]]) throws {
    if let agents { return try agents.apply(values, self) }
    for (setting, bytes) in zip(settings, values) {
      bytes.withUnsafeBytes { raw in
        if let base = raw.baseAddress { setting.drive(base) }
      }
    }
  }

  @inline(__always)
  var hasFailed: Bool { device.hasFailed }

  /// What the inner loop needs of the device, while these pins are kept.
  var evaluator: Evaluator { device.evaluator }

  func takeFailure() -> DeviceFailure? { device.takeFailure() }

  // MARK: - Waveform

  /// Begins a waveform, which ``closeTrace()`` completes.
  func openTrace(at path: String) throws { try device.openTrace(at: path) }

  /// Writes the present values.
  func dumpTrace(at time: UInt64) { device.dumpTrace(at: time) }

  func closeTrace() { device.closeTrace() }

  /// Holds the device in reset for as long as the manifest says and lets it go with the clock low.
  func reset() {
    // Assertions look at registers that reset has not reached yet.
    if let agents {
      device.setAssertions(false)
      agents.reset(self)
      _ = device.takeFailure()
      device.setAssertions(true)
    }
    guard let resetPin else { return }
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
