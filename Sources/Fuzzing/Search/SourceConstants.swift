import Devices
import Foundation

/// The numbers that stand in RTL and manifest: what comparisons in there are made with.
package enum SourceConstants {
  /// Every number, each once, in ascending order.
  ///
  /// Files that sources include are read, and so are the values of macros in the manifest. Sized literals (`8'd77`, `-16'sh80`) and plain decimal ones count; those beyond 63 bits, and with unknown
  /// bits, do not.
  static func all(in manifest: Manifest, parameters: [String: Int]) -> [Int64] {
    var found = Set(parameters.values.map(Int64.init))
    for value in manifest.defines.values { found.formUnion(constants(in: value)) }
    let folders = manifest.includeDirectories.map(manifest.path)
    var (paths, seen) = (manifest.sources.map(manifest.path), Set<String>())
    while let path = paths.popLast() {
      guard seen.insert(path).inserted,
        let text = try? String(contentsOfFile: path, encoding: .utf8)
      else { continue }
      found.formUnion(constants(in: text))
      let own = URL(fileURLWithPath: path).deletingLastPathComponent().path
      for name in includes(in: text) { paths += ([own] + folders).map { "\($0)/\(name)" } }
    }
    return found.sorted()
  }

  /// The files that a text includes, as it spells them.
  package static func includes(in text: String) -> [String] {
    text.matches(of: /`include\s+"([^"\n]+)"/).map { String($0.1) }
  }

  /// The numbers in a text, outside of comments.
  package static func constants(in text: String) -> Set<Int64> {
    var found: Set<Int64> = []
    for line in text.split(separator: "\n") {
      let code = Array((line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line).utf8)
      var place = 0
      while place < code.count {
        guard isDigit(code[place]) || code[place] == quote else {
          // Digits within a name are no number.
          let isName = isWord(code[place])
          place += 1
          while isName, place < code.count, isWord(code[place]) { place += 1 }
          continue
        }
        if let number = number(code, &place) { found.insert(number) }
      }
    }
    return found
  }

  private static let quote = UInt8(ascii: "'")

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == 0x5F || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
  }

  /// Reads the number at `place` and steps past it.
  private static func number(_ code: [UInt8], _ place: inout Int) -> Int64? {
    func word(_ place: inout Int) -> String {
      let start = place
      while place < code.count, isWord(code[place]) { place += 1 }
      return String(decoding: code[start..<place], as: UTF8.self).replacing("_", with: "")
    }
    let plain = word(&place)
    guard place < code.count, code[place] == quote else { return Int64(plain) }
    place += 1
    var digits = word(&place).lowercased()[...]
    if digits.first == "s" { digits = digits.dropFirst() }
    let radices: [Character: Int] = ["d": 10, "h": 16, "b": 2, "o": 8]
    guard let base = digits.first.flatMap({ radices[$0] }) else { return nil }
    return Int64(digits.dropFirst(), radix: base)
  }
}
