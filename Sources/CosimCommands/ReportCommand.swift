import ArgumentParser
import Foundation
import Gate
import History

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Work with reports of gates.", subcommands: [Merge.self])

  struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make one report of those of shards.",
      discussion: """
        The order makes no difference, and merging some first makes none either: four shards give the \
        bytes of one run. A shard that is missing is a failure (exit status 2, or 1 if something failed), \
        and so are reports of different runs. Prints the verdict; its exit status is that of the gate.
        """)

    @Argument(help: "Folders of reports, or report.json files.")
    var reports: [String]

    @Option(help: ArgumentHelp("Folder for the report.", valueName: "DIR"))
    var out: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() throws {
      if let out { try GateReport.prepare(out) }
      guard let first = reports.first else { throw ValidationError("there is no report to merge") }
      var result = try GateResult(contentsOf: first)
      for path in reports.dropFirst() {
        result = try result.merged(
          with: try GateResult(contentsOf: path), names: ("the reports before it", path))
      }
      print(
        json ? String(decoding: try result.encoded(), as: UTF8.self) : GateText().render(result))
      fflush(nil)
      if let out {
        let folders = reports.map(Merge.folder)
        try GateReport(result).write(to: out, times: GateTimes(besideReportsIn: folders))
        try writeFacts(of: folders, to: out)
      }
      if result.verdict != .passed { throw ExitCode(result.verdict.exitStatus) }
    }

    /// When and where the shards ran, for a history; nothing where one of them does not say.
    private func writeFacts(of folders: [String], to out: String) throws {
      let facts = folders.compactMap(RunFacts.init(besideReportIn:))
      guard let first = facts.first, facts.count == folders.count else { return }
      try facts.dropFirst().reduce(first) { $0.merged(with: $1) }.write(to: out)
    }

    private static func folder(_ report: String) -> String {
      report.hasSuffix(".json")
        ? URL(fileURLWithPath: report).deletingLastPathComponent().path : report
    }
  }
}
