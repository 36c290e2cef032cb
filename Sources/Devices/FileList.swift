import Foundation

/// A file list as other simulators read it (`-f`): sources, `+incdir+`, `+define+`, `-y`, `-v`, `-f`, `-F`.
struct FileList {
  var sources: [String] = []
  var includeDirectories: [String] = []
  var defines: [(name: String, value: String)] = []
  var libraries: [String] = []
  private let manifest: Manifest
  private var open: [String] = []

  init(_ manifest: Manifest) { self.manifest = manifest }

  /// Adds what a list says. Its relative names begin at its own folder or, where there is nothing of that
  /// name, at that of the manifest: lists are written for both.
  ///
  /// - Parameter node: for complaints, where the manifest names it.
  mutating func add(_ name: String, _ node: ManifestNode) throws(DeviceError) {
    let path = manifest.path(of: name)
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw node.problem(.missingFile(key: "filelists", path: path))
    }
    guard !open.contains(path) else {
      throw node.problem(.contradiction("file list \(path) reads itself"))
    }
    open.append(path)
    let slash = name.lastIndex(of: "/")
    let folder = slash.map { String(name[..<$0]) } ?? ""
    var words = FileList.words(text)[...]
    while let word = words.popFirst() { try add(word, &words, folder, node, list: path) }
    open.removeLast()
  }

  private mutating func add(
    _ word: String, _ words: inout ArraySlice<String>, _ folder: String, _ node: ManifestNode,
    list: String
  ) throws(DeviceError) {
    func file(_ name: String) throws(DeviceError) -> String {
      for candidate in [folder.isEmpty ? name : "\(folder)/\(name)", name]
      where FileManager.default.fileExists(atPath: manifest.path(of: candidate)) {
        return candidate
      }
      if name.hasPrefix("/"), FileManager.default.fileExists(atPath: name) { return name }
      throw node.problem(
        .missingFile(key: "\(list)", path: folder.isEmpty ? name : "\(folder)/\(name)"))
    }
    if word.hasPrefix("+incdir+") {
      for name in word.dropFirst(8).split(separator: "+") {
        includeDirectories.append(try file(String(name)))
      }
    } else if word.hasPrefix("+define+") {
      for define in word.dropFirst(8).split(separator: "+") { add(define: define) }
    } else if word.hasPrefix("-D") {
      add(define: word.dropFirst(2))
    } else if word.hasPrefix("-I") {
      includeDirectories.append(try file(String(word.dropFirst(2))))
    } else if ["-y", "-v", "-f", "-F"].contains(word) {
      guard let name = words.popFirst() else { return }
      switch word {
      case "-y", "-v": libraries.append(try file(name))
      default: try add(try file(name), node)
      }
    } else if word.hasPrefix("+") || word.hasPrefix("-") {
      // `+libext+.v`, `-sverilog`, `-timescale=1ns/1ps`: of other tools, and without meaning here.
      if word == "-top" || word == "--top-module" { _ = words.popFirst() }
    } else {
      sources.append(try file(word))
    }
  }

  private mutating func add(define: Substring) {
    let parts = define.split(separator: "=", maxSplits: 1).map(String.init)
    if let name = parts.first { defines.append((name, parts.count > 1 ? parts[1] : "")) }
  }

  /// Words without comments, with variables of the environment put in.
  private static func words(_ text: String) -> [String] {
    let environment = ProcessInfo.processInfo.environment
    let plain = text.replacing(/\/\*[\s\S]*?\*\//, with: " ")
    return plain.split(whereSeparator: \.isNewline).flatMap { line -> [String] in
      let code = line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line[...]
      if code.drop(while: \.isWhitespace).hasPrefix("#") { return [] }
      return code.split(whereSeparator: \.isWhitespace).map { word in
        String(word).replacing(/\$[({]?(\w+)[)}]?/) { match in
          environment[String(match.1)] ?? String(match.0)
        }
      }
    }
  }
}
