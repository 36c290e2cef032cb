import ArgumentParser
import Foundation
import Gate
import History
import Verilation

/// Where runs are recorded.
struct HistoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The history (default: $COSIM_HISTORY, then the plan's, then one for each repository in the "
        + "cache).", valueName: "FILE"))
  var history: String?

  /// The file; nil where the plan wants none.
  func path(plan: GatePlan, root: String, cache: String?) async -> String? {
    var environment = ProcessInfo.processInfo.environment
    if let cache { environment["COSIM_CACHE"] = cache }
    return await HistoryPlace.path(
      option: history, plan: plan.history, root: root,
      cache: Cache(environment: environment).root, environment: environment)
  }
}

/// Records runs of gates.
///
/// A history that cannot be written costs a warning: the verdict stands.
struct RunRecorder {
  /// Nil where nothing is recorded.
  var path: String?
  var report: String?

  /// Adds a run to the history, and its facts to its report.
  func record(_ result: GateResult, _ times: GateTimes?, _ facts: RunFacts) {
    do {
      if let report { try facts.write(to: report) }
      // What was interrupted says nothing about its commit.
      guard let path, !result.wasInterrupted else { return }
      try HistoryFile(writing: path).append(HistoryRun(result, times: times, facts: facts))
    } catch {
      Progress.say("cosim: warning: this run is not recorded, and its verdict stands: \(error)")
    }
  }
}
