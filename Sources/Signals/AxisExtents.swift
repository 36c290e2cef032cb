/// How long each axis of an interface is in each transaction of a batch.
struct AxisExtents {
  private let interface: Interface
  private let places: [String: Place]

  /// Where the extents of an axis lie, in those of an array that has it.
  struct Place {
    fileprivate let extents: [Int]
    /// From one transaction to the next; 0 where all share the array.
    fileprivate let stride: Int
    fileprivate let position: Int

    subscript(transaction: Int) -> Int { extents[transaction * stride + position] }

    /// Writes the extent in each transaction to every `step`-th element of `list`.
    func write(to list: UnsafeMutablePointer<Int>, step: Int, transactions: Int) {
      extents.withUnsafeBufferPointer {
        for transaction in 0..<transactions {
          list[transaction * step] = $0[transaction * stride + position]
        }
      }
    }
  }

  init(_ batch: Batch, interface: Interface) {
    self.interface = interface
    var places: [String: Place] = [:]
    for specification in interface.arrays {
      let name = specification.name
      let (item, shape) = (batch.items[name], batch.shared[name]?.shape ?? [])
      let axes = specification.axes.suffix(item?.rank ?? shape.count)
      for (position, axis) in axes.enumerated() where places[axis] == nil {
        places[axis] = Place(
          extents: item?.extents ?? shape, stride: item?.rank ?? 0, position: position)
      }
    }
    self.places = places
  }

  /// Traps for an axis that no array of the batch has: an interface names only its own.
  func place(of axis: String) -> Place {
    guard let place = places[axis] else {
      preconditionFailure("no array of the batch has an axis \(axis)")
    }
    return place
  }

  /// The axes of an array within one transaction.
  func axes(of name: String) -> [String] {
    guard let specification = interface.array(name) else { return [] }
    guard case .leading(let axis) = interface.batching, specification.axes.first == axis else {
      return specification.axes
    }
    return Array(specification.axes.dropFirst())
  }
}
