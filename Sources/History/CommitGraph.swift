import Foundation
import Gate

/// The commits of a repository, as far as a history needs them.
public struct CommitGraph: Sendable, Hashable {
  public struct Commit: Sendable, Hashable {
    public var id: String
    /// The branch that was merged into first.
    public var parents: [String]
    /// First line of the message.
    public var subject: String

    public init(id: String, parents: [String], subject: String = "") {
      self.id = id
      self.parents = parents
      self.subject = subject
    }
  }

  /// Parents before their children.
  public let commits: [Commit]
  private let places: [String: Int]

  /// - Parameter commits: parents before their children.
  public init(_ commits: [Commit]) {
    self.commits = commits
    places = Dictionary(commits.enumerated().map { ($1.id, $0) }) { first, _ in first }
  }

  /// The history of these commits; nil where there is no repository. Commits that it does not have are
  /// left out.
  public init?(of ids: [String], root: String) async {
    let separator = "\u{1f}"
    // Names only: nothing that a file says is taken for an option.
    let names = ids.filter { !$0.isEmpty && $0.allSatisfy(\.isHexDigit) }
    guard
      let text = try? await Git(root: root).ask(
        "for the order of commits",
        [
          "log", "--topo-order", "--reverse", "--ignore-missing",
          "--format=%H\(separator)%P\(separator)%s",
        ] + names + ["HEAD", "--"])
    else { return nil }
    self.init(
      text.split(separator: "\n").compactMap { line in
        let words = line.split(separator: "\u{1f}", omittingEmptySubsequences: false)
        guard words.count == 3 else { return nil }
        return Commit(
          id: String(words[0]), parents: words[1].split(separator: " ").map(String.init),
          subject: String(words[2]))
      })
  }

  public subscript(id: String) -> Commit? { places[id].map { commits[$0] } }

  /// Commits in the order of the repository.
  ///
  /// - Parameter ids: in the order of time. Those that are not in the repository keep their places.
  public func ordered(_ ids: [String]) -> [String] {
    var known = ids.filter { places[$0] != nil }
      .sorted { (places[$0] ?? 0) < (places[$1] ?? 0) }[...]
    return ids.map { places[$0] == nil ? $0 : known.popFirst() ?? $0 }
  }

  /// The nearest of `measured` before a commit, along its own branch, and the number of commits between.
  ///
  /// - Returns: nil where none of them is an ancestor.
  public func nearest(before id: String, in measured: Set<String>) -> (id: String, between: Int)? {
    var next = self[id]?.parents ?? []
    var between = 0
    var others: [String] = []
    while let parent = next.first {
      if measured.contains(parent) { return (parent, between) }
      others += next.dropFirst()
      next = self[parent]?.parents ?? []
      between += 1
    }
    // Not on the branch itself: what was merged into it, last things first.
    var seen: Set<String> = []
    while let other = others.max(by: { (places[$0] ?? -1) < (places[$1] ?? -1) }) {
      others.removeAll { $0 == other }
      if measured.contains(other) { return (other, between) }
      guard seen.insert(other).inserted else { continue }
      others += self[other]?.parents ?? []
    }
    return nil
  }
}
