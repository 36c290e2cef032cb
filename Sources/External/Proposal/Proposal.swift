public import Devices

/// What the names and shapes of a design's ports suggest about its streams: what `cosim init`
/// writes.
public struct Proposal: Sendable {
  /// A value in a stream, or a setting.
  struct Value: Sendable, Hashable {
    var name: String
    /// One port, or one for each lane.
    var ports: [String]
    var bits: Int
    var lanes: Int
    var isSigned: Bool
    /// First bit in the port, for members of a structure.
    var offset: Int?
    /// Width and lanes as expressions of parameters, where the source has them so.
    var bitsText: String?
    var lanesText: String?
    var array: String
    /// What a person should look at.
    var remark: String?
  }

  struct Stream: Sendable {
    var name: String
    var isInput: Bool
    /// As the manifest spells it.
    var handshake: String
    /// Roles and pins: `valid: s_axis_tvalid`, in the order in which they are written.
    var pins: [(role: String, pin: String)]
    var keep: (port: String, bits: Int)?
    var last: String?
    var values: [Value]
    /// Words at the beginning or end of the names of its ports.
    var key: [String]
    var remark: String?
    /// Streams that it waits for, and what a person should know about that.
    var after: (names: [String], remark: String)?
  }

  var sketch: DesignSketch
  var clocks: [String] = []
  var resets: [(name: String, isLow: Bool, isAsynchronous: Bool)] = []
  var streams: [Stream] = []
  /// Memories that the harness is, until all else is known.
  var memories: [Stream] = []
  var settings: [Value] = []
  var ties: [(port: String, value: Int)] = []
  /// A bus whose names are usual: its kind and its prefix.
  var registerBus: (kind: String, prefix: String)?
  /// Ports that no part of the manifest mentions, and why.
  var unused: [(port: String, reason: String)] = []

  /// Ports that nothing has claimed yet.
  var free: [DesignSketch.Port]
  let ranges: [String: [String]]

  public init(_ sketch: DesignSketch) {
    self.sketch = sketch
    ranges = PortRanges.read(sketch.text)
    free = sketch.ports
    self.sketch.parameters = sketch.parameters.filter { parameter in
      !ParameterValues.isDerived(parameter.name, sketch.parameters.map(\.name), sketch.text)
    }
    takeUnusable()
    takeClocksAndResets()
    takeRegisterBus()
    takeMemories()
    takeOuterQueues()
    takeHandshakes()
    takeQueues()
    if streams.isEmpty { takeStartDone() } else { takeStart() }
    takeTies()
    takeBusy()
    takeStates()
    takePayloads()
    let all = streams + memories
    if !streams.contains(where: \.isInput) || !all.contains(where: { !$0.isInput }) {
      takeRest()
    }
    takeSettings()
    addMemories()
    orderStreams()
    nameArrays()
  }

  // MARK: - Ports one by one

  mutating func take(where isMeant: (DesignSketch.Port) -> Bool) -> [DesignSketch.Port] {
    let taken = free.filter(isMeant)
    free.removeAll(where: isMeant)
    return taken
  }

  mutating func take(_ name: String) { free.removeAll { $0.name == name } }

  static func isFlag(_ port: DesignSketch.Port) -> Bool {
    port.shape.bits == 1 && port.shape.unpacked.isEmpty
  }

  mutating func takeUnusable() {
    for port in take(where: { $0.direction == .bidirectional }) {
      unused.append((port.name, "is an inout, which cannot be driven and compared at once"))
    }
  }

  mutating func takeClocksAndResets() {
    let flags = free.filter { $0.direction == .input && Proposal.isFlag($0) }
    for port in flags {
      let name = PortName(port.name)
      let isEnable = name.contains(PortName.enabling)
      if name.contains(PortName.clock) && !isEnable {
        clocks.append(port.name)
        take(port.name)
      } else if name.reset.isReset {
        resets.append(
          (port.name, isLow(port.name) ?? name.reset.isLow, isAsynchronous(port.name)))
        take(port.name)
      }
    }
  }

  /// The level at which the source takes a reset for one; nil where it does not look at it itself.
  func isLow(_ name: String) -> Bool? {
    for match in sketch.text.matches(of: /\b(posedge|negedge)\s+(\w+)/) where match.2 == name {
      return match.1 == "negedge"
    }
    for match in sketch.text.matches(of: /\bif\s*\(\s*([!~]?)\s*(\w+)\s*(\)|==\s*1'b[01]\s*\))/)
    where match.2 == name {
      return (match.1 != "") != match.3.contains("0")
    }
    return nil
  }

  /// Whether an edge of the reset begins a process.
  func isAsynchronous(_ name: String) -> Bool {
    let pattern = "edge"
    return sketch.text.split(separator: "@").dropFirst().contains { part in
      let list = part.prefix { $0 != ")" }
      return list.contains(pattern)
        && list.split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains(Substring(name))
    }
  }

  /// AXI-Lite: addresses and data for reading and writing, without lengths of bursts. APB and
  /// Wishbone: their usual names.
  mutating func takeRegisterBus() {
    takePlainBus("apb", mark: "psel", ["paddr", "pwrite", "penable", "pwdata"], first: "p")
    takePlainBus("wishbone", mark: "stb", ["we", "ack"], first: nil)
    for port in free where port.name.lowercased().hasSuffix("awvalid") {
      let prefix = String(port.name.dropLast("awvalid".count))
      let group = free.filter { $0.name.hasPrefix(prefix) }
      let names = Set(group.map { $0.name.dropFirst(prefix.count).lowercased() })
      let channel = ["aw", "w", "b", "ar", "r"]
      let isBus = names.isSuperset(of: ["awaddr", "wdata", "bvalid", "arvalid", "rdata"])
      guard isBus else { continue }
      let members = take { port in
        group.contains(port)
          && channel.contains { port.name.dropFirst(prefix.count).lowercased().hasPrefix($0) }
      }
      if names.contains("awlen") {
        for member in members {
          unused.append((member.name, "belongs to a full AXI port, which is not driven"))
        }
        ties += members.filter { $0.direction == .input }.map { ($0.name, 0) }
      } else {
        registerBus = ("axi_lite", prefix)
      }
    }
  }

  /// A bus with a prefix of which these signals are there.
  private mutating func takePlainBus(
    _ kind: String, mark: String, _ needed: [String], first: String?
  ) {
    let usual: Set<String> = [
      "cyc", "stb", "we", "sel", "adr", "addr", "dat", "dat_w", "dat_r", "ack", "err", "rty",
      "stall", "cti", "bte", "wdata", "rdata", "dat_m2s", "dat_s2m", "data",
    ]
    func bare(_ name: String, _ prefix: String) -> String? {
      guard name.hasPrefix(prefix) else { return nil }
      let rest = name.dropFirst(prefix.count).lowercased()
      return rest.hasSuffix("_i") || rest.hasSuffix("_o") ? String(rest.dropLast(2)) : rest
    }
    for port in free where port.direction == .input && Proposal.isFlag(port) {
      let name = port.name.lowercased()
      let own = name.hasSuffix("_i") ? String(name.dropLast(2)) : name
      guard own.hasSuffix(mark) else { continue }
      let prefix = String(port.name.prefix(own.count - mark.count))
      let names = Set(free.compactMap { bare($0.name, prefix) })
      guard names.isSuperset(of: needed) else { continue }
      registerBus = (kind, prefix)
      _ = take { port in
        bare(port.name, prefix).map { word in
          first.map { word.hasPrefix($0) } ?? usual.contains(word)
        } ?? false
      }
      return
    }
  }

  // MARK: - Names

  /// Words that are no names of arguments in Python.
  private static let reserved: Set<String> = [
    "in", "is", "or", "and", "not", "as", "if", "from", "with", "def", "del", "for", "lambda",
    "pass", "try", "while", "class", "global", "return", "import", "None", "True", "False",
    "parameters",
  ]

  private mutating func nameArrays() {
    let inputs = streams.filter { $0.isInput && !$0.values.isEmpty }.count
    let outputs = streams.filter { !$0.isInput }.count
    var taken: Set<String> = Set(settings.map(\.array))
    for index in streams.indices {
      let stream = streams[index]
      for place in stream.values.indices {
        let words = stream.values[place].name.split(separator: "_").map(String.init)
        let isPlain = words.allSatisfy { PortName.plain.contains($0) || Int($0) != nil }
        var name = stream.values[place].name
        if isPlain && stream.values.count == 1 {
          name =
            stream.isInput
            ? (inputs == 1 ? "x" : stream.name) : (outputs == 1 ? "y" : stream.name)
        }
        if taken.contains(name) || Proposal.reserved.contains(name) || name.first?.isNumber == true
        {
          name = stream.name + "_" + stream.values[place].name
        }
        taken.insert(name)
        streams[index].values[place].array = name
      }
    }
  }
}
