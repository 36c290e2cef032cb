extension BundleError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotWrite(let path, let reason):
      "writing the bundle '\(path)': \(reason)"
    case .notABundle(let path):
      "'\(path)' is no bundle: it has no member '\(CaseBundle.member)'. `cosim verify` writes bundles "
        + "where a device disagrees."
    case .damaged(let path, let reason):
      "reading the bundle '\(path)': \(reason)"
    case .version(let path, let found, let known):
      "'\(path)' is a bundle of version \(found), but this cosim reads version \(known); replay it with "
        + "the cosim that wrote it, or run its verify command again"
    case .otherFingerprints(let path, let differences):
      "replaying '\(path)' would prove nothing: "
        + differences.map(\.sentence).joined(separator: "; ")
        + ". Replay it all the same with --force, or run its verify command again."
    }
  }

  /// Where in a JSON text something is wrong, and what.
  static func words(_ error: DecodingError) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
    }
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      return place(context)
    case .keyNotFound(let key, let context):
      return "'\(key.stringValue)' is missing in \(place(context))"
    @unknown default:
      return "\(error)"
    }
  }
}

extension FingerprintDifference {
  /// What has changed, in words.
  public var sentence: String {
    switch subject {
    case .device:
      "the device is another one (then \(recorded.prefix(12)), now \(found.prefix(12)))"
    case .simulator:
      "the simulator is another one (then \(recorded), now \(found))"
    case .interface:
      "the block's pins or arrays have changed (then \(recorded), now \(found))"
    case .golden:
      "the golden model answers otherwise (then \(recorded), now \(found))"
    case .tool:
      "cosim is another one (then \(recorded), now \(found))"
    }
  }
}
