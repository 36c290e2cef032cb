public import Blocks
import Signals

/// The approximations of some families side by side. Every rendering derives from this value alone.
public struct Survey: Sendable, Codable {
  /// Version of this form.
  public var version = 1
  /// The command that repeats it.
  public var command: String
  public var families: [FamilySurvey]

  public init(command: String, families: [FamilySurvey]) {
    self.command = command
    self.families = families
  }
}

/// One family in some scenarios.
public struct FamilySurvey: Sendable, Codable {
  public var family: Family
  public var scenarios: [ScenarioResult]
  /// Error curves; empty where they were not asked for.
  public var plots: [Plot]
}

/// What each variant answers to the same inputs.
public struct ScenarioResult: Sendable, Codable {
  public var scenario: Scenario
  /// In the order of the catalogue.
  public var measurements: [AccuracyFigures]
}

extension FamilySurvey {
  /// Measures every variant in every scenario.
  ///
  /// - Parameters:
  ///   - variants: of blocks of `family`.
  ///   - withPlots: sweeps scales and lengths, too.
  public init(
    _ family: Family, _ variants: [Variant], in scenarios: [Scenario], withPlots: Bool
  ) {
    self.family = family
    self.scenarios = scenarios.map { scenario in
      let codes = scenario.codes()
      return ScenarioResult(
        scenario: scenario,
        measurements: variants.map {
          $0.measure(codes, scale: scenario.scale, family: family)
        })
    }
    plots = []
    if withPlots, let scenario = scenarios.first {
      plots = Plots(family, variants, scenario).all(scenario.codes())
    }
  }

  /// Measures every variant on the rows of a file.
  ///
  /// - Throws: ``AccuracyError/noScale(path:family:)`` where the family needs a scale.
  public init(
    _ family: Family, _ variants: [Variant], on file: InputFile, scale: Double?, withPlots: Bool
  ) throws(AccuracyError) {
    guard let scale = scale ?? (family == .normalisation ? 1 : nil) else {
      throw .noScale(path: file.path, family: family)
    }
    self.family = family
    let scenario = Scenario(
      family, .file(path: file.path, array: file.array), scale: scale,
      length: file.codes.range(of: 0).count, deviation: 0, rows: file.codes.count, seed: 0)
    scenarios = [
      ScenarioResult(
        scenario: scenario,
        measurements: variants.map { $0.measure(file.codes, scale: scale, family: family) })
    ]
    plots = withPlots ? Plots(family, variants, scenario).all(file.codes) : []
  }
}
