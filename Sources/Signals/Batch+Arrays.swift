extension Batch {
  /// Makes a batch of whole named arrays, as they stand in a file.
  ///
  /// - Parameters:
  ///   - arrays: every input array without default; shapes as the interface names the axes.
  ///   - interface: which arrays there are, and which axis separates transactions.
  ///   - scales: real scales by array name, passed on.
  ///   - lengths: for arrays that hold the values of all transactions one after the other, the number of
  ///     each.
  /// - Throws: ``SignalError`` for a missing or unknown array, a wrong rank, extents that do not agree,
  ///   an empty array, and a value outside the array's range, naming its index.
  public init(
    arrays: [String: Tensor], interface: Interface, scales: [String: Double] = [:],
    lengths: [String: [Int]] = [:]
  ) throws(SignalError) {
    let arrays = try Batch.flattened(arrays, lengths, interface)
    let inputs = interface.arrays.filter { $0.role == .input }
    for name in arrays.keys.sorted() where !inputs.contains(where: { $0.name == name }) {
      throw .unknownArray(name, known: inputs.map(\.name))
    }
    var extents: [String: Int] = [:]
    for specification in inputs {
      guard let tensor = arrays[specification.name] else {
        guard specification.defaultValue != nil else {
          throw .missingArray(specification.name, known: inputs.map(\.name))
        }
        continue
      }
      if let rows = lengths[specification.name] {
        try Batch.check(tensor, rows, specification, extents: &extents)
      } else {
        try Batch.check(tensor, specification, extents: &extents)
      }
    }
    let cutter = Cutter(interface: interface, extents: extents)
    self.init(count: cutter.count, scales: scales)
    for specification in inputs {
      let tensor = arrays[specification.name] ?? Tensor(specification.defaultValue ?? 0)
      if let rows = lengths[specification.name] {
        items[specification.name] = RaggedTensor(rows: rows, values: tensor.values)
        continue
      }
      let isShared =
        tensor.shape.isEmpty
        || specification.allowsShared && tensor.shape.count < specification.axes.count
      if interface.isPerTransaction(specification) && !isShared {
        items[specification.name] = cutter.cut(tensor)
      } else {
        shared[specification.name] = tensor
      }
    }
  }

  /// The arrays of one role put together again, as they stand in a file.
  ///
  /// - Throws: ``SignalError/unequalLengths(array:)`` if transactions differ in shape and the interface
  ///   does not chain them along one axis.
  public func arrays(
    _ roles: Set<ArraySpecification.Role>, interface: Interface
  ) throws(SignalError) -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for specification in interface.arrays where roles.contains(specification.role) {
      if let tensor = shared[specification.name] {
        result[specification.name] = tensor
      } else if let item = items[specification.name] {
        result[specification.name] = try Batch.join(item, specification, interface.batching)
      }
    }
    return result
  }

  /// Arrays without more axes than they have: the inner ones of those that may have more become one.
  public static func flattened(
    _ arrays: [String: Tensor], _ lengths: [String: [Int]], _ interface: Interface
  ) throws(SignalError) -> [String: Tensor] {
    var result = arrays
    for (name, tensor) in arrays {
      guard let specification = interface.array(name), specification.isFlat == true,
        lengths[name] == nil, let first = tensor.shape.first, first > 0,
        tensor.shape.count != specification.axes.count
      else { continue }
      let rest = tensor.values.count / first
      guard specification.axes.count == 2 || rest == 1 else { continue }
      result[name] = Tensor(
        shape: specification.axes.count == 2 ? [first, rest] : [first], values: tensor.values)
    }
    return result
  }

  /// Rows one after the other.
  private static func check(
    _ tensor: Tensor, _ rows: [Int], _ specification: ArraySpecification,
    extents: inout [String: Int]
  ) throws(SignalError) {
    guard specification.axes.count == 2, tensor.shape.count == 1,
      rows.allSatisfy({ $0 >= 1 }), rows.reduce(0, +) == tensor.values.count
    else { throw .unequalLengths(array: specification.name) }
    let axis = specification.axes[0]
    if let known = extents[axis], known != rows.count {
      throw .wrongExtent(
        array: specification.name, axis: axis, expected: known, found: rows.count)
    }
    extents[axis] = rows.count
    try checkRange(tensor, specification)
  }

  private static func check(
    _ tensor: Tensor, _ specification: ArraySpecification, extents: inout [String: Int]
  ) throws(SignalError) {
    let name = specification.name
    if !(tensor.shape.isEmpty && (specification.allowsScalar || specification.axes.isEmpty)) {
      let isLoneScalar = specification.axes.isEmpty && tensor.values.count == 1
      let isShared =
        specification.allowsShared && tensor.shape.count == specification.axes.count - 1
      let axes = isShared ? Array(specification.axes.dropFirst()) : specification.axes
      guard isLoneScalar || tensor.shape.count == axes.count else {
        throw .wrongRank(array: name, expected: specification.axes, found: tensor.shape)
      }
      for (axis, extent) in zip(axes, tensor.shape) {
        if let known = extents[axis], known != extent {
          throw .wrongExtent(array: name, axis: axis, expected: known, found: extent)
        }
        extents[axis] = extent
      }
      guard !tensor.values.isEmpty || specification.allowsEmpty else { throw .empty(array: name) }
    }
    try checkRange(tensor, specification)
  }

  private static func checkRange(
    _ tensor: Tensor, _ specification: ArraySpecification
  ) throws(SignalError) {
    let range = specification.range
    if let bad = tensor.values.firstIndex(where: { !range.contains($0) }) {
      throw .valueOutOfRange(
        array: specification.name, index: tensor.index(of: bad), value: tensor.values[bad],
        range: range)
    }
  }

  private static func join(
    _ item: RaggedTensor, _ specification: ArraySpecification, _ batching: Batching
  ) throws(SignalError) -> Tensor {
    switch batching {
    case .chunks:
      return Tensor(item.values)
    case .whole:
      guard item.count == 1 else { throw .unequalLengths(array: specification.name) }
      return item[0]
    case .leading:
      guard item.count > 0 else { return Tensor(shape: [0], values: []) }
      let shape = item.shape(of: 0)
      for index in 1..<max(item.count, 1) where item.shape(of: index) != shape {
        throw .unequalLengths(array: specification.name)
      }
      return Tensor(shape: [item.count] + shape, values: item.values)
    }
  }
}

extension Tensor {
  /// The index, axis by axis, of the value at `position` of the storage.
  public func index(of position: Int) -> [Int] {
    var rest = position
    var index: [Int] = []
    for extent in shape.reversed() {
      index.insert(rest % extent, at: 0)
      rest /= extent
    }
    return index
  }
}

/// Cuts whole arrays into transactions.
private struct Cutter {
  let batching: Batching
  let count: Int
  private let total: Int

  init(interface: Interface, extents: [String: Int]) {
    batching = interface.batching
    switch batching {
    case .leading(let axis):
      count = extents[axis] ?? 1
      total = count
    case .chunks(let axis, let size):
      total = extents[axis] ?? 1
      count = (total + size - 1) / size
    case .whole:
      count = 1
      total = 1
    }
  }

  func cut(_ tensor: Tensor) -> RaggedTensor {
    switch batching {
    case .leading:
      return RaggedTensor(
        count: count, shape: Array(tensor.shape.dropFirst()), values: tensor.values)
    case .chunks(_, let size):
      let lengths = (0..<count).map { min(size, total - $0 * size) }
      return RaggedTensor(rows: lengths, values: tensor.values)
    case .whole:
      return RaggedTensor(count: 1, shape: tensor.shape, values: tensor.values)
    }
  }
}
