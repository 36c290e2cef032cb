import ArgumentParser
import Blocks
import Foundation
import Fuzzing
import Reports
import Signals

struct HuntCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hunt",
    abstract: "Search for the input at which a golden model is furthest from the real function.",
    discussion: """
      Units that work element by element are tried on every code at scales all over the domain; rows are \
      searched, the worst ones changed and kept where they get worse. Without options the domain is the \
      one for which the block states its bound, and exit status 1 says that the bound does not hold. \
      --everywhere looks at every scale and length that the block takes. RTL is not involved.

      Examples:
        cosim hunt ibert_gelu --everywhere --scale 0.03125
        cosim hunt ita_softmax --config wrapping_sum --everywhere --aim row-sum --html hunt.html
      """)

  enum Aim: String, CaseIterable, ExpressibleByArgument {
    case element
    case rowSum = "row-sum"
  }

  @Argument(help: "Blocks (default: all that approximate a real function).")
  var blocks: [String] = []

  @OptionGroup var project: ProjectOptions
  @OptionGroup var parameters: ConfigurationOptions

  @Option(
    help: "What is to be large: the error of an element, or the distance of a row's sum from 1.")
  var aim = Aim.element

  @Flag(help: "Beyond the stated domain.")
  var everywhere = false

  @Option(help: "Only this real value of one input code.")
  var scale: Double?

  @Option(help: "Only rows of this length.")
  var length: Int?

  @Option(
    help: """
      Only rows of normal values with this standard deviation: real for softmax, codes of the input \
      for normalisation.
      """)
  var sigma: Double?

  @Option(help: "Rows to try.")
  var count = 20_000

  @Option(help: "Seed of the search.")
  var seed: UInt64 = 1

  @Option(help: "Threads at work; results do not depend on it.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: ArgumentHelp("Write a page with the error landscape.", valueName: "FILE"))
  var html: String?

  @Flag(help: "Print what was found as JSON.")
  var json = false

  func validate() throws {
    guard jobs >= 1 else { throw ValidationError("--jobs must be at least 1") }
    guard count >= 1 else { throw ValidationError("--count must be at least 1") }
    guard scale.map({ $0 > 0 && $0.isFinite }) ?? true else {
      throw ValidationError("--scale must be positive")
    }
    guard sigma.map({ $0 > 0 && $0.isFinite }) ?? true else {
      throw ValidationError("--sigma must be positive")
    }
    guard length.map({ (1...65536).contains($0) }) ?? true else {
      throw ValidationError("--length must be 1 to 65536")
    }
  }

  func run() async throws {
    let signals = Interrupt.watch()
    defer { signals.forEach { $0.cancel() } }
    let chosen =
      try blocks.isEmpty
      ? Program.catalogue.blocks.filter {
        $0.family != nil && (aim == .element || $0.family == .softmax)
      } : blocks.map { try Program.block(named: $0) }
    var outcomes: [HuntOutcome] = []
    for block in chosen where !Interrupt.isRequested {
      Progress.show("\(block.name): hunting")
      let configuration = try parameters.configuration(of: block, in: project)
      var place = Hunt.Place()
      place.isEverywhere = everywhere
      place.scale = scale
      place.length = length
      place.sigma = sigma
      let outcome = try Hunt(
        block, in: configuration, aim: aim == .element ? .element : .rowSum, place: place,
        count: count, seed: seed, jobs: jobs, command: command(block),
        isCancelled: { Interrupt.isRequested }
      ).run()
      outcomes.append(outcome)
      Progress.clear()
      if !json { print(HuntReport().render(outcome)) }
      if let html { try writePage(HuntReport().page(outcomes), to: html) }
    }
    if json { print(try JSONText.encode(outcomes)) }
    fflush(nil)
    if Interrupt.isRequested { throw ExitCode(130) }
    if !outcomes.allSatisfy(\.holds) { throw ExitCode(1) }
  }

  private func command(_ block: any Block) -> String {
    var words = ["cosim", "hunt", block.name]
    words += parameters.words
    if aim != .element { words += ["--aim", aim.rawValue] }
    if everywhere { words.append("--everywhere") }
    if let scale { words += ["--scale", String(scale)] }
    if let length { words += ["--length", String(length)] }
    if let sigma { words += ["--sigma", String(sigma)] }
    words += ["--count", String(count), "--seed", String(seed)]
    return words.joined(separator: " ")
  }
}
