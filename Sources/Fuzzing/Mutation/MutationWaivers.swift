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

    /// `file: line`, with the change if only one is meant.
    public var place: String {
      "\(file): \(entry.line)" + (entry.changed.map { " becoming \($0)" } ?? "")
    }

    func fits(_ mutant: Mutant) -> Bool {
      source == mutant.file && entry.line.trimmed == mutant.text
        && (entry.changed.map { $0 == mutant.changed } ?? true)
    }
  }

  private var waivers: [Waiver] = []
  private var used: Set<Waiver> = []
  private var directory = ""
  private var sources: Set<String> = []

  public init() {}

  /// The waivers in the folders of some sources and in the folder of their manifest, where names of
  /// sources are as in the manifest.
  ///
  /// - Throws: ``FuzzingError/waivers(path:reason:)``.
  public init(sources: [String], directory: String) throws(FuzzingError) {
    self.directory = directory
    self.sources = Set(sources)
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
    guard let found = waivers.first(where: { $0.fits(mutant) }) else { return nil }
    used.insert(found)
    return found.entry.reason
  }

  /// Entries beside the block's manifest that no surviving mutant needed. Those beside shared sources
  /// may be there for another block.
  public var unused: [Waiver] { waivers.filter { isOwn($0) && !used.contains($0) } }

  /// Entries that are about none of some mutants, because the source has changed since: the line or the
  /// change is not there, or the source is none of the block, or there is no such file.
  ///
  /// - Parameter mutants: all that can be made of the sources.
  public func stale(among mutants: [Mutant]) -> [Waiver] {
    var files: [String: [Mutant]] = [:]
    for mutant in mutants { files[mutant.file, default: []].append(mutant) }
    return waivers.filter { waiver in
      guard sources.contains(waiver.source) else {
        return isOwn(waiver)
          || !FileManager.default.fileExists(atPath: "\(directory)/\(waiver.source)")
      }
      return !(files[waiver.source] ?? []).contains(where: waiver.fits)
    }
  }

  private func isOwn(_ waiver: Waiver) -> Bool { waiver.file == "\(directory)/mutants.yaml" }
}
