import ArgumentParser
import Blocks
import Devices
import External
import Foundation
import Signals

struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Say what a block computes, its parameters, arrays, pins and settings.")

  @Argument(help: "The block.")
  var block: String?

  @Flag(help: "Print every key of a manifest instead, as Markdown.")
  var manifest = false

  @OptionGroup var parameters: ConfigurationOptions
  @OptionGroup var project: ProjectOptions

  @Flag(help: "Print it as JSON.")
  var json = false

  func validate() throws {
    guard manifest != (block != nil) else {
      throw ValidationError("name a block, or ask for --manifest")
    }
  }

  func run() throws {
    guard let name = block else {
      print(ManifestReference.markdown, terminator: "")
      return
    }
    let block = try Program.block(named: name)
    let configuration = try parameters.configuration(of: block, in: project)
    let description = try BlockDescription(block, in: configuration)
    if json {
      print(try JSONText.encode(description))
    } else {
      print(description.text(isForeign: block is ManifestBlock))
    }
  }
}

/// Everything that can be said about a block under a configuration.
private struct BlockDescription: Codable {
  struct Port: Codable {
    var name: String
    var direction: String
    var bits: Int
    var carries: String
  }

  var name: String
  var summary: String
  var formula: String
  var source: String
  var parameters: [Parameter]
  var configuration: Configuration
  var interface: Interface
  var ports: [Port]
  /// Orders of intermediate values that taps may name.
  var orders: [Order]
  var tolerance: Tolerance

  struct Order: Codable {
    var name: String
    var lanes: Int
    var summary: String
  }

  init(_ block: any Block, in configuration: Configuration) throws {
    name = block.name
    summary = block.summary
    formula = block.formula
    source = block.source
    parameters = block.parameters
    self.configuration = configuration
    interface = try block.interface(in: configuration)
    tolerance = block.tolerance(in: configuration)
    let manifest = (block as? ManifestBlock)?.manifest
    ports = BlockDescription.ports(interface, manifest)
    orders = block.tapOrders(in: configuration).map {
      Order(name: $0.name, lanes: $0.lanes, summary: $0.summary)
    }
  }

  /// Clocks and resets: those of the manifest, or those that every block has.
  private static func begin(_ manifest: Manifest?) -> [Port] {
    let clocks = manifest?.clocks ?? [Clock(name: "clk_i")]
    var ports = clocks.map { clock in
      Port(
        name: clock.name, direction: "input", bits: 1,
        carries: "clock, \(clock.isFalling ? "falling" : "rising") edge")
    }
    guard let manifest else {
      return ports + [
        Port(name: "rst_ni", direction: "input", bits: 1, carries: "reset, active low")
      ]
    }
    for reset in [manifest.reset].compactMap({ $0 }) + manifest.otherResets {
      ports.append(
        Port(
          name: reset.name, direction: "input", bits: 1,
          carries: "reset, active \(reset.active == .low ? "low" : "high")"
            + (reset.isAsynchronous ? ", asynchronous" : "")))
    }
    for (name, value) in (manifest.wiring?.ties ?? [:]).sorted(by: { $0.key < $1.key }) {
      ports.append(Port(name: name, direction: "input", bits: 0, carries: "kept at \(value)"))
    }
    return ports
  }

  private static func ports(_ interface: Interface, _ manifest: Manifest?) -> [Port] {
    if let manifest, let wiring = manifest.wiring {
      return begin(manifest) + foreignPorts(interface, wiring)
    }
    var ports = begin(nil)
    for field in interface.settings {
      ports.append(
        Port(
          name: field.settingPort, direction: "input", bits: field.bits,
          carries: "setting \(field.name), \(field.format)"))
    }
    for stream in interface.streams {
      let (forward, backward) =
        stream.direction == .input ? ("input", "output") : ("output", "input")
      let when = stream.phase == .configuration ? ", whenever the settings change" : ""
      ports.append(
        Port(
          name: stream.validPort, direction: forward, bits: 1,
          carries: "valid of \(stream.name)\(when)"))
      ports.append(
        Port(
          name: stream.readyPort, direction: backward, bits: 1, carries: "ready of \(stream.name)"))
      for field in stream.fields {
        let content =
          switch field.content {
          case .array(let array):
            "array \(array), \(field.lanes) × \(field.format)" + order(field.walk)
          case .keep: "lane holds an element"
          case .last: "last beat of the transaction"
          case .extent(let axis): "extent of axis \(axis)"
          }
        ports.append(
          Port(
            name: stream.port(of: field), direction: forward, bits: field.bits, carries: content))
      }
    }
    return ports
  }

  /// The ports that a manifest names.
  private static func foreignPorts(_ interface: Interface, _ wiring: Wiring) -> [Port] {
    var ports: [Port] = []
    for (field, setting) in zip(interface.settings, wiring.settings) {
      let place = setting.register.map { "register 0x" + String($0, radix: 16) }
      ports.append(
        Port(
          name: setting.place?.ports.joined(separator: ", ") ?? place ?? "", direction: "input",
          bits: field.bits, carries: "setting \(field.name), \(field.format)"))
    }
    for (stream, wires) in zip(interface.streams, wiring.streams) {
      let isInput = stream.direction == .input
      let own: Set<PinRole> =
        isInput ? [.valid, .start, .request] : [.ready, .acknowledge, .credit, .enable]
      for (role, pin) in wires.pins.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        ports.append(
          Port(
            name: pin.description, direction: own.contains(role) ? "input" : "output", bits: 1,
            carries: "\(role.rawValue) of \(stream.name)"))
      }
      if let address = wires.address {
        ports.append(
          Port(
            name: address, direction: "output", bits: 0, carries: "address of \(stream.name)"))
      }
      for (field, place) in zip(stream.fields, wires.fields) {
        let content =
          switch field.content {
          case .array(let array): "array \(array), \(field.lanes) × \(field.format)"
          case .keep: "lane holds an element"
          case .last: "last beat of the transaction"
          case .extent(let axis): "extent of axis \(axis)"
          }
        ports.append(
          Port(
            name: place.place.ports.joined(separator: ", "),
            direction: isInput ? "input" : "output", bits: field.bits, carries: content))
      }
    }
    return ports
  }

  /// The order of an array with a walk, in words.
  private static func order(_ walk: Walk?) -> String {
    guard let walk else { return "" }
    func words(_ loops: [Walk.Loop]) -> String {
      loops.map { $0.size == 1 ? $0.axis : "\($0.axis) by \($0.size)" }.joined(separator: ", ")
    }
    return "; beats over \(words(walk.beats)); lanes over \(words(walk.lanes))"
  }

  /// - Parameter isForeign: nothing is known about real numbers.
  func text(isForeign: Bool) -> String {
    var lines = ["\(name): \(summary)", "", formula, "", "Source: \(source)", "", "Parameters"]
    lines += parameters.map { parameter in
      let allowed =
        parameter.choices.map { $0.map(String.init).joined(separator: ", ") }
        ?? "\(parameter.range.lowerBound)...\(parameter.range.upperBound)"
      return "  \(parameter.name) = \(configuration[parameter.name])  (\(allowed), default "
        + "\(parameter.defaultValue))  \(parameter.summary)"
    }
    for (title, role) in [
      ("Input arrays", ArraySpecification.Role.input), ("Output arrays", .output),
      ("Intermediate values", .tap),
    ] {
      let arrays = interface.arrays.filter { $0.role == role }
      if arrays.isEmpty { continue }
      lines += ["", title]
      lines += arrays.map { array in
        let shape = array.axes.isEmpty ? "scalar" : "[\(array.axes.joined(separator: ", "))]"
        let shared =
          array.allowsShared ? " or [\(array.axes.dropFirst().joined(separator: ", "))]" : ""
        let scalar = array.allowsScalar && !array.axes.isEmpty ? " or scalar" : ""
        let narrowed =
          array.range == array.format.range
          ? "" : " in \(array.range.lowerBound)...\(array.range.upperBound)"
        let otherwise = array.defaultValue.map { ", \($0) if left out" } ?? ""
        return "  \(array.name) \(array.format)\(narrowed) \(shape)\(shared)\(scalar)\(otherwise): "
          + array.summary
      }
    }
    if !orders.isEmpty {
      lines += ["", "Orders of intermediate values (taps: order)"]
      lines += orders.map { "  \($0.name), \($0.lanes) a beat: \($0.summary)" }
    }
    lines += ["", "Ports"]
    lines += ports.map {
      "  \($0.direction) \($0.name)" + ($0.bits > 0 ? " [\($0.bits)]" : "") + ": \($0.carries)"
    }
    if isForeign { return lines.joined(separator: "\n") }
    lines += [
      "",
      "Accuracy: |\(tolerance.array) - ideal| <= \(tolerance.element)"
        + (tolerance.rowSum.map { ", row sums in \($0.lowerBound)...\($0.upperBound)" } ?? "")
        + ", for \(tolerance.domain.words)",
    ]
    return lines.joined(separator: "\n")
  }
}
