public import Devices

/// What the names and shapes of a design's ports suggest about its streams: what `cosim init` writes.
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
  }

  var sketch: DesignSketch
  var clocks: [String] = []
  var resets: [(name: String, isLow: Bool, isAsynchronous: Bool)] = []
  var streams: [Stream] = []
  var settings: [Value] = []
  var ties: [(port: String, value: Int)] = []
  /// The prefix of an AXI-Lite port.
  var registerBus: String?
  /// Ports that no part of the manifest mentions, and why.
  public private(set) var unused: [(port: String, reason: String)] = []

  /// Ports that nothing has claimed yet.
  private var free: [DesignSketch.Port]
  private let ranges: [String: [String]]

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
    takeHandshakes()
    if streams.isEmpty { takeStartDone() }
    takeTies()
    takeStates()
    takePayloads()
    if !streams.contains(where: \.isInput) || !streams.contains(where: { !$0.isInput }) {
      takeRest()
    }
    takeSettings()
    nameArrays()
  }

  // MARK: - Ports one by one

  private mutating func take(where isMeant: (DesignSketch.Port) -> Bool) -> [DesignSketch.Port] {
    let taken = free.filter(isMeant)
    free.removeAll(where: isMeant)
    return taken
  }

  private mutating func take(_ name: String) { free.removeAll { $0.name == name } }

  private static func isFlag(_ port: DesignSketch.Port) -> Bool {
    port.shape.bits == 1 && port.shape.unpacked.isEmpty
  }

  private mutating func takeUnusable() {
    for port in take(where: { $0.direction == .bidirectional }) {
      unused.append((port.name, "is an inout, which cannot be driven and compared at once"))
    }
  }

  private mutating func takeClocksAndResets() {
    let flags = free.filter { $0.direction == .input && Proposal.isFlag($0) }
    for port in flags {
      let name = PortName(port.name)
      let isEnable = name.contains(PortName.enabling)
      if name.contains(PortName.clock) && !isEnable {
        clocks.append(port.name)
        take(port.name)
      } else if name.reset.isReset {
        resets.append((port.name, name.reset.isLow, isAsynchronous(port.name)))
        take(port.name)
      }
    }
  }

  /// Whether an edge of the reset begins a process.
  private func isAsynchronous(_ name: String) -> Bool {
    let pattern = "edge"
    return sketch.text.split(separator: "@").dropFirst().contains { part in
      let list = part.prefix { $0 != ")" }
      return list.contains(pattern)
        && list.split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains(Substring(name))
    }
  }

  /// AXI-Lite: addresses and data for reading and writing, without lengths of bursts.
  private mutating func takeRegisterBus() {
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
        registerBus = prefix
      }
    }
  }

  // MARK: - Handshakes

  private mutating func takeHandshakes() {
    var found: [(port: DesignSketch.Port, key: [String], isRequest: Bool)] = []
    for port in free where Proposal.isFlag(port) {
      let name = PortName(port.name)
      if let key = name.without(PortName.valid) {
        found.append((port, key.filter { $0 != "ap" }, false))
      } else if let key = name.without(PortName.request) {
        found.append((port, key, true))
      }
    }
    // A request without an answer to it is no handshake.
    let partners = free.filter(Proposal.isFlag)
    for entry in found {
      let isInput = entry.port.direction == .input
      let answers = entry.isRequest ? PortName.acknowledge + PortName.grant : PortName.ready
      let answer = partner(
        of: entry.key, among: partners, isInput: isInput, marks: answers,
        isOnly: found.filter { ($0.port.direction == .input) == isInput }.count == 1)
      if entry.isRequest && answer == nil { continue }
      let isGrant = answer.map { PortName($0.name).contains(PortName.grant) } ?? false
      let pins: [(String, String)]
      let handshake: String
      if entry.isRequest && !isGrant {
        handshake = "request_acknowledge"
        pins = [("request", entry.port.name)] + (answer.map { [("acknowledge", $0.name)] } ?? [])
      } else {
        handshake = answer == nil ? "valid_only" : "ready_valid"
        pins = [("valid", entry.port.name)] + (answer.map { [("ready", $0.name)] } ?? [])
      }
      take(entry.port.name)
      if let answer { take(answer.name) }
      streams.append(
        Stream(
          name: streamName(entry.key, isInput: isInput), isInput: isInput, handshake: handshake,
          pins: pins, keep: nil, last: nil, values: [], key: entry.key, remark: nil))
    }
    takeLoneDone()
  }

  /// The port that answers a valid or request: of the same key, of the key of the other side, or the only
  /// one there is.
  private func partner(
    of key: [String], among ports: [DesignSketch.Port], isInput: Bool, marks: [String],
    isOnly: Bool
  ) -> DesignSketch.Port? {
    let candidates = ports.filter { port in
      (port.direction == .input) != isInput && PortName(port.name).contains(marks)
        && free.contains(port)
    }
    if let same = candidates.first(where: { PortName($0.name).without(marks) == key }) {
      return same
    }
    let flipped = key.map { $0 == "in" ? "out" : $0 == "out" ? "in" : $0 }
    if let other = candidates.first(where: { PortName($0.name).without(marks) == flipped }) {
      return other
    }
    if isOnly, candidates.count == 1,
      PortName(candidates[0].name).without(marks).map({ $0.isEmpty }) ?? false
    {
      return candidates[0]
    }
    return nil
  }

  /// `ap_start`, `ap_ready`, `ap_done`; `start`, `done`.
  private mutating func takeStartDone() {
    let flags = free.filter(Proposal.isFlag)
    func find(_ marks: [String], _ direction: PortDirection) -> DesignSketch.Port? {
      let all = flags.filter { $0.direction == direction && PortName($0.name).contains(marks) }
      return all.first { PortName($0.name).words.first == "ap" } ?? all.first
    }
    guard let start = find(PortName.start, .input) else { return }
    let isHLS = PortName(start.name).words == ["ap", "start"]
    let done = find(PortName.done, .output)
    let ready = isHLS ? flags.first { PortName($0.name).words == ["ap", "ready"] } : nil
    take(start.name)
    var input = Stream(
      name: "in", isInput: true, handshake: "start_done", pins: [("start", start.name)], keep: nil,
      last: nil, values: [], key: [], remark: nil)
    if let ready {
      input.handshake = "ready_valid"
      input.pins = [("valid", start.name), ("ready", ready.name)]
      take(ready.name)
    } else if let done {
      input.pins.append(("done", done.name))
    }
    streams.append(input)
    if let done {
      take(done.name)
      streams.append(
        Stream(
          name: "out", isInput: false, handshake: ready == nil ? "start_done" : "valid_only",
          pins: ready == nil
            ? [("done", done.name), ("of", "in")] : [("valid", done.name)], keep: nil,
          last: nil, values: [], key: [], remark: nil))
    }
  }

  /// Outputs that say how the design is, not what it answers.
  private mutating func takeStates() {
    for port in free where port.direction == .output && Proposal.isFlag(port) {
      guard PortName(port.name).contains(PortName.state) else { continue }
      take(port.name)
      unused.append((port.name, "is not compared"))
    }
  }

  /// HLS designs whose outputs have a valid each still begin with `ap_start`.
  private mutating func takeLoneDone() {
    let hasStart = free.contains { PortName($0.name).words == ["ap", "start"] }
    guard hasStart, !streams.contains(where: \.isInput) else { return }
    let outputs = streams
    streams = []
    takeStartDone()
    streams.removeAll { stream in !stream.isInput && !outputs.isEmpty }
    streams += outputs
  }

  private func streamName(_ key: [String], isInput: Bool) -> String {
    let words = key.filter { $0 != "io" && $0 != "bits" }
    let name = words.isEmpty ? (isInput ? "in" : "out") : words.joined(separator: "_")
    let taken = streams.contains { $0.name == name }
    return taken ? name + (isInput ? "_in" : "_out") : name
  }

  // MARK: - What streams carry

  private mutating func takeTies() {
    for port in free where port.direction == .input && Proposal.isFlag(port) {
      let name = PortName(port.name)
      if name.contains(PortName.quiet) {
        ties.append((port.name, 0))
        take(port.name)
      } else if name.contains(PortName.enabling) {
        ties.append((port.name, 1))
        take(port.name)
      }
    }
  }

  private mutating func takePayloads() {
    for port in free {
      let name = PortName(port.name)
      let isInput = port.direction == .input
      // The longest key at an end of the name.
      let match = streams.indices
        .filter { streams[$0].isInput == isInput && !streams[$0].key.isEmpty }
        .filter { name.rest(of: streams[$0].key) != nil }
        .max { streams[$0].key.count < streams[$1].key.count }
      guard let match else { continue }
      add(port, to: match, rest: name.rest(of: streams[match].key) ?? [])
    }
    for isInput in [true, false] {
      let hungry = streams.indices.filter {
        streams[$0].isInput == isInput && streams[$0].values.isEmpty
      }
      guard let stream = hungry.first else { continue }
      for port in free where (port.direction == .input) == isInput {
        let name = PortName(port.name)
        let isSetting =
          isInput && name.contains(PortName.settings)
          && free.filter { $0.direction == .input }.count > 1
        if !isSetting { add(port, to: stream, rest: name.words) }
      }
    }
  }

  private mutating func add(_ port: DesignSketch.Port, to index: Int, rest: [String]) {
    take(port.name)
    let isFlag = Proposal.isFlag(port)
    func marks(_ list: [String]) -> Bool { rest.contains { list.contains($0) } }
    if marks(PortName.last) && isFlag {
      streams[index].last = port.name
    } else if marks(PortName.keep) {
      streams[index].keep = (port.name, 1)
    } else if marks(PortName.side) {
      if streams[index].isInput {
        ties.append((port.name, 0))
      } else {
        unused.append((port.name, "is not compared"))
      }
    } else {
      streams[index].values += values(of: port, rest: rest)
    }
  }

  private func values(of port: DesignSketch.Port, rest: [String]) -> [Value] {
    let words = rest.filter { $0 != "bits" }
    let name = words.isEmpty ? "data" : words.joined(separator: "_")
    if !port.shape.members.isEmpty, port.shape.unpacked.isEmpty {
      return port.shape.members.map { member in
        var value = self.value(member.name, port.name, member.shape)
        value.offset = member.offset
        return value
      }
    }
    var value = self.value(name, port.name, port.shape)
    let texts = ranges[port.name] ?? []
    let values = ParameterValues(sketch.parameters)
    if texts.count == 1 + port.shape.packed.count + port.shape.unpacked.count {
      if texts.count == 1, let split = values.lanes(texts[0], of: port.shape.bits) {
        value.lanes = split.lanes.value
        value.bits = split.bits.value
        (value.lanesText, value.bitsText) = (split.lanes.text, split.bits.text)
        value.remark = nil
        return [value]
      }
      value.bitsText = values.expression(
        texts[port.shape.packed.count], equal: value.bits)
      if texts.count == 2 {
        value.lanesText = values.expression(
          texts[port.shape.packed.count == 1 ? 0 : 1], equal: value.lanes)
      }
    }
    return [value]
  }

  private func value(
    _ name: String, _ port: String, _ shape: DesignSketch.Shape
  ) -> Value {
    let packed = shape.packed.reduce(1, *)
    var value = Value(
      name: name, ports: [port], bits: shape.bits / packed,
      lanes: packed * shape.unpacked.reduce(1, *), isSigned: shape.isSigned || isCast(port),
      array: name)
    if value.bits > 64 {
      let width = value.bits % 8 == 0 ? 8 : value.bits % 4 == 0 ? 4 : 1
      value.lanes *= value.bits / width
      value.remark = "\(value.bits) bits: how many has one element?"
      value.bits = width
    } else if value.bits == 64 && !value.isSigned {
      value.isSigned = true
    }
    return value
  }

  /// Whether the source reads the port as a signed number.
  private func isCast(_ port: String) -> Bool {
    sketch.text.split(separator: "$signed(").dropFirst().contains { part in
      let rest = part.drop { $0 == " " }
      return rest.hasPrefix(port)
        && !(rest.dropFirst(port.count).first.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false)
    }
  }

  // MARK: - What is left

  /// Without any handshake, answers come so many cycles after their inputs.
  private mutating func takeRest() {
    let hasInput = streams.contains(where: \.isInput)
    let hasOutput = streams.contains { !$0.isInput }
    if !hasInput {
      var input = Stream(
        name: "in", isInput: true, handshake: "fixed_latency", pins: [("interval", "1")], keep: nil,
        last: nil, values: [], key: [],
        remark: "? cycles from one input to the next that the design takes")
      if hasOutput { input.remark = "? nothing says when an input is taken: one each cycle" }
      streams.insert(input, at: 0)
      for port in free where port.direction == .input {
        let name = PortName(port.name)
        if !name.contains(PortName.settings) { add(port, to: 0, rest: name.words) }
      }
      if streams[0].values.isEmpty {
        for port in free where port.direction == .input {
          add(port, to: 0, rest: PortName(port.name).words)
        }
      }
    }
    if !hasOutput {
      let of = streams.first(where: \.isInput)?.name ?? "in"
      streams.append(
        Stream(
          name: "out", isInput: false, handshake: "fixed_latency",
          pins: [("latency", "1"), ("of", of)], keep: nil, last: nil, values: [], key: [],
          remark: "? cycles from an input to its answer"))
      for port in free where port.direction == .output {
        add(port, to: streams.count - 1, rest: PortName(port.name).words)
      }
    }
  }

  private mutating func takeSettings() {
    for port in take(where: { $0.direction == .input }) {
      settings += values(of: port, rest: PortName(port.name).words.filter { $0 != "cfg" })
    }
    for port in take(where: { $0.direction == .output }) {
      unused.append((port.name, "is not compared"))
    }
    for index in streams.indices {
      streams[index].values = Proposal.grouped(streams[index].values)
      guard let keep = streams[index].keep,
        let port = sketch.ports.first(where: { $0.name == keep.port })
      else { continue }
      // A bit for each byte, or for each lane.
      let marks = port.shape.bits * port.shape.unpacked.reduce(1, *)
      for (place, value) in streams[index].values.enumerated()
      where value.lanes == 1 && value.bits % marks == 0 && value.offset == nil {
        streams[index].values[place].lanes = marks
        streams[index].values[place].bits = value.bits / marks
        streams[index].values[place].bitsText = nil
        streams[index].values[place].remark = "one lane for each bit of \(keep.port)"
      }
    }
  }

  /// `a_0`, `a_1`, `a_2`: lanes of one value with a port each.
  private static func grouped(_ values: [Value]) -> [Value] {
    var result: [Value] = []
    for value in values {
      let base = value.name.replacing(/_?\d+$/, with: "")
      let number = value.name.suffix(while: \.isNumber)
      if !number.isEmpty, let place = result.firstIndex(where: { first in
        first.name == (base.isEmpty ? "data" : base) && first.ports.count == Int(number)
          && first.bits == value.bits && first.lanes == first.ports.count && value.lanes == 1
          && first.offset == nil && value.offset == nil
      }) {
        result[place].ports.append(value.ports[0])
        result[place].lanes += 1
      } else if number == "0", values.contains(where: { $0.name == value.name.dropLast() + "1" }) {
        var first = value
        first.name = base.isEmpty ? "data" : base
        first.array = first.name
        result.append(first)
      } else {
        result.append(value)
      }
    }
    return result
  }

  // MARK: - Names

  /// Words that are no names of arguments in Python.
  private static let reserved: Set<String> = [
    "in", "is", "or", "and", "not", "as", "if", "from", "with", "def", "del", "for", "lambda",
    "pass", "try", "while", "class", "global", "return", "import", "None", "True", "False",
    "parameters",
  ]

  private mutating func nameArrays() {
    let inputs = streams.filter(\.isInput).count
    let outputs = streams.count - inputs
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
        if taken.contains(name) || Proposal.reserved.contains(name) || name.first?.isNumber == true {
          name = stream.name + "_" + stream.values[place].name
        }
        taken.insert(name)
        streams[index].values[place].array = name
      }
    }
  }
}

extension String {
  fileprivate func suffix(while isMeant: (Character) -> Bool) -> Substring {
    let start = lastIndex { !isMeant($0) }.map { index(after: $0) } ?? startIndex
    return self[start...]
  }
}
