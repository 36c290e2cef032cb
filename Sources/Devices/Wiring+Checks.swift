import Signals
import Yams

extension WiringReader {
  /// Pins and numbers that each handshake has in each direction: those that it must have, and others.
  private static func vocabulary(
    _ handshake: Handshake, _ direction: Signals.Stream.Direction, hasKeep: Bool
  ) -> (needed: [String], optional: [String]) {
    let isInput = direction == .input
    // Where lanes have a valid each, a beat is there with the first of them.
    let valid = hasKeep ? [] : ["valid"]
    switch handshake {
    case .readyValid:
      return (valid + ["ready"], ["valid"] + (isInput ? ["interval"] : ["latency"]))
    case .validOnly: return (valid, ["valid"] + (isInput ? ["interval"] : []))
    case .startDone: return isInput ? (["start", "done"], []) : (["done"], ["of"])
    case .requestAcknowledge: return (["request", "acknowledge"], ["phases"])
    case .credits: return (["valid", "credit", "credits"], [])
    case .fixedLatency:
      return isInput ? ([], ["interval"]) : (["latency"], ["of", "enable"])
    case .memory:
      return isInput
        ? (["address"], ["request", "valid", "latency", "of", "base", "unit"])
        : (["write", "address", "done"], ["of", "base", "unit"])
    }
  }

  /// What a stream says must be what its handshake needs: nothing that means nothing there.
  func checkPins(
    _ keys: [String: ManifestNode], _ stream: StreamWiring, _ entry: ManifestNode.Entry
  ) throws(DeviceError) {
    let (needed, optional) = WiringReader.vocabulary(
      stream.handshake, stream.direction, hasKeep: keys["keep"] != nil)
    for key in needed where keys[key] == nil {
      throw entry.problem(
        .handshake(
          stream.handshake.rawValue, stream: stream.name, direction: stream.direction.rawValue,
          missing: key))
    }
    var allowed = Set(needed + optional)
    allowed.formUnion(["direction", "handshake", "clock", "last", "keep", "fields"])
    if stream.direction == .input && stream.handshake != .memory {
      allowed.formUnion(["gaps", "after"])
    }
    for (key, node) in keys.sorted(by: { $0.key < $1.key }) where !allowed.contains(key) {
      throw node.problem(
        .contradiction(
          "'\(key)' means nothing on an \(stream.direction.rawValue) with the handshake "
            + stream.handshake.rawValue))
    }
    if stream.handshake == .memory {
      guard stream.fields.count == 1, case .array = stream.fields[0].content else {
        throw entry.problem(.contradiction("a memory has one field, its data, and no side bands"))
      }
    }
    if stream.direction == .output && stream.fields.isEmpty {
      throw entry.problem(.contradiction("output '\(stream.name)' has no fields to compare"))
    }
    guard keys["keep"] != nil else { return }
    // One keep bit a lane: lanes must mean the same in all fields.
    let wide = stream.fields.filter { $0.content != .last && $0.lanes.text != "1" }
    let lanes = Set(wide.map(\.lanes))
    guard lanes.count <= 1 else {
      throw entry.problem(
        .contradiction(
          "the fields of '\(stream.name)' have different numbers of lanes, which one 'keep' "
            + "cannot mark"))
    }
  }
}

/// What only shows when all of a wiring is known.
struct WiringCheck {
  let manifest: Manifest
  let wiring: Wiring

  func run(_ keys: [String: ManifestNode], streams: ManifestNode) throws(DeviceError) {
    let clocks = manifest.clocks.map(\.name)
    for stream in wiring.streams {
      if let clock = stream.clock, !clocks.contains(clock) {
        throw problem(stream.line, .unknownWord(clock, key: "clock", known: clocks))
      }
      let partners = wiring.streams.filter { $0.direction == .input && $0.handshake != .memory }
      if let name = stream.partner, !partners.contains(where: { $0.name == name }) {
        throw problem(
          stream.line, .unknownWord(name, key: "of", known: partners.map(\.name)))
      }
      for name in stream.after {
        guard wiring.streams.contains(where: { $0.name == name && $0.name != stream.name }) else {
          let others = wiring.streams.map(\.name).filter { $0 != stream.name }
          throw problem(stream.line, .unknownWord(name, key: "after", known: others))
        }
      }
      if let path = circle(from: stream.name) {
        throw problem(
          stream.line,
          .contradiction("no beat could ever cross: \(path.joined(separator: " after "))"))
      }
      let needsPartner =
        stream.handshake == .memory
        || stream.direction == .output
          && (stream.handshake == .startDone || stream.handshake == .fixedLatency)
      if needsPartner && wiring.partner(of: stream) == nil {
        throw problem(
          stream.line,
          .contradiction("'\(stream.name)' belongs to no input; name one with 'of'"))
      }
    }
    if !wiring.streams.contains(where: { $0.direction == .output }) {
      throw streams.problem(.contradiction("there is no output stream: nothing would be compared"))
    }
    let hasRegisters = wiring.settings.contains { $0.register != nil }
    if hasRegisters && wiring.bus == nil {
      throw problem(
        wiring.settings.first { $0.register != nil }?.line,
        .contradiction("a setting names a register, but there is no 'register_bus'"))
    }
    if let clock = wiring.bus?.clock, !clocks.contains(clock) {
      throw problem(nil, .unknownWord(clock, key: "clock", known: clocks))
    }
    // Numbers are wrong here rather than when a device has been built.
    var complete = manifest
    complete.wiring = wiring
    for configuration in manifest.configurations {
      let interface = try complete.interface(in: configuration)
      for array in wiring.arrays where interface.array(array.name) == nil {
        throw problem(
          keys["arrays"]?.node.mark?.line,
          .unknownWord(array.name, key: "arrays", known: interface.arrays.map(\.name)))
      }
      try checkNumbers(complete, configuration)
    }
  }

  private func checkNumbers(
    _ manifest: Manifest, _ configuration: Configuration
  ) throws(DeviceError) {
    for stream in wiring.streams {
      let numbers: [(String, Quantity?, ClosedRange<Int>)] = [
        ("latency", stream.latency, 0...65536), ("interval", stream.interval, 1...65536),
        ("credits", stream.credits, 1...65536), ("unit", stream.unit, 1...65536),
        ("base", stream.base, 0...Int.max),
      ]
      for case (let key, let quantity?, let range) in numbers {
        _ = try manifest.number(quantity, range, key, stream.line, configuration)
      }
      for field in stream.fields {
        let bits = 0...(1 << 20)
        _ = try manifest.number(field.place.offset, bits, "offset", field.line, configuration)
        if let pitch = field.place.pitch {
          _ = try manifest.number(pitch, 1...65536, "pitch", field.line, configuration)
        }
        _ = try manifest.number(field.place.copies, 1...64, "bits", field.line, configuration)
      }
    }
  }

  /// Inputs that wait for each other within one transaction.
  private func circle(from start: String) -> [String]? {
    func path(_ name: String, _ seen: [String]) -> [String]? {
      guard let stream = wiring.stream(named: name), stream.direction == .input else { return nil }
      if seen.contains(name) { return name == start ? seen + [name] : nil }
      for next in stream.after { if let found = path(next, seen + [name]) { return found } }
      return nil
    }
    return path(start, [])
  }

  private func problem(_ line: Int?, _ problem: ManifestProblem) -> DeviceError {
    .manifest(file: manifest.file, line: line, problem)
  }
}
