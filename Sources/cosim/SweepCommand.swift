import ArgumentParser
import Blocks
import Devices
import Foundation
import Fuzzing
import Foundation
import Lockstep
import Reports
import Signals
import Verilation

struct SweepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Compare RTL with golden on every input there is.",
    discussion: """
      --exhaustive drives every value of a scalar unit's input through its RTL, for several sets of \
      constants. An input of more than --limit bits is stratified, and the statement says so. An \
      interrupted sweep goes on where it was.

      Examples:
        cosim sweep lut_activation --exhaustive
        cosim sweep dyadic_requantizer --exhaustive --set InputBits=24 --constants 1
      """)

  @Argument(help: "The unit: a block that works element by element.")
  var block: String

  @Flag(help: "Every value of the input.")
  var exhaustive = false

  @OptionGroup var project: ProjectOptions
  @OptionGroup var build: BuildOptions
  @OptionGroup var parameters: ConfigurationOptions

  @Option(help: "Sets of constants.")
  var constants = 16

  @Option(help: "Bits of an input up to which every value is driven.")
  var limit = 24

  @Option(help: "Seed of constants and strata.")
  var seed: UInt64 = 1

  @Option(help: "Threads at work; results do not depend on it.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "Begin anew, whatever an earlier run has done.")
  var fresh = false

  @Flag(help: "Print what was found as JSON.")
  var json = false

  func validate() throws {
    guard exhaustive else { throw ValidationError("say what to sweep: --exhaustive") }
    guard jobs >= 1 else { throw ValidationError("--jobs must be at least 1") }
    guard constants >= 1 else { throw ValidationError("--constants must be at least 1") }
    guard (1...40).contains(limit) else { throw ValidationError("--limit must be 1 to 40") }
  }

  func run() async throws {
    let signals = Interrupt.watch()
    defer { signals.forEach { $0.cancel() } }
    let block = try cosim.block(named: block)
    let manifest = try project.manifest(of: block)
    let verilation = try await build.verilation()
    var outcomes: [SweepOutcome] = []
    for configuration in try parameters.configurations(of: block, manifest) {
      Progress.show("\(block.name) \(configuration.name): building")
      let outcome = try await Interrupt.orNil {
        let built = try await Interrupt.cancelling {
          try await verilation.library(for: manifest, configuration: configuration)
        }
        return try sweep(block, configuration, manifest, try built.open(), verilation.cache)
      }
      guard let outcome else { break }
      outcomes.append(outcome)
      Progress.clear()
      if !json { print(SweepReport().render(outcome)) }
    }
    Progress.clear()
    if json { print(try JSONText.encode(outcomes)) }
    fflush(nil)
    if Interrupt.isRequested { throw ExitCode(130) }
    if !outcomes.allSatisfy(\.agrees) { throw ExitCode(1) }
  }

  private func sweep(
    _ block: any Block, _ configuration: Configuration, _ manifest: Manifest,
    _ library: DeviceLibrary, _ cache: Cache
  ) throws -> SweepOutcome {
    let path = "\(cache.root)/sweeps/\(block.name)/\(library.contentKey).json"
    if fresh { try? FileManager.default.removeItem(atPath: path) }
    return try Sweep(
      block, in: configuration, library: library, manifest: manifest, seed: seed, sets: constants,
      limit: limit, jobs: jobs, command: command(configuration),
      notes: (path, SweepCommand.harness), isCancelled: { Interrupt.isRequested },
      progress: { Progress.show($0) }
    ).run()
  }

  /// This executable: another one may have another golden model.
  private static var harness: String {
    let path = Bundle.main.executablePath ?? CommandLine.arguments[0]
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let date = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return "\(date) \(attributes?[.size] as? Int ?? 0)"
  }

  private func command(_ configuration: Configuration) -> String {
    var words = ["cosim", "sweep", block, "--exhaustive"]
    if parameters.assignments.isEmpty {
      words += ["--config", configuration.name]
    } else {
      if let config = parameters.config { words += ["--config", config] }
      words += parameters.assignments.flatMap { ["--set", $0] }
    }
    words += ["--constants", String(constants), "--limit", String(limit), "--seed", String(seed)]
    return words.joined(separator: " ")
    abstract: "Measure the cycles of a sparse product over the density of its weights.",
    discussion: """
      Runs RTL and golden model in lockstep, without stalls, on one product for each density and for each \
      way in which non-zeros can lie, and states the speed-up over int8_gemm with as many multipliers on \
      the same work, beside the ideal 1 / density. Exit status 1 if anything differs.

      Examples:
        cosim sweep bitmap_spmm --density 0:1:0.05 --html sweep.html
        cosim sweep nm_spmm --config one_of_four --density 0.25:1:0.25
      """)

  @Argument(help: "nm_spmm, block_spmm or bitmap_spmm.")
  var block: String

  @Option(help: ArgumentHelp("First, last and step.", valueName: "FROM:TO:STEP"))
  var density = "0:1:0.05"

  @Option(help: ArgumentHelp("Rows of a, rows of weights, columns of both.", valueName: "MxNxK"))
  var shape = "64x128x256"

  @Option(help: "Seed of the operands.")
  var seed: UInt64 = 1

  @OptionGroup var parameters: ConfigurationOptions
  @OptionGroup var project: ProjectOptions
  @OptionGroup var build: BuildOptions

  @Flag(help: "Print JSON.")
  var json = false

  @Option(help: ArgumentHelp("Write a page with the curves.", valueName: "FILE"))
  var html: String?

  func validate() throws {
    guard densities != nil else {
      throw ValidationError("--density must be FROM:TO:STEP with 0 <= FROM <= TO <= 1 and STEP > 0")
    }
    guard extents != nil else {
      throw ValidationError("--shape must be MxNxK, three numbers from 1 on")
    }
  }

  /// The densities that are asked for, the last one included.
  private var densities: [Double]? {
    let numbers = density.split(separator: ":").map { Double($0) }
    guard numbers.count == 3, let from = numbers[0], let to = numbers[1], let step = numbers[2],
      from >= 0, from <= to, to <= 1, step > 0, (to - from) / step < 10_000
    else { return nil }
    let count = Int(((to - from) / step + 1e-9).rounded(.down))
    return (0...count).map { min(1, from + Double($0) * step) }
  }

  private var extents: ProductExtents? {
    let numbers = shape.split(separator: "x").map { Int($0) }
    guard numbers.count == 3, let m = numbers[0], let n = numbers[1], let k = numbers[2],
      [m, n, k].allSatisfy({ (1...65536).contains($0) })
    else { return nil }
    return ProductExtents(m: m, n: n, k: k)
  }

  func run() async throws {
    guard let densities, let extents else { return }
    let block = try cosim.block(named: block)
    guard let product = block as? any SparseProduct else {
      let known = Catalogue.standard.blocks.filter { $0 is any SparseProduct }.map(\.name)
      throw CommandError.notSparse(block.name, known: known)
    }
    let manifest = try project.manifest(of: block)
    let configuration = try parameters.configurations(of: block, manifest)[0]
    let verilation = try await build.verilation()
    let library = try await verilation.library(for: manifest, configuration: configuration)
    let sweep = DensitySweep(
      product,
      on: DensitySweep.Device(
        block, in: configuration, library: try library.open(), manifest: manifest),
      against: try await dense(product, configuration, extents, verilation), shape: extents,
      densities: densities, distributions: product.distributions, seed: seed)
    let curves = try sweep.run(command: command) {
      Progress.show("\(block.name): \($0) of \($1) points")
    }
    Progress.clear()
    if let html { try write(DensityReport().page(curves), to: html) }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      print(String(decoding: try encoder.encode(curves), as: UTF8.self))
    } else {
      print(DensityReport().render(curves))
    }
    if !curves.disagreements.isEmpty { throw ExitCode(1) }
  }

  /// int8_gemm with as many multipliers; nil where the project has no RTL of it.
  private func dense(
    _ product: any SparseProduct, _ configuration: Configuration, _ extents: ProductExtents,
    _ verilation: Verilation
  ) async throws -> DensitySweep.Device? {
    guard let gemm = Catalogue.standard["int8_gemm"], try project.hasManifest(gemm) else {
      return nil
    }
    let array = product.denseArray(in: configuration)
    let manifest = try project.manifest(of: gemm)
    let dense = try gemm.configuration(
      named: "as many multipliers",
      [
        "Rows": array.rows, "Columns": array.columns, "Depth": array.depth,
        "MaxDepth": max(1024, extents.k),
      ])
    let library = try await verilation.library(for: manifest, configuration: dense)
    return DensitySweep.Device(
      gemm, in: dense, library: try library.open(), manifest: manifest)
  }

  private var command: String {
    (["cosim"] + CommandLine.arguments.dropFirst()).joined(separator: " ")
  }

  private func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    } catch {
      throw CommandError.cannotWrite(path: path, reason: "\(error)")
    }
  }
}
