import ArgumentParser
import Blocks
import Foundation
import Gate
import History
import Verilation

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what building devices needs, what is there, and how to get what is missing.",
    discussion: "Exit status 2 if anything is missing.")

  @OptionGroup var project: ProjectOptions
  @OptionGroup var build: BuildOptions

  @Flag(help: "Look at what a runner of `cosim gate` needs, too: history, memory, a kept cache.")
  var ci = false

  func run() async throws {
    var environment = ProcessInfo.processInfo.environment
    if let cache = build.cache { environment["COSIM_CACHE"] = cache }
    let doctor = Doctor(
      cache: Cache(environment: environment), verilator: build.verilator, environment: environment)
    var checks = await doctor.checks()
    checks.append(.init(name: "SQLite", found: HistoryFile.engine ?? "", problem: nil))
    if ci {
      let root = try project.folder().path
      checks += await RunnerChecks.all(root: root, environment: environment)
      checks.append(try await history(root))
    }
    for check in checks {
      print(
        "\(check.problem == nil ? "ok     " : "MISSING") \(check.name): "
          + (check.problem ?? check.found))
    }
    guard checks.allSatisfy({ $0.problem == nil }) else { throw ExitCode(2) }
  }

  /// Where runs of gates are recorded, and whether they can be.
  private func history(_ root: String) async throws -> Doctor.Check {
    let name = "Recorded runs"
    let plan = try GatePlan.load(
      nil, root: root, blocks: Program.catalogue.blocks.map(\.name))
    var environment = ProcessInfo.processInfo.environment
    if let cache = build.cache { environment["COSIM_CACHE"] = cache }
    let cache = Cache(environment: environment).root
    guard
      let path = await HistoryPlace.path(
        option: nil, plan: plan.history, root: root, cache: cache, environment: environment)
    else { return .init(name: name, found: "none: the plan wants no history") }
    do throws(HistoryError) {
      let count = try HistoryFile(reading: path).count()
      return .init(name: name, found: "\(count) in \(path)")
    } catch {
      if case .missing = error { return .init(name: name, found: "none yet in \(path)") }
      return .init(name: name, found: path, problem: "\(error)")
    }
  }
}
