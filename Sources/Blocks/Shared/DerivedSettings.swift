import Signals

/// Settings that follow from a real scale.
enum DerivedSettings {
  /// The integers `reals` as settings.
  ///
  /// - Parameters:
  ///   - reals: name and value of each, already rounded to an integer.
  ///   - scale: what they were derived from.
  /// - Throws: ``BlockError/scaleOutOfRange(block:limit:found:)`` if the scale is not positive or a
  ///   value is outside the range of its array.
  static func integers(
    _ reals: [(name: String, value: Double)], scale: Double, interface: Interface, block: String
  ) throws(BlockError) -> [String: Tensor] {
    guard scale > 0, scale.isFinite else {
      throw .scaleOutOfRange(
        block: block, limit: "a scale must be positive and finite", found: "\(scale)")
    }
    var result: [String: Tensor] = [:]
    for (name, real) in reals {
      guard let range = interface.array(name)?.range, let value = Int64(exactly: real),
        range.contains(value)
      else {
        throw .scaleOutOfRange(
          block: block, limit: "\(name) must fit its format", found: "\(name) = \(real)")
      }
      result[name] = Tensor(value)
    }
    return result
  }
}
