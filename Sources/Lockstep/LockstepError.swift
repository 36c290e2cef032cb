public import Devices

/// Why lockstep could not be run.
public enum LockstepError: Error, Sendable, Equatable {
  /// A manifest that names no clock: there is nothing to step.
  case noClock(device: String)
  /// A pin of the block that the device does not have; `unused` are its ports that no pin of the block
  /// is called after.
  case missingPort(device: String, port: String, direction: PortDirection, unused: [String])
  /// A tap of the manifest that no array of the golden model's answer is called after.
  case unknownTap(device: String, tap: String, known: [String])
  /// A tap's order that the block does not have.
  case unknownOrder(device: String, tap: String, order: String, known: [String])
  /// The lanes of a tap are a parameter that is not one, or is not positive.
  case tapLanes(device: String, tap: String, parameter: String)
  /// A tap's signal that cannot be cut into lanes of 1 to 64 bits.
  case tapWidth(device: String, tap: String, signal: String, bits: Int, lanes: Int)
  /// A signal beside a tap that is not as wide as it has to be.
  case tapMark(device: String, tap: String, signal: String, expected: Int, found: Int)
  /// A stage of the manifest whose signal is wider than one bit.
  case stageSignal(stage: String, signal: String, found: Int)
  /// A pin of the device that no stream, setting, clock or reset of the block accounts for.
  case unconnectedInput(device: String, port: String)
  /// The same of a design that a manifest describes.
  case unconnectedForeignInput(device: String, port: String, manifest: String)
  /// A port that both sides drive.
  case bidirectionalPort(device: String, port: String)
  /// A register write that the device never acknowledged.
  case noAcknowledge(device: String, register: Int, cycles: Int)
  /// An answer, given element by element, with more or fewer elements than the transaction has.
  case answerCount(block: String, array: String, transaction: Int, expected: Int, found: Int)
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
    case .unknownTap(let device, let tap, let known):
      "comparing the taps of '\(device)': its golden model has no intermediate value '\(tap)'"
        + Nearest.hint(for: tap, among: known, otherwise: "; it has")
    case .unknownOrder(let device, let tap, let order, let known):
      "comparing the tap '\(tap)' of '\(device)': its block has no order '\(order)'"
        + Nearest.hint(for: order, among: known, otherwise: "; it has")
    case .tapLanes(let device, let tap, let parameter):
      "comparing the tap '\(tap)' of '\(device)': its lanes are '\(parameter)', which is no parameter of"
        + " at least 1"
    case .tapWidth(let device, let tap, let signal, let bits, let lanes):
      "comparing the tap '\(tap)' of '\(device)': '\(signal)' has \(bits) bits, which are not \(lanes)"
        + " lanes of 1 to 64 bits; say how many it has with 'lanes' in the manifest"
    case .tapMark(let device, let tap, let signal, let expected, let found):
      "comparing the tap '\(tap)' of '\(device)': '\(signal)' has \(found) bits, but \(expected) "
        + "\(expected == 1 ? "is" : "are") needed"
    case .stageSignal(let stage, let signal, let found):
      "counting the cycles of the stage '\(stage)': '\(signal)' has \(found) bits, but 1 is needed"
    case .unconnectedInput(let device, let port):
      "connecting '\(device)': nothing drives its input '\(port)'. Give the RTL the ports that "
        + "`cosim describe \(device)` lists, or remove it."
    case .unconnectedForeignInput(let device, let port, let manifest):
      "connecting '\(device)': nothing drives its input '\(port)'. Name it in \(manifest): as a clock, a "
        + "reset, a setting, a part of a stream, or with a value under 'ties'."
    case .bidirectionalPort(let device, let port):
      "connecting '\(device)': its port '\(port)' is inout, and a simulation of two states cannot tell who "
        + "drives it. Wrap the design in a module with an input, an output and an enable in its place."
    case .noAcknowledge(let device, let register, let cycles):
      "writing register 0x\(String(register, radix: 16)) of '\(device)': no acknowledgement for \(cycles) "
        + "cycles"
    case .answerCount(let block, let array, let transaction, let expected, let found):
      "comparing the answers of '\(block)': its golden model gives \(found) elements of '\(array)' in "
        + "transaction \(transaction), which has \(expected) elements"
    case .realValues(let path, let array, let reason):
      "comparing golden answers with \(array).real of '\(path)': \(reason)"
    }
  }
}
