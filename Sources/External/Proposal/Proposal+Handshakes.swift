import Devices

/// Pins that say when a beat crosses.
extension Proposal {
  mutating func takeHandshakes() {
    var found: [(port: DesignSketch.Port, key: [String], isRequest: Bool)] = []
    for port in free where Proposal.isFlag(port) {
      let name = PortName(port.name)
      if let key = name.without(PortName.valid) {
        found.append((port, key.filter { $0 != "ap" }, false))
      } else if let key = name.without(PortName.request) {
        found.append((port, key, true))
      }
    }
    for port in free where port.shape.bits > 1 && port.shape.unpacked.isEmpty {
      guard port.shape.members.isEmpty, let key = PortName(port.name).without(PortName.valid)
      else { continue }
      takeMarks(port, key)
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

  /// A valid for each lane.
  private mutating func takeMarks(_ port: DesignSketch.Port, _ key: [String]) {
    let isInput = port.direction == .input
    let hasData = free.contains { other in
      other.direction == port.direction && other.name != port.name
        && other.shape.bits * other.shape.unpacked.reduce(1, *) % port.shape.bits == 0
        && PortName(other.name).rest(of: key) != nil
    }
    guard hasData else { return }
    take(port.name)
    var stream = Stream(
      name: streamName(key, isInput: isInput), isInput: isInput, handshake: "valid_only", pins: [],
      keep: nil, last: nil, values: [], key: key, remark: nil)
    stream.keep = (port.name, 1)
    stream.remark = "each lane has its own valid"
    streams.append(stream)
  }

  /// `wr_en` and `full`, `rd_en` and `empty`.
  mutating func takeQueues() {
    func flag(_ marks: [String], _ direction: PortDirection) -> DesignSketch.Port? {
      free.first {
        $0.direction == direction && Proposal.isFlag($0) && PortName($0.name).contains(marks)
          && !PortName($0.name).contains(["almost", "prog", "alm"])
      }
    }
    if !streams.contains(where: \.isInput), let full = flag(PortName.full, .output),
      let push = flag(PortName.push, .input)
    {
      take(full.name)
      take(push.name)
      streams.append(
        Stream(
          name: "in", isInput: true, handshake: "ready_valid",
          pins: [("valid", push.name), ("ready", "\"!\(full.name)\"")], keep: nil, last: nil,
          values: [], key: [], remark: nil))
    }
    if !streams.contains(where: { !$0.isInput }), let empty = flag(PortName.empty, .output),
      let pop = flag(PortName.pop, .input)
    {
      take(empty.name)
      take(pop.name)
      let isThere = PortName(pop.name).contains(["pop", "deq", "rinc"])
      streams.append(
        Stream(
          name: "out", isInput: false, handshake: "ready_valid",
          pins: [
            ("valid", "\"!\(empty.name)\""), ("ready", pop.name),
            (
              "latency",
              "\(isThere ? 0 : 1)  # ? cycles from reading to the data; 0 where these wait for it"
            ),
          ], keep: nil, last: nil, values: [], key: [], remark: nil))
    }
  }

  /// `start` beside streams: it begins a transaction, whose data follow.
  mutating func takeStart() {
    let start = free.first {
      $0.direction == .input && Proposal.isFlag($0) && PortName($0.name).contains(PortName.start)
    }
    guard let start, streams.contains(where: \.isInput) else { return }
    take(start.name)
    var stream = Stream(
      name: streams.contains { $0.name == "start" } ? "begin" : "start", isInput: true,
      handshake: "valid_only", pins: [("valid", start.name)], keep: nil, last: nil, values: [],
      key: [], remark: "one beat for each transaction")
    stream.after = (streams.filter { !$0.isInput }.map(\.name), "when all answers have been given")
    if PortName(start.name).words == ["ap", "start"],
      let ready = free.first(where: { PortName($0.name).words == ["ap", "ready"] })
    {
      // High until it is taken.
      take(ready.name)
      stream.handshake = "ready_valid"
      stream.pins.append(("ready", ready.name))
      stream.after = nil
    }
    for index in streams.indices where streams[index].isInput {
      if stream.after != nil {
        streams[index].after = ([stream.name], "the transaction has begun")
      }
    }
    streams.insert(stream, at: 0)
    if !streams.contains(where: { !$0.isInput }),
      let done = free.first(where: {
        $0.direction == .output && Proposal.isFlag($0) && PortName($0.name).contains(PortName.done)
      })
    {
      take(done.name)
      streams[0].handshake = "start_done"
      streams[0].pins = [("start", start.name), ("done", done.name)]
      streams[0].after = nil
      streams.append(
        Stream(
          name: "out", isInput: false, handshake: "start_done",
          pins: [("done", done.name), ("of", stream.name)], keep: nil, last: nil, values: [],
          key: [], remark: nil))
    } else {
      for port in take(where: { other in
        other.direction == .output && Proposal.isFlag(other)
          && PortName(other.name).contains(PortName.done)
      }) {
        unused.append((port.name, "is not compared"))
      }
    }
  }

  /// `busy` or `idle`, where nothing else says when an input is taken.
  mutating func takeBusy() {
    let inputs = streams.indices.filter { streams[$0].isInput }
    guard inputs.count == 1, streams[inputs[0]].handshake == "valid_only",
      !streams[inputs[0]].pins.isEmpty, streams[inputs[0]].after == nil
    else { return }
    let state = free.first { port in
      port.direction == .output && Proposal.isFlag(port)
        && PortName(port.name).contains(["busy", "idle"])
    }
    guard let state else { return }
    take(state.name)
    let isIdle = PortName(state.name).contains(["idle"])
    streams[inputs[0]].handshake = "ready_valid"
    streams[inputs[0]].pins.append(
      ("ready", (isIdle ? state.name : "\"!\(state.name)\"") + "  # ? takes nothing meanwhile"))
  }

  /// An input that nobody can hold up goes with an output that can be: one transaction at a time.
  mutating func orderStreams() {
    let outputs = streams.filter { !$0.isInput }
    guard outputs.contains(where: { $0.handshake == "ready_valid" }) else { return }
    for index in streams.indices
    where streams[index].isInput && streams[index].handshake == "valid_only"
      && streams[index].after == nil
    {
      streams[index].after = (
        outputs.map(\.name), "nothing says when it is taken: one transaction after the other"
      )
    }
  }

  /// The port that answers a valid or request: of the same key, of the key of the other side, or
  /// the only
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
  mutating func takeStartDone() {
    let flags = free.filter(Proposal.isFlag)
    func find(_ marks: [String], _ direction: PortDirection) -> DesignSketch.Port? {
      let all = flags.filter { $0.direction == direction && PortName($0.name).contains(marks) }
      return all.first { PortName($0.name).words.first == "ap" } ?? all.first
    }
    guard let start = find(PortName.start, .input) else { return }
    // A block with memories reads them from its start on, and is ready for more at its end.
    let isHLS = PortName(start.name).words == ["ap", "start"] && memories.isEmpty
    let done = find(PortName.done, .output)
    let ready = isHLS ? flags.first { PortName($0.name).words == ["ap", "ready"] } : nil
    take(start.name)
    if !memories.isEmpty {
      for port in take(where: { PortName($0.name).words == ["ap", "ready"] }) {
        unused.append((port.name, "is not compared"))
      }
    }
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
  mutating func takeStates() {
    for port in free where port.direction == .output && Proposal.isFlag(port) {
      guard PortName(port.name).contains(PortName.state) else { continue }
      take(port.name)
      unused.append((port.name, "is not compared"))
    }
  }

  /// HLS designs whose outputs have a valid each still begin with `ap_start`.
  mutating func takeLoneDone() {
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
}
