import CDevice

/// What the RTL, or its simulator, said was wrong: a value, not an error.
public struct DeviceFailure: Sendable, Hashable, Codable, CustomStringConvertible {
  public enum Kind: String, Sendable, Hashable, Codable {
    /// An assertion that does not hold, or `$error`; with Verilator 5.006 also `$fatal`.
    case assertion
    /// `$fatal`.
    case fatal
    /// `$stop`.
    case stop
    /// `$finish`.
    case finish
    /// The simulator could not go on; the device does nothing any more.
    case simulator
  }

  public var kind: Kind
  /// What the RTL said; empty for `$stop` and `$finish`.
  public var message: String
  /// Hierarchical name of the module instance or assertion: `top.stage.bounds`; empty if unknown.
  public var scope: String
  /// Source file, as the manifest names it; empty if unknown.
  public var file: String
  /// Line in `file`, from 1; 0 if unknown.
  public var line: Int
  /// ``Device/time`` when it happened.
  public var time: UInt64

  public init(
    kind: Kind, message: String, scope: String = "", file: String, line: Int, time: UInt64
  ) {
    self.kind = kind
    self.message = message
    self.scope = scope
    self.file = file
    self.line = line
    self.time = time
  }

  init(_ failure: cosim_failure) {
    self.init(
      kind: Kind(failure.kind), message: String(cString: failure.message),
      scope: String(cString: failure.scope),
      file: DeviceFailure.shortened(String(cString: failure.file)),
      line: Int(failure.line), time: failure.time)
  }

  /// `../common/../common/x.sv` as `../common/x.sv`: an include that names its own folder says it twice.
  static func shortened(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/", omittingEmptySubsequences: false) {
      if part == "..", let folder = parts.last, !folder.isEmpty, folder != "..", folder != "." {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    return parts.joined(separator: "/")
  }

  /// `softmax.sv:31: assertion failed in softmax.sum: the sum is zero`.
  public var description: String {
    let place = file.isEmpty ? "" : "\(file):\(line): "
    let what =
      switch kind {
      case .assertion: "assertion failed"
      case .fatal: "$fatal"
      case .stop: "$stop"
      case .finish: "$finish"
      case .simulator: "the simulator gave up"
      }
    return place + what + (scope.isEmpty ? "" : " in \(scope)")
      + (message.isEmpty ? "" : ": \(message)")
  }
}

extension DeviceFailure.Kind {
  fileprivate init(_ kind: UInt32) {
    self =
      switch Int(kind) {
      case COSIM_FAILURE_ASSERTION: .assertion
      case COSIM_FAILURE_FATAL: .fatal
      case COSIM_FAILURE_STOP: .stop
      case COSIM_FAILURE_FINISH: .finish
      default: .simulator
      }
  }
}
