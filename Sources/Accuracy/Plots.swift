import Blocks
import Foundation
import Signals

/// Makes the error curves of a family.
struct Plots {
  let family: Family
  let variants: [Variant]
  /// What sweeps start from.
  let scenario: Scenario

  init(_ family: Family, _ variants: [Variant], _ scenario: Scenario) {
    self.family = family
    self.variants = variants
    self.scenario = scenario
  }

  /// Curves over the rows `codes`, then sweeps.
  func all(_ codes: RaggedTensor) -> [Plot] {
    switch family {
    case .softmax: probabilities(codes) + lengths() + scales()
    case .activation: inputs(codes) + scales()
    case .normalisation: inputs(codes) + deviations() + lengths()
    case .requantisation: inputs(codes) + scales()
    }
  }

  // MARK: - Curves over one set of rows

  /// Error against the real probability, in bins of a quarter of an octave.
  private func probabilities(_ codes: RaggedTensor) -> [Plot] {
    pair(
      "error against probability",
      caption: "In bins of a quarter of an octave; \(rows).",
      x: Plot.Axis("real probability", isLogarithmic: true)
    ) { variant in
      var bins = Bins()
      _ = variant.measure(codes, scale: scenario.scale, family: family) { samples in
        for sample in samples where sample.exact >= 0x1p-20 {
          bins.add(
            abs(sample.got - sample.exact), to: Int((4 * log2(sample.exact)).rounded(.down)))
        }
      }
      return bins.points { exp2((Double($0) + 0.5) / 4) }
    }
  }

  /// Error against the real input: signed and by code where there are few codes, else in 96 bins.
  private func inputs(_ codes: RaggedTensor) -> [Plot] {
    guard let least = codes.values.min(), let most = codes.values.max() else { return [] }
    let x = Plot.Axis(family == .normalisation ? "input, codes" : "input")
    let factor = family == .normalisation ? 1 : scenario.scale
    if codes.count == 1, codes.values.count <= 4096 {
      let curves = variants.map { variant -> Plot.Curve in
        var points: [Plot.Point] = []
        _ = variant.measure(codes, scale: scenario.scale, family: family) { samples in
          points += samples.map { Plot.Point($0.input, $0.got - $0.exact) }
        }
        return Plot.Curve(variant.label, points.sorted { $0.x < $1.x })
      }
      var plot = Plot(
        "error against input", caption: "Answer less real value, at every code; \(rows).", x: x,
        y: Plot.Axis("error"), curves: curves)
      plot.cutOutliers()
      return [plot]
    }
    let width = max(Double(most - least + 1) / 96, 1)
    return pair("error against input", caption: "In bins; \(rows).", x: x) { variant in
      var bins = Bins()
      _ = variant.measure(codes, scale: factor, family: family) { samples in
        for sample in samples {
          bins.add(
            abs(sample.got - sample.exact),
            to: Int(((sample.input / factor - Double(least)) / width).rounded(.down)))
        }
      }
      return bins.points { (Double(least) + (Double($0) + 0.5) * width) * factor }
    }
  }

  // MARK: - Sweeps

  private func lengths() -> [Plot] {
    let lengths = [4, 8, 16, 32, 64, 128, 256, 512, 1024]
    let caption =
      family == .softmax
      ? "S = \(short(scenario.scale)), normal logits of deviation \(short(deviation)), 50 rows each; "
        + "blocks with a built-in scale at that."
      : "Normal codes of deviation \(short(deviation)), 50 rows each."
    let x = Plot.Axis("length of a row", isLogarithmic: true)
    let results = variants.map { variant in
      // A scale that is built in leaves no choice: the logits are then the same, their codes not.
      let builtIn = variant.block.tolerance(in: variant.configuration).domain.builtInScale
      return (
        variant,
        lengths.map { length in
          let scenario = Scenario(
            family, scale: builtIn ?? scenario.scale, length: length, deviation: deviation,
            rows: 50, seed: scenario.seed)
          return (
            Double(length),
            variant.measure(scenario.codes(), scale: scenario.scale, family: family)
          )
        }
      )
    }
    var plots: [Plot] = []
    if family == .softmax {
      plots.append(
        Plot(
          "mean row sum against length", caption: caption, x: x, y: Plot.Axis("mean row sum"),
          curves: curves(results) { $0.rowSum?.mean }))
      plots.append(
        Plot(
          "least row sum against length", caption: caption, x: x, y: Plot.Axis("least row sum"),
          curves: curves(results) { $0.rowSum?.least }))
    }
    return plots + errors("error against length", caption: caption, x: x, results)
  }

  private func scales() -> [Plot] {
    let scales: [Double] =
      switch family {
      case .softmax: (0...16).map { log(2.0) * exp2(Double($0) / 2 - 8) }
      case .activation: (0...12).map { exp2(Double($0) / 2 - 9) }
      default: (0...24).map { exp2(Double($0) / 2 - 12) * 1.03 }
      }
    let results = sweep(
      scales.map { scale in
        var scenario = scenario
        scenario.scale = scale
        scenario.rows = min(scenario.rows, 50)
        scenario.deviation = deviation
        scenario.values = family == .activation ? .everyCode : .normal
        return (scale, scenario)
      })
    let caption =
      switch family {
      case .softmax:
        "Rows of \(scenario.length) normal logits of deviation \(short(deviation)), clamped to 8 bits."
      case .activation: "All codes of 8 bits."
      default: "Normal accumulators that fill 8 bits with a deviation of \(short(deviation))."
      }
    return errors(
      "error against scale", caption: caption,
      x: Plot.Axis(family == .requantisation ? "ratio" : "scale S", isLogarithmic: true), results)
  }

  private func deviations() -> [Plot] {
    let results = sweep(
      (0...24).map { step in
        let deviation = exp2(1 + Double(step) / 2)
        let scenario = Scenario(
          family, length: 256, deviation: deviation, rows: 50, seed: scenario.seed)
        return (deviation, scenario)
      })
    return errors(
      "error against deviation", caption: "Rows of 256 normal codes, 50 each.",
      x: Plot.Axis("standard deviation, codes", isLogarithmic: true), results)
  }

  /// Deviation of the normal values of a sweep.
  private var deviation: Double {
    if scenario.deviation > 0 { return scenario.deviation }
    return switch family {
    case .softmax, .activation: 1
    case .normalisation, .requantisation: 40
    }
  }

  private var rows: String {
    "\(scenario.rows) \(scenario.rows == 1 ? "row" : "rows") of \(scenario.length), "
      + "S = \(short(scenario.scale))"
  }

  // MARK: - From measurements to curves

  /// By variant: x and what was measured there.
  private typealias Results = [(variant: Variant, points: [(Double, AccuracyFigures)])]

  private func sweep(_ scenarios: [(Double, Scenario)]) -> Results {
    let inputs = scenarios.map { ($0.0, $0.1, $0.1.codes()) }
    return variants.map { variant in
      (
        variant,
        inputs.map { x, scenario, codes in
          (x, variant.measure(codes, scale: scenario.scale, family: family))
        }
      )
    }
  }

  /// Points where nothing was compared are left out.
  private func curves(_ results: Results, _ value: (AccuracyFigures) -> Double?) -> [Plot.Curve] {
    results.map { variant, points in
      Plot.Curve(
        variant.label,
        points.compactMap { x, measurement in
          guard measurement.elements > 0, measurement.refusedRows == 0 else { return nil }
          return value(measurement).map { Plot.Point(x, $0) }
        })
    }
  }

  private func errors(
    _ title: String, caption: String, x: Plot.Axis, _ results: Results
  ) -> [Plot] {
    [
      Plot(
        "maximum \(title)", caption: caption, x: x,
        y: Plot.Axis("maximum error", isLogarithmic: true),
        curves: curves(results) { $0.maxError }),
      Plot(
        "mean \(title)", caption: caption, x: x, y: Plot.Axis("mean error", isLogarithmic: true),
        curves: curves(results) { $0.meanError }),
    ]
  }

  /// A plot of maxima and one of means of the same bins.
  private func pair(
    _ title: String, caption: String, x: Plot.Axis,
    _ points: (Variant) -> (max: [Plot.Point], mean: [Plot.Point])
  ) -> [Plot] {
    let curves = variants.map { ($0.label, points($0)) }
    return [
      Plot(
        "maximum \(title)", caption: caption, x: x,
        y: Plot.Axis("maximum error", isLogarithmic: true),
        curves: curves.map { Plot.Curve($0.0, $0.1.max) }),
      Plot(
        "mean \(title)", caption: caption, x: x, y: Plot.Axis("mean error", isLogarithmic: true),
        curves: curves.map { Plot.Curve($0.0, $0.1.mean) }),
    ]
  }

  /// Four significant digits.
  private func short(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return "\(value)" }
    let unit = pow(10, 3 - floor(log10(abs(value))))
    return "\((value * unit).rounded() / unit)"
  }
}

extension Plot {
  /// Cuts off what is more than four times as far from 0 as the curves commonly are, and says so: one
  /// approximation used where it fails would flatten all others.
  mutating func cutOutliers() {
    let extremes = curves.map { $0.points.map { abs($0.y) }.max() ?? 0 }
    let reach = 4 * extremes.sorted()[extremes.count / 2]
    let outside = zip(curves, extremes).filter { $1 > reach }.map(\.0.label)
    guard reach > 0, !outside.isEmpty else { return }
    limit = -reach...reach
    caption += " Leaving the frame: \(outside.joined(separator: ", "))."
  }
}

/// Maxima and means by bin.
private struct Bins {
  private var bins: [Int: (max: Double, total: Double, count: Int)] = [:]

  mutating func add(_ error: Double, to bin: Int) {
    var entry = bins[bin] ?? (0, 0, 0)
    entry.max = max(entry.max, error)
    entry.total += error
    entry.count += 1
    bins[bin] = entry
  }

  func points(_ centre: (Int) -> Double) -> (max: [Plot.Point], mean: [Plot.Point]) {
    let sorted = bins.sorted { $0.key < $1.key }
    return (
      sorted.map { Plot.Point(centre($0.key), $0.value.max) },
      sorted.map { Plot.Point(centre($0.key), $0.value.total / Double($0.value.count)) }
    )
  }
}
