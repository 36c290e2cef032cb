import Foundation
import Lockstep
import Reports
import Signals
import Testing

/// What a person reads about a failure.
@Suite struct ExplanationReportTests {
  @Test func theTerminalSaysHowSmallWhatAndWhatToDo() async throws {
    let folder = Folder()
    let outcome = try await explain(.signLost, bundles: folder.path)
    let files = try #require(outcome.explanation?.files)
    let report = TerminalReport().render(outcome)
    for line in report.split(separator: "\n") {
      let isCommand = line.contains("cosim ") || line.contains("gtkwave ")
      #expect(line.count <= 80 || isCommand, "\(line)")
    }
    let text = report.inOneLine
    #expect(
      text.contains("explained: reproduced 3 of 3; one transaction right after reset shows it"))
    #expect(
      text.contains(
        "minimal case: 1 transaction, 2 input beats, 2 elements (1 not simple), no stalls"))
    #expect(text.contains("x[0] = [-1]"))
    #expect(text.contains("looks like: sign lost"))
    #expect(text.contains("replay: cosim replay \(files.bundle)"))
  }

  @Test func thePageHoldsFiguresAndNeedsNothingElse() async throws {
    let outcome = try await explain(.wrongValue, .one(Bench.rows(20, of: 8, .wrongValue)))
    let explanation = try #require(outcome.explanation)
    let page = HTMLReport().render([outcome], planned: 1)
    #expect(page.contains("<svg class=\"timing\""))
    #expect(page.contains("<svg class=\"map\""))
    #expect(page.contains("[6]: expected -12, observed -9"))
    #expect(page.contains("y_valid</text>"))
    #expect(page.contains("<rect class=\"wrong\""))
    let cycle = try #require(explanation.finding.cycle)
    #expect(page.contains("<title>cycle \(cycle)</title>"))
    for needed in ["http:", "https:", "<script", "<link", "src="] {
      #expect(!page.contains(needed))
    }
    #expect(
      page.components(separatedBy: "<svg").count == page.components(separatedBy: "</svg>").count)
  }

  @Test func theWindowShowsTheBeatThatDiffers() async throws {
    let outcome = try await explain(.wrongValue, .one(Bench.rows(20, of: 8, .wrongValue)))
    let explanation = try #require(outcome.explanation)
    let window = try #require(explanation.window)
    let place = window.failingCycle - window.first
    let y = try #require(window.traces.first { $0.stream == "y" })
    #expect(Array(y.valid)[place] == "1")
    #expect(Array(y.ready)[place] == "1")
    #expect(window.failingStream == "y")
    #expect(Set(window.traces.map(\.valid.count)) == [window.cycles])
    // Every stream, and cycles after the failing one.
    #expect(window.traces.map(\.stream).sorted() == ["s", "table", "w", "x", "y"])
    #expect(window.cycles > place + 2)
  }

  @Test func waveAndSaveFileAreWritten() async throws {
    let folder = Folder()
    let outcome = try await explain(.signLost, bundles: folder.path)
    let files = try #require(outcome.explanation?.files)
    let wave = try Data(contentsOf: URL(fileURLWithPath: try #require(files.wave)))
    #expect(wave.count > 300)
    let view = try String(contentsOfFile: try #require(files.waveView), encoding: .utf8)
    for line in [
      "TOP.clk_i", "TOP.x_data_i[31:0]", "-output y", "TOP.y_valid_o", "TOP.cfg_k_i[7:0]",
    ] {
      #expect(view.split(separator: "\n").contains(Substring(line)), "\(line)")
    }
  }

  @Test func whatIsCarriedOverIsAFindingOfItsOwn() async throws {
    let carried = try await explain(.wrongValue, .one(Bench.rows(20, of: 8, .wrongValue)))
    #expect(carried.findings == [.dependsOnHistory(transactions: 5)])
    for fault in [Fault.signLost, .keepIgnored, .valueDependsOnTiming] {
      let kinds = try await explain(fault).kinds
      #expect(!kinds.contains("dependsOnHistory"), "\(fault)")
    }
  }

  @Test func anExplanationSurvivesJSON() async throws {
    let outcome = try await explain(.wrongValue)
    let data = try JSONReport([outcome], planned: 1).encoded()
    let again = try JSONDecoder().decode(JSONReport.self, from: data).outcomes[0]
    #expect(try again.withoutTimes() == outcome.withoutTimes())
    #expect(again.explanation?.finding == outcome.explanation?.finding)
    #expect(TerminalReport().render(again) == TerminalReport().render(outcome))
  }

}
