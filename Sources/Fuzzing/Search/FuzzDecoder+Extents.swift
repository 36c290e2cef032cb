import Blocks
import Lockstep
import Signals

// MARK: - Extents

extension FuzzDecoder {
  /// Makes an axis, seldom two, shorter, or longer by repeating what is there, in every array that has it.
  func changeExtents(
    _ arrays: inout [String: Tensor], _ base: Batch, _ previous: [String: Tensor]?,
    _ choices: inout Choices
  ) {
    // What a manifest describes has the extents that it says.
    if choices.oneIn(6), space.block.goldenVersion == nil {
      return multiplyExtents(&arrays, base, &choices)
    }
    changeExtent(&arrays, base, previous, &choices)
    if choices.oneIn(4) { changeExtent(&arrays, base, previous, &choices) }
  }

  /// Makes an axis, mostly with a second one, several times as long: structure that is valid only as a whole stays
  /// so where all of it is repeated, as the rows of a sparse matrix with their elements. Longer than the block's
  /// own stimulus too: beyond 256, and up to what a case may have.
  private func multiplyExtents(
    _ arrays: inout [String: Tensor], _ base: Batch, _ choices: inout Choices
  ) {
    let axes = freeAxes(arrays, base)
    guard let axis = choices.pick(axes) else { return }
    let partner = choices.oneIn(3) ? nil : choices.pick(axes.filter { $0 != axis })
    let extents = arrays.flatMap { name, tensor in
      zip(self.axes(name, tensor), tensor.shape).filter { $0.0 == axis }.map(\.1)
    }
    let extent = max(1, extents.max() ?? 1)
    let factor =
      [2, 3, 1 + 256 / extent, 1 + 128 / extent, 1 + choices.below(64)][choices.below(5)]
    let size = arrays.reduce(0) { sum, array in
      let own = self.axes(array.key, array.value).count { $0 == axis || $0 == partner }
      return sum + array.value.values.count * (0..<own).reduce(1) { product, _ in product * factor }
    }
    guard size <= FuzzSpace.enoughElements else { return }
    for axis in [axis, partner].compactMap({ $0 }) {
      for (name, tensor) in arrays {
        guard let position = self.axes(name, tensor).firstIndex(of: axis) else { continue }
        arrays[name] = tensor.resized(to: factor * tensor.shape[position], axis: position)
      }
    }
  }

  private func changeExtent(
    _ arrays: inout [String: Tensor], _ base: Batch, _ previous: [String: Tensor]?,
    _ choices: inout Choices
  ) {
    guard let axis = choices.pick(freeAxes(arrays, base)) else { return }
    func extent(_ arrays: [String: Tensor]) -> Int? {
      for (name, tensor) in arrays.sorted(by: { $0.key < $1.key }) {
        if let position = axes(name, tensor).firstIndex(of: axis) { return tensor.shape[position] }
      }
      return nil
    }
    let limit = max(1, space.longest[axis] ?? 1)
    let last = previous.flatMap(extent) ?? 1
    let wanted: Int =
      switch choices.below(8) {
      case 0...2: choices.pick(space.extents) ?? 1
      case 3: last + 1
      case 4: choices.oneIn(2) ? 2 * last : last - 1
      case 5:
        choices.oneIn(2)
          ? 1 << choices.below(Int.bitWidth - limit.leadingZeroBitCount)
          : Int(choices.octave(upTo: Int.bitWidth - limit.leadingZeroBitCount))
      case 6: choices.oneIn(3) ? limit : 1 + choices.below(min(limit, 64))
      // Only where there may be none.
      default: choices.oneIn(4) ? 0 : last
      }
    resize(&arrays, axis, to: min(max(space.shortest[axis] ?? 1, wanted), limit))
  }

  /// Makes one axis as long in every array that has it.
  func resize(_ arrays: inout [String: Tensor], _ axis: String, to extent: Int) {
    for (name, tensor) in arrays {
      guard let position = axes(name, tensor).firstIndex(of: axis), tensor.shape[position] > 0
      else { continue }
      arrays[name] = tensor.resized(to: extent, axis: position)
    }
  }

  private func axes(_ name: String, _ tensor: Tensor) -> [String] {
    Array((space.interface.array(name)?.axes ?? []).suffix(tensor.shape.count))
  }

  /// Axes that each transaction has for itself: what transactions share cannot be cut for one of them.
  func freeAxes(_ arrays: [String: Tensor], _ base: Batch) -> [String] {
    let shared = Set(base.shared.flatMap { axes($0.key, $0.value) })
    return Set(arrays.flatMap { axes($0.key, $0.value) }).subtracting(shared).sorted()
  }
}

extension Tensor {
  /// Cut, or continued with its beginning, along an axis.
  fileprivate func resized(to extent: Int, axis: Int) -> Tensor {
    let old = shape[axis]
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    var shape = shape
    shape[axis] = extent
    var result: [Int64] = []
    result.reserveCapacity(outer * extent * inner)
    for block in 0..<outer {
      for place in 0..<extent {
        let start = (block * old + place % old) * inner
        result += values[start..<start + inner]
      }
    }
    return Tensor(shape: shape, values: result)
  }
}
