/// Why a bundle cannot be used.
public enum BundleError: Error, Sendable, Equatable {
  case cannotWrite(path: String, reason: String)
  /// A file that can be read but holds no failure.
  case notABundle(path: String)
  case damaged(path: String, reason: String)
  case version(path: String, found: Int, known: Int)
  /// What it was made with is not what is here, so that a replay would prove nothing.
  case otherFingerprints(path: String, differences: [FingerprintDifference])
}

/// One thing that has changed since a bundle was written.
public struct FingerprintDifference: Sendable, Hashable, Codable {
  public enum Subject: String, Sendable, Hashable, Codable {
    /// RTL, parameters, tools or flags. What one wants after a fix.
    case device
    case simulator
    /// Pins or arrays of the block.
    case interface
    /// The golden model's answer.
    case golden
    /// The harness.
    case tool
  }

  public var subject: Subject
  public var recorded: String
  public var found: String

  public init(subject: Subject, recorded: String, found: String) {
    self.subject = subject
    self.recorded = recorded
    self.found = found
  }

  /// Whether a replay means something else than when the bundle was written.
  public var forbidsReplay: Bool { subject == .interface || subject == .golden }
}
