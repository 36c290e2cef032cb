/// Packs values of one width, lane 0 lowest, into the bytes of a port.
struct LaneWriter {
  let width: Int
  let byteCount: Int
  private let mask: UInt64

  init(width: Int, byteCount: Int) {
    self.width = width
    self.byteCount = byteCount
    mask = width == 64 ? .max : (1 << UInt64(width)) - 1
  }

  /// Packs one beat.
  @inline(__always)
  func write(_ values: UnsafePointer<Int64>, lanes: Int, to target: UnsafeMutableRawPointer) {
    write(values, lanes: lanes, beats: 1, to: target, stride: 0)
  }

  /// Packs beats of `lanes` values that follow one another, `stride` bytes apart.
  func write(
    _ values: UnsafePointer<Int64>, lanes: Int, beats: Int, to target: UnsafeMutableRawPointer,
    stride: Int
  ) {
    switch width {
    case 8: narrow(values, lanes, beats, to: target, stride, as: UInt8.self)
    case 16: narrow(values, lanes, beats, to: target, stride, as: UInt16.self)
    case 32: narrow(values, lanes, beats, to: target, stride, as: UInt32.self)
    default:
      for beat in 0..<beats {
        writeBits(values + beat * lanes, lanes: lanes, to: target + beat * stride)
      }
    }
  }

  @inline(__always)
  private func narrow<Word: FixedWidthInteger & SIMDScalar>(
    _ values: UnsafePointer<Int64>, _ lanes: Int, _ beats: Int,
    to target: UnsafeMutableRawPointer, _ stride: Int, as: Word.Type
  ) {
    var (source, target) = (values, target)
    for _ in 0..<beats {
      narrow(source, lanes, to: target, as: Word.self)
      source += lanes
      target += stride
    }
  }

  @inline(__always)
  private func narrow<Word: FixedWidthInteger & SIMDScalar>(
    _ values: UnsafePointer<Int64>, _ lanes: Int, to target: UnsafeMutableRawPointer,
    as: Word.Type
  ) {
    let size = MemoryLayout<Word>.size
    var lane = 0
    while lane &+ 16 <= lanes {
      let words = LaneWriter.lowWords(values + lane, as: SIMD32<UInt32>.self).evenHalf
      (target + lane &* size).storeBytes(
        of: SIMD16<Word>(truncatingIfNeeded: words), as: SIMD16<Word>.self)
      lane &+= 16
    }
    while lane &+ 4 <= lanes {
      let words = LaneWriter.lowWords(values + lane, as: SIMD8<UInt32>.self).evenHalf
      (target + lane &* size).storeBytes(
        of: SIMD4<Word>(truncatingIfNeeded: words), as: SIMD4<Word>.self)
      lane &+= 4
    }
    while lane < lanes {
      target.storeBytes(
        of: Word(truncatingIfNeeded: values[lane]), toByteOffset: lane &* size, as: Word.self)
      lane &+= 1
    }
  }

  /// Values as their halves, the lower ones at even places: a vector of these narrows in a few instructions,
  /// one of whole values element by element.
  @inline(__always)
  private static func lowWords<Words: BitwiseCopyable>(
    _ values: UnsafePointer<Int64>, as: Words.Type
  ) -> Words {
    UnsafeRawPointer(values).loadUnaligned(as: Words.self)
  }

  /// Packs values of 8 bits that lie in several places.
  ///
  /// - Parameter run: lanes that lie side by side, throughout.
  func gather(
    _ values: UnsafePointer<Int64>, _ places: UnsafePointer<Int>, lanes: Int, run: Int,
    to target: UnsafeMutableRawPointer
  ) {
    var lane = 0
    if run & 3 == 0 {
      func words(_ lane: Int) -> SIMD4<UInt32> {
        LaneWriter.lowWords(values + places[lane], as: SIMD8<UInt32>.self).evenHalf
      }
      while lane &+ 16 <= lanes {
        let low = SIMD8(lowHalf: words(lane), highHalf: words(lane &+ 4))
        let high = SIMD8(lowHalf: words(lane &+ 8), highHalf: words(lane &+ 12))
        (target + lane).storeBytes(
          of: SIMD16<UInt8>(truncatingIfNeeded: SIMD16(lowHalf: low, highHalf: high)),
          as: SIMD16<UInt8>.self)
        lane &+= 16
      }
      while lane &+ 4 <= lanes {
        (target + lane).storeBytes(
          of: SIMD4<UInt8>(truncatingIfNeeded: words(lane)), as: SIMD4<UInt8>.self)
        lane &+= 4
      }
    }
    while lane < lanes {
      target.storeBytes(
        of: UInt8(truncatingIfNeeded: values[places[lane]]), toByteOffset: lane, as: UInt8.self)
      lane &+= 1
    }
  }

  private func writeBits(
    _ values: UnsafePointer<Int64>, lanes: Int, to target: UnsafeMutableRawPointer
  ) {
    var word: UInt64 = 0
    var filled = 0
    var offset = 0
    for lane in 0..<lanes {
      let bits = UInt64(bitPattern: values[lane]) & mask
      word |= bits &<< UInt64(filled)
      filled += width
      if filled >= 64 {
        target.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
        offset += 8
        filled -= 64
        word = filled == 0 ? 0 : bits &>> UInt64(width - filled)
      }
    }
    while filled > 0 {
      target.storeBytes(
        of: UInt8(truncatingIfNeeded: word), toByteOffset: offset, as: UInt8.self)
      word >>= 8
      offset += 1
      filled -= 8
    }
  }
}
