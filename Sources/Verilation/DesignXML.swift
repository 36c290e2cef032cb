package import Devices
import Foundation

/// Reads what `verilator --xml-only` writes.
package struct DesignXML {
  /// An element with its attributes and what is inside.
  private final class Element {
    let name: String
    let attributes: [String: String]
    var children: [Element] = []

    init(name: String, attributes: [String: String]) {
      self.name = name
      self.attributes = attributes
    }

    func first(_ name: String) -> Element? { children.first { $0.name == name } }
  }

  private let root: Element
  private var types: [String: Element] = [:]

  /// Reads elements and attributes; that is all there is in such a file.
  package init(_ text: String) {
    root = Element(name: "", attributes: [:])
    var open = [root]
    for match in text.matches(of: /<(\/?)([A-Za-z_][\w.]*)((?:\s+[\w:]+="[^"]*")*)\s*(\/?)>/) {
      if match.1 == "/" {
        if open.count > 1 { open.removeLast() }
        continue
      }
      var attributes: [String: String] = [:]
      for pair in match.3.matches(of: /([\w:]+)="([^"]*)"/) {
        attributes[String(pair.1)] = DesignXML.unescaped(String(pair.2))
      }
      let element = Element(name: String(match.2), attributes: attributes)
      open[open.count - 1].children.append(element)
      if match.4 != "/" { open.append(element) }
    }
    let netlist = root.first("verilator_xml")?.first("netlist")
    for type in netlist?.first("typetable")?.children ?? [] {
      if let id = type.attributes["id"] { types[id] = type }
    }
  }

  private static func unescaped(_ text: String) -> String {
    text.replacing("&apos;", with: "'").replacing("&quot;", with: "\"")
      .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
  }

  /// - Returns: nil without such a top module.
  package func sketch(top: String) -> DesignSketch? {
    let netlist = root.first("verilator_xml")?.first("netlist")
    guard
      let module = netlist?.children.first(where: {
        $0.name == "module" && $0.attributes["topModule"] == "1"
      })
    else { return nil }
    var sketch = DesignSketch(top: top, ports: [])
    for variable in module.children where variable.name == "var" {
      let name = variable.attributes["origName"] ?? variable.attributes["name"] ?? ""
      if let word = variable.attributes["dir"], let direction = PortDirection(word) {
        let shape = shape(variable.attributes["dtype_id"]) ?? DesignSketch.Shape(bits: 1)
        sketch.ports.append(DesignSketch.Port(name: name, direction: direction, shape: shape))
      } else if variable.attributes["param"] == "true" {
        let type = variable.attributes["vartype"] ?? ""
        if let value = variable.first("const")?.attributes["name"] {
          sketch.parameters.append(
            DesignSketch.Parameter(
              name: name, value: VerilogLiteral(value, isReal: type == "real").text))
        }
      }
    }
    return sketch
  }

  private func shape(_ id: String?) -> DesignSketch.Shape? {
    guard let id, let type = types[id] else { return nil }
    switch type.name {
    case "basicdtype":
      let left = type.attributes["left"].flatMap { Int($0) } ?? 0
      let right = type.attributes["right"].flatMap { Int($0) } ?? 0
      return DesignSketch.Shape(
        bits: abs(left - right) + 1, isSigned: type.attributes["signed"] == "true")
    case "packarraydtype", "unpackarraydtype":
      guard var shape = shape(type.attributes["sub_dtype_id"]), let extent = extent(type) else {
        return nil
      }
      if type.name == "packarraydtype" {
        shape.packed.insert(extent, at: 0)
        shape.bits *= extent
      } else {
        shape.unpacked.insert(extent, at: 0)
      }
      return shape
    case "structdtype", "uniondtype":
      return structure(type)
    default:
      return shape(type.attributes["sub_dtype_id"])
    }
  }

  private func structure(_ type: Element) -> DesignSketch.Shape {
    var members: [DesignSketch.Member] = []
    var bits = 0
    for member in type.children.reversed() where member.name == "memberdtype" {
      guard let shape = shape(member.attributes["sub_dtype_id"]) else { continue }
      members.insert(
        DesignSketch.Member(
          name: member.attributes["name"] ?? "", offset: type.name == "uniondtype" ? 0 : bits,
          shape: shape), at: 0)
      bits = type.name == "uniondtype" ? max(bits, shape.bits) : bits + shape.bits
    }
    return DesignSketch.Shape(
      bits: bits, members: type.name == "uniondtype" ? [] : members)
  }

  private func extent(_ type: Element) -> Int? {
    let ends = type.first("range")?.children.compactMap {
      VerilogLiteral($0.attributes["name"] ?? "", isReal: false).integer
    }
    guard let ends, ends.count == 2 else { return nil }
    return abs(ends[0] - ends[1]) + 1
  }
}

extension PortDirection {
  /// From `input`, `INPUT`, `output`, `inout`.
  init?(_ word: String) {
    switch word.lowercased() {
    case "input": self = .input
    case "output": self = .output
    case "inout", "ref": self = .bidirectional
    default: return nil
    }
  }
}

/// A constant as Verilator spells it: `32'sh10`, `40'h772e686578`, `0.5`, `"text"`.
struct VerilogLiteral {
  /// As a manifest spells it.
  let text: String
  /// Its value, where it is an integer of up to 64 bits.
  let integer: Int?

  init(_ literal: String, isReal: Bool) {
    guard !isReal, let match = literal.wholeMatch(of: /(\d+)'(s?)h([0-9a-fA-F]+)/),
      let width = Int(match.1)
    else {
      text = literal
      integer = Int(literal)
      return
    }
    let digits = String(match.3)
    if width > 64 || UInt64(digits, radix: 16) == nil {
      integer = nil
      text = VerilogLiteral.string(digits, width: width) ?? literal
      return
    }
    let bits = UInt64(digits, radix: 16) ?? 0
    let unused = UInt64(64 - min(64, max(width, 1)))
    let value =
      match.2 == "s"
      ? Int(Int64(bitPattern: bits << unused) >> Int64(unused)) : Int(truncatingIfNeeded: bits)
    integer = value
    if width == 32 || width == 1 || match.2 == "s" {
      text = String(value)
    } else {
      text = VerilogLiteral.string(digits, width: width) ?? literal
    }
  }

  /// Whole bytes of letters are a string: Verilator knows no difference.
  private static func string(_ digits: String, width: Int) -> String? {
    guard width % 8 == 0, width >= 24, digits.count == width / 4 else { return nil }
    var bytes: [UInt8] = []
    var rest = digits[...]
    while !rest.isEmpty {
      guard let byte = UInt8(rest.prefix(2), radix: 16), (0x20..<0x7F).contains(byte) else {
        return nil
      }
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return "\"" + String(decoding: bytes, as: UTF8.self) + "\""
  }
}
