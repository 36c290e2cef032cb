import CDevice
import SystemPackage

/// The files of the C++ shim.
package enum Shim {
  package static let files = texts(cosim_shim_file_at)

  /// The files that the counting flavour has in addition.
  package static let counterFiles = texts(cosim_counters_file_at)

  private static func texts(
    _ file: (Int) -> cosim_shim_file
  ) -> [(name: String, bytes: [UInt8])] {
    var files: [(name: String, bytes: [UInt8])] = []
    while true {
      let file = file(files.count)
      guard let name = file.name else { return files }
      let text = UnsafeBufferPointer(start: file.text, count: file.length)
      files.append((name: String(cString: name), bytes: Array(text)))
    }
  }

  /// What models with line coverage need besides.
  static let coverageFile: (name: String, bytes: [UInt8]) = {
    let file = cosim_coverage_file()
    let text = UnsafeBufferPointer(start: file.text, count: file.length)
    return (file.name.map { String(cString: $0) } ?? "", Array(text))
  }()

  static let digest = digest(of: files)
  static let counterDigest = digest(of: counterFiles)

  private static func digest(of files: [(name: String, bytes: [UInt8])]) -> String {
    var builder = KeyBuilder()
    for file in files { builder.add(file.name, file.bytes) }
    return builder.key().hexadecimal
  }

  static func write(to folder: String, counting: Bool = false) throws(VerilationError) {
    for file in files + (counting ? counterFiles : []) {
      do {
        try Files.write(file.bytes, to: "\(folder)/\(file.name)")
      } catch {
        throw .cache(path: "\(folder)/\(file.name)", attempt: "write", reason: error.description)
      }
    }
  }
}
