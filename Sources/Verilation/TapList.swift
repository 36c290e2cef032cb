import Devices
import Foundation

/// Makes the signals of a manifest's taps visible in the model, and finds them there.
package struct TapList {
  /// Text of the configuration file that has Verilator keep the signals; nil if there is nothing to keep.
  ///
  /// The file names a signal by the module that declares it. Which one that is follows from the sources,
  /// read as far as instances go; where they do not tell, the signal is kept in every module that has one
  /// of that name, which costs speed and nothing else.
  package static func configuration(
    for signals: [String], top: String, sources: [[UInt8]]
  ) -> String? {
    guard !signals.isEmpty else { return nil }
    let modules = ModuleTexts(sources)
    var lines: [String] = []
    for signal in signals {
      let (instances, name) = split(signal)
      let module = modules.module(at: instances, below: top) ?? "*"
      // 5.006 wants names as they stand in C++ here, newer releases as they stand in the source; a line
      // that names nothing does nothing.
      for spelling in [{ $0 }, encoded] as [(String) -> String] {
        let line = "public_flat_rd -module \"\(spelling(module))\" -var \"\(spelling(name))\""
        if !lines.contains(line) { lines.append(line) }
      }
    }
    return (["`verilator_config"] + lines).joined(separator: "\n") + "\n"
  }

  /// The entries of the port list for the signals, read from what Verilator wrote about its symbols.
  ///
  /// - Parameters:
  ///   - symbols: text of the generated C++ that declares public variables.
  ///   - known: names of the ports, which need no entry of their own.
  /// - Throws: ``VerilationError/noSignal(signal:manifest:known:)`` and
  ///   ``VerilationError/unsupportedSignal(signal:manifest:)``.
  package static func entries(
    for signals: [String], top: String, symbols: String, ports known: Set<String>,
    manifest: String, sources: [[UInt8]]
  ) throws(VerilationError) -> [PortList.Entry] {
    var variables: [String: Variable] = [:]
    for line in symbols.split(separator: "\n") {
      if let variable = Variable(line) { variables[variable.path] = variable }
    }
    var result: [PortList.Entry] = []
    func variable(_ signal: String) -> Variable? {
      let (instances, name) = split(signal)
      return variables[([top] + instances).map(encoded).joined(separator: "__") + "/" + name]
    }
    let copies = signals.flatMap { signal in
      Tap.copies(of: signal) { variable($0) != nil }
    }
    for signal in copies where !known.contains(signal) {
      guard let variable = variable(signal) else {
        let (instances, _) = split(signal)
        let modules = ModuleTexts(sources)
        throw .noSignal(
          signal: signal, manifest: manifest,
          known: modules.names(at: instances, below: top).map {
            (instances + [$0]).joined(separator: ".")
          })
      }
      guard let bits = variable.bits, let bytes = variable.bytes else {
        throw .unsupportedSignal(signal: signal, manifest: manifest)
      }
      result.append(
        PortList.Entry(
          member: "rootp->vlSymsp->" + variable.expression,
          port: PortDescription(
            name: signal, direction: .tap, bits: bits, elementByteCount: bytes)))
    }
    return result
  }

  private static func split(_ signal: String) -> (instances: [String], name: String) {
    let parts = signal.split(separator: ".").map(String.init)
    return (Array(parts.dropLast()), parts.last ?? signal)
  }

  /// A name as it stands in C++: see ``PortList``'s way back.
  private static func encoded(_ name: String) -> String {
    name.replacing("__", with: "___05F").replacing("[", with: "__BRA__")
      .replacing("]", with: "__KET__")
  }
}

/// A public variable, as the generated C++ registers it:
/// `__Vscope_top__u.varInsert(__Vfinal,"q", &(TOP.top__DOT__u__DOT__q), false, VLVT_UINT64,FLAGS,1, 59,0);`
/// (5.006), or `__Vscopep_top__u->varInsert("q", &(…), false, VLVT_UINT64, FLAGS, 0, 2 ,3,0 ,14,0);`.
private struct Variable {
  /// Scope and name.
  let path: String
  /// How the model's symbols reach it.
  let expression: String
  private let type: String
  /// Nil for a memory.
  let bits: Int?

  init?(_ line: Substring) {
    let pattern = /__Vscopep?_(\w+)(?:\.|->)varInsert\((__Vfinal,)?"([^"]+)", ?&\(([^,]+)\),(.*)\);/
    guard let match = line.firstMatch(of: pattern) else { return nil }
    let words = match.5.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let numbers = words.dropFirst(3).compactMap { Int($0) }
    guard words.count >= 4, let dimensions = numbers.first else { return nil }
    path = "\(match.1)/\(match.3)"
    expression = String(match.4)
    type = words[1]
    // Older releases count dimensions together, and have one packed dimension at most.
    let isOld = match.2 != nil
    let unpacked = isOld ? max(0, dimensions - 1) : dimensions
    let bounds = Array(numbers.dropFirst(isOld ? 1 : 2))
    guard unpacked == 0, bounds.count % 2 == 0 else {
      bits = nil
      return
    }
    var width = 1
    for place in stride(from: 0, to: bounds.count, by: 2) {
      width *= abs(bounds[place] - bounds[place + 1]) + 1
    }
    bits = width
  }

  /// Bytes in memory; nil for what is no vector of bits.
  var bytes: Int? {
    switch type {
    case "VLVT_UINT8": 1
    case "VLVT_UINT16": 2
    case "VLVT_UINT32": 4
    case "VLVT_UINT64": 8
    case "VLVT_WDATA": bits.map { ($0 + 31) / 32 * 4 }
    default: nil
    }
  }
}

/// The text of every module, read only as far as it takes to find instances.
private struct ModuleTexts {
  private var texts: [String: String] = [:]

  init(_ sources: [[UInt8]]) {
    for bytes in sources {
      let text = String(decoding: bytes, as: UTF8.self)
        .replacing(/\/\/[^\n]*|\/\*(?s:.*?)\*\//, with: "")
      for match in text.matches(
        of: /\bmodule\s+(?:automatic\s+|static\s+)?(\w+)(?s:.*?)\bendmodule\b/)
      {
        texts[String(match.1)] = String(match.0)
      }
    }
  }

  /// The module that the last of `instances` is one of.
  func module(at instances: [String], below top: String) -> String? {
    var module = top
    for component in instances {
      let name = String(component.prefix { $0 != "[" })
      guard let text = texts[module] else { return nil }
      if let next = instanced(name, in: text) {
        module = next
      } else if !isBlock(name, in: text) {
        return nil
      }
    }
    return texts[module] == nil ? nil : module
  }

  /// Every name in the module that the last of `instances` is one of.
  func names(at instances: [String], below top: String) -> [String] {
    guard let module = module(at: instances, below: top), let text = texts[module] else {
      return []
    }
    return Set(text.matches(of: /[A-Za-z_]\w*/).map { String($0.0) }).sorted()
  }

  /// The module of the instance `name`: what stands before it and before its parameters.
  private func instanced(_ name: String, in text: String) -> String? {
    for range in text.ranges(of: name) {
      let after = text[range.upperBound...].drop(while: \.isWhitespace)
      guard after.first == "(" || after.first == "[",
        let before = text[..<range.lowerBound].last, before.isWhitespace || before == ")"
      else { continue }
      var rest = text[..<range.lowerBound]
      trim(&rest)
      if rest.last == ")" {
        var depth = 0
        while let character = rest.popLast() {
          depth += character == ")" ? 1 : character == "(" ? -1 : 0
          if depth == 0 { break }
        }
        trim(&rest)
        guard rest.popLast() == "#" else { continue }
        trim(&rest)
      }
      let module = String(
        rest.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" }.reversed())
      if texts[module] != nil { return module }
    }
    return nil
  }

  /// Whether a generate block is called `name`.
  private func isBlock(_ name: String, in text: String) -> Bool {
    text.ranges(of: name).contains { range in
      text[..<range.lowerBound].last { !$0.isWhitespace } == ":"
    }
  }

  private func trim(_ text: inout Substring) {
    while text.last?.isWhitespace == true { text.removeLast() }
  }
}
