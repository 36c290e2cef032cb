package import Devices
import Foundation

/// The ports of a Verilated model, read from the C++ that Verilator wrote.
///
/// A class header declares `VL_IN8(&clk_i,0,0);`, `VL_OUTW(&x_o,127,0,4);` and, with unpacked dimensions,
/// `VL_IN8((&a_i)[3],7,0);` (5.006) or `VlUnpacked<CData/*7:0*/, 3> &a_i;` (newer releases). The latter says
/// nothing about the direction, which then is read from the declaration for waveforms.
package struct PortList {
  package struct Entry: Hashable {
    /// Name of the C++ member.
    package var member: String
    package var port: PortDescription
  }

  package var entries: [Entry] = []

  /// - Parameters:
  ///   - header: text of the class header.
  ///   - waves: text of the generated C++ that declares waveforms.
  ///   - top: for messages.
  /// - Throws: ``VerilationError/unsupportedPort(declaration:top:)``.
  package init(header: String, waves: String, top: String) throws(VerilationError) {
    var isInside = false
    for line in header.split(separator: "\n") {
      let declaration = line.trimmingCharacters(in: .whitespaces)
      if declaration.hasPrefix("// PORTS") { isInside = true }
      if declaration.hasPrefix("// CELLS") { break }
      guard isInside, !declaration.isEmpty, !declaration.hasPrefix("//") else { continue }
      guard
        let entry = PortList.macro(declaration)
          ?? PortList.unpacked(declaration, directions: Directions(waves: waves))
      else {
        throw .unsupportedPort(declaration: declaration, top: top)
      }
      entries.append(entry)
    }
  }

  /// `COSIM_PORT("clk_i", clk_i, COSIM_INPUT, 1, 1, 0)`, a line for each.
  package var includeText: String {
    entries.map { entry in
      let port = entry.port
      let direction =
        switch port.direction {
        case .input: "COSIM_INPUT"
        case .output: "COSIM_OUTPUT"
        case .bidirectional: "COSIM_INOUT"
        case .tap: "COSIM_TAP"
        }
      let numbers = [port.bits, port.elementByteCount, port.extents.count] + port.extents
      return "COSIM_PORT(\"\(port.name.escapedForC)\", \(entry.member), \(direction), "
        + numbers.map(String.init).joined(separator: ", ") + ")\n"
    }.joined()
  }

  // MARK: Declarations

  private static func macro(_ declaration: String) -> Entry? {
    let pattern =
      /VL_(IN|OUT|INOUT)(8|16|64|W|)\((?:&(\w+)|\(&(\w+)\)((?:\[\d+\])+)),(-?\d+),(-?\d+)(?:,(\d+))?\);/
    guard let match = declaration.wholeMatch(of: pattern),
      let high = Int(match.6), let low = Int(match.7), let member = match.3 ?? match.4
    else { return nil }
    let bytes =
      switch match.2 {
      case "8": 1
      case "16": 2
      case "64": 8
      case "W": 4 * (match.8.flatMap { Int($0) } ?? 0)
      default: 4
      }
    let direction: PortDirection =
      match.1 == "IN" ? .input : match.1 == "OUT" ? .output : .bidirectional
    let extents = (match.5 ?? "").split(whereSeparator: { $0 == "[" || $0 == "]" })
    return Entry(
      member: String(member),
      port: PortDescription(
        name: name(of: String(member)), direction: direction, bits: abs(high - low) + 1,
        elementByteCount: bytes, extents: extents.compactMap { Int($0) }))
  }

  private static func unpacked(_ declaration: String, directions: Directions) -> Entry? {
    let pattern =
      /(?:VlUnpacked<)+(CData|SData|IData|QData|VlWide<(\d+)>)\/\*(-?\d+):(-?\d+)\*\/((?:, \d+>)+) ?&(\w+);/
    guard let match = declaration.wholeMatch(of: pattern), let high = Int(match.3),
      let low = Int(match.4), let direction = directions[name(of: String(match.6))]
    else { return nil }
    let bytes =
      switch match.1 {
      case "CData": 1
      case "SData": 2
      case "IData": 4
      case "QData": 8
      default: 4 * (match.2.flatMap { Int($0) } ?? 0)
      }
    // The innermost template argument stands first, the outermost dimension is the last one closed.
    let extents = match.5.matches(of: /\d+/).compactMap { Int($0.output) }.reversed()
    return Entry(
      member: String(match.6),
      port: PortDescription(
        name: name(of: String(match.6)), direction: direction, bits: abs(high - low) + 1,
        elementByteCount: bytes, extents: Array(extents)))
  }

  /// Undoes Verilator's spelling of names: `a___05Fb` is `a__b`, `a__02eb` is `a.b`, and names that C++
  /// reserves begin with `__SYM__`.
  static func name(of member: String) -> String {
    let symbol = member.hasPrefix("__SYM__") ? String(member.dropFirst(7)) : member
    return symbol.replacing(/__0([0-9A-Fa-f]{2})/) { match in
      UInt8(match.1, radix: 16).map { String(UnicodeScalar($0)) } ?? String(match.0)
    }
  }
}

/// Directions of the top module's ports, from the declaration of its waveforms.
private struct Directions {
  let waves: Substring

  init(waves: String) {
    let start = waves.firstRange(of: "\"$rootio\"")?.upperBound
    self.waves = start.map { waves[$0...] } ?? ""
  }

  subscript(name: String) -> PortDirection? {
    let marker = "VerilatedTraceSigDirection::"
    guard let use = waves.firstRange(of: "\"\(name)\""),
      let direction = waves[use.upperBound...].firstRange(of: marker)
    else { return nil }
    let word = waves[direction.upperBound...].prefix { $0.isLetter }
    return word == "INPUT"
      ? .input : word == "OUTPUT" ? .output : word == "INOUT" ? .bidirectional : nil
  }
}

extension String {
  /// For use inside a C string literal.
  var escapedForC: String {
    replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
  }
}
