public import Blocks

/// Why accuracy cannot be measured.
public enum AccuracyError: Error, Sendable, Equatable {
  /// A name that is neither a block nor a family.
  case unknownName(String, known: [String])
  /// A block that is compared with no other.
  case noFamily(block: String)
  /// An array that the file does not have.
  case noArray(path: String, array: String, found: [String])
  /// An array of no axes or no elements.
  case noRows(path: String, array: String, shape: [Int])
  /// Input codes that stand for nothing: no scale was given.
  case noScale(path: String, family: Family)
  /// A code that the block's main input does not hold.
  case doesNotFit(block: String, array: String, value: Int64, range: ClosedRange<Int64>)
  /// Real tensors for blocks of several families.
  case severalFamilies([Family])
}
