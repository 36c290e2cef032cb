import Devices
import Signals
import SystemPackage

/// Every file that a device is made of, found without starting a tool.
///
/// Beside the sources these are all files that any of them could mean by a name in quotation marks
/// (`include`, also through a macro, and data of `$readmemh`), in any folder where it would be looked
/// for. That may be more than Verilator reads, never less: what it did read is compared afterwards.
package struct SourceFiles {
  struct File {
    /// As it is named from the manifest's folder.
    var name: String
    var path: String
    var bytes: [UInt8]
  }

  /// Sources in the order of the manifest, then the rest in the order in which it was found.
  private(set) var files: [File] = []
  private var known: Set<String> = []
  private let manifest: Manifest

  init(_ manifest: Manifest) throws(VerilationError) {
    self.manifest = manifest
    for name in manifest.sources {
      do {
        try add(name)
      } catch {
        throw .cannotRead(path: manifest.path(of: name), reason: error.description)
      }
    }
    addLibraries()
    var next = 0
    while next < files.count {
      let file = files[next]
      next += 1
      let folder = file.name.lastIndex(of: "/").map { String(file.name[..<$0]) } ?? ""
      // The order is part of the key.
      for literal in SourceFiles.names(in: file.bytes).sorted() {
        addCandidates(literal, from: folder)
      }
    }
    let texts = manifest.configurations.flatMap(\.texts.values)
    for value in Array(manifest.defines.values) + texts {
      addCandidates(value.filter { $0 != "\"" && $0 != "\\" }, from: "")
    }
  }

  /// Whatever a module may be taken from.
  private mutating func addLibraries() {
    for library in manifest.libraries {
      let path = manifest.path(of: library)
      if Files.isRegularFile(path) {
        try? add(library)
        continue
      }
      for name in Files.entries(of: path).sorted()
      where name.hasSuffix(".v") || name.hasSuffix(".sv") {
        try? add("\(library)/\(name)")
      }
    }
  }

  private mutating func add(_ name: String) throws(Errno) {
    guard known.insert(name).inserted else { return }
    let path = manifest.path(of: name)
    files.append(File(name: name, path: path, bytes: try Files.read(path)))
  }

  private mutating func addCandidates(_ literal: String, from folder: String) {
    let folders = literal.hasPrefix("/") ? [""] : ["", folder] + manifest.includeDirectories
    for folder in folders {
      let name = folder.isEmpty ? literal : "\(folder)/\(literal)"
      guard !known.contains(name), Files.isRegularFile(manifest.path(of: name)) else { continue }
      // One that cannot be read is not this one's business: Verilator complains if it needs it.
      try? add(name)
    }
  }

  /// What stands between quotation marks, or behind `include` between angle brackets, and could name a
  /// file. Both sides of every mark are tried, so that one in a comment hides nothing.
  package static func names(in bytes: [UInt8]) -> Set<String> {
    var names: Set<String> = []
    var start: Int?
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"):
        if let start, index > start, byte != UInt8(ascii: "<") {
          names.insert(String(decoding: bytes[start..<index], as: UTF8.self))
        }
        start = index + 1
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "+"), 0x80...0xFF:
        break
      default:
        // No name of a file that RTL includes has such a character.
        start = nil
      }
    }
    return names
  }
}
