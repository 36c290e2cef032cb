import ArgumentParser
import Blocks
import Devices
import Signals

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the blocks and the configurations of their RTL.")

  @OptionGroup var project: ProjectOptions

  func run() throws {
    let blocks = Program.catalogue.blocks
    let width = blocks.map(\.name.count).max() ?? 0
    for block in blocks {
      let padded = block.name + String(repeating: " ", count: width - block.name.count)
      print("\(padded)  \(block.summary)")
      let indent = String(repeating: " ", count: width + 2)
      if (try? project.hasManifest(block)) == true {
        let names = try project.manifest(of: block).configurations.map(\.name)
        print("\(indent)RTL: \(names.joined(separator: ", "))")
      } else {
        print("\(indent)golden model only: no rtl/\(block.name)/device.yaml here")
      }
    }
  }
}
