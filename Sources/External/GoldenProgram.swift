public import Blocks
import Crypto
public import Devices
import Foundation
public import Signals
import Synchronization
import Vectors

/// A program as golden model: it reads inputs and writes expected outputs through pipes, batch by
/// batch, and
/// lives as long as this value.
///
/// A frame is the length of what follows, 8 bytes little-endian, and an `.npz` archive. A request
/// holds the
/// input arrays (see ``ArrayFrame``), `cosim.count`, the number of transactions, and
/// `cosim.parameters.<name>`. An answer holds the outputs likewise, or `cosim.error`, a text in
/// UTF-8 as
/// an array of uint8; `cosim.version`, such a text too, may say which version answers.
/// `cosim_golden.py`
/// does all of it for Python.
public final class GoldenProgram: GoldenSource, Sendable {
  private let name: String
  private let specification: GoldenSpecification
  private let directory: String
  private let fileVersion: String
  private let echo: @Sendable ([UInt8]) -> Void
  private let pool: ProgramPool
  private let said = Mutex("")

  /// - Parameters:
  ///   - name: of the block, for messages.
  ///   - specification: the command and how long it may take.
  ///   - directory: where it runs.
  /// - echo: takes what it writes to its standard error, as it comes; this process's own by
  /// default.
  public init(
    name: String, _ specification: GoldenSpecification, in directory: String,
    echo: (@Sendable ([UInt8]) -> Void)? = nil
  ) {
    self.name = name
    self.specification = specification
    self.directory = directory
    self.echo = echo ?? { FileHandle.standardError.write(Data($0)) }
    fileVersion = GoldenProgram.digest(specification, in: directory)
    pool = ProgramPool(limit: specification.processes)
  }

  /// The command and a digest of its files, with what the program said in its first answer.
  public var version: String {
    let text = said.withLock { $0 }
    return specification.command.joined(separator: " ") + " (" + fileVersion
      + (text.isEmpty ? "" : ", \(text)") + ")"
  }

  public func answer(
    _ batch: Batch, interface: Interface, configuration: Configuration
  ) throws(BlockError) -> Batch {
    do {
      let members = try ArrayFrame.members(
        of: batch, interface: interface, configuration: configuration)
      let request = try NPZArchive.bytes(of: members, path: "the request", isDeflated: false)
      let bytes = try pool.use { process in
        try process.exchange(request, within: specification.timeout)
      } making: {
        try ProgramProcess(specification.command, in: directory, echo: echo)
      }
      return try decode(bytes, count: batch.count, interface: interface)
    } catch {
      throw .external(block: name, reason: "\(error)")
    }
  }

  private func decode(_ bytes: [UInt8], count: Int, interface: Interface) throws -> Batch {
    let archive: NPZArchive
    do {
      archive = try NPZArchive(bytes: bytes, path: "the answer")
    } catch {
      throw ExternalError.unreadable(command: specification.command, reason: "\(error)")
    }
    let key = ArrayFrame.prefix + "protocol"
    if archive.contains(key), let spoken = try archive.tensor(key).values.first,
      spoken != Int64(ArrayFrame.protocolNumber)
    {
      throw ExternalError.otherProtocol(
        command: specification.command, found: Int(spoken), expected: ArrayFrame.protocolNumber)
    }
    if let message = try text("error", archive) {
      throw ExternalError.refused(command: specification.command, message: message)
    }
    if let version = try text("version", archive) { said.withLock { $0 = version } }
    let source = "the answer of `\(specification.command.joined(separator: " "))`"
    return try ArrayFrame(source: source).answer(archive, count: count, interface: interface)
  }

  private func text(_ key: String, _ archive: NPZArchive) throws -> String? {
    guard archive.contains(ArrayFrame.prefix + key) else { return nil }
    let codes = try archive.tensor(ArrayFrame.prefix + key).values
    return String(decoding: codes.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
  }

  /// SHA-256 over the command and the files that it names, twelve digits of it.
  private static func digest(_ specification: GoldenSpecification, in directory: String) -> String {
    var hash = SHA256()
    for word in specification.command + specification.files {
      hash.update(data: Data(word.utf8) + [0])
      let path = word.hasPrefix("/") ? word : directory + "/" + word
      var isDirectory: ObjCBool = false
      if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
        !isDirectory.boolValue, let data = FileManager.default.contents(atPath: path)
      {
        hash.update(data: data)
      }
    }
    return hash.finalize().prefix(6).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }
}

/// The programs that run for one golden model.
private final class ProgramPool: @unchecked Sendable {
  // @unchecked: all mutable state is guarded by `condition`.
  private let condition = NSCondition()
  private var idle: [ProgramProcess] = []
  private var started = 0
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Calls `body` with a program that nobody else uses meanwhile. One that failed is not used
  /// again.
  func use<Value>(
    _ body: (ProgramProcess) throws -> Value, making make: () throws -> ProgramProcess
  ) throws -> Value {
    condition.lock()
    while idle.isEmpty && started == limit { condition.wait() }
    var process = idle.popLast()
    if process == nil { started += 1 }
    condition.unlock()
    do {
      let chosen = try process ?? make()
      process = chosen
      let value = try body(chosen)
      give { self.idle.append(chosen) }
      return value
    } catch {
      give { self.started -= 1 }
      throw error
    }
  }

  private func give(_ change: () -> Void) {
    condition.lock()
    change()
    condition.signal()
    condition.unlock()
  }
}
