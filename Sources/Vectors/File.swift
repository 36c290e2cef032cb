#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Whole files as bytes.
package enum File {
  /// All bytes of a file.
  package static func contents(_ path: String) throws(VectorError) -> [UInt8] {
    let descriptor = retrying { open(path, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw .cannotRead(path: path, reason: lastReason()) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .cannotRead(path: path, reason: lastReason())
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .cannotRead(path: path, reason: "it is not a regular file")
    }
    let size = Int(status.st_size)
    var reason: String?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      // A file that shrinks while it is read ends early; what it lacks shows in the format.
      while count < size {
        let rest = UnsafeMutableBufferPointer(rebasing: buffer[count...])
        let step = retrying { read(descriptor, rest.baseAddress, rest.count) }
        if step < 0 { reason = lastReason() }
        if step <= 0 { break }
        count += step
      }
    }
    if let reason { throw .cannotRead(path: path, reason: reason) }
    return bytes
  }

  /// Writes a file so that `path` holds all of it or what it held before.
  ///
  /// The bytes go to a temporary file in the same folder, are forced to the medium, and take the
  /// name by a rename. On a failure the temporary file is removed.
  package static func publish(_ bytes: [UInt8], to path: String) throws(VectorError) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
    let temporary = folder + temporaryName()
    let descriptor = retrying {
      open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: lastReason()) }
    var reason = fill(descriptor, with: bytes)
    if close(descriptor) != 0, reason == nil { reason = lastReason() }
    if reason == nil, rename(temporary, path) != 0 { reason = lastReason() }
    if let reason {
      unlink(temporary)
      throw .cannotWrite(path: path, reason: reason)
    }
    forceFolder(folder)
  }

  /// Writes a new folder of files so that it appears with all of them or not at all.
  ///
  /// A folder of that name is replaced if it is empty.
  package static func publish(
    _ files: [(name: String, bytes: [UInt8])], toFolder folder: String
  ) throws(VectorError) {
    var folder = folder
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    let parent = folder.lastIndex(of: "/").map { String(folder[...$0]) } ?? "./"
    let temporary = parent + temporaryName()
    guard mkdir(temporary, 0o777) == 0 else {
      throw .cannotWrite(path: folder, reason: lastReason())
    }
    do throws(VectorError) {
      for file in files {
        do throws(VectorError) {
          try publish(file.bytes, to: "\(temporary)/\(file.name)")
        } catch {
          // The temporary name says nothing to anybody.
          guard case .cannotWrite(_, let reason) = error else { throw error }
          throw .cannotWrite(path: "\(folder)/\(file.name)", reason: reason)
        }
      }
      guard rename(temporary, folder) == 0 else {
        throw .cannotWrite(path: folder, reason: lastReason())
      }
    } catch {
      for file in files { unlink("\(temporary)/\(file.name)") }
      rmdir(temporary)
      throw error
    }
    forceFolder(parent)
  }

  /// A name in any folder that nobody else has; hidden, and short whatever the final name is.
  package static func temporaryName() -> String {
    ".cosim-\(String(UInt64.random(in: 0...UInt64.max), radix: 36)).tmp"
  }

  /// Writes everything and forces it to the medium; the reason where that failed.
  private static func fill(_ descriptor: Int32, with bytes: [UInt8]) -> String? {
    bytes.withUnsafeBytes { raw in
      var written = 0
      while written < raw.count {
        let rest = UnsafeRawBufferPointer(rebasing: raw[written...])
        let step = retrying { write(descriptor, rest.baseAddress, rest.count) }
        if step < 0 { return lastReason() }
        written += step
      }
      return fsync(descriptor) == 0 ? nil : lastReason()
    }
  }

  /// Makes the new name outlast a power failure. Some file systems refuse this for folders, and by
  /// then the file is whole under its name, so that a refusal is not a failure.
  private static func forceFolder(_ folder: String) {
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
      let result = call()
      if result != -1 || errno != EINTR { return result }
    }
  }

  private static func lastReason() -> String { String(cString: strerror(errno)) }
}
