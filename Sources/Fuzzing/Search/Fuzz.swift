public import Blocks
public import Devices
import Foundation
public import Lockstep
public import Signals

/// Searches for an input at which a device and its golden model differ.
///
/// Inputs are sequences of choices from which stimulus, shapes, settings, stalls, initial values and a reset in
/// the middle of traffic are made; those that meet something new are kept and changed further. With the same
/// seed, limit and corpus it finds the same, whatever the number of threads.
public struct Fuzz: Sendable {
  /// Which of a configuration's devices is meant.
  public enum Flavour: Sendable, Hashable {
    /// As it is verified.
    case plain
    /// Counting the edges that its code takes.
    case counting
  }

  public struct Settings: Sendable {
    public var seed: UInt64 = 1
    /// Inputs to execute; no limit if nil.
    public var count: Int?
    /// Seconds to search for; no limit if nil.
    public var seconds: Double?
    public var jobs = 1
    public var feedback: FuzzFeedback = [.edges, .bins]
    /// Uniform stimulus is guided by nothing.
    public var generator = FuzzGenerator.structured
    /// Folder with a folder for each block and configuration; nothing is kept if nil.
    public var corpus: String?
    /// Folder for files that live a moment.
    public var scratch = NSTemporaryDirectory()
    public var hangLimit = 10_000
    /// Answers stay with their transactions in what was found: nobody could be asked for them again.
    public var keepsAnswers = false
    /// What is done about a find before it is reported; nothing if nil.
    public var explainer: ExplainerOptions?

    public init() {}
  }

  /// A moment of a search.
  public struct Progress: Sendable {
    public var configuration: String
    public var executions: Int
    public var executionsPerSecond: Double
    public var features: Int
    public var corpus: Int
    public var secondsSinceFind: Double
  }

  public var block: any Block
  public var manifest: Manifest
  public var configurations: [Configuration]
  public var settings: Settings
  /// The command without what limits it.
  public var command: String
  /// Why there are no counting devices, where there are none.
  public var missingFeedback: String?
  /// The path of a device; called once for each.
  public var build: @Sendable (Configuration, Flavour) async throws -> String
  public var isCancelled: @Sendable () -> Bool
  public var progress: @Sendable (Progress) -> Void

  public init(
    _ block: any Block, manifest: Manifest, configurations: [Configuration], settings: Settings,
    command: String, build: @escaping @Sendable (Configuration, Flavour) async throws -> String,
    isCancelled: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) {
    precondition(!configurations.isEmpty)
    self.block = block
    self.manifest = manifest
    self.configurations = configurations
    self.settings = settings
    self.command = command
    self.build = build
    self.isCancelled = isCancelled
    self.progress = progress
  }

  /// Inputs after which the next configuration joins: cheap ones begin, and others are built meanwhile.
  private static let joining = 512

  /// - Throws: ``FuzzingError``, errors of the builder, of pins that do not fit and of files.
  public func run() async throws -> FuzzOutcome {
    let clock = ContinuousClock()
    var feedback = settings.generator == .uniform ? [] : settings.feedback
    if missingFeedback != nil { feedback.remove(.edges) }
    var outcome = FuzzOutcome(
      block: block.name, command: command, seed: settings.seed, generator: settings.generator,
      feedback: feedback.names,
      missingFeedback: settings.feedback.contains(.edges) ? missingFeedback : nil)
    var searches: [FuzzSearch] = []
    // Waiting for devices is no searching.
    var searching = clock.now
    var hit: (hit: FuzzSearch.Hit, search: FuzzSearch)?
    var (executions, lastFind) = (0, clock.now)
    while hit == nil, !isCancelled() {
      if searches.count < configurations.count, executions >= searches.count * Fuzz.joining {
        let waiting = clock.now
        searches.append(try await search(configurations[searches.count], feedback))
        searching += clock.now - waiting
        lastFind += clock.now - waiting
        outcome.seconds.build += (clock.now - waiting) / .seconds(1)
      }
      if let limit = settings.count, executions >= limit { break }
      if let limit = settings.seconds, (clock.now - searching) / .seconds(1) >= limit { break }
      // Whoever has simulated least is next.
      guard let search = searches.min(by: { $0.record.cycles < $1.record.cycles }) else { break }
      let before = search.record
      let most = min(FuzzSearch.epoch, (settings.count ?? .max) - executions)
      hit = try search.advance(most: most).map { ($0, search) }
      executions += search.record.executions - before.executions
      if search.record.executions == before.executions && !isCancelled() { break }
      if search.record.features > before.features { lastFind = clock.now }
      let seconds = (clock.now - searching) / .seconds(1)
      progress(
        Progress(
          configuration: search.configuration.name, executions: executions,
          executionsPerSecond: Double(executions) / max(seconds, 1e-6),
          features: searches.reduce(0) { $0 + $1.record.features },
          corpus: searches.reduce(0) { $0 + $1.record.corpus },
          secondsSinceFind: (clock.now - lastFind) / .seconds(1)))
    }
    outcome.seconds.search = (clock.now - searching) / .seconds(1)
    outcome.records = searches.map { $0.finished() }
    outcome.command += " --count \(executions)"
    outcome.wasInterrupted = isCancelled()
    if let hit {
      let explaining = clock.now
      outcome.find = try await look(into: hit.hit, hit.search.configuration, executions, outcome)
      outcome.seconds.explaining = (clock.now - explaining) / .seconds(1)
    }
    return outcome
  }

  private func search(
    _ configuration: Configuration, _ feedback: FuzzFeedback
  ) async throws -> FuzzSearch {
    let path = try await build(configuration, feedback.contains(.edges) ? .counting : .plain)
    let space = try FuzzSpace(
      block, in: configuration, manifest: manifest, hangLimit: settings.hangLimit,
      generator: settings.generator, keepsAnswers: settings.keepsAnswers)
    // Counters belong to a library: every worker has its own copy.
    let libraries = try (0..<max(1, settings.jobs)).map { _ in
      try DeviceLibrary.copy(of: path, in: settings.scratch)
    }
    let folder = settings.corpus.map { "\($0)/\(block.name)-\(configuration.name)" }
    return try FuzzSearch(
      space, libraries: libraries, manifest: manifest, feedback: feedback, seed: settings.seed,
      isUniform: settings.generator == .uniform, corpus: folder, isCancelled: isCancelled)
  }

  /// Makes what was found small, on the device as it is verified.
  private func look(
    into hit: FuzzSearch.Hit, _ configuration: Configuration, _ executions: Int,
    _ outcome: FuzzOutcome
  ) async throws -> FuzzFind {
    var find = FuzzFind(
      configuration: configuration, execution: executions,
      executionInConfiguration: hit.execution, findings: hit.findings)
    guard let options = settings.explainer, let found = find.finding, !isCancelled() else {
      return find
    }
    let library = try DeviceLibrary(path: try await build(configuration, .plain))
    find.explanation = try hit.subject.explained(
      block, in: configuration, library: library, manifest: manifest, found: found,
      options: options, seed: settings.seed, command: outcome.command, isCancelled: isCancelled)
    return find
  }
}

extension FuzzFeedback {
  /// `["edges", "bins"]`.
  var names: [String] {
    [(FuzzFeedback.edges, "edges"), (.bins, "bins")].filter { contains($0.0) }.map(\.1)
  }
}
