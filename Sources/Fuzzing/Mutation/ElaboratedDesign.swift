/// The modules of a design as Yosys elaborates it with its hierarchy kept: each instance has a module of its
/// own, `definition$path`.
struct ElaboratedDesign {
  struct Module {
    /// Modules of the instances that it holds, in order.
    var children: [String] = []
    var parent: String?
    /// What it computes with all that it holds: equal for modules that differ in names alone.
    var shape = 0
  }

  private(set) var modules: [String: Module] = [:]
  let top: String

  /// Numbers for shapes, over any number of designs.
  final class Shapes {
    private var numbers: [String: Int] = [:]

    func number(of text: String) -> Int {
      if let known = numbers[text] { return known }
      numbers[text] = numbers.count + 1
      return numbers.count
    }
  }

  /// Reads RTLIL as Yosys writes it.
  init(rtlil: String, top: String, shapes: Shapes) {
    self.top = top
    var texts: [String: [Substring]] = [:]
    var name: String?
    for line in rtlil.split(separator: "\n") {
      if line.hasPrefix("module \\") {
        name = String(line.dropFirst("module \\".count))
      } else if line == "end" {
        name = nil
      } else if let name, !line.drop(while: { $0 == " " }).hasPrefix("attribute ") {
        texts[name, default: []].append(line)
      }
    }
    for name in texts.keys { modules[name] = Module() }
    for (name, lines) in texts {
      for line in lines {
        guard let type = ElaboratedDesign.type(ofCell: line), modules[type] != nil else { continue }
        modules[name]?.children.append(type)
        modules[type]?.parent = name
      }
    }
    func shape(_ name: String) -> Int {
      if let known = modules[name]?.shape, known > 0 { return known }
      var canonical = ""
      var names: [Substring: Int] = [:]
      for line in texts[name] ?? [] {
        if let type = ElaboratedDesign.type(ofCell: line), modules[type] != nil {
          canonical += "cell #\(shape(type)) "
          canonical += line.split(separator: " ").last ?? ""
        } else {
          let isCell = line.hasPrefix("  cell ")
          for (index, word) in line.split(separator: " ").enumerated() {
            // Yosys numbers what has no name over the whole design.
            if word.hasPrefix("$"), !(isCell && index == 1) {
              let number = names[word] ?? names.count
              names[word] = number
              canonical += " $\(number)"
            } else {
              canonical += " " + word
            }
          }
        }
        canonical += "\n"
      }
      let number = shapes.number(of: canonical)
      modules[name]?.shape = number
      return number
    }
    for name in texts.keys { _ = shape(name) }
  }

  /// `  cell \type \name`: the type of an instance.
  private static func type(ofCell line: Substring) -> String? {
    guard line.hasPrefix("  cell \\") else { return nil }
    return line.dropFirst("  cell \\".count).split(separator: " ").first.map(String.init)
  }

  /// Modules of the instances of what a source defines.
  func instances(of definition: String) -> [String] {
    modules.keys.filter {
      $0 == definition || $0.hasPrefix(definition + "$")
    }.sorted()
  }

  /// A module and all that it holds.
  func subtree(of unit: String) -> [String] {
    [unit] + (modules[unit]?.children ?? []).flatMap(subtree)
  }

  /// The modules from one down to all instances of a definition within it, itself first.
  func chain(from unit: String, to definition: String) -> [String] {
    func holding(_ name: String) -> [String] {
      let below = (modules[name]?.children ?? []).flatMap(holding)
      let isInstance = name == definition || name.hasPrefix(definition + "$")
      return below.isEmpty && !isInstance ? [] : [name] + below
    }
    let found = holding(unit)
    return found.isEmpty ? [unit] : found
  }
}
