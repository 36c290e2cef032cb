public import Blocks
public import Signals
import Vectors

/// The arrays of an `.npz` file as a block reads them: inputs and, where the file has them, expected
/// outputs.
///
/// Beside arrays of the block, a file may have for any of them the real value of one code, `<name>.scale`,
/// and what it approximates, `<name>.real`. Settings that the file leaves out are derived from the scales.
public struct VectorFile: Sendable {
  public let path: String
  public let batch: Batch
  /// The outputs that the file gives, whole arrays by name; empty for inputs alone.
  public let expected: [String: Tensor]
  /// The real numbers that outputs and taps approximate, by name, in C order; empty without.
  public let reals: [String: [Double]]
  /// For arrays that hold the values of all transactions one after the other, `<name>.lengths`.
  public let lengths: [String: [Int]]
  private let interface: Interface

  /// - Parameters:
  ///   - scales: real scales, from which settings that the file leaves out are derived; they go before
  ///     those of the file.
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
    var reals: [String: [Double]] = [:]
    var lengths: [String: [Int]] = [:]
    let given = scales
    var scales = scales
    for name in archive.names {
      if let array = VectorFile.array(name, suffix: ".lengths") {
        lengths[array] = try archive.tensor(name).values.map { Int($0) }
        continue
      }
      if let array = VectorFile.array(name, suffix: ".scale") {
        let scale = try archive.reals(name)
        if scales[array] == nil, scale.count == 1 { scales[array] = scale[0] }
        continue
      }
      if let array = VectorFile.array(name, suffix: ".real") {
        reals[array] = try archive.reals(name)
        continue
      }
      switch interface.array(name)?.role {
      case .input, .derived, nil: inputs[name] = try archive.tensor(name)
      case .output, .tap: expected[name] = try archive.tensor(name)
      }
    }
    if !scales.isEmpty {
      let derived = try VectorFile.settings(
        of: block, from: scales, isRequired: !given.isEmpty, in: configuration)
      inputs.merge(derived) { inFile, _ in inFile }
    }
    batch = try Batch(arrays: inputs, interface: interface, scales: scales, lengths: lengths)
    self.expected = try Batch.flattened(expected, lengths, interface)
    self.lengths = lengths
    self.reals = reals
  }

  /// Settings from scales; none of a block that derives none, unless they are required.
  private static func settings(
    of block: any Block, from scales: [String: Double], isRequired: Bool,
    in configuration: Configuration
  ) throws(BlockError) -> [String: Tensor] {
    do throws(BlockError) {
      return try block.settings(from: scales, in: configuration)
    } catch {
      // The scales of the file are for its real values only.
      if case .noSettings = error, !isRequired { return [:] }
      throw error
    }
  }

  /// The array that a member with `suffix` is about; nil for a member without.
  private static func array(_ member: String, suffix: String) -> String? {
    member.hasSuffix(suffix) ? String(member.dropLast(suffix.count)) : nil
  }

  /// The outputs of the file as the answer to its inputs; nil where it lacks one.
  ///
  /// - Throws: `SignalError` for an output with another number of transactions than the inputs.
  public func answer() throws(SignalError) -> Batch? {
    var items: [String: RaggedTensor] = [:]
    for array in interface.arrays where array.role == .output {
      guard let tensor = expected[array.name] else { return nil }
      let count = lengths[array.name]?.count ?? tensor.shape.first ?? 0
      guard count == batch.count else {
        throw .wrongExtent(
          array: array.name, axis: array.axes.first ?? "T", expected: batch.count, found: count)
      }
      if let bad = tensor.values.firstIndex(where: { !array.format.range.contains($0) }) {
        throw .valueOutOfRange(
          array: array.name, index: tensor.index(of: bad), value: tensor.values[bad],
          range: array.format.range)
      }
      if let rows = lengths[array.name] {
        guard rows.reduce(0, +) == tensor.values.count else {
          throw .unequalLengths(array: array.name)
        }
        items[array.name] = RaggedTensor(rows: rows, values: tensor.values)
      } else {
        items[array.name] = RaggedTensor(
          count: count, shape: Array(tensor.shape.dropFirst()), values: tensor.values)
      }
    }
    return Batch(count: batch.count, items: items)
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
  /// How far golden's outputs and taps are from the real values of the file, in the order of the interface.
  ///
  /// - Throws: ``LockstepError/realValues(path:array:reason:)`` for real values of an array that the block
  ///   does not answer, in another number, or without a scale; errors of the golden model.
  public func errors(
    of block: any Block, in configuration: Configuration
  ) throws -> [RealError] {
    guard !reals.isEmpty else { return [] }
    let answer = try block.golden(batch, in: configuration)
    let known = interface.arrays.filter { answer.items[$0.name] != nil }
    for name in reals.keys.sorted() where !known.contains(where: { $0.name == name }) {
      throw LockstepError.realValues(
        path: path, array: name, reason: "\(block.name) has no output or tap of that name")
    }
    return try known.compactMap { specification in
      let name = specification.name
      guard let real = reals[name], let codes = answer.items[name] else { return nil }
      guard let scale = batch.scales[name] else {
        throw LockstepError.realValues(
          path: path, array: name, reason: "the file has no \(name).scale")
      }
      guard codes.values.count == real.count else {
        throw LockstepError.realValues(
          path: path, array: name,
          reason: "there are \(real.count) of them for \(codes.values.count) elements")
      }
      return RealError(name, codes.values, scale: scale, real)
    }
  }

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
