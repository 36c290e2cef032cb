import Accuracy
import Blocks
import Foundation
import Signals
import Testing

/// The errors of the approximations against figures that were measured elsewhere, with other code and
/// other random numbers: NumPy models of the sources against float64, 200 rows a table.
///
/// A figure is one sample. It must lie among those of twelve samples of the same size, their range
/// widened by 5 % either way: maxima are of the one worst element of a sample and vary by half,
/// means by a few percent.
@Suite struct PublishedFigureTests {
  /// Maximum, mean and the range of row sums.
  struct Figure {
    var variant: String
    var scenario: Int
    var maximum: Double
    var mean: Double
    var sums: ClosedRange<Double>?

    init(
      _ variant: String, _ scenario: Int, _ maximum: Double, _ mean: Double,
      _ sums: ClosedRange<Double>? = nil
    ) {
      (self.variant, self.scenario) = (variant, scenario)
      (self.maximum, self.mean, self.sums) = (maximum, mean, sums)
    }
  }

  /// Whether each figure is among the samples of as many seeds, and what is if not.
  private func hold(_ family: Family, _ figures: [Figure], seeds: ClosedRange<UInt64>) throws {
    let blocks = try Selection.blocks([family.rawValue], of: .standard)
    let variants = try Selection.variants(of: blocks, named: [])[0].variants
    let surveys = seeds.map {
      FamilySurvey(
        family, variants, in: Scenario.standard(family, seed: $0), withPlots: false)
    }
    for figure in figures {
      let samples = surveys.flatMap { $0.scenarios[figure.scenario].measurements }
        .filter { $0.variant == figure.variant && $0.elements > 0 }
      try #require(samples.count == seeds.count, "\(figure.variant)")
      func expect(_ figure: Double, among values: [Double], slack: Double, _ what: String) {
        let range = (values.min() ?? 0) - slack...(values.max() ?? 0) + slack
        #expect(range.contains(figure), "\(what) \(figure), found \(range)")
      }
      let label = "\(figure.variant), scenario \(figure.scenario):"
      expect(
        figure.maximum, among: samples.map(\.maxError), slack: 0.05 * figure.maximum,
        "\(label) maximum")
      expect(
        figure.mean, among: samples.map(\.meanError), slack: 0.05 * figure.mean, "\(label) mean")
      if let sums = figure.sums {
        expect(
          sums.lowerBound, among: samples.compactMap { $0.rowSum?.least }, slack: 0.01,
          "\(label) least sum")
        expect(
          sums.upperBound, among: samples.compactMap { $0.rowSum?.largest }, slack: 0.01,
          "\(label) largest sum")
      }
    }
  }

  @Test func `softmax`() throws {
    try hold(
      .softmax,
      [
        Figure("ibert_softmax", 0, 0.0044, 0.00198, 0.84...0.90),
        Figure("ibert_softmax", 1, 0.0040, 0.00131, 0.29...0.38),
        Figure("ibert_softmax", 2, 0.0078, 0.00090), Figure("ibert_softmax", 3, 0.0039, 0.00054),
        Figure("shiftmax", 0, 0.0199, 0.00395, 0.70...0.81),
        Figure("shiftmax", 1, 0.0096, 0.00172, 0.05...0.19),
        Figure("shiftmax", 2, 0.0541, 0.00178), Figure("shiftmax", 3, 0.3028, 0.00504),
        Figure("ita_softmax EpsilonShift=5", 0, 0.0425, 0.00346, 0.62...1.16),
        Figure("ita_softmax EpsilonShift=5", 1, 0.0102, 0.00128, 0.08...0.58),
        Figure("ita_softmax EpsilonShift=0", 3, 0.0076, 0.00053),
        Figure("log2_softmax", 0, 0.0535, 0.00287), Figure("log2_softmax", 1, 0.0098, 0.00037),
        Figure("log2_softmax", 2, 0.3220, 0.00297), Figure("log2_softmax", 3, 0.3295, 0.00273),
        Figure("gemmlowp_softmax", 0, 0.0020, 0.00100, 0.98...1.03),
        Figure("gemmlowp_softmax", 1, 0.0020, 0.00094, 0.71...0.86),
        Figure("gemmlowp_softmax", 2, 0.0020, 0.00055),
        Figure("gemmlowp_softmax", 3, 0.0020, 0.00033),
        Figure("lut_softmax", 0, 2e-5, 8e-6), Figure("lut_softmax", 1, 2e-5, 8e-6),
        Figure("lut_softmax", 2, 0.0021, 1.6e-5), Figure("lut_softmax", 3, 0.0033, 3.7e-5),
        Figure("softermax MaxRounding=0", 2, 0.0225, 0.00137),
        Figure("softermax MaxRounding=1", 2, 0.0432, 0.00138),
      ], seeds: 1...12)
  }

  /// All codes of 8 bits at S = 1/32: no random numbers, so that only the printed digits are left.
  @Test func `GELU`() throws {
    try hold(
      .activation,
      [
        Figure("ibert_gelu ErfShift=0", 0, 0.0169, 0.0071),
        Figure("ibert_gelu ErfShift=14", 0, 5.20, 2.46), Figure("shift_gelu", 0, 0.246, 0.0208),
        Figure("ita_gelu", 0, 0.0314, 0.0084), Figure("lut_activation", 0, 0.0155, 0.0065),
        Figure("pwl_unit", 0, 0.0378, 0.0076),
      ], seeds: 1...1)
  }

  @Test func `LayerNorm`() throws {
    try hold(
      .normalisation,
      [
        Figure("ibert_layernorm", 0, 0.104, 0.044), Figure("ivit_layernorm", 0, 0.728, 0.121),
        Figure("tflite_layernorm", 0, 0.076, 0.0078),
        Figure("ibert_layernorm", 1, 0.0141, 0.0067), Figure("ivit_layernorm", 1, 0.0141, 0.0067),
        Figure("tflite_layernorm", 1, 0.0015, 0.00032),
        Figure("ibert_layernorm", 2, 0.00053, 0.00025),
        Figure("ivit_layernorm", 2, 0.00053, 0.00025),
        Figure("tflite_layernorm", 2, 0.00049, 0.00024),
        Figure("ibert_layernorm", 3, 0.00021, 0.00004),
        Figure("ivit_layernorm", 3, 0.00021, 0.00004),
        Figure("tflite_layernorm", 3, 0.00049, 0.00024),
      ], seeds: 1...12)
  }
}
