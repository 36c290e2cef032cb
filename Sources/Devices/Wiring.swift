public import Signals

/// A pin of one bit, and the level at which it says yes.
public struct Pin: Sendable, Hashable, CustomStringConvertible {
  public var name: String
  /// Low says yes: `!name` in a manifest.
  public var isInverted: Bool

  public init(_ name: String, isInverted: Bool = false) {
    self.name = name
    self.isInverted = isInverted
  }

  public var description: String { (isInverted ? "!" : "") + name }
}

/// How beats of a stream cross the pins of a foreign design.
public enum Handshake: String, Sendable, Hashable, CaseIterable {
  /// A beat crosses on an edge with `valid` and `ready`.
  case readyValid = "ready_valid"
  /// A beat crosses on every edge with `valid`: nobody can hold it up.
  case validOnly = "valid_only"
  /// `start` for one cycle begins an operation, its payload stays on the pins until `done`; results are
  /// there with `done`. One operation at a time.
  case startDone = "start_done"
  /// `request` with a payload until `acknowledge`; with four phases both go back, with two both change.
  case requestAcknowledge = "request_acknowledge"
  /// `valid` at will while there are credits; the receiver gives one back with each cycle of `credit`.
  case credits
  /// No valid: what is on the pins is taken on every edge, and what comes of it is there a fixed number of
  /// cycles later.
  case fixedLatency = "fixed_latency"
  /// The harness is a memory that the device reads (inputs) or writes (outputs).
  case memory
}

/// What a pin of a handshake is for.
public enum PinRole: String, Sendable, Hashable, CaseIterable {
  case valid, ready, start, done, request, acknowledge, credit, enable, write
}

/// Where a field lies among the ports.
public struct FieldPlace: Sendable, Hashable {
  /// One port, or one for each lane. A `{}` in a name stands for the lane.
  public var ports: [String]
  /// The first bit of lane 0 in its port, or in its element of an unpacked port.
  public var offset: Quantity = 0
  /// Bits from one lane to the next; the width of a lane if nil.
  public var pitch: Quantity?
  /// Lane 0 lies highest, or in the last element or port.
  public var isDescending = false
  /// Bits that say the same about one lane: byte enables.
  public var copies: Quantity = 1

  public init(ports: [String]) { self.ports = ports }
}

/// A field of a foreign stream.
public struct FieldWiring: Sendable, Hashable {
  public var name: String
  public var content: FieldContent
  public var bits: Quantity
  public var lanes: Quantity
  public var isSigned: Bool
  public var place: FieldPlace
  /// Where the manifest says it.
  public var line: Int?
}

/// A stream of a foreign design.
public struct StreamWiring: Sendable, Hashable {
  public var name: String
  public var direction: Signals.Stream.Direction
  public var handshake: Handshake
  public var pins: [PinRole: Pin] = [:]
  public var fields: [FieldWiring] = []
  /// The clock whose edges move it; the first one if nil.
  public var clock: String?
  /// The input that an output, or a memory, belongs to; the first one that can be meant if nil.
  public var partner: String?
  /// Streams that it waits for, transaction by transaction: on an input, the whole of the same
  /// transaction; on an output, the whole of the one before.
  public var after: [String] = []
  /// Cycles from input to output, from a memory's address to its data, or from a read to what it
  /// reads.
  public var latency: Quantity?
  /// The fewest cycles between two beats of an input.
  public var interval: Quantity?
  /// Beats that may be under way.
  public var credits: Quantity?
  /// Of request and acknowledge: 4 or 2.
  public var phases = 4
  /// The address port of a memory, the address of its first word, and addresses from word to word.
  public var address: String?
  public var base: Quantity = 0
  public var unit: Quantity = 1
  /// The harness may leave gaps between beats of this input.
  public var allowsGaps = true
  /// Where the manifest says it.
  public var line: Int?

  /// Whether the stall plan has a say: an output without ready cannot be held up.
  public var isStallable: Bool {
    switch (handshake, direction) {
    case (.memory, .input): pins[.valid] != nil
    case (_, .input): allowsGaps
    case (.readyValid, _), (.requestAcknowledge, _), (.credits, _): true
    case (.fixedLatency, _): pins[.enable] != nil
    case (.validOnly, _), (.startDone, _), (.memory, _): false
    }
  }
}

/// An array of a foreign design, where it is not a plain one.
public struct ArrayWiring: Sendable, Hashable {
  public var name: String
  /// Without that of the transactions.
  public var axes: [String]?
  public var range: ClosedRange<Int64>?
  public var summary: String?
}

/// A quasi-static input of a foreign design.
public struct SettingWiring: Sendable, Hashable {
  public var name: String
  public var bits: Quantity
  public var lanes: Quantity
  public var isSigned: Bool
  /// The pins that hold it, or the register that it is written to.
  public var place: FieldPlace?
  public var register: Int?
  public var line: Int?
}

/// How settings are written to registers.
public struct RegisterBus: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// `write` with `address` and `data` for one cycle, or until `acknowledge`.
    case simple
    /// AXI4-Lite: a prefix and the usual names.
    case axiLite = "axi_lite"
    /// APB: a prefix and the usual names.
    case apb
    /// Wishbone, classic cycles: a prefix and the usual names.
    case wishbone
  }

  public var kind: Kind = .simple
  public var write: Pin?
  public var acknowledge: Pin?
  public var address = ""
  public var data = ""
  /// What the names of a bus with usual names begin with.
  public var prefix = ""
  public var clock: String?
}

/// A clock of a foreign design.
public struct Clock: Sendable, Hashable {
  public var name: String
  /// Time between its active edges, and of the first of these, in a unit that all clocks share.
  public var period = 1
  public var phase = 0
  /// Registers change on its falling edge.
  public var isFalling = false

  public init(name: String, period: Int = 1, phase: Int = 0, isFalling: Bool = false) {
    self.name = name
    self.period = period
    self.phase = phase
    self.isFalling = isFalling
  }
}

/// What crosses the pins of a design that no block in Swift stands for, and through which pins.
public struct Wiring: Sendable, Hashable {
  public var streams: [StreamWiring] = []
  public var settings: [SettingWiring] = []
  public var arrays: [ArrayWiring] = []
  public var bus: RegisterBus?
  /// Inputs that keep a value.
  public var ties: [String: Int] = [:]

  public init() {}

  /// The streams in the order of the interface: inputs first.
  public func stream(named name: String) -> StreamWiring? { streams.first { $0.name == name } }

  /// The input that a stream belongs to.
  public func partner(of stream: StreamWiring) -> StreamWiring? {
    if let name = stream.partner { return self.stream(named: name) }
    let inputs = streams.filter { $0.direction == .input && $0.handshake != .memory }
    guard stream.handshake == .startDone else { return inputs.first }
    return inputs.first { $0.handshake == .startDone }
  }
}
