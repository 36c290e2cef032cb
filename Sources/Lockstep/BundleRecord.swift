public import Devices
public import Signals

/// The text member of a bundle: all of it but the arrays.
public struct BundleRecord: Sendable, Codable {
  /// Version of this form.
  public var version = BundleRecord.current
  public var block: String
  /// The manifest that describes the design, where no block in Swift does.
  public var manifest: String?
  public var configuration: Configuration
  public var fingerprints: Fingerprints
  /// The command that found it.
  public var command: String
  /// Seed of the run that found it.
  public var seed: UInt64
  public var profile: StallProfile
  /// What the minimal case shows.
  public var finding: Finding
  public var minimal: CaseRecord
  public var original: CaseRecord

  /// The version that this program writes and reads.
  public static let current = 1
}

/// What a bundle was made with.
public struct Fingerprints: Sendable, Hashable, Codable {
  /// Version of the harness.
  public var tool: String
  /// Content key of the device: RTL, parameters, tools, flags.
  public var device: String
  public var simulator: String
  /// Checksum of the block's interface under the configuration.
  public var interface: String
  /// Checksum of the golden model's answer to the minimal case.
  public var golden: String

  public init(tool: String, device: String, simulator: String, interface: String, golden: String) {
    self.tool = tool
    self.device = device
    self.simulator = simulator
    self.interface = interface
    self.golden = golden
  }
}

/// A case without the values of its arrays, and what it shows.
public struct CaseRecord: Sendable, Codable {
  public struct Part: Sendable, Hashable, Codable {
    public var count: Int
    public var labels: [String]
    public var origins: [Int]
    public var filler: UInt64
    public var scales: [String: Double]
    /// Shape of each array that the transactions share.
    public var shared: [String: [Int]]
    /// Shapes of the others, one a transaction.
    public var items: [String: [[Int]]]
    /// Likewise for the answer that the caller wanted, where it is not the golden model's.
    public var expectedShared: [String: [Int]]?
    public var expectedItems: [String: [[Int]]]?
  }

  public var parts: [Part]
  public var stalls: StallPlan
  public var initialState: InitialState
  public var rehearsedBeats: Int?
  public var hangLimit: Int
  public var shard: Int
  public var size: CaseSize
  public var findings: [Finding]
}
