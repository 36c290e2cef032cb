public import Lockstep
public import Signals

/// What a search found, in all of a block's configurations.
public struct FuzzOutcome: Sendable, Codable {
  public var block: String
  /// The command that finds the same.
  public var command: String
  public var seed: UInt64
  /// What inputs were made of.
  public var generator = FuzzGenerator.structured
  /// What guided the search.
  public var feedback: [String]
  /// Why edges did not, though they were to; nil if they did.
  public var missingFeedback: String?
  /// One for each configuration that was searched.
  public var records: [FuzzRecord] = []
  /// The first thing that is wrong.
  public var find: FuzzFind?
  public var wasInterrupted = false
  public var seconds = Seconds()

  /// Wall time by what it was spent on.
  public struct Seconds: Sendable, Codable, Equatable {
    /// Waiting for devices.
    public var build = 0.0
    public var search = 0.0
    /// Looking into what was found.
    public var explaining = 0.0

    public init() {}
  }

  /// Nothing was found, and something was compared.
  public var agrees: Bool {
    find == nil && !wasInterrupted && deadly.isEmpty && elements > 0
  }

  public var executions: Int { records.reduce(0) { $0 + $1.executions } }
  public var transactions: Int { records.reduce(0) { $0 + $1.transactions } }
  public var elements: Int { records.reduce(0) { $0 + $1.elements } }
  public var cycles: Int { records.reduce(0) { $0 + $1.cycles } }
  /// Files with inputs under which the process died.
  public var deadly: [String] { records.flatMap(\.deadly) }
}

/// How the search in one configuration went.
public struct FuzzRecord: Sendable, Codable, Equatable {
  public var configuration: Configuration
  /// Simulations from reset.
  public var executions = 0
  public var transactions = 0
  /// Elements that were compared.
  public var elements = 0
  public var cycles = 0
  /// Groups of transactions of which something was left out, because the golden model refused it.
  public var restrained = 0
  /// Features that were met.
  public var features = 0
  /// Inputs that met something which none before them had met.
  public var corpus = 0
  /// The execution that met something new last.
  public var lastFind = 0
  /// Edges of the model's code, and those that were taken.
  public var edges = 0
  public var edgesTaken = 0
  public var groups: [Group] = []
  public var deadly: [String] = []

  public init(configuration: Configuration) { self.configuration = configuration }

  /// Bins of one kind.
  public struct Group: Sendable, Codable, Equatable {
    public var name: String
    public var bins: Int
    public var filled: Int

    public init(name: String, bins: Int, filled: Int = 0) {
      self.name = name
      self.bins = bins
      self.filled = filled
    }
  }
}

/// Something wrong that a search found.
public struct FuzzFind: Sendable, Codable {
  public var configuration: Configuration
  /// Inputs that had been executed over all configurations, and in this one, this input included.
  public var execution: Int
  public var executionInConfiguration: Int
  /// What the simulation showed.
  public var findings: [Finding]
  /// nil where nobody asked, or the device for it could not be built.
  public var explanation: Explanation?

  /// What heads a report: what outputs show, else what is seen inside.
  public var finding: Finding? {
    findings.first { if case .divergence = $0 { false } else { true } } ?? findings.first
  }
}
