import ArgumentParser
import Foundation
import Verilation

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what building devices needs, what is there, and how to get what is missing.",
    discussion: "Exit status 2 if anything is missing.")

  @OptionGroup var build: BuildOptions

  func run() async throws {
    var environment = ProcessInfo.processInfo.environment
    if let cache = build.cache { environment["COSIM_CACHE"] = cache }
    let doctor = Doctor(
      cache: Cache(environment: environment), verilator: build.verilator, environment: environment)
    let checks = await doctor.checks()
    for check in checks {
      print(
        "\(check.problem == nil ? "ok     " : "MISSING") \(check.name): "
          + (check.problem ?? check.found))
    }
    guard checks.allSatisfy({ $0.problem == nil }) else { throw ExitCode(2) }
  }
}
