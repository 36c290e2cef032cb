import Devices
import Gate
import Testing

@Suite struct CoverageTests {
  private let points = [
    CoveragePoint(file: "/p/rtl/common/f.sv", instance: ".a.u_f", lines: [3, 4], count: 7),
    CoveragePoint(file: "/p/rtl/common/f.sv", instance: ".a.u_g", lines: [3], count: 1),
    CoveragePoint(file: "/p/rtl/common/f.sv", instance: ".a.u_f", lines: [9, 10], count: 0),
    CoveragePoint(file: "../a/a.sv", instance: ".a", lines: [5], count: 2),
  ]

  private func figures(_ waivers: [CoverageFigures.Waiver] = []) -> CoverageFigures {
    CoverageFigures(points, root: "/p", folder: "rtl/a", waivers: waivers)
  }

  private func waiver(_ line: Int) -> CoverageFigures.Waiver {
    .init(file: "rtl/common/f.sv", line: line, reason: "x", expires: "2030-01-01")
  }

  @Test func linesCountOnceWhateverTheirInstances() {
    let figures = figures()
    #expect(
      figures.files == ["rtl/common/f.sv": [3: 8, 4: 7, 9: 0, 10: 0], "rtl/a/a.sv": [5: 2]])
    #expect(figures.countable == 5 && figures.covered == 3)
    #expect(figures.missed == ["rtl/common/f.sv": [9, 10]])
  }

  @Test func aWaivedLineIsNeitherMissedNorCounted() {
    let figures = figures([waiver(9), waiver(3)])
    #expect(figures.waived.map(\.line) == [9])
    #expect(figures.needless.map(\.line) == [3])
    #expect(figures.countable == 4 && figures.covered == 3)
    #expect(figures.missed == ["rtl/common/f.sv": [10]])
  }

  @Test func nothingMeasuredIsNoCoverage() {
    #expect(CoverageFigures([], root: "/p", folder: "rtl/a", waivers: []).share == nil)
  }

  @Test func lcovNamesFilesInstancesAndLines() {
    var one = passed(task("a", .coverage(count: 1, lines: 0.5)))
    one.coverage = figures([waiver(9)])
    #expect(
      GateCoverage().render(gateResult([one])) == """
        TN:cosim
        SF:rtl/a/a.sv
        FN:5,a
        FNDA:2,a
        FNF:1
        FNH:1
        DA:5,2
        LF:1
        LH:1
        end_of_record
        TN:cosim
        SF:rtl/common/f.sv
        FN:3,a.u_f
        FN:3,a.u_g
        FNDA:7,a.u_f
        FNDA:1,a.u_g
        FNF:2
        FNH:2
        DA:3,8
        DA:4,7
        DA:10,0
        LF:3
        LH:2
        end_of_record

        """)
  }

  @Test func aWaiverCountsUpToItsLastDay() throws {
    let scratch = try Scratch()
    try scratch.write(
      "- {file: ../common/f.sv, lines: [9, 10], reason: later, expires: 2026-05-31}\n",
      to: "rtl/a/coverage.yaml")
    let before = try CoverageWaivers(root: scratch.path, folder: "rtl/a", today: "2026-05-31")
    #expect(before.valid.map(\.line) == [9, 10] && before.expired.isEmpty)
    #expect(before.valid.first?.file == "rtl/common/f.sv")
    let after = try CoverageWaivers(root: scratch.path, folder: "rtl/a", today: "2026-06-01")
    #expect(after.valid.isEmpty)
    #expect(
      after.expired == [
        Failure(
          "expired waiver", place: "rtl/common/f.sv",
          "the waiver of rtl/common/f.sv:9, 10 expired on 2026-05-31: later",
          file: "rtl/a/coverage.yaml", line: 1)
      ])
  }

  @Test func aLineWithABranchThatNeverRanDidNotRun() {
    let points = [
      CoveragePoint(file: "/p/a.sv", instance: "TOP.a", lines: [1, 2], count: 9),
      CoveragePoint(file: "/p/a.sv", instance: "TOP.a", lines: [2], count: 0),
      CoveragePoint(file: "/p/a.sv", instance: "TOP.a.u_b", lines: [2], count: 0),
      CoveragePoint(file: "/p/a.sv", instance: "TOP.a.u_c", lines: [3], count: 0),
      CoveragePoint(file: "/p/a.sv", instance: "TOP.a.u_d", lines: [3], count: 5),
    ]
    let figures = CoverageFigures(points, root: "/p", folder: "rtl/a", waivers: [])
    // In one instance is enough.
    #expect(figures.files == ["a.sv": [1: 9, 2: 0, 3: 5]])
    #expect(figures.instances.map(\.name) == ["a", "a.u_b", "a.u_c", "a.u_d"])
  }

  @Test func peopleSeeTheBaseWhatNeverRanAndWhatNeedsNoWaiver() {
    var one = passed(task("a", .coverage(count: 1, lines: 0.5)))
    one.coverage = figures([waiver(9), waiver(3), waiver(8)])
    one.coverage?.base = .init(covered: 4, countable: 4)
    let result = gateResult([one])
    #expect(
      GateMarkdown().render(result).contains(
        """
        | block | lines that ran | of | share | base | change | waived |
        |---|--:|--:|--:|--:|--:|--:|
        | a | 3 | 4 | 75.0 % | 100.0 % | -25.0 | 1 |

        - never ran in a: rtl/common/f.sv: 10
        - the waiver of rtl/common/f.sv:3 is needless, since the line runs: x
        - the waiver of rtl/common/f.sv:8 is needless, since the line holds no code that counts: x
        """))
    let page = GatePage().render(result)
    #expect(page.contains("<td>75.0 %</td><td>100.0 %</td><td>-25.0</td>"))
    #expect(page.contains("<li>never ran in a: rtl/common/f.sv: 10</li>"))
    #expect(GateText().render(result).contains("the waiver of rtl/common/f.sv:3 is needless"))
  }

  @Test func aWaiverWithoutAReasonIsRefused() throws {
    let scratch = try Scratch()
    try scratch.write(
      "- {file: f.sv, lines: [9], expires: 2026-05-31}\n", to: "rtl/a/coverage.yaml")
    #expect {
      try CoverageWaivers(root: scratch.path, folder: "rtl/a")
    } throws: {
      "\($0)".contains("coverage.yaml:1: a waiver needs file, lines, reason and expires")
    }
  }
}
