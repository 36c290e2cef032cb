public import Signals

/// A named array on its way into an archive.
public struct NPZMember: Sendable {
  /// Name of the array, without `.npy`.
  public let name: String
  public let array: NPYArray

  /// An array that was read, or made by one of ``NPYArray``'s own initialisers.
  public init(_ name: String, _ array: NPYArray) {
    self.name = name
    self.array = array
  }

  /// Integers of a declared element type, usually `NPYType(format)`.
  ///
  /// - Throws: ``VectorError/valueDoesNotFit(array:index:value:type:)`` for the first value out of
  ///   range.
  public init(_ name: String, _ tensor: Tensor, as type: NPYType) throws(VectorError) {
    self.name = name
    array = try NPYArray(tensor, as: type, name: name)
  }

  /// Real numbers, as float64.
  ///
  /// - Precondition: as many values as the product of the shape.
  public init(_ name: String, reals: [Double], shape: [Int]) {
    self.name = name
    array = NPYArray(reals: reals, shape: shape)
  }
}
