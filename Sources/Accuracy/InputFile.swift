public import Blocks
public import Signals
import Vectors

/// Rows of integer codes from a file: real tensors to compare the blocks of a family on.
public struct InputFile: Sendable {
  public let path: String
  /// The array that was read.
  public let array: String
  /// The last axis makes rows; all others count them.
  public let codes: RaggedTensor

  /// - Parameters:
  ///   - array: name in the file; nil takes the main input of `family`, `scores` or `x`, or the only
  ///     array there is.
  /// - Throws: `VectorError` for a file that cannot be read or an array that holds no integers,
  ///   ``AccuracyError`` for one that is not there or has no elements.
  public init(path: String, array: String?, family: Family) throws {
    let archive = try NPZArchive(path: path)
    let usual = family == .softmax ? "scores" : "x"
    let name = array ?? (archive.names.count == 1 ? archive.names[0] : usual)
    guard archive.contains(name) else {
      throw AccuracyError.noArray(path: path, array: name, found: archive.names)
    }
    let tensor = try archive.tensor(name)
    guard let length = tensor.shape.last, length > 0, !tensor.values.isEmpty else {
      throw AccuracyError.noRows(path: path, array: name, shape: tensor.shape)
    }
    self.path = path
    self.array = name
    codes = RaggedTensor(
      count: tensor.values.count / length, shape: [length], values: tensor.values)
  }
}
