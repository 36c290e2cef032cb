import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One running program that answers frames: 8 bytes of length, little-endian, then so many bytes.
///
/// One thread at a time uses it.
final class ProgramProcess: @unchecked Sendable {
  // @unchecked: `process` and the descriptors do not change; `errors` guards itself.
  private let command: [String]
  private let process = Process()
  private let input: FileHandle
  private let output: FileHandle
  private let errors = ErrorTail()

  /// Starts the program.
  ///
  /// - Parameters:
  ///   - command: the program, found in `PATH` unless it has a slash, and its arguments.
  ///   - directory: where it runs.
  ///   - echo: takes what it writes to its standard error, as it comes.
  /// - Throws: ``ExternalError/cannotStart(command:reason:)``.
  init(
    _ command: [String], in directory: String, echo: @escaping @Sendable ([UInt8]) -> Void
  ) throws(ExternalError) {
    self.command = command
    let (toProgram, fromProgram, complaints) = (Pipe(), Pipe(), Pipe())
    input = toProgram.fileHandleForWriting
    output = fromProgram.fileHandleForReading
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = URL(fileURLWithPath: directory, isDirectory: true)
    process.standardInput = toProgram
    process.standardOutput = fromProgram
    process.standardError = complaints
    var environment = ProcessInfo.processInfo.environment
    environment["PYTHONUNBUFFERED"] = "1"
    process.environment = environment
    guard ProgramProcess.exists(command[0], in: directory) else {
      throw .cannotStart(command: command, reason: "there is no program '\(command[0])'")
    }
    do {
      try process.run()
    } catch {
      throw .cannotStart(command: command, reason: error.localizedDescription)
    }
    _ = fcntl(input.fileDescriptor, F_SETFL, O_NONBLOCK)
    let tail = errors
    let reader = complaints.fileHandleForReading
    Thread.detachNewThread {
      while case let data = reader.availableData, !data.isEmpty {
        tail.append(data)
        echo(Array(data))
      }
      tail.close()
    }
  }

  deinit {
    // The end of its input tells a program to end.
    try? input.close()
    try? output.close()
  }

  private static func exists(_ program: String, in directory: String) -> Bool {
    let files = FileManager.default
    if program.contains("/") {
      return files.isExecutableFile(
        atPath: program.hasPrefix("/") ? program : directory + "/" + program)
    }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").contains {
      files.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }

  /// Sends a frame and waits for the one that answers it.
  ///
  /// - Throws: ``ExternalError``; the process is of no use any more then.
  func exchange(_ request: [UInt8], within seconds: Double) throws(ExternalError) -> [UInt8] {
    let deadline = ContinuousClock.now + .seconds(min(seconds, 1e9))
    var frame = ProgramProcess.bytes(of: UInt64(request.count))
    frame += request
    try send(frame, before: deadline, seconds)
    let header = try receive(8, before: deadline, seconds, beginning: [])
    let length = header.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= 1 << 32 else {
      // What follows says more than eight bytes do.
      let more = read(upTo: 64, before: min(deadline, ContinuousClock.now + .milliseconds(200)))
      throw .notAFrame(
        command: command, found: ProgramProcess.quoted(header + more), errors: stop())
    }
    return try receive(Int(length), before: deadline, seconds, beginning: header)
  }

  private static func bytes(of number: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
  }

  /// The first bytes as text if they are text.
  private static func quoted(_ bytes: [UInt8]) -> String {
    let isText = bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 10 || $0 == 13 || $0 == 9 }
    if isText {
      let text = String(decoding: bytes, as: UTF8.self)
      return "'\(text.split(whereSeparator: \.isNewline).first.map(String.init) ?? text)'"
    }
    return bytes.prefix(16).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined(separator: " ")
  }

  // MARK: - Bytes

  private func send(
    _ bytes: [UInt8], before deadline: ContinuousClock.Instant, _ seconds: Double
  ) throws(ExternalError) {
    var sent = 0
    while sent < bytes.count {
      guard wait(for: input.fileDescriptor, POLLOUT, until: deadline) else {
        throw .timedOut(command: command, seconds: seconds, errors: stop())
      }
      let (count, error) = ProgramProcess.write(input.fileDescriptor, bytes, from: sent)
      if count > 0 {
        sent += count
      } else if error != EAGAIN && error != EINTR {
        throw ended()
      }
    }
  }

  /// Writes without the signal that a closed pipe raises.
  private static func write(
    _ descriptor: Int32, _ bytes: [UInt8], from start: Int
  ) -> (count: Int, error: Int32) {
    var pipe = sigset_t()
    var old = sigset_t()
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &pipe, &old)
    defer { pthread_sigmask(SIG_SETMASK, &old, nil) }
    let count = bytes.withUnsafeBytes { raw in
      raw.baseAddress.map {
        #if canImport(Glibc)
          Glibc.write(descriptor, $0 + start, raw.count - start)
        #else
          Darwin.write(descriptor, $0 + start, raw.count - start)
        #endif
      } ?? 0
    }
    let error = errno
    if count < 0 && error == EPIPE {
      var pending = sigset_t()
      sigpending(&pending)
      var signal: Int32 = 0
      if sigismember(&pending, SIGPIPE) == 1 { sigwait(&pipe, &signal) }
    }
    return (count, error)
  }

  private func receive(
    _ count: Int, before deadline: ContinuousClock.Instant, _ seconds: Double, beginning: [UInt8]
  ) throws(ExternalError) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(count)
    while result.count < count {
      guard wait(for: output.fileDescriptor, POLLIN, until: deadline) else {
        // Text that is no frame looks like the beginning of a long one.
        let isText = (beginning + result).prefix(8).allSatisfy { $0 >= 0x09 && $0 < 0x7F }
        if isText && !(beginning + result).isEmpty {
          throw .notAFrame(
            command: command, found: ProgramProcess.quoted(beginning + result), errors: stop())
        }
        throw .timedOut(command: command, seconds: seconds, errors: stop())
      }
      let piece = readOnce(min(count - result.count, 1 << 20))
      if piece.isEmpty {
        if beginning.isEmpty && !result.isEmpty {
          throw .notAFrame(
            command: command, found: ProgramProcess.quoted(result), errors: stop())
        }
        throw ended()
      }
      result += piece
    }
    return result
  }

  private func read(upTo count: Int, before deadline: ContinuousClock.Instant) -> [UInt8] {
    var result: [UInt8] = []
    while result.count < count, wait(for: output.fileDescriptor, POLLIN, until: deadline) {
      let piece = readOnce(count - result.count)
      if piece.isEmpty { break }
      result += piece
    }
    return result
  }

  /// What is there, at most `count` bytes; nothing at the end.
  private func readOnce(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
      var got = 0
      repeat {
        #if canImport(Glibc)
          got = Glibc.read(output.fileDescriptor, buffer.baseAddress, count)
        #else
          got = Darwin.read(output.fileDescriptor, buffer.baseAddress, count)
        #endif
      } while got < 0 && errno == EINTR
      initialised = max(0, got)
    }
  }

  /// Waits until a descriptor is ready or has ended; false when the time is over.
  private func wait(
    for descriptor: Int32, _ event: Int32, until deadline: ContinuousClock.Instant
  ) -> Bool {
    while true {
      let left = (deadline - ContinuousClock.now) / .milliseconds(1)
      if left <= 0 { return false }
      var entry = pollfd(fd: descriptor, events: Int16(event), revents: 0)
      let ready = poll(&entry, 1, Int32(min(left.rounded(.up), 1e6)))
      if ready > 0 { return true }
    }
  }

  // MARK: - The end

  /// Ends the program.
  /// - Returns: the end of what it wrote to its standard error.
  private func stop() -> String {
    if process.isRunning {
      // With what it has started; a program is the leader of a group of its own.
      kill(-process.processIdentifier, SIGKILL)
      kill(process.processIdentifier, SIGKILL)
    }
    // Not for ever: a process that it left behind may keep Foundation waiting.
    let patience = ContinuousClock.now + .seconds(1)
    while process.isRunning && ContinuousClock.now < patience { usleep(2000) }
    return errors.text()
  }

  private func ended() -> ExternalError {
    // A program that closed its pipes may still be at its last words.
    let patience = ContinuousClock.now + .seconds(1)
    while process.isRunning && ContinuousClock.now < patience { usleep(5000) }
    let isRunning = process.isRunning
    let text = stop()
    let status =
      isRunning
      ? "its standard output closed"
      : process.terminationReason == .exit
        ? "status \(process.terminationStatus)" : "signal \(process.terminationStatus)"
    return .ended(command: command, status: status, errors: text)
  }
}

/// The last lines that a program wrote to its standard error.
private final class ErrorTail: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private static let limit = 4096

  func append(_ data: Data) {
    state.withLock { state in
      state.bytes += data
      if state.bytes.count > ErrorTail.limit {
        state.bytes.removeFirst(state.bytes.count - ErrorTail.limit)
      }
    }
  }

  func close() { state.withLock { $0.isClosed = true } }

  /// All that came before the end, for which it waits a moment.
  func text() -> String {
    let patience = ContinuousClock.now + .milliseconds(500)
    while !state.withLock({ $0.isClosed }) && ContinuousClock.now < patience { usleep(2000) }
    let text = String(decoding: state.withLock { $0.bytes }, as: UTF8.self)
    return text.split(separator: "\n").suffix(12).map { "  " + $0 }.joined(separator: "\n")
  }
}
