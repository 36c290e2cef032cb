import ArgumentParser
import Blocks
import Devices
import Foundation
import Signals
import Verilation

struct BuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Compile RTL into devices, in the cache.",
    discussion: "Prints the path of each shared library. What is in the cache is not built again.")

  @Argument(help: "Blocks to build (default: every block that has RTL).")
  var blocks: [String] = []

  @OptionGroup var project: ProjectOptions
  @OptionGroup var build: BuildOptions
  @OptionGroup var parameters: ConfigurationOptions

  @Option(help: "Builds that run at once.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard jobs >= 1 else { throw ValidationError("--jobs must be at least 1") }
  }

  func run() async throws {
    let signals = Interrupt.watch()
    defer { signals.forEach { $0.cancel() } }
    let chosen =
      try blocks.isEmpty
      ? Program.catalogue.blocks.filter { try project.hasManifest($0) }
      : blocks.map { try Program.block(named: $0) }
    var planned: [(name: String, request: BuildQueue.Request)] = []
    for block in chosen {
      let manifest = try project.manifest(of: block)
      for configuration in try parameters.configurations(of: block, manifest) {
        planned.append(
          ("\(block.name) \(configuration.name)", BuildQueue.Request(manifest, configuration)))
      }
    }
    let verilation = try await build.verilation()
    let queue = BuildQueue(verilation, planned.map(\.request), width: jobs)
    do {
      for (name, request) in planned {
        Progress.show("\(name): building; \(queue.finished) of \(queue.count) devices are ready")
        let built = try await Interrupt.cancelling { try await queue.device(request) }
        Progress.clear()
        let how = built.wasCached ? "cached" : "\(Int(built.seconds.rounded())) s"
        print("\(name) (\(how)): \(built.path)")
        fflush(nil)
      }
    } catch {
      await queue.cancel()
      throw error
    }
  }
}
