import Foundation
public import Verilation

/// What a machine needs to run a gate, besides what building devices needs.
public enum RunnerChecks {
  /// All checks.
  ///
  /// - Parameters:
  ///   - root: the project's folder.
  ///   - environment: of the process.
  public static func all(root: String, environment: [String: String]) async -> [Doctor.Check] {
    [
      await git(root), memory(), cache(environment),
      Doctor.Check(
        name: "Cores", found: "\(ProcessInfo.processInfo.activeProcessorCount)"),
    ]
  }

  /// `--base` needs the base's history.
  private static func git(_ root: String) async -> Doctor.Check {
    do throws(GateError) {
      let answer = try await Git(root: root).ask(
        "whether its history is here", ["rev-parse", "--is-shallow-repository"])
      let isShallow = answer.hasPrefix("true")
      return Doctor.Check(
        name: "History", found: isShallow ? "cut off" : "whole",
        problem: isShallow
          ? "the repository has a part of its history only, so that --base may not find where a change began; "
            + "fetch all of it (GitHub: fetch-depth: 0, GitLab: GIT_DEPTH: 0, else git fetch --unshallow)"
          : nil)
    } catch {
      return Doctor.Check(
        name: "History", found: "",
        problem: "\(error) In a container: git config --global --add safe.directory \(root)")
    }
  }

  /// Compilers of big devices need it.
  private static func memory() -> Doctor.Check {
    let gibibytes = Double(ProcessInfo.processInfo.physicalMemory) / Double(1 << 30)
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let text = String(format: "%.1f GiB for %d cores", gibibytes, cores)
    return Doctor.Check(
      name: "Memory", found: text,
      problem: gibibytes >= Double(cores)
        ? nil
        : "\(text): a build needs up to 1 GiB; use fewer with --jobs \(max(1, Int(gibibytes)))")
  }

  /// A runner that begins anew each time trusts nothing and builds everything.
  private static func cache(_ environment: [String: String]) -> Doctor.Check {
    let isChosen = !(environment["COSIM_CACHE"] ?? "").isEmpty
    let root = Cache(environment: environment).root
    return Doctor.Check(
      name: "Kept cache", found: root,
      problem: isChosen
        ? nil
        : "COSIM_CACHE is not set, so devices and verdicts go to \(root), which few runners keep; set it to a "
          + "folder that the runner saves and restores")
  }
}
