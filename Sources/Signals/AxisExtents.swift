/// How long each axis of an interface is in each transaction of a batch.
struct AxisExtents {
  private let interface: Interface
  /// An array that has the axis and a shape in the batch, and the position of the axis in that shape.
  private let places: [String: (array: RaggedTensor?, shape: [Int], position: Int)]

  init(_ batch: Batch, interface: Interface) {
    self.interface = interface
    var places: [String: (array: RaggedTensor?, shape: [Int], position: Int)] = [:]
    for specification in interface.arrays {
      let name = specification.name
      let (item, shape) = (batch.items[name], batch.shared[name]?.shape ?? [])
      let axes = specification.axes.suffix(item?.rank ?? shape.count)
      for (position, axis) in axes.enumerated() where places[axis] == nil {
        places[axis] = (item, shape, position)
      }
    }
    self.places = places
  }

  /// Traps for an axis that no array of the batch has: an interface names only its own.
  subscript(axis: String, transaction: Int) -> Int {
    guard let place = places[axis] else {
      preconditionFailure("no array of the batch has an axis \(axis)")
    }
    guard let array = place.array else { return place.shape[place.position] }
    return array.extents[transaction * array.rank + place.position]
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
