/// The addresses and functions of a ``Device`` that its inner loop needs, which fit into registers.
///
/// Valid as long as the device lives: whoever keeps one keeps the other.
public struct Evaluator {
  @usableFromInline let instance: OpaquePointer
  @usableFromInline let failureFlag: UnsafePointer<UInt32>
  @usableFromInline let timeAddress: UnsafeMutablePointer<UInt64>
  @usableFromInline let evaluateFunction: @convention(c) (OpaquePointer?) -> Void
  @usableFromInline let clockFunction: @convention(c) (OpaquePointer?) -> Void

  /// As ``Device/evaluate()``.
  @inlinable @inline(__always)
  public func evaluate() { evaluateFunction(instance) }

  /// As ``Device/evaluateClock()``.
  @inlinable @inline(__always)
  public func evaluateClock() { clockFunction(instance) }

  /// As ``Device/hasFailed``.
  @inlinable @inline(__always)
  public var hasFailed: Bool { failureFlag.pointee != 0 }

  /// Adds one to ``Device/time``.
  @inlinable @inline(__always)
  public func advanceTime() { timeAddress.pointee &+= 1 }
}
