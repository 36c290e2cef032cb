/// What guides a search.
public struct FuzzFeedback: OptionSet, Sendable, Hashable, Codable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Edges of the model's code, by octaves of how often they were taken.
  public static let edges = FuzzFeedback(rawValue: 1)
  /// Functional bins.
  public static let bins = FuzzFeedback(rawValue: 2)
}

/// The features that a search may meet, numbered: edges first, then bins, then stalls.
struct FuzzFeatures {
  /// Counters of the device; 0 where edges do not count.
  let edges: Int
  let bins: Int
  let stalls: Int

  /// Kinds of count of one edge: 1, 2, 3, 4…7, 8…15, 16…31, 32…127, 128…255.
  static let kinds = 8

  var count: Int { edges * FuzzFeatures.kinds + bins + stalls }

  /// Kind of a count from 1 to 255.
  @inline(__always)
  static func kind(_ count: UInt8) -> Int {
    switch count {
    case 0...3: Int(count) - 1
    case 4...7: 3
    case 8...15: 4
    case 16...31: 5
    case 32...127: 6
    default: 7
    }
  }

  /// The features that are not in `seen`.
  ///
  /// - Parameter seen: ``count`` bytes, 1 for each feature that was met.
  func new(
    counters: UnsafeMutableBufferPointer<UInt8>?, bins filled: [UInt8], stalls met: [UInt8],
    seen: UnsafeBufferPointer<UInt8>
  ) -> [Int32] {
    var result: [Int32] = []
    if edges > 0, let counters {
      let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(counters).prefix(edges))
      FuzzFeatures.forEachSet(bytes) { index, count in
        let feature = index &* FuzzFeatures.kinds &+ FuzzFeatures.kind(count)
        if seen[feature] == 0 { result.append(Int32(feature)) }
      }
    }
    var first = edges * FuzzFeatures.kinds
    for (part, count) in [(filled, bins), (met, stalls)] {
      part.withUnsafeBytes { part in
        FuzzFeatures.forEachSet(UnsafeRawBufferPointer(rebasing: part.prefix(count))) { index, _ in
          if seen[first + index] == 0 { result.append(Int32(first + index)) }
        }
      }
      first += count
    }
    return result
  }

  /// Calls `body` for each byte that is not 0; most are.
  @inline(__always)
  private static func forEachSet(
    _ bytes: UnsafeRawBufferPointer, _ body: (_ index: Int, _ byte: UInt8) -> Void
  ) {
    var index = 0
    while index < bytes.count {
      if index + 8 <= bytes.count, bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) == 0
      {
        index &+= 8
        continue
      }
      let end = min(index + 8, bytes.count)
      while index < end {
        if bytes[index] != 0 { body(index, bytes[index]) }
        index &+= 1
      }
    }
  }
}
