public import Blocks
import Foundation

/// Which Swift files each golden model is made of, where the project's folder holds the sources of the
/// blocks.
///
/// A declaration at the top of a file is part of a model if something of the model names it, or what it adds
/// to types of elsewhere; extensions are part of whatever names their type. A file is part of a model if one of
/// its declarations is. That is more than is needed, never less, for what has a name; files that nothing of
/// this says anything about are part of every model.
public struct GoldenSources: Sendable {
  /// The files of each block, below the folder of blocks.
  public let files: [String: Set<String>]
  /// The folder of blocks.
  public let folder: String
  private let known: Set<String>

  /// - Returns: nil where the project has no `Sources/Blocks`: then any Swift file may be part of any model.
  public init?(root: String, catalogue: Catalogue) {
    folder = root + "/Sources/Blocks"
    guard let names = FileManager.default.subpaths(atPath: folder) else { return nil }
    var parts: [(file: String, names: SwiftNames)] = []
    for name in names where name.hasSuffix(".swift") {
      guard let text = try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) else {
        return nil
      }
      parts += SwiftNames.declarations(of: text).map { (name, $0) }
    }
    known = Set(parts.map(\.file)).subtracting(["Catalogue.swift"])
    let types = Set(parts.flatMap(\.names.types))
    var providers: [String: Set<Int>] = [:]
    for (index, part) in parts.enumerated() where part.file != "Catalogue.swift" {
      for name in part.names.provided(ownTypes: types) {
        providers[name, default: []].insert(index)
      }
    }
    var result: [String: Set<String>] = [:]
    for block in catalogue.blocks {
      let type = String(describing: Swift.type(of: block))
      var reached: Set<Int> = []
      var next = providers[type] ?? []
      while let part = next.popFirst() {
        guard reached.insert(part).inserted else { continue }
        for word in parts[part].names.words {
          next.formUnion((providers[word] ?? []).subtracting(reached))
        }
      }
      // A block of elsewhere has its sources elsewhere.
      if providers[type] != nil { result[block.name] = Set(reached.map { parts[$0].file }) }
    }
    files = result
  }

  /// The blocks whose golden model a file is part of; nil where it may be part of all.
  public func blocks(of file: String) -> Set<String>? {
    guard known.contains(file) else { return nil }
    let blocks = Set(files.filter { $0.value.contains(file) }.keys)
    return blocks.isEmpty ? nil : blocks
  }
}

/// The names in a declaration at the top of a Swift file, or in a few that stand together.
struct SwiftNames {
  /// Every identifier outside comments.
  private(set) var words: Set<String> = []
  /// Types that it declares.
  private(set) var types: Set<String> = []
  /// Types that it extends, with what it adds to each.
  private var extensions: [(type: String, members: Set<String>)] = []
  /// Types that it gives what is used without a name of its own: initialisers, subscripts, operators.
  private var unnamed: Set<String> = []
  private var globals: Set<String> = []

  private static let typeWords: Set = ["struct", "enum", "class", "protocol", "typealias", "actor"]
  private static let memberWords: Set = ["func", "var", "let", "case", "init"]

  /// The declarations of a file; all together where they cannot be told apart.
  static func declarations(of text: String) -> [SwiftNames] {
    let tokens = tokens(text)
    var result: [SwiftNames] = []
    var (start, depth) = (0, 0)
    for (index, token) in tokens.enumerated() {
      if token == "{" { depth += 1 }
      if token == "}" { depth -= 1 }
      guard depth >= 0 else { return [SwiftNames(tokens[...])] }
      if token == "}", depth == 0 {
        let part = SwiftNames(tokens[start...index])
        // What nobody can name belongs to what stands before it.
        if part.isNameless { continue }
        result.append(part)
        start = index + 1
      }
    }
    guard depth == 0 else { return [SwiftNames(tokens[...])] }
    let rest = SwiftNames(tokens[start...])
    if rest.words.isEmpty { return result }
    return rest.isNameless ? [SwiftNames(tokens[...])] : result + [rest]
  }

  private var isNameless: Bool { types.isEmpty && extensions.isEmpty && globals.isEmpty }

  private init(_ tokens: ArraySlice<String>) {
    var depth = 0
    var extended: Int?
    var previous = ""
    for token in tokens {
      if token == "{" { depth += 1 }
      if token == "}" {
        depth -= 1
        if depth == 0 { extended = nil }
      }
      if depth == 1, let extended,
        token == "init" || token == "subscript" || token == ";" && previous == "func"
      {
        unnamed.insert(extensions[extended].type)
      }
      guard token.first?.isLetter == true || token.first == "_" else {
        previous = token
        continue
      }
      words.insert(token)
      if SwiftNames.typeWords.contains(previous) {
        types.insert(token)
      } else if previous == "extension", depth == 0 {
        extended = extensions.count
        extensions.append((token, []))
      } else if SwiftNames.memberWords.contains(previous) {
        if depth == 0 { globals.insert(token) }
        if depth == 1, let extended { extensions[extended].members.insert(token) }
      }
      previous = token
    }
  }

  /// Names through which others depend on this.
  ///
  /// - Parameter ownTypes: types that some file of the folder declares. Who names such a type depends on
  ///   everything that extends it.
  func provided(ownTypes: Set<String>) -> Set<String> {
    var result = types.union(globals).union(unnamed)
    for (type, members) in extensions {
      if ownTypes.contains(type) {
        result.insert(type)
      } else {
        result.formUnion(members)
      }
    }
    return result
  }

  /// Identifiers and braces, without comments.
  private static func tokens(_ text: String) -> [String] {
    var tokens: [String] = []
    var word: [UInt8] = []
    let bytes = Array(text.utf8)
    var index = 0
    func flush() {
      if !word.isEmpty { tokens.append(String(decoding: word, as: UTF8.self)) }
      word = []
    }
    while index < bytes.count {
      let byte = bytes[index]
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0
      if byte == UInt8(ascii: "/"), next == UInt8(ascii: "/") {
        flush()
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
        continue
      }
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        word.append(byte)
      case UInt8(ascii: "{"), UInt8(ascii: "}"):
        flush()
        tokens.append(byte == UInt8(ascii: "{") ? "{" : "}")
      case UInt8(ascii: " "), UInt8(ascii: "\n"): flush()
      default:
        flush()
        // Between a keyword and a name stands nothing but space.
        if tokens.last != ";" { tokens.append(";") }
      }
      index += 1
    }
    flush()
    return tokens
  }
}
