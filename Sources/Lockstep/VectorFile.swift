public import Blocks
public import Signals
import Vectors

/// The arrays of an `.npz` file as a block reads them: inputs and, where the file has them, expected
/// outputs.
public struct VectorFile: Sendable {
  public let path: String
  public let batch: Batch
  /// The outputs that the file gives, whole arrays by name; empty for inputs alone.
  public let expected: [String: Tensor]
  private let interface: Interface

  /// - Parameters:
  ///   - scales: real scales, from which settings that the file leaves out are derived.
  /// - Throws: `VectorError` for a file that cannot be read or an array that is no array of integers,
  ///   `SignalError` for arrays that do not fit the block, and `BlockError` for scales that give no
  ///   settings.
  public init(
    path: String, block: any Block, configuration: Configuration, scales: [String: Double] = [:]
  ) throws {
    self.path = path
    interface = try block.interface(in: configuration)
    let archive = try NPZArchive(path: path)
    var inputs: [String: Tensor] = [:]
    var expected: [String: Tensor] = [:]
    for name in archive.names {
      switch interface.array(name)?.role {
      case .input, .derived, nil: inputs[name] = try archive.tensor(name)
      case .output, .tap: expected[name] = try archive.tensor(name)
      }
    }
    if !scales.isEmpty {
      let derived = try block.settings(from: scales, in: configuration)
      inputs.merge(derived) { given, _ in given }
    }
    batch = try Batch(arrays: inputs, interface: interface, scales: scales)
    self.expected = expected
  }

  /// The golden answer with the outputs of the file in place of golden's, and where the two differ.
  ///
  /// - Throws: `SignalError` for an expected array of another shape than golden's answer, or with a
  ///   value that its field cannot hold; errors of the golden model.
  public func held(
    against block: any Block, in configuration: Configuration
  ) throws -> (expected: Batch, findings: [Finding]) {
    var answer = try block.golden(batch, in: configuration)
    let arrays = try answer.arrays([.output, .tap], interface: interface)
    var findings: [Finding] = []
    for (name, tensor) in expected.sorted(by: { $0.key < $1.key }) {
      guard let specification = interface.array(name), let golden = arrays[name] else { continue }
      guard golden.shape == tensor.shape else {
        throw SignalError.wrongRank(
          array: name, expected: golden.shape.map(String.init), found: tensor.shape)
      }
      let range = specification.format.range
      if let bad = tensor.values.firstIndex(where: { !range.contains($0) }) {
        throw SignalError.valueOutOfRange(
          array: name, index: tensor.index(of: bad), value: tensor.values[bad], range: range)
      }
      let differing = zip(golden.values, tensor.values).enumerated().filter { $1.0 != $1.1 }
      if let first = differing.first {
        findings.append(
          .goldenMismatch(
            GoldenMismatch(
              array: name, index: golden.index(of: first.offset), expected: first.element.1,
              golden: first.element.0, differing: differing.count)))
      }
      if answer.items[name] != nil {
        answer.items[name]?.values = tensor.values
      } else {
        answer.shared[name] = tensor
      }
    }
    return (answer, findings)
  }
}

extension VectorFile {
  /// Writes arrays of a block, each with the smallest NumPy type that holds its format, in the order of
  /// the interface. The file appears whole or not at all.
  ///
  /// - Throws: `VectorError` if it cannot be written.
  public static func write(
    _ arrays: [String: Tensor], interface: Interface, to path: String
  ) throws {
    var members: [NPZMember] = []
    for specification in interface.arrays {
      guard let tensor = arrays[specification.name] else { continue }
      members.append(
        try NPZMember(specification.name, tensor, as: NPYType(specification.format)))
    }
    try NPZArchive.write(members, to: path)
  }
}
