package import Devices
import External
import Foundation
import Verilation

/// What the golden model of a foreign design is made of, as far as its manifest tells.
///
/// These are all files in the manifest's folder, those that the command and `files` name,
/// the program itself and recorded vectors. What a program reads besides must be listed in
/// `files`, or what passed before would be trusted although it has changed.
package struct ForeignGolden {
  /// Absolute, in order.
  package let files: [String]
  /// The program, where it stands outside of the project: of it the bytes alone count.
  private let program: String?

  /// - Returns: nil where a file that the manifest names cannot be read, or the program is not found.
  package init?(
    _ manifest: Manifest, environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    guard let golden = manifest.golden else { return nil }
    var found = Set(ForeignGolden.contents(of: manifest.directory))
    for name in golden.vectors + golden.files {
      let path = manifest.path(of: name)
      let contents = ForeignGolden.contents(of: path)
      guard !contents.isEmpty else { return nil }
      found.formUnion(contents)
    }
    for word in golden.command.dropFirst() {
      let path = manifest.path(of: word)
      if ForeignGolden.isFile(path) { found.insert(path) }
    }
    program = golden.command.first.flatMap {
      ForeignGolden.program($0, manifest, environment)
    }
    guard golden.command.isEmpty || program != nil else { return nil }
    files = found.sorted()
  }

  /// The hash of all of it; nil where something cannot be read.
  package var digest: String? {
    var key = KeyBuilder()
    for path in files + [program].compactMap({ $0 }) {
      guard let data = FileManager.default.contents(atPath: path) else { return nil }
      // A copy of the project elsewhere is the same.
      key.add("file", String(path.split(separator: "/").last ?? ""))
      key.add("bytes", KeyBuilder.digest(Array(data)))
    }
    return key.key().hexadecimal
  }

  private static func program(
    _ word: String, _ manifest: Manifest, _ environment: [String: String]
  ) -> String? {
    if word.contains("/") {
      let path = manifest.path(of: word)
      return isFile(path) ? path : nil
    }
    return (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(word)" }
      .first(where: isFile)
  }

  private static func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && !isFolder.boolValue
  }

  /// A file itself, or all files below a folder, without what Python and editors leave there.
  private static func contents(of path: String) -> [String] {
    if isFile(path) { return [path] }
    return (FileManager.default.subpaths(atPath: path) ?? []).filter { name in
      let parts = name.split(separator: "/")
      return !parts.contains { $0 == "__pycache__" || $0.hasPrefix(".") }
    }.map { "\(path)/\($0)" }.filter(isFile)
  }
}

extension ManifestBlock {
  /// Files of recorded transactions that stand for a golden model, below the project's folder where they
  /// are there.
  func recordings(below root: String) -> [String] {
    guard let golden = manifest.golden, golden.command.isEmpty else { return [] }
    return golden.vectors.map { name in
      let path = Affected.realPath(manifest.path(of: name))
      return path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path
    }
  }
}
