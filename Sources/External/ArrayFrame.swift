import Signals
import Vectors

/// The transactions of a batch as arrays of an `.npz` archive, and back.
///
/// An array of which each transaction has its own stands as all values one after the other, in C
/// order,
/// beside `<array>.lengths`, its elements in each transaction, or, where it has not one axis,
/// beside
/// `<array>.shape` with a row of extents for each. An array that the transactions share stands as
/// it is.
struct ArrayFrame {
  /// Where an answer comes from, for messages.
  let source: String

  /// Names of arrays that are not the block's begin like this.
  static let prefix = "cosim."
  /// Of requests and answers; that of `cosim_golden.py`.
  static let protocolNumber = 1
  private static let lengths = ".lengths"
  private static let shape = ".shape"

  /// The members of a request.
  static func members(
    of batch: Batch, interface: Interface, configuration: Configuration
  ) throws(VectorError) -> [NPZMember] {
    var members = [
      try NPZMember(prefix + "protocol", Tensor(Int64(protocolNumber)), as: .int64),
      try NPZMember(prefix + "count", Tensor(Int64(batch.count)), as: .int64),
    ]
    for (name, value) in configuration.values.sorted(by: { $0.key < $1.key }) {
      members.append(
        try NPZMember(prefix + "parameters." + name, Tensor(Int64(value)), as: .int64))
    }
    for specification in interface.arrays where specification.role == .input {
      let name = specification.name
      let type = NPYType(specification.format)
      if let tensor = batch.shared[name] {
        members.append(try NPZMember(name, tensor, as: type))
      } else if let item = batch.items[name] {
        members.append(try NPZMember(name, Tensor(item.values), as: type))
        let extents = Tensor(
          shape: item.rank == 1 ? [item.count] : [item.count, item.rank],
          values: item.extents.map(Int64.init))
        members.append(
          try NPZMember(name + (item.rank == 1 ? lengths : shape), extents, as: .int64))
      }
    }
    return members
  }

  /// The outputs and taps in an archive, an item a transaction.
  ///
  /// - Throws: ``ExternalError`` for what is missing, unknown, of another number or shape, real,
  /// or does
  ///   not fit its pins; ``VectorError`` for a damaged archive.
  func answer(
    _ archive: NPZArchive, count: Int, interface: Interface
  ) throws -> Batch {
    let known = interface.arrays.filter { $0.role == .output || $0.role == .tap }
    let names = archive.names.filter {
      !$0.hasPrefix(ArrayFrame.prefix) && !$0.hasSuffix(ArrayFrame.shape)
        && !$0.hasSuffix(ArrayFrame.lengths)
    }
    for name in names where !known.contains(where: { $0.name == name }) {
      throw ExternalError.unknownArray(name, known: known.map(\.name), from: source)
    }
    var batch = Batch(count: count)
    for specification in known {
      let name = specification.name
      guard names.contains(name) else {
        if specification.role == .tap { continue }
        throw ExternalError.missingOutput(name, found: names, from: source)
      }
      let item = try fitted(items(name, archive, count: count), specification, interface)
      try check(item, specification)
      batch.items[name] = item
    }
    return batch
  }

  /// The items of one array: with `<array>.lengths` or `<array>.shape`, or along its first axis.
  func items(_ name: String, _ archive: NPZArchive, count: Int?) throws -> RaggedTensor {
    let array = try archive.array(name)
    if let type = array.type, type.isReal {
      throw ExternalError.reals(array: name, type: "\(type)", from: source)
    }
    let tensor = try array.tensor()
    let extents = [ArrayFrame.lengths, ArrayFrame.shape].first { archive.contains(name + $0) }
    let item =
      if let extents {
        try ragged(name, tensor.values, extents, archive.tensor(name + extents))
      } else {
        try stacked(name, tensor)
      }
    if let count, item.count != count {
      throw ExternalError.wrongCount(array: name, expected: count, found: item.count, from: source)
    }
    return item
  }

  private func stacked(_ name: String, _ tensor: Tensor) throws(ExternalError) -> RaggedTensor {
    guard let count = tensor.shape.first else {
      throw .wrongShape(
        array: name, reason: "it is a scalar, without an axis of transactions", from: source)
    }
    return RaggedTensor(
      count: count, shape: Array(tensor.shape.dropFirst()), values: tensor.values)
  }

  private func ragged(
    _ name: String, _ values: [Int64], _ member: String, _ shapes: Tensor
  ) throws(ExternalError) -> RaggedTensor {
    func wrong(_ reason: String) -> ExternalError {
      .wrongShape(array: name, reason: name + member + " " + reason, from: source)
    }
    guard shapes.shape.count == (member == ArrayFrame.lengths ? 1 : 2) else {
      throw wrong("must have a number, or a row of numbers, for each transaction")
    }
    let (count, rank) = (shapes.shape[0], shapes.shape.count == 1 ? 1 : shapes.shape[1])
    guard shapes.values.allSatisfy({ $0 >= 0 && $0 <= values.count }) else {
      throw wrong("holds extents beyond the \(values.count) values")
    }
    let extents = shapes.values.map { Int($0) }
    var total = 0
    for index in 0..<count {
      total += extents[index * rank..<(index + 1) * rank].reduce(1, *)
    }
    guard total == values.count else {
      throw wrong("adds up to \(total) values, but there are \(values.count)")
    }
    if rank == 0 { return RaggedTensor(count: count, shape: [], values: values) }
    return RaggedTensor(rank: rank, extents: extents, values: values)
  }

  /// The items with the axes of their array: a matrix that crosses as one row is flattened, and a
  /// row of
  /// one element is a scalar.
  private func fitted(
    _ item: RaggedTensor, _ specification: ArraySpecification, _ interface: Interface
  ) throws(ExternalError) -> RaggedTensor {
    let rank = interface.rank(of: specification)
    let lengths = (0..<item.count).map { item.range(of: $0).count }
    if item.rank == rank { return item }
    if rank == 1 { return RaggedTensor(rows: lengths, values: item.values) }
    if rank == 0 && lengths.allSatisfy({ $0 == 1 }) {
      return RaggedTensor(count: item.count, shape: [], values: item.values)
    }
    throw .wrongShape(
      array: specification.name,
      reason: "a transaction has \(item.rank) axes, but the array is "
        + "[\(specification.axes.joined(separator: ", "))]", from: source)
  }

  private func check(
    _ item: RaggedTensor, _ specification: ArraySpecification
  ) throws(ExternalError) {
    let range = specification.format.range
    guard let bad = item.values.firstIndex(where: { !range.contains($0) }) else { return }
    let transaction = (item.offsets.firstIndex { $0 > bad } ?? 1) - 1
    throw .outOfRange(
      array: specification.name, transaction: transaction, element: bad - item.offsets[transaction],
      value: item.values[bad], format: specification.format, from: source)
  }
}

extension Interface {
  /// Axes of an array within one transaction.
  func rank(of array: ArraySpecification) -> Int {
    guard case .leading(let axis) = batching, array.axes.first == axis else {
      return array.axes.count
    }
    return array.axes.count - 1
  }
}
