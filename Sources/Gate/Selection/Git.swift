import Foundation
import Subprocess
import SystemPackage

/// Asks git about the project's folder.
package struct Git: Sendable {
  let root: String

  /// - Parameter root: where it is asked; any folder of the repository.
  package init(root: String) { self.root = root }

  /// What git prints.
  ///
  /// - Parameter attempt: what is asked, for complaints: `what changed since main`.
  /// - Throws: ``GateError/git(attempt:reason:)``.
  package func ask(
    _ attempt: String, _ arguments: [String]
  ) async throws(GateError) -> String {
    do {
      let result = try await Subprocess.run(
        .name("git"), arguments: Arguments(["-C", root] + arguments),
        output: .string(limit: 1 << 26), error: .string(limit: 1 << 16))
      guard result.terminationStatus.isSuccess else {
        let reason = result.standardError.split(separator: "\n").first.map(String.init)
        throw GateError.git(attempt: attempt, reason: reason ?? "it failed")
      }
      return result.standardOutput
    } catch let error as GateError {
      throw error
    } catch {
      throw .git(attempt: attempt, reason: "\(error)")
    }
  }

  /// The commit that is checked out; nil where there is none.
  func head() async -> String? {
    guard let text = try? await ask("for the commit", ["rev-parse", "HEAD"]) else { return nil }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// Files that differ from a base, committed or not.
public struct Changes: Sendable, Hashable {
  /// A file that was changed, added or removed.
  public struct File: Sendable, Hashable {
    /// Absolute.
    public var path: String
    /// Below the top folder of the repository.
    public var name: String
    public var isRemoved: Bool
    /// The text differs in comments and white space alone.
    public var isCosmetic = false
  }

  /// The commit from which the change began.
  public var base: String
  /// In the order of names.
  public var files: [File]

  /// What changed since the commit that `reference` and the current one have in common, uncommitted and
  /// new files included.
  ///
  /// - Parameter root: the project's folder.
  /// - Throws: ``GateError/git(attempt:reason:)``.
  public init(since reference: String, root: String) async throws(GateError) {
    let git = Git(root: root)
    func lines(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
    let top = lines(
      try await git.ask("for the repository of \(root)", ["rev-parse", "--show-toplevel"]))
    base = lines(
      try await git.ask(
        "where the change since '\(reference)' began", ["merge-base", reference, "HEAD"]))
    let tracked = try await git.ask(
      "what changed since '\(reference)'",
      ["diff", "--name-status", "--no-renames", "-z", base, "--", top])
    let untracked = try await git.ask(
      "which files are new",
      ["ls-files", "-z", "--others", "--exclude-standard", "--full-name", top])
    let words = tracked.split(separator: "\0").map(String.init)
    files = stride(from: 0, to: words.count - words.count % 2, by: 2).map {
      File(path: "\(top)/\(words[$0 + 1])", name: words[$0 + 1], isRemoved: words[$0] == "D")
    }
    files += untracked.split(separator: "\0").map {
      File(path: "\(top)/\($0)", name: String($0), isRemoved: false)
    }
    files.sort { $0.name < $1.name }
    for index in files.indices where Cosmetics.isRTL(files[index].name) {
      guard !files[index].isRemoved,
        let old = try? await git.ask(
          "for a file of the base", ["show", "\(base):\(files[index].name)"]),
        let new = try? String(contentsOfFile: files[index].path, encoding: .utf8)
      else { continue }
      files[index].isCosmetic = Cosmetics.isSame(old, new)
    }
  }

  /// For tests and callers that know better than git.
  public init(base: String, files: [File]) {
    self.base = base
    self.files = files
  }
}

extension Changes.File {
  public init(path: String, name: String, isRemoved: Bool) {
    (self.path, self.name, self.isRemoved) = (path, name, isRemoved)
  }
}

/// Differences of RTL that no tool acts on.
package enum Cosmetics {
  static func isRTL(_ name: String) -> Bool {
    [".sv", ".svh", ".v", ".vh"].contains { name.hasSuffix($0) }
  }

  /// Whether two texts differ in comments and white space alone. A comment that a tool may read is none
  /// of these, nor are strings.
  package static func isSame(_ first: String, _ second: String) -> Bool {
    guard let a = code(first), let b = code(second) else { return false }
    return a == b
  }

  /// The text without comments, white space as one space; nil where a comment may mean something.
  private static func code(_ text: String) -> [UInt8]? {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    func at(_ offset: Int) -> UInt8 { index + offset < bytes.count ? bytes[index + offset] : 0 }
    func space() {
      if let last = result.last, last != UInt8(ascii: " "), last != UInt8(ascii: "\n") {
        result.append(UInt8(ascii: " "))
      }
    }
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "/"), at(1) == UInt8(ascii: "/") || at(1) == UInt8(ascii: "*") {
        let isLine = at(1) == UInt8(ascii: "/")
        let start = index
        index += 2
        while index < bytes.count {
          if isLine && bytes[index] == UInt8(ascii: "\n") { break }
          if !isLine && bytes[index] == UInt8(ascii: "*") && at(1) == UInt8(ascii: "/") {
            index += 2
            break
          }
          index += 1
        }
        guard !isDirective(bytes[start..<min(index, bytes.count)]) else { return nil }
        space()
      } else if byte == UInt8(ascii: "\"") {
        repeat {
          if bytes[index] == UInt8(ascii: "\\") {
            result.append(bytes[index])
            index += 1
          }
          if index < bytes.count { result.append(bytes[index]) }
          index += 1
        } while index < bytes.count && bytes[index] != UInt8(ascii: "\"")
        if index < bytes.count { result.append(bytes[index]) }
        index += 1
      } else if byte == UInt8(ascii: " ") || byte == 9 || byte == 13 {
        space()
        index += 1
      } else if byte == UInt8(ascii: "\n") {
        // Lines stay apart: directives end with theirs.
        while result.last == UInt8(ascii: " ") { result.removeLast() }
        if let last = result.last, last != UInt8(ascii: "\n") { result.append(byte) }
        index += 1
      } else {
        result.append(byte)
        index += 1
      }
    }
    while result.last == UInt8(ascii: " ") || result.last == UInt8(ascii: "\n") {
      result.removeLast()
    }
    return result
  }

  /// Comments that Verilator, synthesis or lint read.
  private static func isDirective(_ comment: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: comment, as: UTF8.self).lowercased()
    return ["verilator", "synopsys", "synthesis", "pragma", "translate_", "lint_", "sv2v"]
      .contains { text.contains($0) }
  }
}
