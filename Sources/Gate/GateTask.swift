public import Lockstep
public import Signals

/// One thing that a gate does and gives a verdict on: a check of one block, mostly in one configuration.
public struct GateTask: Sendable, Hashable, Codable {
  public var block: String
  /// Nil for what needs no device.
  public var configuration: Configuration?
  public var check: Check

  public init(block: String, configuration: Configuration?, check: Check) {
    self.block = block
    self.configuration = configuration
    self.check = check
  }

  /// `ibert_softmax/default/verify seed 1`: the same for the same task in every run and report.
  public var id: String { "\(block)/\(configuration?.name ?? "-")/\(check.name)" }

  /// What devices and shards are divided by: tasks of one group share a device.
  public var group: String { "\(block)/\(configuration?.name ?? "-")" }
}

/// What is checked.
public enum Check: Sendable, Hashable, Codable {
  /// That the block has a manifest, or the manifest a block, and what the plan wants of both.
  case presence
  /// That the files of vectors are those whose fingerprints are committed.
  case fingerprints
  /// Corners and random transactions, RTL against golden model.
  case verify(seed: UInt64, count: Int, profiles: [StallProfile])
  /// The transactions of a file; its path below the project's folder.
  case vectors(path: String)
  /// A bundle that was kept as a test; its path below the project's folder.
  case regression(path: String)
  /// The fixed workload of budgets, held against the budget of the manifest.
  case cycles
  /// The golden model against its stated bound.
  case accuracy
  /// Every value of a scalar unit's input.
  case sweep(sets: Int, limit: Int)
  /// Answers to related inputs must fit each other, in golden model and RTL.
  case relations(count: Int)
  /// A search for an input at which RTL and golden model differ, of so many inputs.
  case fuzz(seed: UInt64, count: Int)
  /// The share of changes to the RTL that verification notices: at least `score`.
  case mutation(limit: Int?, count: Int, score: Double)
  /// The share of RTL lines that corners and random transactions reach: at least `lines`.
  case coverage(count: Int, lines: Double)

  /// The kind alone.
  public var kind: String {
    switch self {
    case .presence: "presence"
    case .fingerprints: "fingerprints"
    case .verify: "verify"
    case .vectors: "vectors"
    case .regression: "regression"
    case .cycles: "cycles"
    case .accuracy: "accuracy"
    case .sweep: "sweep"
    case .relations: "relations"
    case .fuzz: "fuzz"
    case .mutation: "mutation"
    case .coverage: "coverage"
    }
  }

  /// The kind, with what tells checks of one kind apart.
  public var name: String {
    switch self {
    case .verify(let seed, _, _): "verify seed \(seed)"
    case .vectors(let path), .regression(let path):
      "\(kind) \(path.split(separator: "/").last.map(String.init) ?? path)"
    default: kind
    }
  }

  /// Looks at files only: done in a moment, and done always.
  public var isStatic: Bool { self == .presence || self == .fingerprints }

  /// Whether it runs a device.
  public var needsDevice: Bool { !isStatic && self != .accuracy }
}
