/// Beats as a mistake on the way would make them.
extension Beats {
  /// The bytes of one beat.
  package func payload(_ beat: Int) -> ArraySlice<UInt8> {
    bytes[beat * layout.stride..<(beat + 1) * layout.stride]
  }

  /// The beats in another order; some may be missing, some there more than once.
  ///
  /// Transactions keep their beginnings as far as there are beats; the last one has what is left.
  package func reordered(_ order: [Int]) -> Beats {
    var result = self
    result.bytes = order.flatMap(payload)
    result.starts = starts.map { min($0, order.count) }
    result.starts[starts.count - 1] = order.count
    return result
  }

  /// Turns one bit of a field over, counted from the lowest of lane 0.
  package mutating func flip(bit: Int, ofField field: Int, beat: Int) {
    let slot = layout.slots[field]
    precondition(bit >= 0 && bit < slot.bits, "a field of \(slot.bits) bits has no bit \(bit)")
    bytes[beat * layout.stride + slot.offset + bit / 8] ^= 1 << UInt8(bit % 8)
  }
}
