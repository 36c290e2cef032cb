import ArgumentParser
import Lockstep

/// What is done about a failure before it is reported.
struct ExplainingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Wall time for making a failing case smaller; 0 leaves it as it is.", valueName: "SECONDS"))
  var minimiseTime = 20.0

  @Option(
    help: ArgumentHelp(
      "Folder for bundles and waveforms of failures (default: build/bundles of the project).",
      valueName: "DIR"))
  var bundles: String?

  mutating func validate() throws {
    guard minimiseTime >= 0, minimiseTime.isFinite else {
      throw ValidationError("--minimise-time must not be negative")
    }
  }

  func options(root: String) -> ExplainerOptions {
    ExplainerOptions(
      limits: MinimisingLimits(seconds: minimiseTime), bundles: bundles ?? root + "/build/bundles",
      tool: Cosim.configuration.version)
  }
}
