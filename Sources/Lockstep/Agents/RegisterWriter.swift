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

  private struct AXI {
    let addressValid: AgentPin
    let addressReady: AgentPin
    let dataValid: AgentPin
    let dataReady: AgentPin
    let responseValid: AgentPin
    let responseReady: AgentPin
    let strobes: Port
  }

  private static let patience = 1000

  init(
    _ bus: RegisterBus, _ device: borrowing Device, _ placer: inout LanePlacer
  ) throws(DeviceError) {
    self.bus = bus
    top = device.library.top
    // Names of AXI signals are written in either case behind one prefix.
    let names = Set(device.library.ports.map(\.name))
    func port(_ name: String) -> String {
      let large = bus.prefix + name.uppercased()
      return names.contains(large) ? large : bus.prefix + name
    }
    let isAXI = bus.kind == .axiLite
    let (addressName, dataName) =
      isAXI ? (port("awaddr"), port("wdata")) : (bus.address, bus.data)
    address = try device.port(named: addressName, .input)
    data = try device.port(named: dataName, .input)
    placer.drives(addressName)
    placer.drives(dataName)
    if let pin = bus.write { write = try placer.pin(pin, .input, device) } else { write = nil }
    if let pin = bus.acknowledge {
      acknowledge = try placer.pin(pin, .output, device)
    } else {
      acknowledge = nil
    }
    guard isAXI else {
      axi = nil
      return
    }
    let strobes = try device.port(named: port("wstrb"), .input)
    axi = AXI(
      addressValid: try placer.pin(Pin(port("awvalid")), .input, device),
      addressReady: try placer.pin(Pin(port("awready")), .output, device),
      dataValid: try placer.pin(Pin(port("wvalid")), .input, device),
      dataReady: try placer.pin(Pin(port("wready")), .output, device),
      responseValid: try placer.pin(Pin(port("bvalid")), .output, device),
      responseReady: try placer.pin(Pin(port("bready")), .input, device), strobes: strobes)
    placer.drives(port("wstrb"))
    // The reading half rests.
    for name in ["araddr", "arvalid", "rready", "awprot", "arprot"] {
      placer.drives(port(name))
    }
  }

  func restart() {
    write?.isOn = false
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
    if let axi {
      try write(axi, register, step, settling)
    } else {
      write?.isOn = true
      try wait(register, step, settling) { acknowledge?.isOn ?? true }
      write?.isOn = false
      step()
    }
  }

  private func write(
    _ axi: AXI, _ register: Int, _ step: () -> Void, _ settling: () -> Void
  ) throws {
    store(.max, axi.strobes)
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
