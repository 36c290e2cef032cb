extension DeviceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotOpen(let path, let reason):
      "cannot load the device \(path): \(reason)"
    case .notADevice(let path):
      "\(path) is a shared library, but not a device: it does not export 'cosim_device_table'"
    case .wrongVersion(let path, let expected, let found):
      "the device \(path) was built for version \(found) of the device ABI, but this harness speaks"
        + " version \(expected); build the device again"
    case .wrongLayout(let path, let structure, let expected, let found):
      "the device \(path) was built with another cosim_device.h: \(structure) has \(found) bytes"
        + " there and \(expected) here; build the device again"
    case .cannotCreate(let device, let reason):
      "device '\(device)' cannot be created: \(reason)"
    case .noPort(let device, let name, let direction, let known):
      "device '\(device)' has no \(direction.map { "\($0.rawValue) " } ?? "")port '\(name)'"
        + Nearest.hint(for: name, among: known, otherwise: "; its ports are")
    case .wrongDirection(let device, let port, let expected):
      "port '\(port.name)' of device '\(device)' is an \(port.direction.rawValue), but an"
        + " \(expected.rawValue) is needed"
    case .wrongWidth(let device, let port, let expected):
      "port '\(port.name)' of device '\(device)' has \(DeviceError.width(of: port)), but"
        + " \(DeviceError.bits(expected)) \(expected == 1 ? "is" : "are") expected; do the parameters of block and device agree?"
    case .partlyCovered(let device, let port, let covered):
      "port '\(port.name)' of device '\(device)' has \(DeviceError.width(of: port)), of which the fields "
        + "of the manifest account for \(covered). Where lanes are padded, give them a 'pitch'; bits "
        + "without meaning are another field."
    case .noTrace(let device):
      "device '\(device)' was built without waveforms"
    case .cannotTrace(let path, let reason):
      "cannot write the waveform \(path): \(reason)"
    case .manifest(let file, let line, let problem):
      "\(file)\(line.map { ":\($0)" } ?? ""): \(problem)"
    }
  }

  private static func bits(_ count: Int) -> String { "\(count) \(count == 1 ? "bit" : "bits")" }

  private static func width(of port: PortDescription) -> String {
    port.extents.isEmpty
      ? bits(port.bits)
      : "\(port.elementCount) elements of \(bits(port.bits)) in "
        + "\(port.extents.count) unpacked dimension\(port.extents.count == 1 ? "" : "s")"
  }
}

extension ManifestProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let reason):
      "the manifest cannot be read: \(reason)"
    case .syntax(let reason):
      "not valid YAML: \(reason)"
    case .unknownKey(let key, let known):
      "unknown key '\(key)'" + Nearest.hint(for: key, among: known, otherwise: "; the keys are")
    case .missingKey(let key):
      "the key '\(key)' is missing"
    case .repeatedKey(let key):
      "the key '\(key)' stands here a second time"
    case .wrongValue(let key, let expected, let found):
      "'\(key)' must be \(expected), but is \(found)"
    case .missingFile(let key, let path):
      "'\(key)' names \(path), which does not exist"
    case .missingParameter(let parameter, let configuration, let other):
      "configuration '\(configuration)' says nothing about '\(parameter)', which '\(other)' sets;"
        + " every configuration sets the same parameters"
    case .flagNotAllowed(let flag, let allowed):
      "the Verilator flag '\(flag)' is not among those that a manifest may set: "
        + allowed.joined(separator: ", ")
    case .unknownConfiguration(let name, let known):
      "there is no configuration '\(name)'"
        + Nearest.hint(for: name, among: known, otherwise: "; the configurations are")
    case .unknownWord(let word, let key, let known):
      "'\(key)' names '\(word)', which there is not"
        + Nearest.hint(for: word, among: known, otherwise: "; there are")
    case .unknownParameter(let name, let key, let known):
      "'\(key)' depends on '\(name)', which no configuration sets"
        + Nearest.hint(for: name, among: known, otherwise: "; the parameters are")
    case .handshake(let handshake, let stream, let direction, let missing):
      "\(direction) '\(stream)' with the handshake \(handshake) needs '\(missing)'"
    case .contradiction(let reason):
      reason
    }
  }
}
