import ArgumentParser
import Blocks
import Foundation
import Gate
import History

struct HistoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Say what gates came to, commit by commit.",
    discussion: """
      `cosim gate` records every run in one SQLite file. No verdict depends on it.

      Without a block: the last runs, which commits changed the cycles of any block, and which tasks take \
      longest. With one: its verdicts, cycles, coverage and mutation score in each configuration. Commits \
      stand in the order of the repository; one with + had files that differed from it.

      Examples:
        cosim history
        cosim history ibert_softmax --config default --html build/history.html
        cosim history import build/gate
      """,
    subcommands: [Show.self, Import.self], defaultSubcommand: Show.self)

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List runs, or the figures of a block (the default).")

    @Argument(help: "A block (default: runs of all).")
    var block: String?

    @OptionGroup var place: Place

    @Option(help: "Only this configuration.")
    var config: String?

    @Option(help: "The most runs.")
    var limit = 20

    @Flag(help: "Print everything as JSON.")
    var json = false

    @Option(help: ArgumentHelp("Write a page with plots.", valueName: "FILE"))
    var html: String?

    func validate() throws {
      guard limit >= 1 else { throw ValidationError("--limit must be at least 1") }
    }

    func run() async throws {
      // A block that is there no more still has a history.
      let (path, root) = try await place.resolve()
      let file = try HistoryFile(reading: path)
      if let block, Program.catalogue[block] == nil,
        try file.runs(block: block, limit: 1).isEmpty
      {
        throw CommandError.unknownBlock(block, known: Program.catalogue.blocks.map(\.name))
      }
      let listing = try await HistoryListing(
        file, block: block, configuration: config, limit: limit, root: root)
      if let html {
        do {
          try Data(HistoryPage().render(listing).utf8)
            .write(to: URL(fileURLWithPath: html), options: .atomic)
        } catch {
          throw CommandError.cannotWrite(path: html, reason: error.localizedDescription)
        }
      }
      print(
        json
          ? String(decoding: try listing.encoded(), as: UTF8.self) : HistoryText().render(listing))
      if let html, !json { print("page: \(html)") }
    }
  }

  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take over runs of other machines from their reports.",
      discussion: """
        Reports of shards may be taken over one by one or merged; a run is there once, however often and in \
        whatever parts it comes.
        """)

    @Argument(help: "Folders of reports, or report.json files.")
    var reports: [String]

    @OptionGroup var place: Place

    func run() async throws {
      let runs = try reports.map { try HistoryRun(reportAt: $0) }
      let (path, _) = try await place.resolve()
      let file = try HistoryFile(writing: path)
      var added = 0
      for run in runs where try file.append(run) { added += 1 }
      print("\(path): \(added) of \(runs.count) \(runs.count == 1 ? "report" : "reports") added")
    }
  }

  /// Which history.
  struct Place: ParsableArguments {
    @OptionGroup var project: ProjectOptions
    @OptionGroup var history: HistoryOptions

    @Option(help: ArgumentHelp("The plan (default: gate.yaml).", valueName: "FILE"))
    var plan: String?

    @Option(help: "Folder of the cache (default: $COSIM_CACHE, then ~/.cache/cosim).")
    var cache: String?

    /// The file and the project's folder.
    func resolve() async throws -> (path: String, root: String) {
      // A file that is named needs no project around it.
      if let path = history.history, project.root == nil, (try? project.folder()) == nil {
        return (path, FileManager.default.currentDirectoryPath)
      }
      let root = try project.folder().path
      let plan = try GatePlan.load(
        plan, root: root, blocks: Program.catalogue.blocks.map(\.name))
      guard let path = await history.path(plan: plan, root: root, cache: cache) else {
        throw ValidationError("the plan wants no history; name one with --history")
      }
      return (path, root)
    }
  }
}
