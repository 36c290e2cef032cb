import Foundation

/// The modules, packages and include files below some folders, by name: finds what a top module
/// needs, so
/// that nobody has to list it.
struct SourceIndex {
  private var modules: [String: [String]] = [:]
  private var packages: [String: [String]] = [:]
  private var headers: [String: [String]] = [:]
  private var texts: [String: String] = [:]

  /// Files beyond which looking around costs more than listing them does.
  private static let limit = 4000
  private static let largest = 4 << 20

  /// Reads every source below the folders.
  ///
  /// - Parameters:
  ///   - files: that are known to belong; they come first where a name occurs twice.
  ///   - folders: where else to look, with all that is below them.
  init(files: [String], folders: [String]) {
    for file in files { add(file) }
    var count = 0
    for folder in folders {
      // A link to a folder has nothing below it; what it leads to has.
      let walker = FileManager.default.enumerator(
        at: URL(fileURLWithPath: folder, isDirectory: true).resolvingSymlinksInPath(),
        includingPropertiesForKeys: nil,
        options: [.skipsHiddenFiles, .skipsPackageDescendants])
      while let url = walker?.nextObject() as? URL, count < SourceIndex.limit {
        let kind = url.pathExtension
        if ["v", "sv", "vh", "svh", "inc", "vinc", "svp", "h"].contains(kind) {
          count += 1
          add(url.path)
        }
      }
    }
  }

  private mutating func add(_ path: String) {
    let path = URL(fileURLWithPath: path).standardizedFileURL.path
    guard texts[path] == nil, let bytes = try? Files.read(path), bytes.count < SourceIndex.largest
    else { return }
    let text = SourceIndex.withoutComments(String(decoding: bytes, as: UTF8.self))
    texts[path] = text
    headers[String(path.split(separator: "/").last ?? ""), default: []].append(path)
    guard ["v", "sv", "svp"].contains(URL(fileURLWithPath: path).pathExtension) else { return }
    for match in text.matches(
      of: /\b(module|macromodule|interface|package)\s+(?:automatic\s+|static\s+)?(\w+)/)
    {
      let name = String(match.2)
      if match.1 == "package" {
        packages[name, default: []].append(path)
      } else if name != "class" {
        modules[name, default: []].append(path)
      }
    }
  }

  /// The text without comments and the contents of strings, lines kept.
  static func withoutComments(_ text: String) -> String {
    var result: [UInt8] = []
    let bytes = Array(text.utf8)
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      let pair = index + 1 < bytes.count ? (bytes[index], bytes[index + 1]) : (bytes[index], 0)
      switch pair {
      case (UInt8(ascii: "/"), UInt8(ascii: "/")):
        while index < bytes.count, bytes[index] != 10 { index += 1 }
      case (UInt8(ascii: "/"), UInt8(ascii: "*")):
        index += 2
        while index + 1 < bytes.count,
          !(bytes[index] == UInt8(ascii: "*") && bytes[index + 1] == UInt8(ascii: "/"))
        {
          if bytes[index] == 10 { result.append(10) }
          index += 1
        }
        index += 2
        result.append(UInt8(ascii: " "))
      default:
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The modules that a file defines.
  func modules(in path: String) -> [String] {
    let path = URL(fileURLWithPath: path).standardizedFileURL.path
    return modules.filter { $0.value.contains(path) }.keys.sorted()
  }

  func text(of path: String) -> String {
    texts[URL(fileURLWithPath: path).standardizedFileURL.path] ?? ""
  }

  /// The file that defines a module.
  func file(ofModule name: String) -> String? { modules[name]?.first }

  /// All that a top module needs.
  struct Closure {
    /// Packages first, each behind those that it uses; then modules.
    var sources: [String] = []
    var includeDirectories: [String] = []
    var remarks: [String] = []
  }

  /// Follows the names of modules, packages and include files from a top module.
  func closure(of top: String) -> Closure {
    var result = Closure()
    var seen: Set<String> = []
    var packageFiles: [String] = []
    var moduleFiles: [String] = []
    var folders: [String] = []
    var ambiguous: Set<String> = []

    func visit(_ path: String, isPackage: Bool) {
      guard seen.insert(path).inserted else { return }
      let text = texts[path] ?? ""
      for match in text.matches(of: /`include\s+"([^"]+)"/) {
        include(String(match.1), from: path)
      }
      let words = Set(text.matches(of: /[A-Za-z_]\w*/).map { String($0.output) })
      for name in words.sorted() {
        if let files = packages[name], uses(package: name, text) {
          note(name, files, "package")
          visit(files[0], isPackage: true)
        }
      }
      if isPackage { packageFiles.append(path) } else { moduleFiles.append(path) }
      for name in words.sorted() {
        if let files = modules[name], !files.contains(path) {
          note(name, files, "module")
          visit(files[0], isPackage: false)
        }
      }
    }
    func include(_ name: String, from path: String) {
      let beside = URL(fileURLWithPath: path).deletingLastPathComponent().path + "/" + name
      let last = String(name.split(separator: "/").last ?? "")
      let standard = URL(fileURLWithPath: beside).standardizedFileURL.path
      guard
        let found = texts[standard] != nil
          ? standard
          : headers[last]?.first(where: {
            $0.hasSuffix("/" + name)
          })
      else { return }
      let folder = String(found.dropLast(name.count + 1))
      if found.hasSuffix("/" + name), !folders.contains(folder) { folders.append(folder) }
      guard seen.insert(found).inserted, let text = texts[found] else { return }
      for match in text.matches(of: /`include\s+"([^"]+)"/) {
        include(String(match.1), from: found)
      }
      for match in text.matches(of: /\b(\w+)\s*::/) {
        if let files = packages[String(match.1)] { visit(files[0], isPackage: true) }
      }
    }
    func note(_ name: String, _ files: [String], _ kind: String) {
      guard files.count > 1, ambiguous.insert(name).inserted else { return }
      result.remarks.append("\(kind) \(name) is in \(files.count) files; \(files[0]) is taken")
    }

    if let path = modules[top]?.first { visit(path, isPackage: false) }
    result.sources = packageFiles + moduleFiles
    result.includeDirectories = folders
    return result
  }

  private func uses(package name: String, _ text: String) -> Bool {
    text.contains(name + "::") || text.contains(name + " ::")
  }
}
