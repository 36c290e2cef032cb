import Accuracy
import Blocks
import Signals
import Testing
import Vectors

/// Comparisons with real numbers: planted faults, scenarios and real tensors.
@Suite struct MeasuringTests {
  private func figures(
    _ block: any Block, _ scenario: Scenario,
    fault: @escaping @Sendable (inout Batch) -> Void = { _ in }
  ) throws -> AccuracyFigures {
    let variant = Variant(Tampered(base: block, fault: fault), try block.configuration())
    let survey = FamilySurvey(scenario.family, [variant], in: [scenario], withPlots: false)
    return survey.scenarios[0].measurements[0]
  }

  @Test func `one unit at one place shows in the largest error and where it is`() throws {
    let block = GemmlowpSoftmax()
    let scenario = Scenario(.softmax, scale: 0.05, length: 32, rows: 20)
    let right = try figures(block, scenario)
    let wrong = try figures(block, scenario) { answer in
      guard let row = answer.items["probs"]?.range(of: 7) else { return }
      answer.items["probs"]?.values[row.lowerBound + 11] += 1
    }
    // Half a unit where the answer is right, half to one and a half where it is one too many.
    #expect(right.maxErrorInCodes.map { $0 <= 0.51 } == true)
    #expect(wrong.maxErrorInCodes.map { (0.5...1.5).contains($0) } == true)
    #expect(wrong.maxError > right.maxError && wrong.meanError != right.meanError)
    #expect(wrong.worst?.row == 7 && wrong.worst?.index == 11)
    #expect((right.rows, right.elements, right.refusedRows) == (20, 640, 0))
  }

  @Test func `a softmax that answers nothing has no mass`() throws {
    let scenario = Scenario(.softmax, scale: 0.05, length: 16, rows: 8)
    let figures = try figures(IBERTSoftmax(), scenario) { answer in
      for index in answer.items["probs"]?.values.indices ?? 0..<0 {
        answer.items["probs"]?.values[index] = 0
      }
    }
    #expect(figures.rowSum?.largest == 0)
    // Against even odds of 16: log2 16 less the entropy of the row.
    #expect(figures.divergence.map { $0.least > 0 && $0.largest < 4 } == true)
  }

  @Test func `rows that a block refuses are counted and the others compared`() throws {
    // 513 equal logits sum to more than gemmlowp's reciprocal takes.
    let block = GemmlowpSoftmax()
    let variant = Variant(block, try block.configuration())
    let scenario = Scenario(.softmax, scale: 0x1p-7, length: 600, deviation: 0.001, rows: 3)
    let survey = FamilySurvey(.softmax, [variant], in: [scenario], withPlots: false)
    let figures = survey.scenarios[0].measurements[0]
    #expect((figures.refusedRows, figures.elements) == (3, 0))
    #expect(figures.refusal?.contains("below 512") == true)
  }

  @Test func `a scale that is built in is not measured at another`() throws {
    let scenario = Scenario(.softmax, scale: 0.3, rows: 2)
    let figures = try figures(Softermax(), scenario)
    #expect(figures.elements == 0)
    #expect(figures.refusal == "the scale is built in: 0.173287")
  }

  @Test func `inputs are those of the seed`() throws {
    let block = Shiftmax()
    let first = try figures(block, Scenario(.softmax, scale: 0.05, rows: 4, seed: 1))
    #expect(try figures(block, Scenario(.softmax, scale: 0.05, rows: 4, seed: 1)) == first)
    #expect(try figures(block, Scenario(.softmax, scale: 0.05, rows: 4, seed: 2)) != first)
  }

  @Test func `every variant of every block with a family is measured in every family scenario`()
    throws
  {
    for (family, variants) in try Selection.variants(of: Catalogue.standard.blocks, named: []) {
      let survey = FamilySurvey(
        family, variants, in: Scenario.standard(family, rows: 4), withPlots: true)
      for variant in variants {
        let figures = survey.scenarios.flatMap(\.measurements)
          .filter { $0.variant == variant.label }
        #expect(figures.contains { $0.elements > 0 }, "\(variant.label)")
        #expect(figures.allSatisfy { $0.maxError.isFinite && $0.meanError <= $0.maxError })
        // And its curve is in some plot.
        #expect(
          survey.plots.contains { plot in
            plot.curves.contains { $0.label == variant.label && !$0.points.isEmpty }
          })
      }
    }
  }

  @Test func `names choose blocks and families`() throws {
    let names = try Selection.blocks(["requantisation", "shiftmax"], of: .standard).map(\.name)
    #expect(names.contains("shiftmax") && names.contains("ita_requantizer"))
    #expect(!names.contains("ibert_softmax"))
    #expect(throws: AccuracyError.self) {
      try Selection.blocks(["softmaxx"], of: .standard)
    }
    let labels = try Variant.all(of: IBERTGELU()).map(\.label)
    #expect(labels == ["ibert_gelu ErfShift=0", "ibert_gelu ErfShift=14"])
    #expect(try Variant.all(of: IBERTGELU(), ["ErfShift": 14]).count == 1)
  }

  // MARK: - Real tensors

  private static let file = "vectors/minilm/activations.npz"

  @Test func `real logits are measured row by row`() throws {
    let file = try InputFile(path: Self.file, array: "l3.logits", family: .softmax)
    #expect(file.codes.count == 12 * 17)
    let block = GemmlowpSoftmax()
    let variants = [Variant(block, try block.configuration())]
    let survey = try FamilySurvey(.softmax, variants, on: file, scale: 0.05447, withPlots: true)
    let figures = survey.scenarios[0].measurements[0]
    #expect(figures.elements == 12 * 17 * 17 && figures.maxErrorInCodes.map { $0 <= 1.01 } == true)
  }

  @Test func `real tensors without a scale or under a wrong name are refused`() throws {
    let file = try InputFile(path: Self.file, array: "l0.gelu_in", family: .activation)
    #expect(throws: AccuracyError.noScale(path: Self.file, family: .activation)) {
      try FamilySurvey(.activation, [], on: file, scale: nil, withPlots: false)
    }
    do {
      _ = try InputFile(path: Self.file, array: "l0.gelu", family: .activation)
      Issue.record("there is no such array")
    } catch let error as AccuracyError {
      #expect(
        error.description.hasPrefix("\(Self.file) has no array 'l0.gelu'; it has l0.logits"))
    }
  }

  @Test func `errors say what to do`() {
    let errors: [(AccuracyError, String)] = [
      (
        .unknownName("sofmax", known: ["shiftmax", "softmax"]),
        "there is no block or family 'sofmax'; there are shiftmax, softmax"
      ),
      (
        .noFamily(block: "int8_gemm"),
        "int8_gemm belongs to no family of approximations; --check measures its stated bound"
      ),
      (
        .noRows(path: "a.npz", array: "x", shape: [3, 0]),
        "the array 'x' of a.npz has the shape [3, 0]: rows need at least one element"
      ),
      (
        .noScale(path: "a.npz", family: .softmax),
        "the codes in a.npz need a scale to be compared with a real softmax: give it with --scale"
      ),
      (
        .doesNotFit(block: "shiftmax", array: "scores", value: 200, range: -128...127),
        "shiftmax takes -128...127 in 'scores', but the input has 200"
      ),
      (
        .severalFamilies([.softmax, .activation]),
        "one file cannot be the input of softmax and activation: name one family or blocks of one"
      ),
    ]
    for (error, text) in errors { #expect(error.description == text) }
  }
}
