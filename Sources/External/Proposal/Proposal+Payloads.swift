import Devices

/// What streams carry, and what is left.
extension Proposal {
  mutating func takeTies() {
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

  mutating func takePayloads() {
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
        streams[$0].isInput == isInput && streams[$0].values.isEmpty && !isStart(streams[$0])
      }
      guard let stream = hungry.first else { continue }
      let candidates = free.filter { ($0.direction == .input) == isInput }
      // Values that look like settings are those of the stream where there are no others.
      let isSetting = { (port: DesignSketch.Port) in
        isInput && PortName(port.name).contains(PortName.settings)
      }
      let areAll = candidates.allSatisfy(isSetting)
      let isLevel = { (port: DesignSketch.Port) in
        !isInput && port.shape.members.isEmpty && PortName(port.name).contains(PortName.levels)
      }
      let areLevels = candidates.allSatisfy(isLevel)
      for port in candidates where areAll || !isSetting(port) {
        if isLevel(port) && !areLevels { continue }
        add(port, to: stream, rest: PortName(port.name).words)
      }
    }
  }

  /// A stream that begins transactions, and carries nothing beside others that do.
  private func isStart(_ stream: Stream) -> Bool {
    stream.isInput && stream.name == streams[0].name
      && streams[0].pins.contains { pin in
        PortName(pin.pin).contains(PortName.start)
      } && streams.filter(\.isInput).count > 1
  }

  mutating func add(_ port: DesignSketch.Port, to index: Int, rest: [String]) {
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

  func values(of port: DesignSketch.Port, rest: [String]) -> [Value] {
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
    let values = ParameterValues(sketch.parameters, in: sketch.text)
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
        && !(rest.dropFirst(port.count).first.map { $0.isLetter || $0.isNumber || $0 == "_" }
          ?? false)
    }
  }

  // MARK: - What is left

  /// Without any handshake, answers come so many cycles after their inputs.
  mutating func takeRest() {
    let hasInput = streams.contains(where: \.isInput)
    let hasOutput = (streams + memories).contains { !$0.isInput }
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
      let isAcknowledged = streams.first(where: \.isInput)?.handshake == "request_acknowledge"
      streams.append(
        Stream(
          name: "out", isInput: false, handshake: "fixed_latency",
          pins: [("latency", isAcknowledged ? "0" : "1"), ("of", of)], keep: nil, last: nil,
          values: [], key: [],
          remark: isAcknowledged
            ? "? the answer is there with the acknowledgement"
            : "? cycles from an input to its answer"))
      for port in free where port.direction == .output {
        add(port, to: streams.count - 1, rest: PortName(port.name).words)
      }
    }
  }

  mutating func takeSettings() {
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
      if !number.isEmpty,
        let place = result.firstIndex(where: { first in
          first.name == (base.isEmpty ? "data" : base) && first.ports.count == Int(number)
            && first.bits == value.bits && first.lanes == first.ports.count && value.lanes == 1
            && first.offset == nil && value.offset == nil
        })
      {
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
}

extension String {
  fileprivate func suffix(while isMeant: (Character) -> Bool) -> Substring {
    let start = lastIndex { !isMeant($0) }.map { index(after: $0) } ?? startIndex
    return self[start...]
  }
}
