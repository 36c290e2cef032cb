/// Why a device or its manifest could not be used. A mismatch or a failed assertion is not an error.
public enum DeviceError: Error, Sendable, Hashable {
  /// The dynamic loader refused the file.
  case cannotOpen(path: String, reason: String)
  /// A shared library, but not a device.
  case notADevice(path: String)
  /// A device of another ABI version.
  case wrongVersion(path: String, expected: Int, found: Int)
  /// The right version, but a structure of another size: a library built with a changed header.
  case wrongLayout(path: String, structure: String, expected: Int, found: Int)
  /// The device did not make an instance.
  case cannotCreate(device: String, reason: String)
  case noPort(device: String, name: String, direction: PortDirection?, known: [String])
  case wrongDirection(device: String, port: PortDescription, expected: PortDirection)
  case wrongWidth(device: String, port: PortDescription, expected: Int)
  /// A port of which the fields of a manifest mean only some bits.
  case partlyCovered(device: String, port: PortDescription, covered: Int)
  /// The library was built without waveforms.
  case noTrace(device: String)
  case cannotTrace(path: String, reason: String)
  /// A manifest that cannot be used; `line` from 1 where there is one.
  case manifest(file: String, line: Int?, ManifestProblem)
}

/// What is wrong with a manifest.
public enum ManifestProblem: Sendable, Hashable {
  case unreadable(reason: String)
  case syntax(String)
  case unknownKey(String, known: [String])
  case missingKey(String)
  case repeatedKey(String)
  /// A value of the wrong kind: `sources` is "x.sv" where a list of file names is expected.
  case wrongValue(key: String, expected: String, found: String)
  case missingFile(key: String, path: String)
  case missingParameter(String, configuration: String, other: String)
  case flagNotAllowed(String, allowed: [String])
  case unknownConfiguration(String, known: [String])
  /// A word that must be one of some.
  case unknownWord(String, key: String, known: [String])
  /// An expression that names a parameter which no configuration sets.
  case unknownParameter(String, key: String, known: [String])
  /// What a handshake needs and a stream does not have.
  case handshake(String, stream: String, direction: String, missing: String)
  /// Things that exclude each other, in words.
  case contradiction(String)
}
