import Yams

extension ManifestNode {
  /// Taps by name, in the order of the manifest: that of the data's way through the device.
  func taps() throws(DeviceError) -> [Tap] {
    var result: [Tap] = []
    for entry in try pairs("a mapping of intermediate values to signals") {
      let keys = try entry.value.mapping(allowed: [
        "signal", "valid", "keep", "last", "lanes", "order", "absent",
      ])
      var tap = Tap(
        entry.key, signal: try entry.value.required("signal", in: keys).signal(mayRepeat: true),
        valid: try entry.value.required("valid", in: keys).conditions())
      tap.keep = try keys["keep"]?.signal()
      tap.last = try keys["last"]?.signal()
      tap.lanes = try keys["lanes"]?.lanes()
      tap.order = try keys["order"]?.string("the name of an order")
      if let node = keys["absent"] {
        let expected = "'zero', or 'any', which is the default"
        let word = try node.string(expected)
        guard ["zero", "any"].contains(word) else { throw node.wrong(expected) }
        tap.absentIsZero = word == "zero"
      }
      result.append(tap)
    }
    return result
  }

  /// Stages by name, in the order of the manifest.
  func stages() throws(DeviceError) -> [Stage] {
    var result: [Stage] = []
    for entry in try pairs("a mapping of stages to signals that say when they work") {
      result.append(Stage(entry.key, active: try entry.value.conditions()))
    }
    return result
  }

  private static let path = "a signal: names with dots between, such as u_sum.sum_o"

  /// - Parameter mayRepeat: whether `[*]` may stand for all copies of a generate block.
  private func signal(mayRepeat: Bool = false) throws(DeviceError) -> String {
    let name = try string(ManifestNode.path)
    let first = mayRepeat ? name.replacing("[*]", with: "[0]") : name
    guard ManifestNode.isPath(first) else { throw wrong(ManifestNode.path) }
    return name
  }

  private static func isPath(_ name: String) -> Bool {
    let instance = /[A-Za-z_][A-Za-z0-9_$]*(\[\d+\])*/
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard let last = parts.last, !last.contains("[") else { return false }
    return parts.allSatisfy { $0.wholeMatch(of: instance) != nil }
  }

  /// One condition or a list of them, each a signal or `!signal`.
  private func conditions() throws(DeviceError) -> [Tap.Condition] {
    let expected =
      "a signal of one bit, or a bit like valid_q[3], '!' before it if low is meant, or a list of "
      + "such"
    var nodes = [self]
    if case .sequence = node { nodes = try sequence(expected) }
    guard !nodes.isEmpty else { throw wrong(expected) }
    var result: [Tap.Condition] = []
    for node in nodes {
      let text = try node.string(expected)
      var name = text.hasPrefix("!") ? String(text.dropFirst()) : text
      var bit: Int?
      if let select = name.firstMatch(of: /\[(-?\d+)\]$/) {
        bit = Int(select.1)
        name.removeLast(select.0.count)
      }
      guard ManifestNode.isPath(name) else { throw node.wrong(expected) }
      result.append(Tap.Condition(name, bit: bit, isInverted: text.hasPrefix("!")))
    }
    return result
  }

  private func lanes() throws(DeviceError) -> Tap.Lanes {
    let expected = "a number of at least 1 or the name of a parameter"
    let text = try string(expected)
    guard let number = Int(text) else { return .parameter(text) }
    guard number >= 1 else { throw wrong(expected) }
    return .number(number)
  }
}
