import Devices
import Signals

/// One lane of a field: where its bits lie in a beat of harness memory, and where on the pins.
struct LaneMove {
  let pin: UnsafeMutableRawPointer
  let pinBit: Int
  let beatBit: Int
  let width: Int
  /// Bits on the pin: more than the width where lanes are padded, or say the same bit several times.
  let span: Int
  let extension_: Extension

  enum Extension { case zeros, sign, copies }

  /// Puts the lane of a beat on the pins.
  func drive(_ beat: UnsafeRawPointer) {
    let value = LaneMove.read(beat, beatBit, width)
    var (bit, left) = (pinBit, span)
    LaneMove.write(value, pin, bit, width)
    bit += width
    left -= width
    guard left > 0 else { return }
    let isOne = extension_ == .copies ? value & 1 != 0 : value >> UInt64(width - 1) & 1 != 0
    let filler: UInt64 = isOne && extension_ != .zeros ? .max : 0
    while left > 0 {
      let count = min(left, 64)
      LaneMove.write(filler, pin, bit, count)
      bit += count
      left -= count
    }
  }

  /// Puts everything on the pins that the lane of a beat is not.
  func driveComplement(_ beat: UnsafeRawPointer) {
    LaneMove.write(~LaneMove.read(beat, beatBit, width), pin, pinBit, width)
  }

  /// The lane on the pins.
  func sample() -> UInt64 { LaneMove.read(UnsafeRawPointer(pin), pinBit, width) }

  /// Up to 64 bits from a place in memory.
  static func read(_ base: UnsafeRawPointer, _ bit: Int, _ width: Int) -> UInt64 {
    if width == 8 && bit & 7 == 0 {
      return UInt64(base.load(fromByteOffset: bit >> 3, as: UInt8.self))
    }
    var (value, got, place): (UInt64, Int, Int) = (0, 0, bit)
    while got < width {
      let byte = UInt64(base.load(fromByteOffset: place >> 3, as: UInt8.self)) >> UInt64(place & 7)
      value |= byte << UInt64(got)
      let step = 8 - (place & 7)
      got += step
      place += step
    }
    return width >= 64 ? value : value & ((1 << UInt64(width)) - 1)
  }

  /// Puts up to 64 bits at a place in memory; its neighbours stay.
  static func write(_ value: UInt64, _ base: UnsafeMutableRawPointer, _ bit: Int, _ width: Int) {
    var (value, left, place) = (value, width, bit)
    while left > 0 {
      let shift = place & 7
      let count = min(8 - shift, left)
      let mask = UInt8(truncatingIfNeeded: (1 << count) - 1) << UInt8(shift)
      let old = base.load(fromByteOffset: place >> 3, as: UInt8.self)
      let new = UInt8(truncatingIfNeeded: value) << UInt8(shift) & mask
      base.storeBytes(of: old & ~mask | new, toByteOffset: place >> 3, as: UInt8.self)
      value = value >> UInt64(count)
      left -= count
      place += count
    }
  }
}

/// Finds the places of lanes among the ports of a device.
struct LanePlacer {
  let manifest: Manifest
  let configuration: Configuration
  /// Inputs that something drives.
  private(set) var driven: Set<String> = []
  /// Bits of each port that some field accounts for, and where the first of them says so.
  private var covered: [String: Int] = [:]
  private var described: [String: PortDescription] = [:]
  /// Ports of which a field names a part.
  private var parts: Set<String> = []

  init(manifest: Manifest, configuration: Configuration) {
    self.manifest = manifest
    self.configuration = configuration
  }

  mutating func drives(_ port: String) { driven.insert(port) }

  /// The pin of a handshake.
  mutating func pin(
    _ pin: Pin, _ direction: PortDirection, _ device: borrowing Device
  ) throws(DeviceError) -> AgentPin {
    let port = try device.port(named: pin.name, direction, bits: 1)
    if direction == .input { driven.insert(pin.name) }
    return AgentPin(address: port.pin, one: pin.isInverted ? 0 : 1)
  }

  /// The moves of a field.
  ///
  /// - Throws: ``DeviceError`` for ports that are not there or do not have the lanes.
  mutating func moves(
    _ field: Field, slot: BeatLayout.Slot, _ place: FieldPlace, line: Int?,
    _ direction: PortDirection, _ device: borrowing Device
  ) throws(DeviceError) -> [LaneMove] {
    func number(_ quantity: Quantity, _ key: String) throws(DeviceError) -> Int {
      try manifest.number(quantity, 0...(1 << 24), key, line, configuration)
    }
    let width = field.format.width
    let copies = try number(place.copies, "bits")
    var pitch = width * copies
    if let given = place.pitch { pitch = try number(given, "pitch") }
    let offset = try number(place.offset, "offset")
    var slots: [(UnsafeMutableRawPointer, Port)] = []
    for name in names(place.ports, lanes: field.lanes) {
      let port = try device.port(named: name, direction)
      if direction == .input { driven.insert(name) }
      described[name] = port.description
      if offset > 0 && direction == .output { parts.insert(name) }
      for element in 0..<port.description.elementCount {
        slots.append((port.address + element * port.description.elementByteCount, port))
      }
    }
    guard !slots.isEmpty, field.lanes % slots.count == 0 else {
      throw .manifest(
        file: manifest.file, line: line,
        .contradiction(
          "field '\(field.name)' has \(field.lanes) lanes, which do not divide among the "
            + "\(slots.count) elements of its ports"))
    }
    let perSlot = field.lanes / slots.count
    var moves: [LaneMove] = []
    for lane in 0..<field.lanes {
      let position = place.isDescending ? field.lanes - 1 - lane : lane
      let (address, port) = slots[position / perSlot]
      let bit = offset + position % perSlot * pitch
      let span = max(width, min(pitch, port.description.bits - bit))
      guard bit + width <= port.description.bits, pitch >= width * copies else {
        throw .wrongWidth(
          device: device.library.top, port: port.description,
          expected: offset + (perSlot - 1) * pitch + width)
      }
      covered[port.description.name, default: 0] += span
      moves.append(
        LaneMove(
          pin: address, pinBit: bit, beatBit: slot.offset * 8 + lane * width, width: width,
          span: span,
          extension_: copies > 1 ? .copies : field.format.isSigned ? .sign : .zeros))
    }
    return moves
  }

  /// A port of each lane, where the name says where its number stands.
  private func names(_ ports: [String], lanes: Int) -> [String] {
    guard ports.count == 1, ports[0].contains("{}") else { return ports }
    return (0..<lanes).map { ports[0].replacing("{}", with: String($0)) }
  }

  /// A port that fields cover in part only is most likely wider than the manifest believes.
  func checkCoverage(of device: borrowing Device) throws(DeviceError) {
    for (name, bits) in covered.sorted(by: { $0.key < $1.key }) {
      guard let port = described[name], !parts.contains(name), bits != port.bits * port.elementCount
      else { continue }
      throw .partlyCovered(device: device.library.top, port: port, covered: bits)
    }
  }
}

/// A pin of one bit and the level that says yes.
struct AgentPin {
  let address: UnsafeMutablePointer<UInt8>
  let one: UInt8

  var isOn: Bool {
    get { address.pointee == one }
    nonmutating set { address.pointee = newValue ? one : 1 - one }
  }
}
