import Devices
import Signals

/// All agents of a device, its clocks and its resets.
final class Agents {
  /// Inputs before outputs.
  private(set) var agents: [any Agent] = []
  /// In the order of the interface.
  private(set) var streams: [ForeignStream] = []
  private var settings: [(moves: [LaneMove], register: Int?)] = []
  private var memories: [ReadMemoryAgent] = []
  private let readsThrough: [ReadMemoryAgent]
  private let wiring: Wiring
  private let bus: RegisterWriter?
  private let busClock: Int
  private let clocks: [ClockPin]
  private let edges: Edges
  /// Which clocks have their edge in each step, over and over.
  private let schedule: [[Bool]]
  private var place = 0
  private let resets: [(reset: Reset, pin: AgentPin)]
  /// Steps in which the slowest clock has one edge.
  private let stepsPerCycle: Int

  private struct ClockPin {
    let address: UnsafeMutablePointer<UInt8>
    let active: UInt8
  }

  /// - Throws: ``DeviceError`` and ``LockstepError`` for pins that are not there, do not fit, or are left
  ///   over.
  init(
    _ device: borrowing Device, wiring: Wiring, manifest: Manifest, interface: Interface
  ) throws {
    let library = device.library
    self.wiring = wiring
    for port in library.ports where port.direction == .bidirectional {
      throw LockstepError.bidirectionalPort(device: library.top, port: port.name)
    }
    let configuration = Configuration(name: manifest.top, values: library.parameters)
    var placer = LanePlacer(manifest: manifest, configuration: configuration)
    edges = Edges(max(manifest.clocks.count, 1))
    let schedule = Agents.schedule(manifest.clocks)
    self.schedule = schedule
    let counts = manifest.clocks.indices.map { clock in schedule.count { $0[clock] } }
    let slowest = max(counts.min() ?? 1, 1)
    stepsPerCycle = (schedule.count + slowest - 1) / slowest
    var pins: [ClockPin] = []
    for clock in manifest.clocks {
      let port = try device.port(named: clock.name, .input, bits: 1)
      placer.drives(clock.name)
      pins.append(ClockPin(address: port.pin, active: clock.isFalling ? 0 : 1))
    }
    clocks = pins
    var resets: [(Reset, AgentPin)] = []
    for reset in [manifest.reset].compactMap({ $0 }) + manifest.otherResets {
      let pin = Pin(reset.name, isInverted: reset.active == .low)
      resets.append((reset, try placer.pin(pin, .input, device)))
    }
    self.resets = resets
    busClock = manifest.clocks.firstIndex { $0.name == wiring.bus?.clock } ?? 0
    bus = try wiring.bus.map { try RegisterWriter($0, device, &placer) }
    for (name, value) in wiring.ties {
      try Agents.tie(name, value, device)
      placer.drives(name)
    }
    for (setting, field) in zip(wiring.settings, interface.settings) {
      let slot = BeatLayout([field]).slots[0]
      let moves = try setting.place.map {
        try placer.moves(field, slot: slot, $0, line: setting.line, .input, device)
      }
      settings.append((moves ?? [], setting.register))
    }
    var maker = AgentMaker(
      wiring: wiring, manifest: manifest, configuration: configuration, interface: interface,
      edges: edges)
    try maker.make(device, &placer)
    (agents, streams, memories) = (maker.agents, maker.streams, maker.memories)
    readsThrough = memories.filter { $0.latency == 0 }
    try placer.checkCoverage(of: device)
    for port in library.ports
    where port.direction == .input && !placer.driven.contains(port.name) {
      throw LockstepError.unconnectedForeignInput(
        device: library.top, port: port.name, manifest: manifest.file)
    }
  }

  private static func tie(
    _ name: String, _ value: Int, _ device: borrowing Device
  ) throws(DeviceError) {
    let port = try device.port(named: name, .input)
    for bit in 0..<port.description.bits {
      let one = bit < 64 ? UInt64(bitPattern: Int64(value)) >> UInt64(bit) & 1 : value < 0 ? 1 : 0
      LaneMove.write(one, port.address, bit, 1)
    }
  }

  /// The steps of the time after which everything comes again, without those in which nothing happens.
  private static func schedule(_ clocks: [Clock]) -> [[Bool]] {
    guard clocks.count > 1 else { return [[true]] }
    func multiple(_ a: Int, _ b: Int) -> Int {
      var (x, y) = (a, b)
      while y != 0 { (x, y) = (y, x % y) }
      return a / x * b
    }
    let period = clocks.reduce(1) { multiple($0, $1.period) }
    let steps = (0..<min(period, 1 << 20)).map { time in
      clocks.map { time % $0.period == $0.phase }
    }
    return steps.filter { $0.contains(true) }
  }

  /// Binds the streams to their channels, both in the order of the interface.
  func connect(
    _ drivers: UnsafeMutableBufferPointer<Channel>,
    _ outputs: UnsafeMutableBufferPointer<Channel>, _ stalls: StallSource, shard: Int
  ) {
    for (index, memory) in memories.enumerated() where memory.port.isStallable {
      memory.plan = stalls.decisions(memory.port.stream, ordinal: 96 + index, shard: shard)
    }
    for (index, port) in streams.enumerated() {
      port.channel =
        index < drivers.count
        ? drivers.baseAddress?.advanced(by: index)
        : outputs.baseAddress?.advanced(by: index - drivers.count)
    }
  }

  /// Lets streams follow how far those have come that they wait for.
  ///
  /// - Parameter bounds: where the transactions of a chunk begin on a channel, and the number of
  ///   the first.
  func follow(
    _ bounds:
      @escaping (_ role: ChannelRole, _ index: Int, _ chunk: Int) -> (
        starts: [Int], first: Int
      )
  ) {
    for port in streams {
      guard let channel = port.channel else { continue }
      let (role, index) = (channel.pointee.role, channel.pointee.index)
      port.progress = StreamProgress(channel) { bounds(role, index, $0) }
    }
    for (port, wires) in zip(streams, wiring.streams) {
      port.precedents = wires.after.compactMap { name in
        guard let place = wiring.streams.firstIndex(where: { $0.name == name }),
          let progress = streams[place].progress
        else { return nil }
        return Precedent(
          progress: progress, isSame: wiring.streams[place].direction == .input)
      }
    }
  }

  // MARK: - One step

  func drive() {
    edges.now = schedule[place]
    for agent in agents { agent.drive() }
  }

  func settle(_ pins: Pins) {
    for clock in clocks { clock.address.pointee = 1 - clock.active }
    pins.settlePins()
    if !readsThrough.isEmpty {
      // Addresses may depend on data of other memories.
      for _ in 0..<4 {
        for memory in readsThrough { memory.readThrough() }
        pins.settlePins()
      }
    }
    for agent in agents { agent.settled() }
  }

  func rise(_ pins: Pins) {
    for (index, clock) in clocks.enumerated() where edges.now[index] {
      clock.address.pointee = clock.active
    }
    pins.risePins()
    for agent in agents { agent.risen() }
    place = place + 1 == schedule.count ? 0 : place + 1
  }

  // MARK: - Beginning

  /// Resets the device with all pins at rest.
  func reset(_ pins: Pins) {
    for agent in agents { agent.restart() }
    for stream in streams { stream.progress?.restart() }
    bus?.restart()
    place = 0
    edges.now = schedule[0]
    settle(pins)
    if resets.contains(where: { $0.reset.isAsynchronous }) {
      for (_, pin) in resets { pin.isOn = false }
      pins.settlePins()
    }
    for (_, pin) in resets { pin.isOn = true }
    pins.settlePins()
    let cycles = resets.map(\.reset.cycles).max() ?? 0
    for cycle in 0..<cycles {
      for (reset, pin) in resets where reset.cycles == cycle { pin.isOn = false }
      for _ in 0..<stepsPerCycle { step(pins) }
    }
    for clock in clocks { clock.address.pointee = 1 - clock.active }
    pins.settlePins()
    for (_, pin) in resets { pin.isOn = false }
    pins.settlePins()
    for agent in agents { agent.restart() }
    place = 0
  }

  /// One step in which no stream moves.
  private func step(_ pins: Pins) {
    edges.now = schedule[place]
    for clock in clocks { clock.address.pointee = 1 - clock.active }
    pins.settlePins()
    for (index, clock) in clocks.enumerated() where edges.now[index] {
      clock.address.pointee = clock.active
    }
    pins.risePins()
    place = place + 1 == schedule.count ? 0 : place + 1
  }

  /// Puts settings on their pins, and writes the others to their registers.
  ///
  /// - Throws: ``LockstepError/noAcknowledge(device:register:cycles:)``.
  func apply(_ values: [[UInt8]], _ pins: Pins) throws {
    for (setting, bytes) in zip(settings, values) {
      bytes.withUnsafeBytes { raw in
        if let base = raw.baseAddress { for move in setting.moves { move.drive(base) } }
      }
    }
    guard let bus else { return }
    for (setting, bytes) in zip(settings, values) {
      guard let register = setting.register else { continue }
      try bus.write(bytes, to: register) {
        self.approachBusEdge(pins)
        self.step(pins)
      } settling: {
        self.approachBusEdge(pins)
        for clock in self.clocks { clock.address.pointee = 1 - clock.active }
        pins.settlePins()
      }
    }
  }

  /// Lets time pass until the next step has an edge of the bus's clock.
  private func approachBusEdge(_ pins: Pins) {
    while !schedule[place][busClock] { step(pins) }
  }
}
