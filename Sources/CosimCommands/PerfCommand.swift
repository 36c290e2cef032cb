import ArgumentParser
import Blocks
import Devices
import Foundation
import Lockstep
import Reports
import Signals
import Verilation

struct PerfCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "perf",
    abstract: "Measure cycles and hold them against budgets.",
    discussion: """
      The workload is \(CycleAccount.workload). A budget stands in the manifest, under `cycles`, by \
      configuration: a number of cycles, or a band like 4200..4300, and what the streams did in them, so \
      that `compare` can name the class of cycles that grew. Only `accept` changes it.
      """,
    subcommands: [Show.self, Compare.self, Accept.self], defaultSubcommand: Show.self)

  /// What all subcommands need.
  struct Options: ParsableArguments {
    @Argument(help: "Blocks to measure (default: every block that has RTL).")
    var blocks: [String] = []

    @OptionGroup var project: ProjectOptions
    @OptionGroup var build: BuildOptions
    @OptionGroup var parameters: ConfigurationOptions

    /// The accounts of the blocks, one after the other, with their budgets.
    func measure(
      _ body: (CycleAccount, ClosedRange<Int>?, Manifest) throws -> Void
    ) async throws {
      let signals = Interrupt.watch()
      defer { signals.forEach { $0.cancel() } }
      let chosen =
        try blocks.isEmpty
        ? Program.catalogue.blocks.filter { try project.hasManifest($0) }
        : blocks.map { try Program.block(named: $0) }
      let verilation = try await build.verilation()
      for block in chosen {
        let manifest = try project.manifest(of: block)
        for configuration in try parameters.configurations(of: block, manifest) {
          if Interrupt.isRequested { throw ExitCode(130) }
          Progress.show("\(block.name) \(configuration.name): building")
          let built = try await verilation.interruptibleLibrary(for: manifest, configuration)
          let account = try CycleAccount.measure(
            block, in: configuration, library: try built.open(), manifest: manifest,
            isCancelled: { Interrupt.isRequested })
          if Interrupt.isRequested { throw ExitCode(130) }
          Progress.clear()
          try body(account, manifest.cycleBudgets[configuration.name], manifest)
          fflush(nil)
        }
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say how many cycles blocks take, and on what.")

    @OptionGroup var options: Options

    @Flag(help: "Print the accounts as JSON.")
    var json = false

    func run() async throws {
      var accounts: [CycleAccount] = []
      try await options.measure { account, budget, manifest in
        accounts.append(account)
        if json { return }
        let streams = manifest.budgetStreams[account.configuration.name] ?? [:]
        print(CycleReport().render(account, budget: budget, streams: streams))
      }
      if json { print(String(decoding: try CycleReport.encoded(accounts), as: UTF8.self)) }
      if accounts.contains(where: { !$0.findings.isEmpty }) { throw ExitCode(1) }
    }
  }

  struct Compare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Hold cycles against the budgets of the manifests.",
      discussion: "Exit status 1 where a block is slower, or faster, than its budget.")

    @OptionGroup var options: Options

    func run() async throws {
      var isAccepted = true
      try await options.measure { account, budget, manifest in
        let streams = manifest.budgetStreams[account.configuration.name] ?? [:]
        print(CycleReport().comparison(account, budget: budget, streams: streams))
        let verdict = BudgetVerdict(cycles: account.cycles, budget: budget)
        isAccepted = isAccepted && verdict.isAccepted && account.findings.isEmpty
      }
      if !isAccepted { throw ExitCode(1) }
    }
  }

  struct Accept: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make the cycles of today the budget.",
      discussion: "Writes `cycles` in the manifest, with the reason as a comment.")

    @OptionGroup var options: Options

    @Option(help: ArgumentHelp("Why; written into the manifest.", valueName: "TEXT"))
    var reason: String

    func validate() throws {
      guard reason.contains(where: { !$0.isWhitespace }) else {
        throw ValidationError("--reason must say something")
      }
    }

    func run() async throws {
      let day = Date.now.formatted(.iso8601.year().month().day())
      var isWhole = true
      try await options.measure { account, budget, manifest in
        let streams = manifest.budgetStreams[account.configuration.name] ?? [:]
        print(CycleReport().comparison(account, budget: budget, streams: streams))
        guard account.findings.isEmpty else {
          isWhole = false
          return
        }
        let isKnown =
          budget == account.cycles...account.cycles && !streams.isEmpty
          && account.changes(since: streams).isEmpty
        guard !isKnown else { return }
        do {
          let text = try String(contentsOfFile: manifest.file, encoding: .utf8)
          let changed = Manifest.text(
            text, settingBudgetOf: account.configuration.name, to: account.cycles,
            streams: account.streams.map { ($0.stream, $0.classes) },
            remark: "\(day): \(reason)")
          _ = try Manifest(text: changed, file: manifest.file)
          try Data(changed.utf8).write(
            to: URL(fileURLWithPath: manifest.file), options: .atomic)
        } catch {
          throw CommandError.cannotWrite(path: manifest.file, reason: "\(error)")
        }
        print("  accepted: \(account.cycles) cycles")
      }
      if !isWhole { throw ExitCode(1) }
    }
  }
}
