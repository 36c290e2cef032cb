import ArgumentParser
import Blocks
import Foundation

struct SweepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Compare every input of a unit, or measure a sparse product over its density.",
    discussion: """
      --exhaustive drives every value of a scalar unit's input through its RTL, for several sets of \
      constants. An input of more than --limit bits is stratified, and the statement says so. An \
      interrupted sweep goes on where it was.

      --density runs a sparse product in lockstep, without stalls, once for each density and for each way \
      in which non-zeros can lie, and states the speed-up over int8_gemm with as many multipliers on the \
      same work, beside the ideal 1 / density.

      Exit status 1 if anything differs.

      Examples:
        cosim sweep lut_activation --exhaustive
        cosim sweep dyadic_requantizer --exhaustive --set InputBits=24 --constants 1
        cosim sweep bitmap_spmm --density 0:1:0.05 --html sweep.html
        cosim sweep nm_spmm --config one_of_four --density 0.25:1:0.25
      """)

  @Argument(help: "A block that works element by element, or a sparse product.")
  var block: String

  @Flag(help: "Every value of the input.")
  var exhaustive = false

  @Option(
    help: ArgumentHelp("First and last density, and the step.", valueName: "FROM:TO:STEP"))
  var density: String?

  @OptionGroup var project: ProjectOptions
  @OptionGroup var build: BuildOptions
  @OptionGroup var parameters: ConfigurationOptions

  @Option(help: "With --exhaustive: sets of constants.")
  var constants = 16

  @Option(help: "With --exhaustive: bits of an input up to which every value is driven.")
  var limit = 24

  @Flag(help: "With --exhaustive: begin anew, whatever an earlier run has done.")
  var fresh = false

  @Option(
    help: ArgumentHelp(
      "With --density: rows of a, rows of weights, columns of both.", valueName: "MxNxK"))
  var shape = "64x128x256"

  @Option(help: ArgumentHelp("With --density: write a page with the curves.", valueName: "FILE"))
  var html: String?

  @Option(help: "Seed of constants, strata and operands.")
  var seed: UInt64 = 1

  @Option(help: "Threads at work; results do not depend on it.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "Print what was found as JSON.")
  var json = false

  func validate() throws {
    guard exhaustive != (density != nil) else {
      throw ValidationError("say what to sweep: --exhaustive or --density FROM:TO:STEP")
    }
    guard jobs >= 1 else { throw ValidationError("--jobs must be at least 1") }
    guard constants >= 1 else { throw ValidationError("--constants must be at least 1") }
    guard (1...40).contains(limit) else { throw ValidationError("--limit must be 1 to 40") }
    guard density == nil || densities != nil else {
      throw ValidationError("--density must be FROM:TO:STEP with 0 <= FROM <= TO <= 1 and STEP > 0")
    }
    guard extents != nil else {
      throw ValidationError("--shape must be MxNxK, three numbers from 1 on")
    }
  }

  func run() async throws {
    let signals = Interrupt.watch()
    defer { signals.forEach { $0.cancel() } }
    if exhaustive { try await sweepInputs() } else { try await sweepDensities() }
  }
}
