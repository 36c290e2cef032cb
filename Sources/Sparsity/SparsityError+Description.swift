extension SparsityError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongRank(let array, let expected, let found):
      "'\(array)' has shape \(found), but \(expected) axes are expected"
    case .wrongCount(let array, let expected, let found, let rule):
      "'\(array)' has \(found) elements, but \(expected) are expected: \(rule)"
    case .indexOutOfRange(let array, let position, let index, let limit):
      "\(array)[\(position)] is \(index), but must be in 0..<\(limit)"
    case .indicesNotIncreasing(let array, let position, let previous, let found):
      "\(array)[\(position)] is \(found) after \(previous), but indices must strictly increase"
    case .pointersNotMonotone(let array, let position, let previous, let found):
      "\(array)[\(position)] is \(found) after \(previous), but pointers must not decrease"
    case .pointerAtEnd(let array, let position, let expected, let found):
      "\(array)[\(position)] is \(found), but must be \(expected): pointers run from 0 to the number "
        + "of stored elements"
    case .valueBeyondMatrix(let array, let position, let value, let column, let columns):
      "\(array)[\(position)] is \(value) at column \(column) of a matrix of \(columns) columns; "
        + "padding must be 0"
    case .bitBeyondMatrix(let row, let column, let columns):
      "the bitmap of row \(row) has a bit for column \(column) of a matrix of \(columns) columns; "
        + "padding must be 0"
    case .bitmapDisagrees(let bits, let values):
      "the bitmap has \(bits) set bits, but there are \(values) values"
    case .crowdedGroup(let row, let group, let found, let kept):
      "row \(row) has \(found) non-zeros in group \(group), but the pattern keeps \(kept); prune first"
    case .partialBlock(let axis, let extent, let size):
      "\(extent) \(axis) are no whole number of blocks of \(size)"
    case .zeroIsNoPadding(let position, let run, let longest):
      "v[\(position)] is 0 after a run of \(run) zeros; only padding after \(longest) may store a 0"
    case .wrongPattern(let expected, let found):
      "metadata of this kind describe \(expected) sparsity, not \(found)"
    }
  }
}
