import Foundation
import Yams

/// Mutants that may survive, and why.
///
/// A file `mutants.yaml` beside sources says for each of them which changes nobody could notice:
///
///     stream_fifo.sv:
///       - line: "out_valid_d = read || (out_valid_q && !out_ready_i);"
///         changed: "read || (out_valid_q || !out_ready_i)"
///         reason: equivalent, because …
///
/// `line` is the line of the source without white space at its ends. Without `changed` every mutant of
/// the line is meant, and so is every repetition of it in the file.
public struct MutationWaivers: Sendable {
  /// One entry of a file.
  public struct Entry: Sendable, Hashable, Codable {
    public var line: String
    public var changed: String?
    public var reason: String
  }

  /// An entry and where it stands.
  public struct Waiver: Sendable, Hashable {
    /// The file of waivers.
    public var file: String
    public var source: String
    public var entry: Entry
  }

  private var waivers: [Waiver] = []
  private var used: Set<Waiver> = []

  public init() {}

  /// The waivers in the folders of some sources and in the folder of their manifest, where names of
  /// sources are as in the manifest.
  ///
  /// - Throws: ``FuzzingError/waivers(path:reason:)``.
  public init(sources: [String], directory: String) throws(FuzzingError) {
    let folders = Set(sources.map { $0.split(separator: "/").dropLast().joined(separator: "/") })
    for folder in folders.union([""]).sorted() {
      let path = folder.isEmpty ? directory : "\(directory)/\(folder)"
      try read(path + "/mutants.yaml", prefix: folder.isEmpty ? "" : folder + "/")
    }
  }

  private mutating func read(_ path: String, prefix: String) throws(FuzzingError) {
    guard FileManager.default.fileExists(atPath: path) else { return }
    do {
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let entries = try YAMLDecoder().decode([String: [Entry]].self, from: text)
      for (source, list) in entries.sorted(by: { $0.key < $1.key }) {
        waivers += list.map { Waiver(file: path, source: prefix + source, entry: $0) }
      }
    } catch {
      throw .waivers(path: path, reason: "\(error)")
    }
    for waiver in waivers where waiver.entry.reason.trimmed.isEmpty {
      throw .waivers(path: path, reason: "'\(waiver.entry.line)' has no reason")
    }
  }

  /// Why a mutant may survive; nil if it may not.
  public mutating func reason(for mutant: Mutant) -> String? {
    let found = waivers.first {
      $0.source == mutant.file && $0.entry.line.trimmed == mutant.text
        && ($0.entry.changed.map { $0 == mutant.changed } ?? true)
    }
    guard let found else { return nil }
    used.insert(found)
    return found.entry.reason
  }

  /// Entries that no surviving mutant needed.
  public var unused: [Waiver] { waivers.filter { !used.contains($0) } }
}
