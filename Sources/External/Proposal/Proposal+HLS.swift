import Devices

/// Ports of designs that come from C: `x_address0` with `x_ce0` and `x_q0`, `x_empty_n` with `x_read`.
extension Proposal {
  /// Queues outside the design.
  mutating func takeOuterQueues() {
    for (isInput, flag, move, data) in [
      (true, "_empty_n", "_read", "_dout"), (false, "_full_n", "_write", "_din"),
    ] {
      for port in free where port.direction == .input && port.name.hasSuffix(flag) {
        let base = String(port.name.dropLast(flag.count))
        guard free.contains(where: { $0.name == base + move && $0.direction == .output }),
          let payload = free.first(where: { $0.name == base + data })
        else { continue }
        take(port.name)
        take(base + move)
        take(payload.name)
        streams.append(
          Stream(
            name: PortName(base).words.joined(separator: "_"), isInput: isInput,
            handshake: "ready_valid",
            pins: isInput
              ? [("valid", port.name), ("ready", base + move)]
              : [("valid", base + move), ("ready", port.name)], keep: nil, last: nil,
            values: values(of: payload, rest: PortName(base).words), key: ["", base],
            remark: nil))
      }
    }
  }

  /// Memories outside the design, which belong to the operation that the first input begins.
  mutating func takeMemories() {
    for address in free where address.direction == .output {
      guard let match = address.name.wholeMatch(of: /(\w+)_address(\d)/) else { continue }
      let (base, number) = (String(match.1), String(match.2))
      func port(_ suffix: String, _ direction: PortDirection) -> DesignSketch.Port? {
        free.first { $0.name == "\(base)_\(suffix)\(number)" && $0.direction == direction }
      }
      let name = PortName(base).words.joined(separator: "_")
      let suffix = number == "0" ? "" : "_\(number)"
      let enable = port("ce", .output)
      if let data = port("d", .output), let write = port("we", .output) {
        var stream = Stream(
          name: name + suffix, isInput: false, handshake: "memory",
          pins: [("write", write.name), ("address", address.name), ("done", "ap_done")], keep: nil,
          last: nil, values: values(of: data, rest: [name]), key: ["", base],
          remark: "its words are compared when it is done, from address 0")
        if let read = port("q", .input) {
          ties.append((read.name, 0))
          take(read.name)
          stream.remark = "it reads this memory too: only what it writes is compared"
        }
        memories.append(stream)
        for port in [data, write] { take(port.name) }
      } else if let data = port("q", .input) {
        var stream = Stream(
          name: name + suffix, isInput: true, handshake: "memory",
          pins: [("address", address.name)], keep: nil, last: nil,
          values: values(of: data, rest: [name]), key: ["", base],
          remark: "`lengths` says how many words it has")
        if let enable { stream.pins.append(("request", enable.name)) }
        stream.pins.append(("latency", "1"))
        memories.append(stream)
        take(data.name)
      } else {
        continue
      }
      take(address.name)
      if let enable { take(enable.name) }
    }
  }

  /// The streams of the memories, behind those that begin operations.
  mutating func addMemories() {
    guard !memories.isEmpty else { return }
    streams += memories
    for index in streams.indices where streams[index].handshake == "start_done" {
      // An operation that answers in memory has nothing else to say.
      if !streams[index].isInput && streams[index].values.isEmpty {
        streams[index].handshake = "none"
      }
    }
    streams.removeAll { $0.handshake == "none" }
  }
}
