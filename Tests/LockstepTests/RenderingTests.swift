import Foundation
import Lockstep
import Reports
import Signals
import Testing

/// Terminal, JSON, HTML and exit status say the same of every planted fault.
@Suite struct RenderingTests {
  @Test(arguments: Fault.allCases)
  func renderingsAgree(_ fault: Fault) async throws {
    let outcome = try await verify(
      Bench(fault: fault), profiles: [.none, .throttled, .adversarial])
    try expectOneVerdict([outcome], planned: 1)
    let terminal = TerminalReport().render(outcome).inOneLine
    let html = HTMLReport().render([outcome], planned: 1)
    for finding in outcome.allFindings {
      #expect(html.contains("<b>\(finding.kind)</b>"))
    }
    for finding in outcome.runs.flatMap({ $0.findings.prefix(4) }) + outcome.findings {
      #expect(terminal.contains("\(finding.kind): \(finding.sentence)"))
    }
  }

  @Test func nothingIsNoAgreement() throws {
    try expectOneVerdict([], planned: 0)
    #expect(Verdict([], planned: 0) == .disagreement)
  }

  @Test func oneDisagreementAmongManyCounts() async throws {
    let outcomes = try await [Fault.none, .wrongValue, .none].asyncMap { try await verify($0) }
    try expectOneVerdict(outcomes, planned: 3)
    #expect(Verdict(outcomes, planned: 3) == .disagreement)
    #expect(Verdict([outcomes[0]], planned: 1) == .agreement)
  }

  @Test func anInterruptionIsNeitherAgreementNorDisagreement() async throws {
    let whole = try await verify(.none)
    let partial = try await verify(Bench(), isCancelled: { true })
    try expectOneVerdict([whole, partial], planned: 2)
    #expect(Verdict([whole, partial], planned: 2) == .unfinished)
    // The user stopped between two configurations.
    try expectOneVerdict([whole], planned: 2)
    #expect(Verdict([whole], planned: 2) == .unfinished)
  }

  @Test func exitStatusesAreThoseOfTheManual() {
    #expect(Verdict.allCases.map(\.exitStatus) == [0, 1, 130])
  }

  private func expectOneVerdict(_ outcomes: [Outcome], planned: Int) throws {
    let verdict = Verdict(outcomes, planned: planned)
    let agrees = verdict.exitStatus == 0
    let data = try JSONReport(outcomes, planned: planned).encoded()
    let json = try JSONDecoder().decode(JSONReport.self, from: data)
    #expect(json.verdict == verdict)
    #expect(json.agrees == agrees)
    #expect(json.outcomes.map(\.allFindings) == outcomes.map(\.allFindings))
    let html = HTMLReport().render(outcomes, planned: planned)
    #expect(html.contains("<h1 class=\"\(agrees ? "good" : "bad")\">\(verdict.title)</h1>"))
    #expect(html.contains("<tr class=\"bad\">") == outcomes.contains { !$0.agrees })
    let summary = TerminalReport().summary(outcomes, planned: planned)
    #expect(summary.hasPrefix("\(outcomes.filter(\.agrees).count) of \(planned) "))
    for outcome in outcomes {
      let first = TerminalReport().render(outcome).prefix { $0 != " " }
      #expect((first == "AGREES") == outcome.agrees)
      #expect((first == "INTERRUPTED") == (outcome.wasInterrupted && outcome.allFindings.isEmpty))
    }
  }
}

extension String {
  /// Without breaks of lines and what indents the next one.
  var inOneLine: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
