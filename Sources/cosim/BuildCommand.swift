import ArgumentParser
import Blocks
import Devices
import Dispatch
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

  func run() async throws {
    let signals = Interrupt.watch()
    defer { signals.forEach { $0.cancel() } }
    let chosen =
      try blocks.isEmpty
      ? Catalogue.standard.blocks.filter { try project.hasManifest($0) }
      : blocks.map { try block(named: $0) }
    let verilation = try await build.verilation()
    for block in chosen {
      let manifest = try project.manifest(of: block)
      for configuration in try parameters.configurations(of: block, manifest) {
        Progress.show("\(block.name) \(configuration.name): building")
        let built = try await Interrupt.cancelling {
          try await verilation.library(for: manifest, configuration: configuration)
        }
        Progress.clear()
        let how = built.wasCached ? "cached" : "\(Int(built.seconds.rounded())) s"
        print("\(block.name) \(configuration.name) (\(how)): \(built.path)")
      }
    }
  }
}
