import CDevice
import SystemPackage

/// The files of the C++ shim.
package enum Shim {
  package static let files: [(name: String, bytes: [UInt8])] = {
    var files: [(name: String, bytes: [UInt8])] = []
    while true {
      let file = cosim_shim_file_at(files.count)
      guard let name = file.name else { return files }
      let text = UnsafeBufferPointer(start: file.text, count: file.length)
      files.append((name: String(cString: name), bytes: Array(text)))
    }
  }()

  static let digest: String = {
    var builder = KeyBuilder()
    for file in files { builder.add(file.name, file.bytes) }
    return builder.key().hexadecimal
  }()

  static func write(to folder: String) throws(VerilationError) {
    for file in files {
      do {
        try Files.write(file.bytes, to: "\(folder)/\(file.name)")
      } catch {
        throw .cache(path: "\(folder)/\(file.name)", attempt: "write", reason: error.description)
      }
    }
  }
}
