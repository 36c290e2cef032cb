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
