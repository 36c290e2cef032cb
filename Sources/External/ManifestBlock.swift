public import Blocks
public import Devices
public import Signals

/// A design that a manifest describes, as a block: arrays and pins come from its `streams`, answers from
/// elsewhere.
public struct ManifestBlock: Block {
  public let manifest: Manifest
  public var golden: any GoldenSource

  /// - Precondition: the manifest has `streams`.
  public init(_ manifest: Manifest, golden: any GoldenSource = NoGolden()) {
    precondition(manifest.wiring != nil, "the manifest of \(manifest.top) has no streams")
    self.manifest = manifest
    self.golden = golden
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

  public func interface(in configuration: Configuration) throws(BlockError) -> Interface {
    do {
      return try manifest.interface(in: configuration)
    } catch {
      throw .inconsistentParameters(block: name, reason: "\(error)")
    }
  }

  public func corners(in configuration: Configuration) -> [Batch] { [] }

  public func stimulus(seed: UInt64, index: Int, in configuration: Configuration) -> Batch {
    Batch(count: 0)
  }

  public func golden(_ batch: Batch, in configuration: Configuration) throws(BlockError) -> Batch {
    try golden.answer(
      batch, interface: interface(in: configuration), configuration: configuration)
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

  /// Elements of the outputs; the most that fit through their pins in a cycle.
  public func work(_ batch: Batch, in configuration: Configuration) -> Work {
    let outputs = (try? interface(in: configuration))?.outputs ?? []
    let elements = batch.items.values.map(\.values.count).max() ?? 0
    return Work(elements, .elements, peakPerCycle: outputs.map(\.dataLanes).max() ?? 1)
  }
}
