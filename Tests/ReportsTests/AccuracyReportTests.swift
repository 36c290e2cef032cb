import Accuracy
import Blocks
import Reports
import Signals
import Testing

/// Tables and pages of accuracy.
@Suite struct AccuracyReportTests {
  private func survey(_ family: Family, withPlots: Bool = false) throws -> Survey {
    let blocks = try Selection.blocks([family.rawValue], of: .standard)
    let variants = try Selection.variants(of: blocks, named: [])[0].variants
    let scenarios = Scenario.standard(family, rows: 10)
    return Survey(
      command: "cosim accuracy \"a\" <b>",
      families: [FamilySurvey(family, variants, in: scenarios, withPlots: withPlots)])
  }

  @Test(arguments: Family.allCases) func `tables fit 110 columns and hold every variant`(
    family: Family
  ) throws {
    let survey = try survey(family)
    let text = AccuracyReport().render(survey)
    for line in text.split(separator: "\n") { #expect(line.count <= 110, "\(line)") }
    for measurement in survey.families[0].scenarios.flatMap(\.measurements) {
      #expect(text.contains("  \(measurement.variant)"))
    }
  }

  @Test(arguments: Family.allCases) func `a page needs nothing else and draws every plot`(
    family: Family
  ) throws {
    let survey = try survey(family, withPlots: true)
    let page = AccuracyPage().render(survey)
    #expect(!survey.families[0].plots.isEmpty)
    for plot in survey.families[0].plots {
      #expect(page.contains(plot.title))
      #expect(plot.curves.contains { !$0.points.isEmpty }, "\(plot.title)")
    }
    for outside in ["<script", "http:", "https:", "src=", "<link", "@import", "url("] {
      #expect(!page.contains(outside))
    }
    #expect(page.contains("cosim accuracy &quot;a&quot; &lt;b&gt;"))
    for number in ["NaN", "nan", "inf,", ",inf"] { #expect(!page.contains("points=\"\(number)")) }
  }

  @Test func `a bound that does not hold is named with its worst case`() throws {
    let block = ITARequantizer()
    var contract = Contract(Variant(block, try block.configuration()), batches: 2)
    let good = AccuracyReport().render([contract])
    #expect(good.hasPrefix("        "))
    #expect(good.contains("HOLDS") && good.contains("1 of 1 bounds hold"))
    contract.findings = [
      .element,
      .rowSum(Contract.RowSum(length: 64, sum: 0.25, least: 0.5, largest: 1)), .nothingCompared,
      .refused("no settings"),
    ]
    contract.worstError = 0.75
    contract.worst = WorstCase(row: 2, index: 3, input: -7, exact: 1.5, got: 2.25)
    contract.worstStimulus = "corner batch 0"
    let text = AccuracyReport().render([contract])
    #expect(text.contains("BROKEN  ita_requantizer"))
    for part in [
      "an error of 0.7500 exceeds the bound of 0.5000: element 3 of row 2, input -7, is 2.250",
      "a row of 64 elements sums to 0.2500, outside 0.5000...1.000",
      "nothing was compared: no corner, no stimulus and no edge is in the domain",
      "the block refuses an input of its domain: no settings",
      "repeat: cosim accuracy ita_requantizer --check", "0 of 1 bounds hold",
    ] {
      #expect(text.contains(part), "\(text)")
    }
    for line in text.split(separator: "\n") { #expect(line.count <= 110, "\(line)") }
  }
}
