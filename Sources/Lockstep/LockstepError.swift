public import Devices

/// Why lockstep could not be run.
public enum LockstepError: Error, Sendable, Equatable {
  /// A manifest that names no clock: there is nothing to step.
  case noClock(device: String)
  /// A pin of the block that the device does not have; `unused` are its ports that no pin of the block
  /// is called after.
  case missingPort(device: String, port: String, direction: PortDirection, unused: [String])
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
    case .missingPort(let device, let port, let direction, let unused):
      "connecting '\(device)': it has no \(direction.rawValue) port '\(port)'"
        + (unused.isEmpty
          ? ""
          : "; nothing is connected to its \(direction.rawValue) "
            + unused.map { "'\($0)'" }.joined(separator: ", "))
        + ". `cosim describe \(device)` lists the ports that it needs."
    case .unconnectedInput(let device, let port):
      "connecting '\(device)': nothing drives its input '\(port)'. Give the RTL the ports that "
        + "`cosim describe \(device)` lists, or remove it."
    case .realValues(let path, let array, let reason):
      "comparing golden answers with \(array).real of '\(path)': \(reason)"
    }
  }
}
