public import Signals

/// Circumstances that a search wants to meet, in named groups of numbered bins, and which of them it met.
///
/// A block declares groups with ``Block/binGroups(in:)`` and fills bins with
/// ``Block/fillBins(_:for:answer:in:)``. Values, signs, octaves, limits and shapes of every array have bins
/// without that.
public struct Bins: Sendable {
  /// Bins that belong together: the segments of a table, the octaves of an exponent.
  public struct Group: Sendable, Hashable, Codable {
    public var name: String
    /// 1 or more.
    public var count: Int

    public init(_ name: String, count: Int) {
      precondition(count >= 1, "the group of bins \(name) has none")
      self.name = name
      self.count = count
    }
  }

  public let groups: [Group]
  /// Where each group begins in ``filled``, and the end of the last one.
  public let starts: [Int]
  @usableFromInline var marks: [UInt8]

  /// 1 for each bin that was filled, group after group.
  public var filled: [UInt8] { marks }

  public init(_ groups: [Group]) {
    self.groups = groups
    starts = groups.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    marks = [UInt8](repeating: 0, count: starts[groups.count])
  }

  /// Fills one bin. A number beyond the last bin of its group counts as the last, one below 0 as the first.
  @inlinable @inline(__always)
  public mutating func fill(_ group: Int, _ bin: Int) {
    let (start, end) = (starts[group], starts[group &+ 1])
    marks[min(start &+ max(bin, 0), end &- 1)] = 1
  }

  /// Calls `body` with the bins of all groups, to be set to 1; a group begins at its place in ``starts``.
  @inlinable @inline(__always)
  public mutating func withFilled(_ body: (UnsafeMutablePointer<UInt8>) -> Void) {
    marks.withUnsafeMutableBufferPointer { filled in
      if let first = filled.baseAddress { body(first) }
    }
  }

  /// Empties every bin.
  public mutating func clear() {
    marks.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
  }

  /// Binary digits of a magnitude, 0 for 0: one bin an octave, 65 in all.
  @inlinable @inline(__always)
  public static func octave(_ value: Int64) -> Int {
    Int64.bitWidth - value.magnitude.leadingZeroBitCount
  }
}

extension Block {
  public func binGroups(in configuration: Configuration) -> [Bins.Group] { [] }

  public func fillBins(
    _ bins: inout Bins, for batch: Batch, answer: Batch, in configuration: Configuration
  ) {}
}
