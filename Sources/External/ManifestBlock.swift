public import Blocks
public import Devices
public import Signals

/// A design that a manifest describes, as a block: arrays and pins come from its `streams`,
/// answers from
/// elsewhere.
public struct ManifestBlock: Block {
  public let manifest: Manifest
  public var golden: any GoldenSource
  /// The only stimulus that has answers, where these are recorded: each batch with the settings that its
  /// transactions share.
  public var recorded: [Batch] = []

  /// - Precondition: the manifest has `streams`.
  public init(_ manifest: Manifest, golden: (any GoldenSource)? = nil) {
    precondition(manifest.wiring != nil, "the manifest of \(manifest.top) has no streams")
    self.manifest = manifest
    self.golden = golden ?? ManifestBlock.source(manifest)
  }

  /// The program that the manifest names, or nobody.
  private static func source(_ manifest: Manifest) -> any GoldenSource {
    guard let given = manifest.golden, !given.command.isEmpty else { return NoGolden() }
    return GoldenProgram(name: manifest.top, given, in: manifest.directory)
  }

  public var name: String { manifest.top }
  public var summary: String { "a design that \(manifest.file) describes" }
  public var formula: String { "as its golden model answers: \(golden.version)" }
  public var source: String { manifest.file }
  public var family: Family? { nil }

  /// Those that the manifest sets; the design alone knows what it accepts.
  public var parameters: [Parameter] {
    let first = manifest.configurations.first?.values ?? [:]
    return first.sorted { $0.key < $1.key }.map {
      Parameter($0.key, Int(Int32.min)...Int(UInt32.max), default: $0.value, "of the design")
    }
  }

  /// - Throws: for numbers of the manifest that are out of range, and comparisons of arrays that
  /// no output
  ///   carries.
  public func interface(in configuration: Configuration) throws(BlockError) -> Interface {
    let interface: Interface
    do {
      interface = try manifest.interface(in: configuration)
    } catch {
      throw .inconsistentParameters(block: name, reason: "\(error)")
    }
    let outputs = interface.arrays.filter { $0.role == .output }.map(\.name)
    for array in manifest.comparisons.keys.sorted() where !outputs.contains(array) {
      throw .external(
        block: name,
        reason: "\(manifest.file) compares '\(array)', but the outputs are "
          + outputs.joined(separator: ", "))
    }
    let (specification, axis) = manifest.stimulus.resolved(in: configuration)
    guard specification != nil else {
      let text = manifest.stimulus.formulas[axis].map { "\($0)" } ?? ""
      throw .inconsistentParameters(
        block: name,
        reason: "\(manifest.file): the length '\(text)' of \(axis) is none with "
          + configuration.values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
          .joined(separator: ", "))
    }
    return interface.comparing(manifest.comparisons)
  }

  /// Patterns that need no knowledge of the design; none where nothing answers them.
  public func corners(in configuration: Configuration) -> [Batch] {
    recorded.isEmpty ? stimulus(in: configuration)?.corners() ?? [] : recorded
  }

  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    if !recorded.isEmpty { return recorded[index % recorded.count] }
    return stimulus(in: configuration)?.batch(seed: seed, index: index) ?? Batch(count: 0)
  }

  public func transactionCount(
    seed: UInt64, index: Int, in configuration: Configuration
  ) -> Int {
    recorded.isEmpty ? manifest.stimulus.transactions : recorded[index % recorded.count].count
  }

  public var goldenVersion: String? { golden.version }

  private func stimulus(in configuration: Configuration) -> ForeignStimulus? {
    guard let interface = try? interface(in: configuration),
      let specification = manifest.stimulus.resolved(in: configuration).specification
    else { return nil }
    return ForeignStimulus(interface, specification)
  }

  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    let interface = try interface(in: configuration)
    if recorded.isEmpty, let found = stimulus(in: configuration)?.violation(in: batch) {
      throw .outsideDomain(
        block: name, transaction: 0, limit: "`stimulus` in \(manifest.file)", found: found)
    }
    return try golden.answer(batch, interface: interface, configuration: configuration)
  }

  public func ideal(_ batch: Batch, in configuration: Configuration) -> [Double]? { nil }

  public func tolerance(in configuration: Configuration) -> Tolerance {
    let outputs = (try? interface(in: configuration))?.arrays.filter { $0.role == .output } ?? []
    return Tolerance(
      array: outputs.first?.name ?? "", unit: 1, element: 0,
      domain: Domain(conditions: "every input"), command: "cosim verify \(manifest.file)")
  }

  public func batch(
    of codes: RaggedTensor, scale: Double, in configuration: Configuration
  ) throws(BlockError) -> Batch {
    throw .noSettings(block: name)
  }

  public func readings(
    of answer: Batch, to batch: Batch, in configuration: Configuration
  ) -> Readings? { nil }

  /// Elements of the input that takes the most beats; the most that fit through its pins in a
  /// cycle.
  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    var work = Work(0, .elements, peakPerCycle: 1)
    var most = 0
    for stream in (try? interface(in: configuration))?.streams ?? [] {
      for field in stream.fields {
        guard case .array(let name) = field.content, let item = batch.items[name] else { continue }
        let beats = (item.values.count + field.lanes - 1) / field.lanes
        if beats > most {
          most = beats
          work = Work(item.values.count, .elements, peakPerCycle: field.lanes)
        }
      }
    }
    return work
  }
}

/// The source of a design without any: it answers nothing.
public struct NoGolden: GoldenSource {
  public init() {}
  public var version: String { "none" }

  public func answer(
    _ batch: Batch, interface: Interface, configuration: Configuration
  ) throws(BlockError) -> Batch {
    throw .external(
      block: configuration.name, reason: "\(ExternalError.noGolden)")
  }
}
