/// How long each axis of an interface is in each transaction of a batch.
struct AxisExtents {
  private let interface: Interface
  private let places: [String: Place]

  /// An array that has the axis and a shape in the batch, and the position of the axis in that shape.
  struct Place {
    fileprivate let array: RaggedTensor?
    fileprivate let shape: [Int]
    fileprivate let position: Int

    subscript(transaction: Int) -> Int {
      guard let array else { return shape[position] }
      return array.extents[transaction * array.rank + position]
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
        places[axis] = Place(array: item, shape: shape, position: position)
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
