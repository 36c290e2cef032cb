import ArgumentParser
import Blocks
import Foundation
import Lockstep
import Signals
import Vectors

struct GoldenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "golden",
    abstract: "Compute the bit-exact answer to the arrays of a file.",
    discussion: """
      Reads the input arrays that `cosim describe BLOCK` lists and writes the outputs and, unless \
      --no-taps is given, the intermediate values. Settings that derive from a real scale may be left \
      out when --scale is given.

      Example:
        cosim golden ibert_softmax --in scores.npz --scale 0.0217 --out probs.npz
      """)

  @Argument(help: "The block.")
  var block: String

  @Option(name: .customLong("in"), help: ArgumentHelp("Input arrays.", valueName: "NPZ"))
  var input: String

  @Option(name: .customLong("out"), help: ArgumentHelp("Output arrays.", valueName: "NPZ"))
  var output: String

  @OptionGroup var parameters: ConfigurationOptions
  @OptionGroup var project: ProjectOptions
  @OptionGroup var scaling: ScaleOptions

  @Flag(inversion: .prefixedNo, help: "Write intermediate values as well.")
  var taps = true

  func run() throws {
    let block = try Program.block(named: block)
    let configuration = try parameters.configuration(of: block, in: project)
    let interface = try block.interface(in: configuration)
    let file = try vectorFile(
      input, block: block, configuration: configuration,
      scales: scaling.scales(of: block, in: configuration))
    let answer = try block.golden(file.batch, in: configuration)
    let arrays = try answer.arrays(taps ? [.output, .tap] : [.output], interface: interface)
    try VectorFile.write(arrays, interface: interface, to: output)
  }
}
