public import Foundation
import Verilation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// When, where and on what a gate ran: what a result leaves out, since it differs from run to run.
///
/// It lies beside a report as `run.json`, so that the history of another machine can take the run over.
public struct RunFacts: Sendable, Hashable, Codable {
  /// Names of the runs on single machines that this one consists of, in order: one, or the shards.
  public private(set) var parts: [String]
  /// When the first of them began.
  public var began: Date
  /// Wall time of the longest of them; nil where nobody took it.
  public var seconds: Double?
  /// Names of the machines, in order.
  public var hosts: [String]
  /// The files that git tracks differed from the commit, or new ones lay beside them; nil where that is
  /// not known.
  public var isDirty: Bool?
  /// The program, by the first digits of its SHA-256.
  public var program: String?

  public init(
    part: String = UUID().uuidString.lowercased(), began: Date, seconds: Double? = nil,
    hosts: [String] = [], isDirty: Bool? = nil, program: String? = nil
  ) {
    parts = [part]
    // Whole seconds, as they are written.
    self.began = Date(timeIntervalSince1970: began.timeIntervalSince1970.rounded(.down))
    self.seconds = seconds
    self.hosts = hosts
    self.isDirty = isDirty
    self.program = program
  }

  /// Facts that were read; those without parts keep their name.
  init(
    id: String, parts: [String], began: Date, seconds: Double?, hosts: [String], isDirty: Bool?,
    program: String?
  ) {
    self.init(
      part: id, began: began, seconds: seconds, hosts: hosts, isDirty: isDirty, program: program)
    if !parts.isEmpty { self.parts = parts }
  }

  /// What a history knows the run by: the same for the same parts, in whatever order they were merged.
  public var id: String {
    parts.count == 1
      ? parts[0]
      : String(KeyBuilder.digest(Array(parts.joined(separator: " ").utf8)).prefix(32))
  }

  /// The facts of both together. The order makes no difference, nor does merging the same twice.
  public func merged(with other: RunFacts) -> RunFacts {
    var result = self
    result.parts = Array(Set(parts + other.parts)).sorted()
    result.began = min(began, other.began)
    result.seconds = [seconds, other.seconds].compactMap { $0 }.max()
    result.hosts = Array(Set(hosts + other.hosts)).sorted()
    // One dirty shard makes the run dirty.
    result.isDirty =
      isDirty == true || other.isDirty == true ? true : isDirty == nil ? nil : other.isDirty
    result.program = program == other.program ? program : nil
    return result
  }

  /// The name of this machine.
  public static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Name of the file in the folder of a report.
  public static let fileName = "run.json"

  /// The facts that lie in the folder of a report; nil without, or where they cannot be read.
  public init?(besideReportIn folder: String) {
    guard let data = FileManager.default.contents(atPath: "\(folder)/\(RunFacts.fileName)") else {
      return nil
    }
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    guard let facts = try? decoder.decode(RunFacts.self, from: data), !facts.parts.isEmpty else {
      return nil
    }
    self = facts
  }

  /// Writes the facts into the folder of a report.
  ///
  /// - Throws: ``HistoryError/cannotWrite(path:reason:)``.
  public func write(to folder: String) throws(HistoryError) {
    let path = "\(folder)/\(RunFacts.fileName)"
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw .cannotWrite(path: path, reason: error.localizedDescription)
    }
  }
}
