import Foundation
import Signals
import Yams

/// Reads what a manifest says about the pins of a foreign design.
struct WiringReader {
  let manifest: Manifest
  private(set) var wiring = Wiring()

  init(_ manifest: Manifest) { self.manifest = manifest }

  mutating func read(_ keys: [String: ManifestNode]) throws(DeviceError) {
    guard let streams = keys["streams"] else { return }
    for entry in try streams.pairs("a mapping of stream names to streams") {
      wiring.streams.append(try stream(entry))
    }
    if let node = keys["arrays"] {
      for entry in try node.pairs("a mapping of arrays") { wiring.arrays.append(try array(entry)) }
    }
    if let node = keys["settings"] {
      for entry in try node.pairs("a mapping of settings") {
        wiring.settings.append(try setting(entry))
      }
    }
    if let node = keys["register_bus"] { wiring.bus = try bus(node) }
    if let node = keys["ties"] {
      for entry in try node.pairs("a mapping of inputs to values") {
        wiring.ties[entry.key] = try entry.integer()
      }
    }
    // Beats of inputs are driven before outputs are looked at.
    wiring.streams =
      wiring.streams.filter { $0.direction == .input }
      + wiring.streams.filter { $0.direction == .output }
    try WiringCheck(manifest: manifest, wiring: wiring).run(keys, streams: streams)
  }

  // MARK: - Streams

  private static let keys = [
    "direction", "handshake", "clock", "of", "after", "latency", "interval", "credits", "phases",
    "gaps",
    "address", "base", "unit", "last", "keep", "fields",
  ]

  private func stream(_ entry: ManifestNode.Entry) throws(DeviceError) -> StreamWiring {
    let roles = PinRole.allCases.map(\.rawValue)
    let node = entry.value
    let keys = try node.mapping(allowed: WiringReader.keys + roles)
    guard let way = keys["direction"] else { throw entry.problem(.missingKey("direction")) }
    guard let direction = Signals.Stream.Direction(rawValue: try way.string("a direction")) else {
      throw way.wrong("'input' or 'output'")
    }
    var stream = StreamWiring(name: entry.key, direction: direction, handshake: .readyValid)
    stream.line = entry.keyLine ?? node.node.mark?.line
    if let given = keys["handshake"] {
      let names = Handshake.allCases.map(\.rawValue)
      guard let handshake = Handshake(rawValue: try given.string("a handshake")) else {
        throw given.problem(
          .unknownWord(
            try given.string("a handshake"), key: "handshake", known: names))
      }
      stream.handshake = handshake
    }
    for role in PinRole.allCases {
      guard let given = keys[role.rawValue], role.rawValue != "credits" else { continue }
      stream.pins[role] = try given.pin()
    }
    stream.clock = try keys["clock"]?.string("the name of a clock")
    stream.partner = try keys["of"]?.string("the name of an input")
    if let given = keys["after"] {
      stream.after =
        given.node.scalar != nil
        ? [try given.string("the name of a stream")] : try given.strings("a list of streams")
    }
    stream.latency = try keys["latency"]?.quantity()
    stream.interval = try keys["interval"]?.quantity()
    stream.credits = try keys["credits"]?.quantity()
    if let given = keys["phases"] {
      stream.phases = try given.integer()
      guard [2, 4].contains(stream.phases) else { throw given.wrong("2 or 4") }
    }
    if let given = keys["gaps"] { stream.allowsGaps = try given.flag() }
    stream.address = try keys["address"]?.string("a port name")
    stream.base = try keys["base"]?.quantity() ?? stream.base
    stream.unit = try keys["unit"]?.quantity() ?? stream.unit
    try readFields(keys, &stream)
    try checkPins(keys, stream, entry)
    return stream
  }

  private func readFields(
    _ keys: [String: ManifestNode], _ stream: inout StreamWiring
  ) throws(DeviceError) {
    if let given = keys["fields"] {
      for entry in try given.pairs("a mapping of fields") { stream.fields.append(try field(entry)) }
    }
    let lanes = stream.fields.map(\.lanes).first { $0.text != "1" } ?? 1
    if let given = keys["keep"] {
      var place = FieldPlace(ports: [])
      if given.node.scalar != nil {
        place.ports = [try given.string("a port name")]
      } else {
        let keys = try given.mapping(allowed: ["port", "bits"])
        guard let port = keys["port"] else { throw given.problem(.missingKey("port")) }
        place.ports = [try port.string("a port name")]
        place.copies = try keys["bits"]?.quantity() ?? 1
      }
      stream.fields.append(
        FieldWiring(
          name: "keep", content: .keep, bits: 1, lanes: lanes, isSigned: false, place: place,
          line: given.node.mark?.line))
    }
    if let given = keys["last"] {
      stream.fields.append(
        FieldWiring(
          name: "last", content: .last, bits: 1, lanes: 1, isSigned: false,
          place: FieldPlace(ports: [try given.string("a port name")]),
          line: given.node.mark?.line))
    }
  }

  private func field(_ entry: ManifestNode.Entry) throws(DeviceError) -> FieldWiring {
    let keys = try entry.value.mapping(allowed: [
      "port", "ports", "lanes", "bits", "signed", "array", "offset", "pitch", "order",
    ])
    guard let bits = keys["bits"] else { throw entry.problem(.missingKey("bits")) }
    var place = FieldPlace(ports: try ports(keys, entry))
    place.offset = try keys["offset"]?.quantity() ?? 0
    place.pitch = try keys["pitch"]?.quantity()
    if let order = keys["order"] {
      switch try order.string("an order") {
      case "ascending": break
      case "descending": place.isDescending = true
      default: throw order.wrong("'ascending' or 'descending'")
      }
    }
    return FieldWiring(
      name: entry.key,
      content: .array(try keys["array"]?.string("the name of an array") ?? entry.key),
      bits: try bits.quantity(), lanes: try keys["lanes"]?.quantity() ?? 1,
      isSigned: try keys["signed"]?.flag() ?? false, place: place,
      line: entry.keyLine ?? entry.node.mark?.line)
  }

  private func ports(
    _ keys: [String: ManifestNode], _ entry: ManifestNode.Entry
  ) throws(DeviceError) -> [String] {
    switch (keys["port"], keys["ports"]) {
    case (let port?, nil): return [try port.string("a port name")]
    case (nil, let ports?):
      let names = try ports.strings("a list of port names")
      guard !names.isEmpty else { throw ports.wrong("a list of port names") }
      return names
    case (nil, nil): throw entry.problem(.missingKey("port"))
    case (_?, let ports?):
      throw ports.problem(.contradiction("'\(entry.key)' has both 'port' and 'ports'"))
    }
  }

  // MARK: - Everything else

  private func array(_ entry: ManifestNode.Entry) throws(DeviceError) -> ArrayWiring {
    let keys = try entry.value.mapping(allowed: ["axes", "range", "summary"])
    var array = ArrayWiring(name: entry.key)
    array.axes = try keys["axes"]?.strings("a list of axes")
    array.summary = try keys["summary"]?.string("a sentence")
    if let given = keys["range"] {
      let ends = try given.string("a range").components(separatedBy: "..").map {
        Int64($0.trimmingCharacters(in: .whitespaces))
      }
      guard ends.count == 2, let low = ends[0], let high = ends[1], low <= high else {
        throw given.wrong("a range like -128..127")
      }
      array.range = low...high
    }
    if array.axes?.contains("T") == true, let axes = keys["axes"] {
      throw axes.problem(
        .contradiction("the axis T counts transactions; leave it out: every array has it"))
    }
    return array
  }

  private func setting(_ entry: ManifestNode.Entry) throws(DeviceError) -> SettingWiring {
    let keys = try entry.value.mapping(allowed: [
      "port", "ports", "register", "bits", "lanes", "signed", "offset", "pitch", "order",
    ])
    guard let bits = keys["bits"] else { throw entry.problem(.missingKey("bits")) }
    var setting = SettingWiring(
      name: entry.key, bits: try bits.quantity(), lanes: try keys["lanes"]?.quantity() ?? 1,
      isSigned: try keys["signed"]?.flag() ?? false)
    setting.line = entry.keyLine ?? entry.node.mark?.line
    if let register = keys["register"] {
      setting.register = try register.integer()
      if keys["port"] != nil || keys["ports"] != nil {
        throw register.problem(
          .contradiction("setting '\(entry.key)' has a port and a register"))
      }
    } else {
      var place = FieldPlace(ports: try ports(keys, entry))
      place.offset = try keys["offset"]?.quantity() ?? 0
      place.pitch = try keys["pitch"]?.quantity()
      place.isDescending = try keys["order"]?.string("an order") == "descending"
      setting.place = place
    }
    return setting
  }

  private func bus(_ node: ManifestNode) throws(DeviceError) -> RegisterBus {
    let keys = try node.mapping(allowed: [
      "kind", "write", "acknowledge", "address", "data", "prefix", "clock",
    ])
    var bus = RegisterBus()
    if let given = keys["kind"] {
      guard let kind = RegisterBus.Kind(rawValue: try given.string("a kind")) else {
        throw given.wrong("'simple', 'axi_lite', 'apb' or 'wishbone'")
      }
      bus.kind = kind
    }
    bus.clock = try keys["clock"]?.string("the name of a clock")
    func name(_ key: String) throws(DeviceError) -> String {
      guard let given = keys[key] else { throw node.problem(.missingKey(key)) }
      return try given.string("a port name")
    }
    if bus.kind != .simple {
      bus.prefix = try name("prefix")
    } else {
      bus.address = try name("address")
      bus.data = try name("data")
      guard let write = keys["write"] else { throw node.problem(.missingKey("write")) }
      bus.write = try write.pin()
      bus.acknowledge = try keys["acknowledge"]?.pin()
    }
    return bus
  }
}

// MARK: - Single values

extension ManifestNode {
  /// `name`, or `!name` for one that is active low.
  func pin() throws(DeviceError) -> Pin {
    let text = try string("a port name, '!' before it if it is active low")
    guard text.hasPrefix("!") else { return Pin(text) }
    return Pin(String(text.dropFirst()), isInverted: true)
  }

  func quantity() throws(DeviceError) -> Quantity {
    Quantity(try string("a number or an expression of parameters"))
  }

  func flag() throws(DeviceError) -> Bool {
    guard case .scalar = node, let value = node.bool else { throw wrong("true or false") }
    return value
  }
}
