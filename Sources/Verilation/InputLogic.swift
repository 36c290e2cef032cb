import Foundation

/// What a model computes from its inputs alone: every evaluation begins with it, before looking at clocks.
///
/// Where nothing has changed but the clock, and none of it depends on the clock, that gives what it gave
/// before. Verilator 5.006 counts the passes over it in `__VicoIterCount`, from 0, and makes no first pass
/// over anything from another number. Without the statement that begins to count, the shim may say so.
enum InputLogic {
  /// Stands once in a model.
  private static let start = "    vlSelf->__VicoIterCount = 0U;\n"

  /// Takes the beginning of the count out of a model.
  ///
  /// - Parameters:
  ///   - files: generated C++ by name.
  ///   - clocks: names of the ports.
  /// - Returns: the file that changes and its new text; nil for a model that is to stay as it is, because
  ///   its logic depends on the clock or another release of Verilator wrote it.
  static func separated(
    _ files: [(name: String, text: String)], clocks: Set<String>
  ) -> (name: String, text: String)? {
    let parts = files.map { $0.text.components(separatedBy: start) }
    let counts = parts.map { $0.count - 1 }
    guard counts.reduce(0, +) == 1, let index = counts.firstIndex(of: 1),
      files.allSatisfy({ !mayDepend($0.text, on: clocks) })
    else { return nil }
    return (files[index].name, parts[index].joined())
  }

  /// Whether logic of inputs in a file mentions a clock, or calls what may.
  private static func mayDepend(_ text: String, on clocks: Set<String>) -> Bool {
    var isInside = false
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      let isHeader = line.last == UInt8(ascii: "{") && line.first != UInt8(ascii: " ")
      if isHeader {
        isInside = Substring(line).contains("_ico")
      } else if line.first == UInt8(ascii: "}") {
        isInside = false
      } else if isInside {
        let words = Substring(line).split { !($0.isLetter || $0.isNumber || $0 == "_") }
        for word in words where clocks.contains(String(word)) || isForeignFunction(word) {
          return true
        }
      }
    }
    return false
  }

  /// A function of the model that is not part of its logic of inputs.
  private static func isForeignFunction(_ word: Substring) -> Bool {
    word.hasPrefix("Vcosim") && word.contains("___") && !word.contains("_ico")
      && !word.hasSuffix("root") && !word.hasSuffix("__Syms")
  }
}
