public import Blocks
import Foundation

/// Which Swift files each golden model is made of, where the project's folder holds the sources of the
/// blocks.
///
/// A file is part of a model if it declares what the model's own files name, directly or through others:
/// types, and what it adds to types of elsewhere. That is more than is needed, never less, for what has a
/// name; files that nothing of this says anything about are part of every model.
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
    var texts: [String: SwiftNames] = [:]
    for name in names where name.hasSuffix(".swift") {
      guard let text = try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) else {
        return nil
      }
      texts[name] = SwiftNames(text)
    }
    let types = Set(texts.values.flatMap(\.types))
    var providers: [String: Set<String>] = [:]
    for (name, text) in texts {
      for type in text.provided(ownTypes: types) { providers[type, default: []].insert(name) }
    }
    let blockTypes = Set(catalogue.blocks.map { String(describing: Swift.type(of: $0)) })
    var result: [String: Set<String>] = [:]
    for block in catalogue.blocks {
      let type = String(describing: Swift.type(of: block))
      var reached: Set<String> = []
      var next = providers[type] ?? []
      while let file = next.popFirst() {
        guard file != "Catalogue.swift", reached.insert(file).inserted else { continue }
        // A file that adds something to several blocks does not make them parts of each other.
        var words = texts[file]?.words ?? []
        let extended = texts[file]?.extendedTypes.intersection(blockTypes) ?? []
        if extended.count > 1 { words.subtract(extended) }
        for word in words {
          next.formUnion((providers[word] ?? []).subtracting(reached))
        }
      }
      // A block of elsewhere has its sources elsewhere.
      if providers[type] != nil { result[block.name] = reached }
    }
    files = result
    known = Set(texts.keys).subtracting(["Catalogue.swift"])
  }

  /// The blocks whose golden model a file is part of; nil where it may be part of all.
  public func blocks(of file: String) -> Set<String>? {
    guard known.contains(file) else { return nil }
    return Set(files.filter { $0.value.contains(file) }.keys)
  }
}

/// The names in a Swift file.
struct SwiftNames {
  /// Every identifier outside comments.
  var words: Set<String> = []
  /// Types that it declares.
  var types: Set<String> = []
  /// Types that it extends, with what it adds to each.
  private var extensions: [(type: String, members: Set<String>)] = []
  private var globals: Set<String> = []

  /// Types to which it adds something.
  var extendedTypes: Set<String> { Set(extensions.map(\.type)) }

  private static let typeWords: Set = ["struct", "enum", "class", "protocol", "typealias", "actor"]
  private static let memberWords: Set = ["func", "var", "let", "case", "init"]

  init(_ text: String) {
    var depth = 0
    var extended: Int?
    var previous = ""
    for token in SwiftNames.tokens(text) {
      if token == "{" { depth += 1 }
      if token == "}" {
        depth -= 1
        if depth == 0 { extended = nil }
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

  /// Names through which others depend on this file.
  ///
  /// - Parameter ownTypes: types that some file of the folder declares. Who names such a type depends on
  ///   everything that extends it.
  func provided(ownTypes: Set<String>) -> Set<String> {
    var result = types.union(globals)
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
