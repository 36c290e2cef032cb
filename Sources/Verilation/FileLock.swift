package import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An exclusive lock between threads and processes, on a file that stands for what is being made.
///
/// The kernel releases it when its holder dies, however it dies.
package final class FileLock: Sendable {
  private let descriptor: FileDescriptor

  private init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

  deinit { try? descriptor.close() }

  /// Takes the lock if nobody has it; nil if somebody has.
  package static func take(_ path: String) throws(Errno) -> FileLock? {
    while true {
      let descriptor: FileDescriptor
      do {
        descriptor = try FileDescriptor.open(
          path, .readWrite, options: [.create, .closeOnExec],
          permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
      } catch {
        throw error as? Errno ?? .ioError
      }
      let lock = FileLock(descriptor)
      guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
        if errno == EWOULDBLOCK { return nil }
        throw Errno(rawValue: errno)
      }
      // Whoever had the lock before may have removed the file: then this is a lock on nothing.
      var held = stat()
      var named = stat()
      if fstat(descriptor.rawValue, &held) == 0, stat(path, &named) == 0,
        held.st_ino == named.st_ino, held.st_dev == named.st_dev
      {
        return lock
      }
    }
  }

  /// Waits for the lock; nil when `limit` has passed.
  package static func wait(_ path: String, limit: Duration) async throws -> FileLock? {
    let clock = ContinuousClock()
    let deadline = clock.now + limit
    while true {
      if let lock = try take(path) { return lock }
      if clock.now >= deadline { return nil }
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
