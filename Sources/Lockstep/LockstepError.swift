/// Why lockstep could not be run.
public enum LockstepError: Error, Sendable, Equatable {
  /// A pin of the device that no stream, setting, clock or reset of the block accounts for.
  case unconnectedInput(device: String, port: String)
}

extension LockstepError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unconnectedInput(let device, let port):
      "connecting '\(device)': nothing drives its input '\(port)'. Give the RTL the ports that "
        + "`cosim describe \(device)` lists, or remove it."
    }
  }
}
