import Devices
import Signals

/// Makes the agents of a wiring.
struct AgentMaker {
  let wiring: Wiring
  let manifest: Manifest
  let configuration: Configuration
  let interface: Interface
  let edges: Edges

  private(set) var agents: [any Agent] = []
  private(set) var streams: [ForeignStream] = []
  private(set) var memories: [ReadMemoryAgent] = []
  private var links: [String: Link] = [:]

  init(
    wiring: Wiring, manifest: Manifest, configuration: Configuration, interface: Interface,
    edges: Edges
  ) {
    self.wiring = wiring
    self.manifest = manifest
    self.configuration = configuration
    self.interface = interface
    self.edges = edges
  }

  mutating func make(_ device: borrowing Device, _ placer: inout LanePlacer) throws {
    for stream in wiring.streams {
      let clock = manifest.clocks.firstIndex { $0.name == stream.clock } ?? 0
      links[stream.name] = Link(edges, clock)
    }
    for (stream, wires) in zip(interface.streams, wiring.streams) {
      let port = ForeignStream(stream, isStallable: wires.isStallable)
      let isInput = wires.direction == .input
      for (index, field) in wires.fields.enumerated() {
        let moves = try placer.moves(
          stream.fields[index], slot: port.layout.slots[index], field.place, line: field.line,
          isInput ? .input : .output, device)
        port.add(moves, ofField: index)
      }
      streams.append(port)
      agents.append(
        isInput
          ? try input(wires, port, device, &placer) : try output(wires, port, device, &placer))
    }
  }

  private func number(_ quantity: Quantity?, _ otherwise: Int, _ wires: StreamWiring) throws -> Int
  {
    try quantity.map { try manifest.number($0, 0...Int.max, "number", wires.line, configuration) }
      ?? otherwise
  }

  private func link(_ wires: StreamWiring) -> Link { links[wires.name] ?? Link(edges, 0) }

  /// That of the input which a stream belongs to.
  private func source(_ wires: StreamWiring) -> Link {
    wiring.partner(of: wires).flatMap { links[$0.name] } ?? link(wires)
  }

  private func pin(
    _ role: PinRole, _ direction: PortDirection, _ wires: StreamWiring,
    _ device: borrowing Device, _ placer: inout LanePlacer
  ) throws -> AgentPin {
    guard let pin = wires.pins[role] else {
      throw DeviceError.manifest(
        file: manifest.file, line: wires.line,
        .handshake(
          wires.handshake.rawValue, stream: wires.name, direction: wires.direction.rawValue,
          missing: role.rawValue))
    }
    return try placer.pin(pin, direction, device)
  }

  private func optionalPin(
    _ role: PinRole, _ direction: PortDirection, _ wires: StreamWiring,
    _ device: borrowing Device, _ placer: inout LanePlacer
  ) throws -> AgentPin? {
    wires.pins[role] == nil ? nil : try pin(role, direction, wires, device, &placer)
  }

  /// The pin of valid, unless each lane has its own.
  private func valid(
    _ direction: PortDirection, _ wires: StreamWiring, _ device: borrowing Device,
    _ placer: inout LanePlacer
  ) throws -> AgentPin? {
    wires.fields.contains { $0.content == .keep }
      ? try optionalPin(.valid, direction, wires, device, &placer)
      : try pin(.valid, direction, wires, device, &placer)
  }

  // MARK: - Inputs

  private mutating func input(
    _ wires: StreamWiring, _ port: ForeignStream, _ device: borrowing Device,
    _ placer: inout LanePlacer
  ) throws -> any Agent {
    let link = link(wires)
    switch wires.handshake {
    case .readyValid:
      return InputAgent(
        port, valid: try valid(.input, wires, device, &placer),
        ready: try pin(.ready, .output, wires, device, &placer),
        interval: try number(wires.interval, 1, wires), link)
    case .validOnly:
      return InputAgent(
        port, valid: try valid(.input, wires, device, &placer), ready: nil,
        interval: try number(wires.interval, 1, wires), link)
    case .fixedLatency:
      return InputAgent(
        port, valid: nil, ready: nil, interval: try number(wires.interval, 1, wires), link)
    case .startDone:
      return StartAgent(
        port, start: try pin(.start, .input, wires, device, &placer),
        done: try pin(.done, .output, wires, device, &placer), link)
    case .requestAcknowledge:
      return RequestAgent(
        port, request: try pin(.request, .input, wires, device, &placer),
        acknowledge: try pin(.acknowledge, .output, wires, device, &placer),
        phases: wires.phases, link)
    case .credits:
      return CreditSenderAgent(
        port, valid: try pin(.valid, .input, wires, device, &placer),
        credit: try pin(.credit, .output, wires, device, &placer),
        credits: try number(wires.credits, 1, wires), link)
    case .memory:
      return try memory(wires, port, device, &placer)
    }
  }

  private mutating func memory(
    _ wires: StreamWiring, _ port: ForeignStream, _ device: borrowing Device,
    _ placer: inout LanePlacer
  ) throws -> any Agent {
    let agent = ReadMemoryAgent(
      port, address: try address(wires, device),
      request: try optionalPin(.request, .output, wires, device, &placer),
      response: try optionalPin(.valid, .input, wires, device, &placer),
      latency: try number(wires.latency, 1, wires), of: source(wires), clock: link(wires))
    memories.append(agent)
    return agent
  }

  private func address(
    _ wires: StreamWiring, _ device: borrowing Device
  ) throws -> WordAddress {
    let port = try device.port(named: wires.address ?? "", .output)
    guard port.description.extents.isEmpty, port.description.bits <= 64 else {
      throw DeviceError.wrongWidth(
        device: device.library.top, port: port.description, expected: 64)
    }
    return WordAddress(
      port: AgentNumber(port), base: try number(wires.base, 0, wires),
      unit: try number(wires.unit, 1, wires))
  }

  // MARK: - Outputs

  private func output(
    _ wires: StreamWiring, _ port: ForeignStream, _ device: borrowing Device,
    _ placer: inout LanePlacer
  ) throws -> any Agent {
    let link = link(wires)
    switch wires.handshake {
    case .readyValid:
      let latency = try number(wires.latency, 0, wires)
      let ready = try pin(.ready, .input, wires, device, &placer)
      guard latency > 0 else {
        return OutputAgent(
          port, valid: try valid(.output, wires, device, &placer), ready: ready, link)
      }
      return ReadAgent(
        port, valid: try pin(.valid, .output, wires, device, &placer), ready: ready,
        latency: latency, link)
    case .validOnly:
      return OutputAgent(
        port, valid: try valid(.output, wires, device, &placer), ready: nil, link)
    case .fixedLatency:
      return LatencyAgent(
        port, latency: try number(wires.latency, 1, wires),
        enable: try optionalPin(.enable, .input, wires, device, &placer), of: source(wires))
    case .startDone:
      return DoneAgent(
        port, done: try pin(.done, .output, wires, device, &placer), of: source(wires))
    case .requestAcknowledge:
      return AcknowledgeAgent(
        port, request: try pin(.request, .output, wires, device, &placer),
        acknowledge: try pin(.acknowledge, .input, wires, device, &placer),
        phases: wires.phases, link)
    case .credits:
      return CreditReceiverAgent(
        port, valid: try pin(.valid, .output, wires, device, &placer),
        credit: try pin(.credit, .input, wires, device, &placer),
        credits: try number(wires.credits, 1, wires), link)
    case .memory:
      return WriteMemoryAgent(
        port, address: try address(wires, device),
        write: try pin(.write, .output, wires, device, &placer),
        done: try pin(.done, .output, wires, device, &placer), of: source(wires), clock: link)
    }
  }
}
