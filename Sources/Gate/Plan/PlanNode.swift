import Devices
import Yams

/// A piece of a plan that knows where it stands.
struct PlanNode {
  let node: Node
  let key: String
  let file: String

  func wrong(_ expected: String) -> GateError {
    let found =
      switch node {
      case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "'\(scalar.string)'"
      case .mapping: "a mapping"
      case .sequence: "a list"
      case .alias: "an alias"
      }
    return problem("'\(key)' must be \(expected), not \(found)")
  }

  func problem(_ reason: String) -> GateError {
    .plan(file: file, line: node.mark?.line, reason: reason)
  }

  /// Values by key; a key that is not in `allowed` is an error.
  func mapping(_ expected: String, allowed: [String]?) throws(GateError) -> [(String, PlanNode)] {
    guard case .mapping(let mapping) = node else { throw wrong(expected) }
    var result: [(String, PlanNode)] = []
    for (keyNode, value) in mapping {
      let name = keyNode.string ?? ""
      if let allowed, !allowed.contains(name) {
        let hint = Nearest.hint(for: name, among: allowed, otherwise: "; known are")
        throw .plan(
          file: file, line: keyNode.mark?.line, reason: "'\(key)' has no key '\(name)'\(hint)")
      }
      result.append((name, PlanNode(node: value, key: name, file: file)))
    }
    return result
  }

  func list(_ expected: String) throws(GateError) -> [PlanNode] {
    guard case .sequence(let sequence) = node, !sequence.isEmpty else { throw wrong(expected) }
    return sequence.map { PlanNode(node: $0, key: key, file: file) }
  }

  func text(_ expected: String) throws(GateError) -> String {
    guard case .scalar(let scalar) = node, !scalar.string.isEmpty else { throw wrong(expected) }
    return scalar.string
  }

  /// A number of at least `least`.
  func integer(from least: Int) throws(GateError) -> Int {
    guard case .scalar = node, let value = node.int, value >= least else {
      throw wrong("a number of at least \(least)")
    }
    return value
  }

  func share() throws(GateError) -> Double {
    guard case .scalar = node, let value = node.float ?? node.int.map(Double.init),
      (0...1).contains(value)
    else { throw wrong("a share from 0 to 1") }
    return value
  }

  func isOn() throws(GateError) -> Bool {
    guard case .scalar = node, let value = node.bool else { throw wrong("true or false") }
    return value
  }

  var isOff: Bool { node.bool == false }
}
