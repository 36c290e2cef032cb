package import Devices
import Foundation

/// Reads what `verilator --json-only` writes: nodes with `type`, `name`, `addr` and lists of
/// children.
package struct DesignJSON {
  private typealias Node = [String: Any]

  private let modules: [Node]
  private var types: [String: Node] = [:]

  /// - Returns: nil for what is no such text.
  package init?(_ text: String) {
    guard let root = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? Node,
      let modules = root["modulesp"] as? [Node]
    else { return nil }
    self.modules = modules
    for table in root["miscsp"] as? [Node] ?? [] {
      for type in table["typesp"] as? [Node] ?? [] {
        if let address = type["addr"] as? String { types[address] = type }
      }
    }
  }

  /// - Returns: nil without such a top module.
  package func sketch(top: String) -> DesignSketch? {
    let candidates = modules.filter { $0["type"] as? String == "MODULE" }
    // The lowest level of a design is the wrapper of its top module, which not every release
    // writes.
    guard
      let module = candidates.first(where: {
        $0["origName"] as? String == top && $0["level"] as? Int ?? 0 <= 2
      }) ?? candidates.first(where: { $0["origName"] as? String == top })
    else { return nil }
    var sketch = DesignSketch(top: top, ports: [])
    for variable in module["stmtsp"] as? [Node] ?? [] where variable["type"] as? String == "VAR" {
      let name = variable["origName"] as? String ?? variable["name"] as? String ?? ""
      if let direction = PortDirection(variable["direction"] as? String ?? "") {
        let shape = shape(variable["dtypep"] as? String) ?? DesignSketch.Shape(bits: 1)
        sketch.ports.append(DesignSketch.Port(name: name, direction: direction, shape: shape))
      } else if variable["isGParam"] as? Bool == true,
        let value = (variable["valuep"] as? [Node])?.first?["name"] as? String
      {
        let isReal = variable["dtypeName"] as? String == "real"
        sketch.parameters.append(
          DesignSketch.Parameter(name: name, value: VerilogLiteral(value, isReal: isReal).text))
      }
    }
    return sketch
  }

  private func shape(_ address: String?) -> DesignSketch.Shape? {
    guard let address, let type = types[address] else { return nil }
    switch type["type"] as? String ?? "" {
    case "BASICDTYPE":
      let ends = (type["range"] as? String ?? "0:0").split(separator: ":").compactMap { Int($0) }
      guard ends.count == 2 else { return nil }
      return DesignSketch.Shape(
        bits: abs(ends[0] - ends[1]) + 1,
        isSigned: type["signed"] as? Bool == true || type["isSigned"] as? Bool == true)
    case "PACKARRAYDTYPE", "UNPACKARRAYDTYPE":
      guard var shape = shape(next(type)), let extent = extent(type) else { return nil }
      if type["type"] as? String == "PACKARRAYDTYPE" {
        shape.packed.insert(extent, at: 0)
        shape.bits *= extent
      } else {
        shape.unpacked.insert(extent, at: 0)
      }
      return shape
    case "STRUCTDTYPE":
      return structure(type)
    default:
      return shape(next(type))
    }
  }

  /// The type that a type is made of; the one that it says to be is itself where it is its own.
  private func next(_ type: Node) -> String? {
    if let inner = type["refDTypep"] as? String, types[inner] != nil { return inner }
    let own = type["addr"] as? String
    if let other = type["dtypep"] as? String, other != own { return other }
    return nil
  }

  /// Without members where the text does not say how wide they are.
  private func structure(_ type: Node) -> DesignSketch.Shape? {
    var members: [DesignSketch.Member] = []
    var bits = 0
    for member in (type["membersp"] as? [Node] ?? []).reversed() {
      guard let shape = shape(next(member)) else { return nil }
      members.insert(
        DesignSketch.Member(name: member["name"] as? String ?? "", offset: bits, shape: shape),
        at: 0)
      bits += shape.bits
    }
    return DesignSketch.Shape(bits: bits, members: members)
  }

  /// `[3:0]` is four.
  private func extent(_ type: Node) -> Int? {
    let text = type["declRange"] as? String ?? ""
    let ends = text.split { "[]:".contains($0) }.compactMap { Int($0) }
    return ends.count == 2 ? abs(ends[0] - ends[1]) + 1 : nil
  }
}
