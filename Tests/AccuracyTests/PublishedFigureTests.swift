import Accuracy
import Blocks
import Foundation
import Signals
import Testing

/// The errors of the approximations against figures that were measured elsewhere, with other code and
/// other random numbers: NumPy models of the sources against float64, 200 rows a table.
///
/// A figure is one sample. To half a unit of its last printed digit it must lie among those of twenty
/// samples of the same size, their range widened by 2 % either way: a maximum is that of the one worst
/// element of a sample and varies by half, means by a few percent. How many rows the figures for
/// LayerNorm had is not known: samples of 25 to 200 stand for it.
@Suite struct PublishedFigureTests {
  /// Maximum, mean and the range of row sums.
  struct Figure {
    var variant: String
    var scenario: Int
    var maximum: Printed
    var mean: Printed
    var sums: (least: Printed, largest: Printed)?

    init(
      _ variant: String, _ scenario: Int, _ maximum: String, _ mean: String,
      _ sums: (String, String)? = nil
    ) {
      (self.variant, self.scenario) = (variant, scenario)
      (self.maximum, self.mean) = (Printed(maximum), Printed(mean))
      self.sums = sums.map { (Printed($0.0), Printed($0.1)) }
    }
  }

  /// A number and half a unit of its last digit.
  struct Printed {
    var value: Double
    var half: Double

    init(_ text: String) {
      let parts = text.split(separator: "e")
      let decimals = parts[0].split(separator: ".").dropFirst().first?.count ?? 0
      let exponent = parts.count > 1 ? Double(parts[1]) ?? 0 : 0
      value = Double(text) ?? .nan
      half = 0.5 * pow(10, exponent - Double(decimals))
    }
  }

  /// Every figure that is not among the samples, in words.
  private func strangers(
    _ family: Family, _ figures: [Figure], in samples: [[Scenario]]
  ) throws -> [String] {
    let blocks = try Selection.blocks([family.rawValue], of: .standard)
    let variants = try Selection.variants(of: blocks, named: [])[0].variants
    let surveys = samples.map { FamilySurvey(family, variants, in: $0, withPlots: false) }
    var strangers: [String] = []
    for figure in figures {
      let found = surveys.flatMap { $0.scenarios[figure.scenario].measurements }
        .filter { $0.variant == figure.variant && $0.elements > 0 }
      try #require(found.count == samples.count, "\(figure.variant)")
      func compare(_ printed: Printed, _ what: String, _ value: (AccuracyFigures) -> Double) {
        let values = found.map(value)
        let low = (values.min() ?? .nan) * 0.98 - printed.half
        let high = (values.max() ?? .nan) * 1.02 + printed.half
        guard printed.value < low || printed.value > high else { return }
        strangers.append(
          "\(figure.variant), scenario \(figure.scenario): \(what) \(printed.value), "
            + "found \(low) to \(high)")
      }
      compare(figure.maximum, "maximum") { $0.maxError }
      compare(figure.mean, "mean") { $0.meanError }
      if let sums = figure.sums {
        compare(sums.least, "least sum") { $0.rowSum?.least ?? .nan }
        compare(sums.largest, "largest sum") { $0.rowSum?.largest ?? .nan }
      }
    }
    return strangers
  }

  @Test func `softmax`() throws {
    let figures = [
      Figure("ibert_softmax", 0, "0.0044", "0.00198", ("0.84", "0.90")),
      Figure("ibert_softmax", 1, "0.0040", "0.00131", ("0.29", "0.38")),
      Figure("ibert_softmax", 2, "0.0078", "0.00090"),
      Figure("ibert_softmax", 3, "0.0039", "0.00054"),
      Figure("shiftmax", 0, "0.0199", "0.00395", ("0.70", "0.81")),
      Figure("shiftmax", 1, "0.0096", "0.00172", ("0.05", "0.19")),
      Figure("shiftmax", 2, "0.0541", "0.00178"), Figure("shiftmax", 3, "0.3028", "0.00504"),
      Figure("ita_softmax EpsilonShift=5", 0, "0.0425", "0.00346", ("0.62", "1.16")),
      Figure("ita_softmax EpsilonShift=5", 1, "0.0102", "0.00128", ("0.08", "0.58")),
      Figure("ita_softmax EpsilonShift=0", 3, "0.0076", "0.00053"),
      Figure("log2_softmax", 0, "0.0535", "0.00287"),
      Figure("log2_softmax", 1, "0.0098", "0.00037"),
      Figure("log2_softmax", 2, "0.3220", "0.00297"),
      Figure("log2_softmax", 3, "0.3295", "0.00273"),
      Figure("gemmlowp_softmax", 0, "0.0020", "0.00100", ("0.98", "1.03")),
      Figure("gemmlowp_softmax", 1, "0.0020", "0.00094", ("0.71", "0.86")),
      Figure("gemmlowp_softmax", 2, "0.0020", "0.00055"),
      Figure("gemmlowp_softmax", 3, "0.0020", "0.00033"),
      Figure("lut_softmax", 0, "2e-5", "8e-6"), Figure("lut_softmax", 1, "2e-5", "8e-6"),
      Figure("lut_softmax", 2, "0.0021", "1.6e-5"), Figure("lut_softmax", 3, "0.0033", "3.7e-5"),
      Figure("softermax MaxRounding=0", 2, "0.0225", "0.00137"),
      Figure("softermax MaxRounding=1", 2, "0.0432", "0.00138"),
    ]
    let samples = (UInt64(1)...20).map { Scenario.standard(.softmax, seed: $0) }
    #expect(try strangers(.softmax, figures, in: samples) == [])
    // Figures that are off by a tenth, or of another scenario, are told apart.
    let wrong = [
      Figure("ibert_softmax", 0, "0.0044", "0.00218"),
      Figure("ibert_softmax", 1, "0.0078", "0.00131"),
      Figure("shiftmax", 1, "0.0096", "0.00172", ("0.15", "0.19")),
    ]
    #expect(try strangers(.softmax, wrong, in: samples).count == 3)
  }

  /// All codes of 8 bits at S = 1/32: no random numbers, so that only the printed digits are left.
  ///
  /// The figure for ITA, 0.0084, reads its codes at S; the multiplier 74 for 73.93 makes their scale
  /// 0.9991 S, with which the mean is 0.0083. The next test holds the figure as it was read.
  @Test func `GELU`() throws {
    let figures = [
      Figure("ibert_gelu ErfShift=0", 0, "0.0169", "0.0071"),
      Figure("ibert_gelu ErfShift=14", 0, "5.20", "2.46"),
      Figure("shift_gelu", 0, "0.246", "0.0208"),
      Figure("ita_gelu", 0, "0.0314", "0.0083"), Figure("lut_activation", 0, "0.0155", "0.0065"),
      Figure("pwl_unit", 0, "0.0378", "0.0076"),
    ]
    #expect(try strangers(.activation, figures, in: [Scenario.standard(.activation)]) == [])
  }

  @Test func `LayerNorm`() throws {
    let figures = [
      Figure("ibert_layernorm", 0, "0.104", "0.044"), Figure("ivit_layernorm", 0, "0.728", "0.121"),
      Figure("tflite_layernorm", 0, "0.076", "0.0078"),
      Figure("ibert_layernorm", 1, "0.0141", "0.0067"),
      Figure("ivit_layernorm", 1, "0.0141", "0.0067"),
      Figure("tflite_layernorm", 1, "0.0015", "0.00032"),
      Figure("ibert_layernorm", 2, "0.00053", "0.00025"),
      Figure("ivit_layernorm", 2, "0.00053", "0.00025"),
      Figure("tflite_layernorm", 2, "0.00049", "0.00024"),
      Figure("ibert_layernorm", 3, "0.00021", "0.00004"),
      Figure("ivit_layernorm", 3, "0.00021", "0.00004"),
      Figure("tflite_layernorm", 3, "0.00049", "0.00024"),
    ]
    let samples = (UInt64(1)...20).map {
      Scenario.standard(.normalisation, rows: [25, 50, 100, 200][Int($0 % 4)], seed: $0)
    }
    #expect(try strangers(.normalisation, figures, in: samples) == [])
  }

  @Test func `ITA's GELU read at the scale of its input`() throws {
    let block = ITAGELU()
    let configuration = try block.configuration()
    let codes = RaggedTensor(rows: [256], values: Array(-128...127))
    let batch = try block.batch(of: codes, scale: 0x1p-5, in: configuration)
    let answer = try block.golden(batch, in: configuration)
    let ideal = try #require(block.ideal(batch, in: configuration))
    let y = try #require(answer.items["y"])
    let errors = zip(y.values, ideal).map { abs(Double($0) * 0x1p-5 - $1) }
    #expect(abs((errors.max() ?? 0) - 0.0314) < 0.00005)
    #expect(abs(errors.reduce(0, +) / 256 - 0.0084) < 0.00005)
  }
}
