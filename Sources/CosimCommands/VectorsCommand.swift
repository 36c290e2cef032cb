import ArgumentParser
import Blocks
import Foundation
import Lockstep
import Signals
import Vectors

struct VectorsCommand: ParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument { case npz, hex }

  static let configuration = CommandConfiguration(
    commandName: "vectors",
    abstract: "Write stimuli with their golden responses, for use elsewhere.",
    discussion: """
      One file (npz) or folder (hex) for each batch of transactions that share their settings: the \
      corner cases first, then --count random transactions. In npz files, transactions of different \
      shape are in files of their own, and `cosim verify BLOCK --vectors FILE` reads them back. Hex \
      folders hold one $readmemh file a port, one beat a line.

      Example:
        cosim vectors ibert_softmax --export hex --out vectors.hex --count 100
      """)

  @Argument(help: "The block.")
  var block: String

  @Option(help: "npz or hex.")
  var export: Format = .npz

  @Option(help: ArgumentHelp("Folder to make; must not exist.", valueName: "DIR"))
  var out: String

  @OptionGroup var parameters: ConfigurationOptions
  @OptionGroup var project: ProjectOptions

  @Option(help: "Seed of the random transactions.")
  var seed: UInt64 = 1

  @Option(help: "Random transactions.")
  var count = 64

  func validate() throws {
    guard count >= 0 else { throw ValidationError("--count must not be negative") }
  }

  func run() throws {
    let block = try Program.block(named: block)
    let configuration = try parameters.configuration(of: block, in: project)
    guard !FileManager.default.fileExists(atPath: out) else {
      throw CommandError.cannotWrite(path: out, reason: "it exists already")
    }
    // Everything goes to a folder beside, which takes its name when it is whole.
    let partial = out + ".partial-\(ProcessInfo.processInfo.processIdentifier)"
    do {
      try FileManager.default.createDirectory(
        atPath: partial, withIntermediateDirectories: true)
      let written = try write(block, configuration, to: partial)
      try FileManager.default.moveItem(atPath: partial, toPath: out)
      print("\(written) \(export.rawValue) exports of \(block.name) \(configuration) in \(out)")
    } catch {
      try? FileManager.default.removeItem(atPath: partial)
      throw error
    }
  }

  private func write(
    _ block: any Block, _ configuration: Configuration, to folder: String
  ) throws -> Int {
    let set = VectorSet(block, in: configuration, seed: seed)
    var written = 0
    for (index, batch) in try set.batches(count: count).enumerated() {
      let number = String(index)
      let name = "batch" + String(repeating: "0", count: max(0, 4 - number.count)) + number
      switch export {
      case .hex:
        try set.writeHex(batch, to: "\(folder)/\(name)")
        written += 1
      case .npz:
        written += try set.writeArrays(batch, to: "\(folder)/\(name)")
      }
    }
    return written
  }
}
