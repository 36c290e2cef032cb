/// The payload ports of a stream as words of 16, 8, 4, 2 and 1 bytes.
///
/// Loops over words of one size, whose lengths the processor learns: choosing by the size of each port in
/// every cycle would cost more than moving it. The largest words are as wide as a model's widest read,
/// because a read of what was written in several parts has to wait for all of them.
struct PortWords {
  /// A word of a pin and where it lies in a beat.
  private struct Place {
    let pin: UnsafeMutableRawPointer
    let offset: Int
  }

  private let places: UnsafeMutablePointer<Place>
  /// Where the words of each size end, the largest first.
  private let ends: (Int, Int, Int, Int, Int)

  /// The caller frees it with ``deallocate()``.
  init(_ ports: [PortCopy]) {
    var bySize: [[Place]] = [[], [], [], [], []]
    for port in ports {
      var done = 0
      while done < port.byteCount {
        let left = port.byteCount - done
        let size = left >= 16 ? 0 : left >= 8 ? 1 : left >= 4 ? 2 : left >= 2 ? 3 : 4
        bySize[size].append(Place(pin: port.pin + done, offset: port.offset + done))
        done += 16 >> size
      }
    }
    let all = Array(bySize.joined())
    places = .allocate(capacity: max(all.count, 1))
    places.initialize(from: all, count: all.count)
    let counts = bySize.map(\.count)
    ends = (
      counts[0], counts[0] + counts[1], counts[0] + counts[1] + counts[2], all.count - counts[4],
      all.count
    )
  }

  func deallocate() { places.deallocate() }

  /// Copies a beat to the pins.
  @inline(__always)
  func drive(_ beat: UnsafeRawPointer) {
    copy(beat, 0, ends.0, SIMD2<UInt64>.self)
    copy(beat, ends.0, ends.1, UInt64.self)
    copy(beat, ends.1, ends.2, UInt32.self)
    copy(beat, ends.2, ends.3, UInt16.self)
    copy(beat, ends.3, ends.4, UInt8.self)
  }

  /// Copies the pins to a beat.
  @inline(__always)
  func sample(into beat: UnsafeMutableRawPointer) {
    sample(beat, 0, ends.0, SIMD2<UInt64>.self)
    sample(beat, ends.0, ends.1, UInt64.self)
    sample(beat, ends.1, ends.2, UInt32.self)
    sample(beat, ends.2, ends.3, UInt16.self)
    sample(beat, ends.3, ends.4, UInt8.self)
  }

  /// Whether the pins hold a beat.
  @inline(__always)
  func equals(_ beat: UnsafeRawPointer) -> Bool {
    difference(beat, 0, ends.0, SIMD2<UInt64>.self) | difference(beat, ends.0, ends.1, UInt64.self)
      | difference(beat, ends.1, ends.2, UInt32.self)
      | difference(beat, ends.2, ends.3, UInt16.self)
      | difference(beat, ends.3, ends.4, UInt8.self) == 0
  }

  /// Whether the pins hold a beat, as far as `mask` has ones.
  @inline(__always)
  func equals(_ beat: UnsafeRawPointer, under mask: UnsafeRawPointer) -> Bool {
    difference(beat, mask, 0, ends.0, SIMD2<UInt64>.self)
      | difference(beat, mask, ends.0, ends.1, UInt64.self)
      | difference(beat, mask, ends.1, ends.2, UInt32.self)
      | difference(beat, mask, ends.2, ends.3, UInt16.self)
      | difference(beat, mask, ends.3, ends.4, UInt8.self) == 0
  }

  /// Turns over every bit of the pins that is one in `mask`.
  @inline(__always)
  func complement(_ mask: UnsafeRawPointer) {
    turn(mask, 0, ends.0, SIMD2<UInt64>.self)
    turn(mask, ends.0, ends.1, UInt64.self)
    turn(mask, ends.1, ends.2, UInt32.self)
    turn(mask, ends.2, ends.3, UInt16.self)
    turn(mask, ends.3, ends.4, UInt8.self)
  }

  // MARK: - Words of one size

  // Wide ports are aligned as the words of 32 bits that they consist of.

  @inline(__always)
  private func copy<Word: PortWord>(
    _ beat: UnsafeRawPointer, _ first: Int, _ end: Int, _: Word.Type
  ) {
    var place = places + first
    while place < places + end {
      place.pointee.pin.storeBytes(
        of: beat.loadUnaligned(fromByteOffset: place.pointee.offset, as: Word.self), as: Word.self)
      place += 1
    }
  }

  @inline(__always)
  private func sample<Word: PortWord>(
    _ beat: UnsafeMutableRawPointer, _ first: Int, _ end: Int, _: Word.Type
  ) {
    var place = places + first
    while place < places + end {
      beat.storeBytes(
        of: place.pointee.pin.loadUnaligned(as: Word.self), toByteOffset: place.pointee.offset,
        as: Word.self)
      place += 1
    }
  }

  @inline(__always)
  private func difference<Word: PortWord>(
    _ beat: UnsafeRawPointer, _ first: Int, _ end: Int, _: Word.Type
  ) -> UInt64 {
    var bits = Word.none
    var place = places + first
    while place < places + end {
      bits =
        bits
        | (place.pointee.pin.loadUnaligned(as: Word.self)
          ^ beat.loadUnaligned(fromByteOffset: place.pointee.offset, as: Word.self))
      place += 1
    }
    return bits.folded
  }

  @inline(__always)
  private func difference<Word: PortWord>(
    _ beat: UnsafeRawPointer, _ mask: UnsafeRawPointer, _ first: Int, _ end: Int, _: Word.Type
  ) -> UInt64 {
    var bits = Word.none
    var place = places + first
    while place < places + end {
      let offset = place.pointee.offset
      let seen = place.pointee.pin.loadUnaligned(as: Word.self)
      let due = beat.loadUnaligned(fromByteOffset: offset, as: Word.self)
      bits = bits | ((seen ^ due) & mask.loadUnaligned(fromByteOffset: offset, as: Word.self))
      place += 1
    }
    return bits.folded
  }

  @inline(__always)
  private func turn<Word: PortWord>(
    _ mask: UnsafeRawPointer, _ first: Int, _ end: Int, _: Word.Type
  ) {
    var place = places + first
    while place < places + end {
      let ones = mask.loadUnaligned(fromByteOffset: place.pointee.offset, as: Word.self)
      let pin = place.pointee.pin
      pin.storeBytes(of: pin.loadUnaligned(as: Word.self) ^ ones, as: Word.self)
      place += 1
    }
  }
}

/// What is moved and compared at once.
private protocol PortWord: BitwiseCopyable {
  static var none: Self { get }
  static func | (left: Self, right: Self) -> Self
  static func ^ (left: Self, right: Self) -> Self
  static func & (left: Self, right: Self) -> Self
  /// Zero if and only if all bits are.
  var folded: UInt64 { get }
}

extension PortWord where Self: FixedWidthInteger {
  @inline(__always) static var none: Self { 0 }
  @inline(__always) var folded: UInt64 { UInt64(truncatingIfNeeded: self) }
}

extension UInt8: PortWord {}
extension UInt16: PortWord {}
extension UInt32: PortWord {}
extension UInt64: PortWord {}

extension SIMD2<UInt64>: PortWord {
  @inline(__always) static var none: Self { Self() }
  @inline(__always) var folded: UInt64 { x | y }
}
