import Accuracy
import ArgumentParser
import Blocks
import Foundation
import Reports
import Signals

struct AccuracyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accuracy",
    abstract: "Measure golden models against real numbers, approximations side by side.",
    discussion: """
      Compares each golden model with the real function that it approximates, on the same integer \
      inputs: maximum and mean error, in real units and in output codes (LSB), row sums and \
      Kullback-Leibler divergence of a softmax, and where the worst case is. Without options, each \
      family is measured at scales and lengths from easy to hard. RTL is not involved: `cosim verify` \
      holds it against the golden models.

      --check measures every block's stated bound over its claimed domain instead; exit status 1 if \
      one does not hold.

      Examples:
        cosim accuracy softmax --scale 0.05 --length 256 --sigma 2
        cosim accuracy shiftmax ibert_softmax --html softmax.html
        cosim accuracy softmax --inputs scores.npz --array l3.logits --scale 0.0545
        cosim accuracy --check
      """)

  @Argument(
    help:
      "Blocks, or families: softmax, activation, normalisation, requantisation (default: all).")
  var names: [String] = []

  @Option(help: "Real value of one input code; for requantisation, the ratio.")
  var scale: Double?

  @Option(help: "Elements of a row.")
  var length: Int?

  @Option(
    help: """
      Standard deviation of normal inputs: real for softmax, codes of the input for normalisation, \
      of the output for requantisation.
      """)
  var sigma: Double?

  @Option(help: "Rows of a scenario.")
  var rows = 200

  @Option(help: "Seed of normal inputs and of stimulus.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Integer codes to measure on; needs --scale.", valueName: "NPZ"))
  var inputs: String?

  @Option(help: "Array of that file; its last axis is a row (default: scores or x).")
  var array: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Sets a parameter; may be repeated.", valueName: "NAME=VALUE"))
  var assignments: [String] = []

  @Flag(help: "Measure stated bounds over their domains; exit status 1 if one does not hold.")
  var check = false

  @Flag(help: "Print JSON, with the curves.")
  var json = false

  @Option(help: ArgumentHelp("Write a page with tables and error curves.", valueName: "FILE"))
  var html: String?

  func validate() throws {
    func require(_ isValid: Bool, _ message: String) throws {
      if !isValid { throw ValidationError(message) }
    }
    try require(scale.map { $0 > 0 && $0.isFinite } ?? true, "--scale must be positive")
    try require(length.map { (1...65536).contains($0) } ?? true, "--length must be 1 to 65536")
    try require(sigma.map { $0 > 0 && $0.isFinite } ?? true, "--sigma must be positive")
    try require((1...100_000).contains(rows), "--rows must be 1 to 100000")
    try require(array == nil || inputs != nil, "--array names an array of the file of --inputs")
    try require(
      inputs == nil || length == nil && sigma == nil,
      "--length and --sigma describe normal inputs; they do not go with --inputs")
    let describes = scale != nil || length != nil || sigma != nil || inputs != nil || html != nil
    try require(
      !(check && describes),
      "--check measures each block over its own domain: no --scale, --length, --sigma, --inputs, --html"
    )
  }

  func run() throws {
    let blocks = try Selection.blocks(names, of: .standard)
    try check ? checkBounds(of: blocks) : survey(blocks)
  }

  private func checkBounds(of blocks: [any Block]) throws {
    let values = try ConfigurationOptions.values(of: assignments)
    let contracts = try blocks.flatMap { try Variant.all(of: $0, values) }
      .map { Contract($0, seed: seed) }
    if json {
      print(try JSONText.encode(contracts))
    } else {
      print(AccuracyReport().render(contracts))
    }
    if !contracts.allSatisfy(\.holds) { throw ExitCode(1) }
  }

  private func survey(_ blocks: [any Block]) throws {
    let families = try Selection.variants(
      of: blocks, named: names, ConfigurationOptions.values(of: assignments))
    let withPlots = json || html != nil
    let results: [FamilySurvey]
    if let inputs {
      guard families.count == 1 else {
        throw AccuracyError.severalFamilies(families.map(\.family))
      }
      let file = try InputFile(path: inputs, array: array, family: families[0].family)
      results = [
        try FamilySurvey(
          families[0].family, families[0].variants, on: file, scale: scale, withPlots: withPlots)
      ]
    } else {
      results = families.map { family, variants in
        FamilySurvey(family, variants, in: scenarios(family), withPlots: withPlots)
      }
    }
    let command = (["cosim"] + CommandLine.arguments.dropFirst()).joined(separator: " ")
    let survey = Survey(command: command, families: results)
    if let html {
      try writePage(AccuracyPage().render(survey), to: html)
    }
    if json {
      print(try JSONText.encode(survey))
    } else {
      print(AccuracyReport().render(survey))
    }
  }

  /// The standard scenarios, or the one that the options describe.
  private func scenarios(_ family: Family) -> [Scenario] {
    let standard = Scenario.standard(family, rows: rows, seed: seed)
    guard scale != nil || length != nil || sigma != nil, var scenario = standard.first else {
      return standard
    }
    if family != .normalisation { scenario.scale = scale ?? scenario.scale }
    if family != .activation {
      scenario.length = length ?? scenario.length
      scenario.deviation = sigma ?? scenario.deviation
    }
    return [scenario]
  }
}
