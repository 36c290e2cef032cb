import ArgumentParser
import Foundation
import Gate
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
    if ci {
      let root = try project.folder().path
      checks += await RunnerChecks.all(root: root, environment: environment)
    }
    for check in checks {
      print(
        "\(check.problem == nil ? "ok     " : "MISSING") \(check.name): "
          + (check.problem ?? check.found))
    }
    guard checks.allSatisfy({ $0.problem == nil }) else { throw ExitCode(2) }
  }
}
