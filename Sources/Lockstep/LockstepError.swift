/// Why lockstep could not be run.
public enum LockstepError: Error, Sendable, Equatable {
  /// A manifest that names no clock: there is nothing to step.
  case noClock(device: String)
  /// A pin of the device that no stream, setting, clock or reset of the block accounts for.
  case unconnectedInput(device: String, port: String)
  /// Real values of a file that do not fit the golden answer.
  case realValues(path: String, array: String, reason: String)
}

extension LockstepError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noClock(let device):
      "connecting '\(device)': its manifest says 'clock: none', but lockstep counts clock cycles"
    case .unconnectedInput(let device, let port):
      "connecting '\(device)': nothing drives its input '\(port)'. Give the RTL the ports that "
        + "`cosim describe \(device)` lists, or remove it."
    case .realValues(let path, let array, let reason):
      "comparing golden answers with \(array).real of '\(path)': \(reason)"
    }
  }
}
