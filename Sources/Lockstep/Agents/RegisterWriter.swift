import Devices
import Signals

/// Writes registers over a bus.
final class RegisterWriter {
  private let bus: RegisterBus
  private let top: String
  private let address: Port
  private let data: Port
  private let write: AgentPin?
  private let acknowledge: AgentPin?
  private let axi: AXI?
  /// What is on while a register is written, and what only from the second cycle on.
  private let selects: [AgentPin]
  private let enables: [AgentPin]
  /// Marks of bytes, all of which are written.
  private let strobes: [Port]

  private struct AXI {
    let addressValid: AgentPin
    let addressReady: AgentPin
    let dataValid: AgentPin
    let dataReady: AgentPin
    let responseValid: AgentPin
    let responseReady: AgentPin
  }

  private static let patience = 1000

  init(
    _ bus: RegisterBus, _ device: borrowing Device, _ placer: inout LanePlacer
  ) throws(DeviceError) {
    self.bus = bus
    top = device.library.top
    let names = BusNames(bus.prefix, device.library.ports)
    let words: (address: String, data: String)
    switch bus.kind {
    case .simple: words = (bus.address, bus.data)
    case .axiLite: words = (names["awaddr"], names["wdata"])
    case .apb: words = (names["paddr"], names["pwdata"])
    case .wishbone:
      words = (
        names.first("adr", "addr"),
        names.first("dat_i", "dat_w", "dat_m2s", "wdata", "data_i", "dat")
      )
    }
    address = try device.port(named: words.address, .input)
    data = try device.port(named: words.data, .input)
    placer.drives(words.address)
    placer.drives(words.data)
    var (selects, enables, answer): ([AgentPin], [AgentPin], AgentPin?) = ([], [], nil)
    switch bus.kind {
    case .apb:
      for name in ["psel", "pwrite"] {
        selects.append(try placer.pin(Pin(names[name]), .input, device))
      }
      enables.append(try placer.pin(Pin(names["penable"]), .input, device))
      if names.has("pready") { answer = try placer.pin(Pin(names["pready"]), .output, device) }
    case .wishbone:
      for name in ["cyc", "stb", "we"] where name != "cyc" || names.has(name) {
        selects.append(try placer.pin(Pin(names[name]), .input, device))
      }
      answer = try placer.pin(Pin(names["ack"]), .output, device)
    case .simple, .axiLite: break
    }
    (self.selects, self.enables) = (selects, enables)
    var strobes: [Port] = []
    for name in ["wstrb", "pstrb", "sel"] where bus.kind != .simple && names.has(name) {
      strobes.append(try device.port(named: names[name], .input))
      placer.drives(names[name])
    }
    self.strobes = strobes
    if let pin = bus.write { write = try placer.pin(pin, .input, device) } else { write = nil }
    if let pin = bus.acknowledge { answer = try placer.pin(pin, .output, device) }
    acknowledge = answer
    // What is left of the bus rests.
    for name in ["araddr", "arvalid", "rready", "awprot", "arprot", "pprot", "cti", "bte"]
    where bus.kind != .simple && names.has(name) {
      placer.drives(names[name])
    }
    guard bus.kind == .axiLite else {
      axi = nil
      return
    }
    axi = AXI(
      addressValid: try placer.pin(Pin(names["awvalid"]), .input, device),
      addressReady: try placer.pin(Pin(names["awready"]), .output, device),
      dataValid: try placer.pin(Pin(names["wvalid"]), .input, device),
      dataReady: try placer.pin(Pin(names["wready"]), .output, device),
      responseValid: try placer.pin(Pin(names["bvalid"]), .output, device),
      responseReady: try placer.pin(Pin(names["bready"]), .input, device))
  }

  func restart() {
    write?.isOn = false
    for pin in selects + enables { pin.isOn = false }
    axi?.addressValid.isOn = false
    axi?.dataValid.isOn = false
    axi?.responseReady.isOn = false
  }

  /// - Parameters:
  ///   - bytes: of the value, as a setting holds them.
  ///   - step: lets one cycle pass.
  ///   - settling: lets outputs follow inputs, before the edge.
  func write(
    _ bytes: [UInt8], to register: Int, step: () -> Void, settling: () -> Void
  ) throws {
    store(UInt64(register), address)
    var value: UInt64 = 0
    for (index, byte) in bytes.prefix(8).enumerated() { value |= UInt64(byte) << UInt64(8 * index) }
    store(value, data)
    for port in strobes { store(.max, port) }
    if let axi { return try write(axi, register, step, settling) }
    write?.isOn = true
    for pin in selects { pin.isOn = true }
    if !enables.isEmpty {
      step()
      for pin in enables { pin.isOn = true }
    }
    try wait(register, step, settling) { acknowledge?.isOn ?? true }
    write?.isOn = false
    for pin in selects + enables { pin.isOn = false }
    step()
  }

  private func write(
    _ axi: AXI, _ register: Int, _ step: () -> Void, _ settling: () -> Void
  ) throws {
    axi.addressValid.isOn = true
    axi.dataValid.isOn = true
    axi.responseReady.isOn = true
    var (hasAddress, hasData, hasResponse) = (false, false, false)
    for _ in 0..<RegisterWriter.patience where !hasResponse {
      settling()
      let (address, data, response) = (
        axi.addressReady.isOn, axi.dataReady.isOn, axi.responseValid.isOn
      )
      step()
      hasResponse = response && hasAddress && hasData
      hasAddress = hasAddress || address
      hasData = hasData || data
      axi.addressValid.isOn = !hasAddress
      axi.dataValid.isOn = !hasData
    }
    axi.responseReady.isOn = false
    guard hasResponse else {
      throw LockstepError.noAcknowledge(
        device: top, register: register, cycles: RegisterWriter.patience)
    }
  }

  private func wait(
    _ register: Int, _ step: () -> Void, _ settling: () -> Void, until isDone: () -> Bool
  ) throws {
    for _ in 0..<RegisterWriter.patience {
      settling()
      let ends = isDone()
      step()
      if ends { return }
    }
    throw LockstepError.noAcknowledge(
      device: top, register: register, cycles: RegisterWriter.patience)
  }

  private func store(_ value: UInt64, _ port: Port) {
    LaneMove.write(value, port.address, 0, min(port.description.bits, 64))
  }
}

/// The signals of a bus whose names are usual, in either case, behind one prefix.
private struct BusNames {
  private let prefix: String
  /// By what stands behind the prefix, in lower case, with and without a mark of direction.
  private var names: [String: String] = [:]

  init(_ prefix: String, _ ports: [PortDescription]) {
    self.prefix = prefix
    for port in ports where port.name.hasPrefix(prefix) {
      let rest = port.name.dropFirst(prefix.count).lowercased()
      names[rest] = port.name
      let isMarked = rest.hasSuffix("_i") || rest.hasSuffix("_o")
      let bare = isMarked ? String(rest.dropLast(2)) : rest
      if names[bare] == nil { names[bare] = port.name }
    }
  }

  func has(_ name: String) -> Bool { names[name] != nil }

  /// The port, or what it would be called.
  subscript(name: String) -> String { names[name] ?? prefix + name }

  /// The first one that there is.
  func first(_ list: String...) -> String {
    list.lazy.compactMap { names[$0] }.first ?? self[list[0]]
  }
}
