import Foundation
import Gate
import History
import Testing

@Suite struct ListingTests {
  /// 1, 2, 3 and 5 on the branch that is merged into; 4 beside 3, merged with 5.
  private let graph = CommitGraph([
    .init(id: commit(1), parents: [], subject: "Begin"),
    .init(id: commit(2), parents: [commit(1)], subject: "Add a stage"),
    .init(id: commit(4), parents: [commit(2)], subject: "Try a shortcut"),
    .init(id: commit(3), parents: [commit(2)], subject: "Comment"),
    .init(id: commit(5), parents: [commit(3), commit(4)], subject: "Merge"),
  ])

  private func listing(_ runs: [HistoryRun], _ graph: CommitGraph?, block: String? = nil)
    -> HistoryListing
  {
    HistoryListing(runs, graph: graph, file: "h.sqlite", recorded: runs.count, block: block)
  }

  @Test func commitsAreInTheOrderOfTheRepositoryAndUnknownOnesKeepTheirPlaces() {
    let ids = [commit(3), commit(9), commit(1), commit(2)]
    #expect(graph.ordered(ids) == [commit(1), commit(9), commit(2), commit(3)])
  }

  @Test func theFirstCommitWithTheNewFigureIsNamedAndTheOneBeforeIt() throws {
    // Measured in another order than they were made in.
    let runs = [
      run("a", at: 0, commit: commit(3), [cycles("b", 4269)]),
      run("b", at: 1, commit: commit(1), [cycles("b", 4259)]),
      run("c", at: 2, commit: commit(2), [cycles("b", 4269)]),
    ]
    let change = try #require(listing(runs, graph).changes.first)
    #expect(listing(runs, graph).changes.count == 1)
    #expect(change.commit == commit(2) && change.previous == commit(1) && change.between == 0)
    #expect(change.from == 4259 && change.to == 4269 && change.subject == "Add a stage")
  }

  @Test func aBranchIsNotComparedWithWhatStandsBesideIt() {
    let runs = [
      run("a", at: 0, commit: commit(2), [cycles("b", 10)]),
      run("b", at: 1, commit: commit(4), [cycles("b", 8)]),
      run("c", at: 2, commit: commit(3), [cycles("b", 10)]),
      run("d", at: 3, commit: commit(5), [cycles("b", 8)]),
    ]
    let changes = listing(runs, graph).changes
    #expect(changes.map(\.commit) == [commit(5), commit(4)])
    #expect(changes.map(\.previous) == [commit(3), commit(2)])
  }

  @Test func commitsThatNobodyMeasuredMayBeTheCause() throws {
    let runs = [
      run("a", at: 0, commit: commit(1), [cycles("b", 10)]),
      run("b", at: 1, commit: commit(5), [cycles("b", 8)]),
    ]
    let change = try #require(listing(runs, graph).changes.first)
    #expect(change.previous == commit(1) && change.between == 2)
    let words = HistoryText().render(listing(runs, graph)).split(whereSeparator: \.isWhitespace)
    let said = "with 55555555 (Merge), or with one of the 2 commits before it that nobody measured"
    #expect(words.joined(separator: " ").contains(said))
  }

  @Test func filesThatDifferFromTheirCommitSayNothingAboutIt() {
    let runs = [
      run("a", at: 0, commit: commit(1), [cycles("b", 10)]),
      run("b", at: 1, commit: commit(2), isDirty: true, [cycles("b", 99)]),
      run("c", at: 2, commit: commit(2), [cycles("b", 10)]),
    ]
    #expect(listing(runs, graph).changes.isEmpty)
    #expect(
      listing(runs, graph).series[0].points.map(\.name) == ["11111111", "22222222+", "22222222"])
  }

  @Test func withoutARepositoryTimeIsTheOrder() {
    let runs = [
      run("a", at: 0, commit: commit(3), [cycles("b", 10)]),
      run("b", at: 1, commit: commit(1), [cycles("b", 8)]),
    ]
    #expect(listing(runs, nil).changes.map(\.commit) == [commit(1)])
    #expect(listing(runs, nil).changes.map(\.previous) == [commit(3)])
  }

  private var runs: [HistoryRun] {
    var covered = cycles("b", 4259)
    covered.mutants = MutantFigures(killed: 9, counted: 12)
    return [
      run("a", at: 0, commit: commit(1), [covered, cycles("a", 77)]),
      run("b", at: 1, commit: commit(2), [cycles("b", 4269, passes: false), cycles("a", 77)]),
    ]
  }

  @Test func theTableOfRunsIsExact() {
    #expect(
      HistoryText().render(listing(runs, graph)) == """
        h.sqlite: 2 runs
          commit    when (UTC)        level  verdict  tasks  failed  trusted    s
          11111111  2027-01-15 08:00  merge  passed       2       0        0  3.3
          22222222  2027-01-15 08:01  merge  failed       2       1        0  3.3
        which commits changed cycles, last first
          b default: 4,259 to 4,269 cycles (+10) with 22222222 (Add a stage), after
              11111111
        what takes longest: seconds in half of the runs, and at most
          2.0  2.0  a/default/cycles
          2.0  2.0  b/default/cycles
        """)
  }

  @Test func theTableOfABlockIsExact() {
    let text = HistoryText().render(listing(runs, graph, block: "b"))
    #expect(!text.contains("a default"))
    #expect(
      text.contains(
        """
        b default
          commit    when (UTC)        verdict  cycles  change  mutants %  elements    s
          11111111  2027-01-15 08:00  passed    4,259               75.0     1,000  2.0
          22222222  2027-01-15 08:01  failed    4,269     +10                1,000  2.0
        """))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func thePageStandsByItselfAndMarksTheChange() {
    var named = runs
    named[1].commit = "<script>"
    // Files that differed from the commit do not mark it, nor does the same figure once more.
    named.append(run("c", at: 2, commit: "<script>", isDirty: true, [cycles("b", 4269)]))
    named.append(run("d", at: 3, commit: "<script>", [cycles("b", 4269)]))
    let page = HistoryPage().render(listing(named, nil, block: "b"))
    #expect(!page.contains("<script") && !page.contains("http"))
    #expect(page.contains("&lt;script&gt;: 4,269 cycles"))
    #expect(page.components(separatedBy: "<circle class=\"m\"").count - 1 == 1)
    // Every value has a dot: cycles and seconds of four runs.
    #expect(page.components(separatedBy: "<circle").count - 1 == 8)
  }

  @Test func aReportWithoutFactsIsKnownByItsBytes() throws {
    let scratch = try Scratch()
    var result = GateResult(level: .merge)
    result.commit = commit(1)
    result.results = [cycles("a", 5)]
    result.planned = ["a/default/cycles"]
    try GateReport(result).write(to: scratch.path)
    let file = try HistoryFile(writing: scratch["h"])
    let one = try HistoryRun(reportAt: scratch.path)
    #expect(one.facts.parts[0].hasPrefix("report-") && one.tasks[0].seconds == nil)
    #expect(try file.append(one) && !file.append(HistoryRun(reportAt: scratch["report.json"])))
    // With facts it is another one: a run of which somebody knows when it was.
    var times = GateTimes()
    times.seconds["a/default/cycles"] = 4
    try GateReport(result).write(to: scratch.path, times: times)
    let facts = RunFacts(part: "x", began: time(0), seconds: 1.5, hosts: ["ada"], isDirty: false)
    try facts.write(to: scratch.path)
    let known = try HistoryRun(reportAt: scratch.path)
    #expect(known.facts == facts && known.tasks[0].seconds == 4)
  }

  @Test func figuresOfTasksSurviveTheReport() throws {
    let scratch = try Scratch()
    var task = cycles("a", 5)
    task.executions = 2000
    task.mutants = MutantFigures(killed: 9, counted: 10)
    var result = GateResult(level: .merge)
    result.results = [task]
    result.planned = ["a/default/cycles"]
    try GateReport(result).write(to: scratch.path)
    let read = try HistoryRun(reportAt: scratch.path).tasks[0]
    #expect(read.executions == 2000 && read.killedMutants == 9 && read.countedMutants == 10)
    #expect(read.cycles == 5 && read.budget == 4000...4300)
  }
}
