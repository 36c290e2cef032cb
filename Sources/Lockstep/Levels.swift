import Devices
import Signals

/// The byte of a pin that holds one bit, and its level when a condition holds.
struct TapCondition {
  let pin: UnsafeMutablePointer<UInt8>
  let mask: UInt8
  /// `mask` for a bit that is set, 0 for one that is not.
  let level: UInt8

  @inline(__always) var holds: Bool { pin.pointee & mask == level }
}

/// Conditions on bits that are read once a cycle for all who wait for them.
struct LevelCondition {
  /// Which of the ``WatchedBits`` count, and their levels.
  let mask: UInt64
  var level: UInt64
  /// There are conditions on bits besides.
  let isPartial: Bool

  @inline(__always)
  func holds(_ levels: UInt64) -> Bool { levels & mask == level }
}

/// The bits that taps and stages wait for, each once.
///
/// More of them than ``limit`` are read by whoever waits for them.
struct WatchedBits {
  /// A word has one bit to spare, so that there are levels which no condition of it has.
  static let limit = 63

  fileprivate var bits: [TapCondition] = []

  /// The condition that all of these hold.
  mutating func add(_ conditions: [TapCondition]) -> LevelCondition {
    var (mask, level): (UInt64, UInt64) = (0, 0)
    var isPartial = false
    for condition in conditions {
      let known = bits.firstIndex { $0.pin == condition.pin && $0.mask == condition.mask }
      guard let place = known ?? (bits.count < WatchedBits.limit ? bits.count : nil) else {
        isPartial = true
        continue
      }
      if known == nil { bits.append(condition) }
      // Of two levels of one bit, the pins say that they never hold together.
      let bit: UInt64 = 1 << UInt64(place)
      if mask & bit != 0 && (level & bit != 0) != (condition.level != 0) { isPartial = true }
      mask |= bit
      if condition.level != 0 { level |= bit }
    }
    return LevelCondition(mask: mask, level: level, isPartial: isPartial)
  }
}

/// Reads the bits. Trivial: raw pointers only.
struct LevelReader {
  private struct Bit {
    let pin: UnsafeMutablePointer<UInt8>
    let place: UInt8
  }

  private let bits: UnsafeMutableBufferPointer<Bit>

  /// The caller frees it with ``deallocate()``.
  init(_ watched: WatchedBits) {
    bits = .allocate(capacity: watched.bits.count)
    // The last one that is read ends up lowest.
    _ = bits.initialize(
      from: watched.bits.reversed().map {
        Bit(pin: $0.pin, place: UInt8($0.mask.trailingZeroBitCount))
      })
  }

  func deallocate() { bits.deallocate() }

  /// The first of the ``WatchedBits`` lowest.
  @inline(__always)
  func read() -> UInt64 {
    var levels: UInt64 = 0
    // Without a branch, which the processor could not foresee.
    for bit in bits { levels = levels &<< 1 | UInt64(bit.pin.pointee &>> bit.place & 1) }
    return levels
  }
}

extension Pins {
  /// - Precondition: the condition's bit is one of its signal's.
  func tapCondition(_ condition: Tap.Condition) throws -> TapCondition {
    let port = try port(named: condition.signal)
    let bit = condition.place(in: port.description.bits) ?? 0
    let byte = port.address + bit >> 3
    let mask: UInt8 = 1 << UInt8(bit & 7)
    return TapCondition(
      pin: byte.assumingMemoryBound(to: UInt8.self), mask: mask,
      level: condition.isInverted ? 0 : mask)
  }
}
