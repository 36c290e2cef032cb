public import Foundation
public import Gate
import Verilation

/// Where the history of a project is.
public enum HistoryPlace {
  /// Environment variable that names the file.
  public static let variable = "COSIM_HISTORY"

  /// The file: the one that was asked for, else `$COSIM_HISTORY`, else the plan's, else one for each
  /// repository in the cache, which its clones' worktrees share.
  ///
  /// - Parameters:
  ///   - option: from the command line.
  ///   - plan: what the plan says.
  ///   - root: the project's folder.
  ///   - cache: the folder of the cache.
  /// - Returns: nil where the plan wants none, and nobody says otherwise.
  public static func path(
    option: String?, plan: GatePlan.History, root: String, cache: String,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) async -> String? {
    if let option { return option }
    if let path = environment[variable], !path.isEmpty { return path }
    switch plan {
    case .off: return nil
    case .file(let name): return name.hasPrefix("/") ? name : "\(root)/\(name)"
    case .standard: break
    }
    let (name, identity) = await project(root)
    let digest = KeyBuilder.digest(Array(identity.utf8)).prefix(8)
    return "\(cache)/history/\(name)-\(digest).sqlite"
  }

  /// A name for people, and what tells the project from others: the repository and the folder in it, or
  /// the folder where there is none.
  private static func project(_ root: String) async -> (name: String, identity: String) {
    let folder = URL(fileURLWithPath: root).resolvingSymlinksInPath()
    let answer = try? await Git(root: root).ask(
      "for the repository",
      ["rev-parse", "--path-format=absolute", "--git-common-dir", "--show-prefix"])
    guard let lines = answer?.split(separator: "\n", omittingEmptySubsequences: false),
      let common = lines.first, !common.isEmpty
    else { return (safe(folder.lastPathComponent), folder.path) }
    let prefix = lines.count > 1 ? lines[1] : ""
    let repository = URL(fileURLWithPath: String(common))
    let top =
      repository.lastPathComponent == ".git"
      ? repository.deletingLastPathComponent() : repository
    let name = prefix.isEmpty ? top.lastPathComponent : folder.lastPathComponent
    return (safe(name), "\(common) \(prefix)")
  }

  private static func safe(_ name: String) -> String {
    let kept = name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    return kept.isEmpty ? "project" : kept
  }

  /// Whether files of a repository differ from its commit, or new ones lie beside them; nil where there is
  /// no repository.
  public static func isDirty(_ root: String) async -> Bool? {
    let answer = try? await Git(root: root).ask(
      "what differs from the commit", ["status", "--porcelain", "--", "."])
    return answer.map { !$0.isEmpty }
  }
}
