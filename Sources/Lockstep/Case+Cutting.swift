import Signals

/// Smaller cases made of a case.
extension Case {
  /// One transaction of a case.
  struct Place: Hashable {
    var part: Int
    var transaction: Int
  }

  var places: [Place] {
    parts.enumerated().flatMap { part, content in
      (0..<content.batch.count).map { Place(part: part, transaction: $0) }
    }
  }

  /// Only these transactions, in the order given.
  ///
  /// - Precondition: `places` are in ascending order.
  func keeping(_ places: [Place]) -> Case {
    var result = self
    result.parts = []
    for (index, part) in parts.enumerated() {
      let kept = places.filter { $0.part == index }.map(\.transaction)
      if kept.isEmpty { continue }
      result.parts.append(
        Part(
          batch: part.batch.selecting(kept), expected: part.expected?.selecting(kept),
          filler: part.filler, origins: kept.map { part.origins[$0] }))
    }
    return result
  }

  /// An axis of a part, of one transaction or, where arrays that transactions share have it too, of all.
  struct Axis {
    var part: Int
    var name: String
    /// The transaction; nil for all.
    var transaction: Int?
    var extent: Int
  }

  /// The axes along which transactions can be made shorter: those of the arrays of which each
  /// transaction has its own. Tables keep their length.
  func axes(_ interface: Interface) -> [Axis] {
    parts.enumerated().flatMap { index, part -> [Axis] in
      part.expected == nil ? axes(of: index, interface) : []
    }
  }

  private func axes(of index: Int, _ interface: Interface) -> [Axis] {
    let batch = parts[index].batch
    var result: [Axis] = []
    var seen: Set<String> = []
    for specification in interface.arrays {
      guard let item = batch.items[specification.name] else { continue }
      for (position, name) in specification.axes.suffix(item.rank).enumerated()
      where seen.insert(name).inserted {
        let extents = (0..<batch.count).map { item.shape(of: $0)[position] }
        if batch.sharesAxis(name, interface) {
          guard Set(extents).count == 1 else { continue }
          result.append(Axis(part: index, name: name, transaction: nil, extent: extents[0]))
        } else {
          result += extents.enumerated().map {
            Axis(part: index, name: name, transaction: $0, extent: $1)
          }
        }
      }
    }
    return result
  }

  /// Only these positions of an axis, in every array that has it.
  func keeping(_ positions: [Int], of axis: Axis, _ interface: Interface) -> Case {
    var result = self
    result.parts[axis.part].batch = parts[axis.part].batch.keeping(positions, of: axis, interface)
    return result
  }

  /// With every value that a transaction has one of, and that may count what lies along a longer axis, no
  /// larger than what is left of it; nil where there is none.
  func lowering(_ axis: Axis, to extent: Int, _ interface: Interface) -> Case? {
    var result = self
    let batch = parts[axis.part].batch
    let larger = Int64(extent + 1)...Int64(max(axis.extent, extent + 1))
    for specification in interface.arrays where specification.role == .input {
      guard let item = batch.items[specification.name], item.rank == 0,
        specification.range.contains(Int64(extent))
      else { continue }
      for transaction in axis.transaction.map({ [$0] }) ?? Array(0..<batch.count)
      where larger.contains(item.values[transaction]) {
        result.parts[axis.part].batch.items[specification.name]?.values[transaction] =
          Int64(extent)
      }
    }
    return result == self ? nil : result
  }

  /// Only these positions of an axis, and of every other axis of the same transaction that is as long.
  func keeping(_ positions: [Int], ofAllLike axis: Axis, _ interface: Interface) -> Case {
    axes(of: axis.part, interface)
      .filter { $0.transaction == axis.transaction && $0.extent == axis.extent }
      .reduce(self) { $0.keeping(positions, of: $1, interface) }
  }
}

extension Batch {
  /// The transactions at these places.
  func selecting(_ indices: [Int]) -> Batch {
    Batch(
      count: indices.count, shared: shared,
      items: items.mapValues { item in
        indices.reduce(into: RaggedTensor(rank: item.rank)) { $0.append(item[$1]) }
      },
      labels: labels.isEmpty ? [] : indices.map { labels[$0] }, scales: scales)
  }

  /// Whether an array that all transactions share runs along an axis.
  func sharesAxis(_ name: String, _ interface: Interface) -> Bool {
    interface.arrays.contains { specification in
      guard let tensor = shared[specification.name], !tensor.shape.isEmpty else { return false }
      // Without the axis of the transactions, where it has one.
      return specification.axes.suffix(tensor.shape.count).contains(name)
    }
  }

  func keeping(_ positions: [Int], of axis: Case.Axis, _ interface: Interface) -> Batch {
    var result = self
    for specification in interface.arrays {
      if let item = items[specification.name] {
        let axes = Array(specification.axes.suffix(item.rank))
        guard let position = axes.firstIndex(of: axis.name) else { continue }
        var cut = RaggedTensor(rank: item.rank)
        for index in 0..<count {
          let isMeant = axis.transaction.map { $0 == index } ?? true
          cut.append(isMeant ? item[index].keeping(positions, ofAxis: position) : item[index])
        }
        result.items[specification.name] = cut
      } else if let tensor = shared[specification.name], axis.transaction == nil,
        let position = specification.axes.suffix(tensor.shape.count).map(\.self)
          .firstIndex(of: axis.name)
      {
        result.shared[specification.name] = tensor.keeping(positions, ofAxis: position)
      }
    }
    return result
  }
}

extension Tensor {
  /// Only these positions of an axis.
  func keeping(_ positions: [Int], ofAxis axis: Int) -> Tensor {
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    var kept: [Int64] = []
    kept.reserveCapacity(outer * positions.count * inner)
    for block in 0..<outer {
      for position in positions {
        let start = (block * shape[axis] + position) * inner
        kept += values[start..<start + inner]
      }
    }
    var smaller = shape
    smaller[axis] = positions.count
    return Tensor(shape: smaller, values: kept)
  }
}
