import Foundation
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The few things that are done with files here, with reasons that people understand.
package enum Files {
  /// What identifies a version of a file without reading it.
  struct Stamp: Hashable {
    var path: String
    var size: Int64
    var seconds: Int
    var nanoseconds: Int
  }

  /// Nil if there is no such file. Symbolic links are followed.
  static func stamp(_ path: String) -> Stamp? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    return Stamp(
      path: path, size: Int64(status.st_size), seconds: Int(time.tv_sec),
      nanoseconds: Int(time.tv_nsec))
  }

  static func isRegularFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  static func isExecutable(_ path: String) -> Bool {
    isRegularFile(path) && access(path, X_OK) == 0
  }

  /// The absolute path without links; nil if there is no such file.
  package static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  static func read(_ path: String) throws(Errno) -> [UInt8] {
    do {
      let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
      defer { try? descriptor.close() }
      let size = Int(try descriptor.seek(offset: 0, from: .end))
      try descriptor.seek(offset: 0, from: .start)
      return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        while count < size {
          let rest = UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
          let amount = try descriptor.read(into: rest)
          if amount == 0 { break }
          count += amount
        }
      }
    } catch let error as Errno {
      throw error
    } catch {
      throw .ioError
    }
  }

  static func write(_ bytes: some Sequence<UInt8>, to path: String) throws(Errno) {
    do {
      let descriptor = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
    } catch let error as Errno {
      throw error
    } catch {
      throw .ioError
    }
  }

  static func makeDirectory(_ path: String) throws(Errno) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
      let posix = underlying ?? (error as NSError)
      throw posix.domain == NSPOSIXErrorDomain
        ? Errno(rawValue: CInt(posix.code)) : Errno(rawValue: errno == 0 ? EIO : errno)
    }
  }

  /// Whether the file system that holds `path` has less than 64 KiB left.
  static func isFull(_ path: String) -> Bool {
    let space = try? FileManager.default.attributesOfFileSystem(forPath: path)[.systemFreeSize]
    return (space as? NSNumber).map { $0.int64Value < 1 << 16 } ?? false
  }

  static func rename(_ source: String, to target: String) throws(Errno) {
    #if canImport(Glibc)
      let status = Glibc.rename(source, target)
    #elseif canImport(Musl)
      let status = Musl.rename(source, target)
    #else
      let status = Darwin.rename(source, target)
    #endif
    guard status == 0 else { throw Errno(rawValue: errno) }
  }

  /// Removes a file or folder with all in it, as far as that is possible.
  static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

  static func entries(of directory: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
  }
}
